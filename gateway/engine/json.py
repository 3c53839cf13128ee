"""Rows as JSON: a row, what is joined beside it, and objects made of both."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import JSON, ColumnElement, FromClause, Select, Text, cast, func, literal_column, select, true

from db.relations import constant

# A longer column name would be cut, and two keys could become one.
LONGEST_NAME = 63
# A row has at most 1 664 columns, a function at most 100 arguments.
MOST_COLUMNS = 1600
MOST_ARGUMENTS = 96

Columns = Mapping[str, ColumnElement[Any]]

EMPTY_OBJECT: ColumnElement[Any] = literal_column("'{}'::json", JSON)
EMPTY_LIST: ColumnElement[Any] = literal_column("'[]'::json", JSON)
ONE_ROW: ColumnElement[Any] = literal_column("1")


class Beside:
    """A row, and a lateral beside it for each object and each to-one relation. There may be no row: only values."""

    def __init__(self, row: FromClause | None) -> None:
        self.row = row
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
    return cast(pieces[0], JSON)


def _pieces(columns: Columns) -> Iterator[ColumnElement[Any]]:
    before = "{"
    for key, value in columns.items():
        yield constant(f'{before}"{key}":')
        typed = cast(value, Text) if isinstance(value.type, Text) else value
        yield func.coalesce(cast(func.to_json(typed), Text), constant("null"))
        before = ","
    yield constant("}")
