"""Rows as JSON: a row, what is joined beside it, and objects made of both."""

from collections.abc import Iterator, Mapping
from operator import eq
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BinaryExpression,
    ColumnClause,
    ColumnElement,
    FromClause,
    Select,
    Text,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy import cast as sql_cast

from db.relations import Keys, Rows, constant

# A longer column name would be cut, and two keys could become one.
LONGEST_NAME = 63
# A row has at most 1 664 columns, a function at most 100 arguments.
MOST_COLUMNS = 1600
MOST_ARGUMENTS = 96

Columns = Mapping[str, ColumnElement[Any]]

EMPTY_OBJECT: ColumnElement[Any] = literal_column("'{}'::json", JSON)
EMPTY_LIST: ColumnElement[Any] = literal_column("'[]'::json", JSON)
NOTHING: ColumnElement[Any] = literal_column("NULL::json", JSON)
ONE_ROW: ColumnElement[Any] = literal_column("1")


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
    """A row, and a lateral beside it for each object and each to-one relation. There may be no row: only values."""

    def __init__(self, row: FromClause | None, shown: Shown | None = None) -> None:
        self.row = row
        # A builder looks at nothing but columns.
        self.shown = row if shown is None else cast(FromClause, shown)
        self._joined = row

    def add(self, chosen: Select[Any]) -> FromClause:
        """The lateral of one row, or of none: then its columns are NULL."""
        lateral = chosen.lateral()
        self._joined = lateral if self._joined is None else self._joined.outerjoin(lateral, true())
        return lateral

    def object(self, columns: Columns) -> ColumnElement[Any]:
        """A JSON object with these keys, in their order."""
        if not columns:
            return EMPTY_OBJECT
        if len(columns) > MOST_COLUMNS or any(len(key) > LONGEST_NAME for key in columns):
            return _text_object(columns)
        made = select(*[value.label(key) for key, value in columns.items()]).correlate_except()
        lateral = made.lateral()
        self._joined = lateral if self._joined is None else self._joined.join(lateral, true())
        return func.row_to_json(lateral.table_valued(), type_=JSON)

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """These columns. Rows that they name and that are not beside this one are rows around it."""
        chosen = select(*columns).correlate_except()
        return chosen if self._joined is None else chosen.select_from(self._joined)


def array(rows: Select[Any]) -> ColumnElement[Any]:
    """A JSON array of the column `json` of these rows, in their order."""
    listed = rows.subquery()
    return select(func.coalesce(func.json_agg(listed.c.json), EMPTY_LIST)).correlate_except().scalar_subquery()


def _text_object(columns: Columns) -> ColumnElement[Any]:
    """The object written by hand: slower, but its keys are no column names."""
    pieces = list(_pieces(columns))
    while len(pieces) > 1:
        chunks = [pieces[start : start + MOST_ARGUMENTS] for start in range(0, len(pieces), MOST_ARGUMENTS)]
        pieces = [func.concat(*chunk, type_=Text) for chunk in chunks]
    return sql_cast(pieces[0], JSON)


def _pieces(columns: Columns) -> Iterator[ColumnElement[Any]]:
    before = "{"
    for key, value in columns.items():
        yield constant(f'{before}"{key}":')
        typed = sql_cast(value, Text) if isinstance(value.type, Text) else value
        yield func.coalesce(sql_cast(func.to_json(typed), Text), constant("null"))
        before = ","
    yield constant("}")
