"""Search as an index can serve it: text within names, and the last characters of a key."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, and_, func, literal_column, or_

from db.license_key_custody.key_format import LENGTH, TAIL_LENGTH
from db.mapping.declarations import sql_literal

# Fewer characters than this are at the end of every thirtieth key.
MIN_TAIL = literal_column("3", Integer)
TAIL = literal_column(str(TAIL_LENGTH), Integer)
WHOLE_KEY = literal_column(str(LENGTH), Integer)


def contains(text: ColumnElement[str], term: ColumnElement[str]) -> ColumnElement[bool]:
    """`text`, which is lower case, contains `term`, whatever its case; % and _ mean themselves."""
    lower = func.lower(term)
    pattern = func.regexp_replace(lower, sql_literal(r"([\\%_])"), sql_literal(r"\\\1"), sql_literal("g"), type_=Text)
    return text.like(sql_literal("%") + pattern + sql_literal("%"))


def ends_with(tail: ColumnElement[str], term: ColumnElement[str]) -> ColumnElement[bool]:
    """The key's last characters are the last of `term`, dashes and case aside; a whole key is found by them, too."""
    letters = func.upper(func.regexp_replace(term, sql_literal("[^A-Za-z0-9]"), sql_literal(""), sql_literal("g")))
    last: ColumnElement[Any] = func.right(letters, TAIL, type_=Text)
    first = func.reverse(last, type_=Text)
    backwards = func.reverse(tail).collate("C")
    # A range: LIKE is served by a B-tree only while the planner sees the pattern. Keys have no character past Z.
    # What is longer than a tail and no whole key is a name: it is not compared with keys.
    length = func.length(letters)
    is_key = or_(length.between(MIN_TAIL, TAIL), length == WHOLE_KEY)
    return and_(is_key, backwards >= first, backwards < first + sql_literal("~"))
