"""JSON as a statement writes it: text in pieces, many of them constant, joined where a row needs one value.

Concatenation costs half of `row_to_json`, which looks up the type of every column of every row.
"""

from collections.abc import Mapping, Sequence
from operator import eq
from typing import Any, cast

from sqlalchemy import (
    BinaryExpression,
    Boolean,
    Column,
    ColumnClause,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    Numeric,
    Select,
    Text,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONB

from db.mapping.declarations import Keys, Rows, cast_for_output, sql_literal
from gateway.compiler.plan import Leaf

JsonFragment = tuple[str | ColumnElement[Any], ...]

NULL: JsonFragment = ("null",)
EMPTY_TEXT: ColumnElement[Any] = literal_column("''", Text)
ONE: ColumnElement[Any] = literal_column("1")
DUMMY_ROW = select(ONE)

# Written as they are, or within quotes: nothing in them needs an escape.
UNQUOTED_TYPES = (Boolean, Integer, JSONB)
QUOTED_TYPES = (Date, DateTime, Numeric)


class ParentBoundRow:
    """A row whose join columns are replaced by the parent's values.

    Expressions on such columns only, such as the role in the account, are then evaluated once per parent.
    """

    def __init__(self, row: FromClause, rows: Rows, keys: Keys) -> None:
        bound: dict[str, ColumnElement[Any]] = {}
        for condition in rows.where:
            if isinstance(condition, BinaryExpression) and condition.operator is eq:
                column, value = condition.left, condition.right
                if isinstance(column, ColumnClause) and any(value is key for key in keys):
                    bound[column.key] = value
        self.c = _Columns(row, bound)


class _Columns:
    """Looked up as those of a FROM clause are."""

    def __init__(self, row: FromClause, bound: Mapping[str, ColumnElement[Any]]) -> None:
        self._row = row
        self._bound = bound

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        return self._bound[name] if name in self._bound else self._row.c[name]

    __getattr__ = __getitem__


class LateralJoins:
    """A row, joined with a lateral for each to-one relation, lookup and page. There may be no row: only values."""

    def __init__(self, row: FromClause | None, bound_row: ParentBoundRow | None = None) -> None:
        self.row = row
        # A builder looks at nothing but columns.
        self.bound_row = row if bound_row is None else cast(FromClause, bound_row)
        self._from = row

    def add(self, query: Select[Any], *, always: bool = False) -> FromClause:
        """A lateral of one row; without `always` it may have none, and its columns are then NULL."""
        lateral = query.lateral()
        if self._from is None and always:
            self._from = lateral
        else:
            left = DUMMY_ROW.subquery() if self._from is None else self._from
            self._from = left.join(lateral, true(), isouter=not always)
        return lateral

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """These columns. Other tables are correlated to the enclosing query."""
        query = select(*columns).correlate_except()
        return query if self._from is None else query.select_from(self._from)


def quoted(plain: str) -> JsonFragment:
    return (f'"{plain}"',)


def leaf_json(leaf: Leaf, value: ColumnElement[Any]) -> JsonFragment:
    """A value by its type. `to_json` escapes, and writes every other type as JSON does."""
    plain = leaf.plain or isinstance(value.type, QUOTED_TYPES)
    if plain or isinstance(value.type, UNQUOTED_TYPES):
        rendered = cast_for_output(value)
        json_text = rendered if isinstance(rendered.type, Text) else sql_cast(rendered, Text)
    else:
        typed = sql_cast(value, Text) if isinstance(value.type, Text) and not isinstance(value, Column) else value
        json_text = sql_cast(func.to_json(typed), Text)
    pieces: JsonFragment = ('"', json_text, '"') if plain else (json_text,)
    # NULL joined with anything is NULL: only where graph and table both promise a value is there nothing to fear.
    never_null = leaf.required and isinstance(value, Column) and not value.nullable
    return pieces if never_null else null_if_absent(concat(pieces))


def null_if_absent(fragment: ColumnElement[Any]) -> JsonFragment:
    return (func.coalesce(fragment, sql_literal("null")),)


def json_object(fields: Mapping[str, JsonFragment]) -> JsonFragment:
    """A JSON object with these keys, in their order."""
    pieces: list[str | ColumnElement[Any]] = []
    for key, value in fields.items():
        pieces += [f'{"," if pieces else "{"}"{key}":', *value]
    return (*(pieces or ["{"]), "}")


def aggregate(rows: Select[Any]) -> Select[Any]:
    """One row: the elements of an array of the column `json` of these rows, in their order."""
    source = rows.subquery()
    return select(array_elements(source.c.json).label("json")).correlate_except()


def array_elements(json: ColumnElement[Any]) -> ColumnElement[Any]:
    """What is written between the brackets of an array, as an aggregate: NULL when that is nothing."""
    return func.string_agg(json, sql_literal(","), type_=Text)


def json_array(elements: ColumnElement[Any]) -> JsonFragment:
    return ("[", func.coalesce(elements, EMPTY_TEXT), "]")


def concat(fragment: JsonFragment) -> ColumnElement[Any]:
    """The pieces as one value."""
    return _concat_balanced(
        [sql_literal(piece) if isinstance(piece, str) else piece for piece in _merge_constants(fragment)]
    )


def split_constant_ends(fragment: JsonFragment) -> tuple[str, ColumnElement[Any], str]:
    """An object as the constants at its ends, which need not pass through the database, and what is between them."""
    prefix, *between = _merge_constants(fragment)
    assert isinstance(prefix, str), "an object begins with a bracket"
    *between, suffix = between or ["", ""]
    assert isinstance(suffix, str), "an object ends with a bracket"
    return prefix, concat(tuple(between)), suffix


def _merge_constants(fragment: JsonFragment) -> list[str | ColumnElement[Any]]:
    merged: list[str | ColumnElement[Any]] = []
    for piece in fragment:
        if merged and isinstance(piece, str) and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return merged


def _concat_balanced(pieces: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """By halves: from left to right, a long piece would be copied once for each that follows it."""
    if len(pieces) == 1:
        return pieces[0]
    middle = len(pieces) // 2
    # As an operator of its own: that of SQLAlchemy leaves out the brackets.
    joined: ColumnElement[Any] = _concat_balanced(pieces[:middle]).op("||")(_concat_balanced(pieces[middle:]))
    return joined
