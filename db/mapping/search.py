"""Search as an index can serve it: text within names, and the last characters of a key."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, and_, func, literal_column, or_

from db.license_key_custody.key_format import LENGTH, TAIL_LENGTH
from db.mapping.declarations import constant

# Fewer characters than this are at the end of every thirtieth key.
SHORTEST_TAIL = literal_column("3", Integer)
TAIL = literal_column(str(TAIL_LENGTH), Integer)
WHOLE_KEY = literal_column(str(LENGTH), Integer)


def contains(text: ColumnElement[str], sought: ColumnElement[str]) -> ColumnElement[bool]:
    """`text`, which is lower case, has `sought` in it, whatever its case; % and _ mean themselves."""
    lower = func.lower(sought)
    pattern = func.regexp_replace(lower, constant(r"([\\%_])"), constant(r"\\\1"), constant("g"), type_=Text)
    return text.like(constant("%") + pattern + constant("%"))


def ends_with(tail: ColumnElement[str], sought: ColumnElement[str]) -> ColumnElement[bool]:
    """The key's last characters are the last of `sought`, dashes and case aside; a whole key is found by them, too."""
    letters = func.upper(func.regexp_replace(sought, constant("[^A-Za-z0-9]"), constant(""), constant("g")))
    last: ColumnElement[Any] = func.right(letters, TAIL, type_=Text)
    first = func.reverse(last, type_=Text)
    backwards = func.reverse(tail).collate("C")
    # A range: LIKE is served by a B-tree only while the planner sees the pattern. Keys have no character past Z.
    # What is longer than a tail and no whole key is a name: its last letters are not meant.
    length = func.length(letters)
    meant = or_(length.between(SHORTEST_TAIL, TAIL), length == WHOLE_KEY)
    return and_(meant, backwards >= first, backwards < first + constant("~"))
