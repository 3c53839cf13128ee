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

from db.mapping.declarations import Keys, Rows, constant, output
from gateway.compiler.plan import Leaf

Written = tuple[str | ColumnElement[Any], ...]

NULL: Written = ("null",)
EMPTY: ColumnElement[Any] = literal_column("''", Text)
ONE_ROW: ColumnElement[Any] = literal_column("1")
NO_ROW = select(ONE_ROW)

# Written as they are, or within quotes: nothing in them needs an escape.
BARE = (Boolean, Integer, JSONB)
QUOTED = (Date, DateTime, Numeric)


class Shown:
    """A row as declarations see it: a column that equals a key of the way here is that key.

    What depends on such columns only, as a role in the account, is then computed once and not for each row.
    """

    def __init__(self, row: FromClause, found: Rows, keys: Keys) -> None:
        fixed: dict[str, ColumnElement[Any]] = {}
        for condition in found.where:
            if isinstance(condition, BinaryExpression) and condition.operator is eq:
                column, value = condition.left, condition.right
                if isinstance(column, ColumnClause) and any(value is key for key in keys):
                    fixed[column.key] = value
        self.c = _Columns(row, fixed)


class _Columns:
    """Looked up as those of a FROM clause are."""

    def __init__(self, row: FromClause, fixed: Mapping[str, ColumnElement[Any]]) -> None:
        self._row = row
        self._fixed = fixed

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        return self._fixed[name] if name in self._fixed else self._row.c[name]

    __getattr__ = __getitem__


class Beside:
    """A row, and a lateral beside it for each to-one relation and look-up. There may be no row: only values."""

    def __init__(self, row: FromClause | None, shown: Shown | None = None) -> None:
        self.row = row
        # A builder looks at nothing but columns.
        self.shown = row if shown is None else cast(FromClause, shown)
        self._joined = row

    def add(self, chosen: Select[Any], *, always: bool = False) -> FromClause:
        """The lateral of one row, or of none unless there is `always` one: then its columns are NULL."""
        lateral = chosen.lateral()
        if self._joined is None and always:
            self._joined = lateral
        else:
            beside = NO_ROW.subquery() if self._joined is None else self._joined
            self._joined = beside.join(lateral, true(), isouter=not always)
        return lateral

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """These columns. Rows that they name and that are not beside this one are rows around it."""
        chosen = select(*columns).correlate_except()
        return chosen if self._joined is None else chosen.select_from(self._joined)


def quoted(plain: str) -> Written:
    return (f'"{plain}"',)


def leaf(leaf: Leaf, value: ColumnElement[Any]) -> Written:
    """A value by its type. `to_json` escapes, and writes every other type as JSON does."""
    plain = leaf.plain or isinstance(value.type, QUOTED)
    if plain or isinstance(value.type, BARE):
        shown = output(value)
        written = shown if isinstance(shown.type, Text) else sql_cast(shown, Text)
    else:
        typed = sql_cast(value, Text) if isinstance(value.type, Text) and not isinstance(value, Column) else value
        written = sql_cast(func.to_json(typed), Text)
    pieces: Written = ('"', written, '"') if plain else (written,)
    # NULL joined with anything is NULL: only where graph and table both promise a value is there nothing to fear.
    promised = leaf.required and isinstance(value, Column) and not value.nullable
    return pieces if promised else or_null(text(pieces))


def or_null(written: ColumnElement[Any]) -> Written:
    return (func.coalesce(written, constant("null")),)


def object_of(fields: Mapping[str, Written]) -> Written:
    """A JSON object with these keys, in their order."""
    pieces: list[str | ColumnElement[Any]] = []
    for key, value in fields.items():
        pieces += [f'{"," if pieces else "{"}"{key}":', *value]
    return (*(pieces or ["{"]), "}")


def gathered(rows: Select[Any]) -> Select[Any]:
    """One row: the elements of an array of the column `json` of these rows, in their order."""
    listed = rows.subquery()
    return select(elements(listed.c.json).label("json")).correlate_except()


def elements(json: ColumnElement[Any]) -> ColumnElement[Any]:
    """What is written between the brackets of an array, as an aggregate: NULL when that is nothing."""
    return func.string_agg(json, constant(","), type_=Text)


def array(elements: ColumnElement[Any]) -> Written:
    return ("[", func.coalesce(elements, EMPTY), "]")


def text(written: Written) -> ColumnElement[Any]:
    """The pieces as one value."""
    return _joined([constant(piece) if isinstance(piece, str) else piece for piece in _merged(written)])


def within(written: Written) -> tuple[str, ColumnElement[Any], str]:
    """An object as the constants at its ends, which need not pass through the database, and what is between them."""
    before, *between = _merged(written)
    assert isinstance(before, str), "an object begins with a bracket"
    *between, after = between or ["", ""]
    assert isinstance(after, str), "an object ends with a bracket"
    return before, text(tuple(between)), after


def _merged(written: Written) -> list[str | ColumnElement[Any]]:
    merged: list[str | ColumnElement[Any]] = []
    for piece in written:
        if merged and isinstance(piece, str) and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return merged


def _joined(pieces: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """By halves: from left to right, a long piece would be copied once for each that follows it."""
    if len(pieces) == 1:
        return pieces[0]
    middle = len(pieces) // 2
    # As an operator of its own: that of SQLAlchemy leaves out the brackets.
    joined: ColumnElement[Any] = _joined(pieces[:middle]).op("||")(_joined(pieces[middle:]))
    return joined
