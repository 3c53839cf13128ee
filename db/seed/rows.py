"""Rows on their way into the tables, through COPY and in the order of the references between them."""

import csv
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import orjson
from asyncpg import Connection
from sqlalchemy.dialects.postgresql import JSONB

from db.tables import Base

_COLUMNS = {table.name: tuple(table.columns.keys()) for table in Base.metadata.sorted_tables}
_WITH_JSON = {
    table.name
    for table in Base.metadata.sorted_tables
    if any(isinstance(column.type, JSONB) for column in table.columns)
}

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RowBuffer:
    """Rows by table name, each a tuple in the order of the table's columns."""

    by_table: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def add(self, *rows: Base) -> None:
        for row in rows:
            name = str(row.__tablename__)
            self.by_table[name].append(tuple(getattr(row, column) for column in _COLUMNS[name]))

    async def copy(self, conn: Connection) -> None:
        """Write them all. The caller holds the transaction."""
        for name, columns in _COLUMNS.items():
            if name not in self.by_table:
                continue
            if name in _WITH_JSON:
                await conn.copy_to_table(name, source=_csv(self.by_table[name]), columns=columns, format="csv")
            else:
                await conn.copy_records_to_table(name, records=self.by_table[name], columns=columns)


async def _csv(rows: Iterable[Row]) -> AsyncIterator[bytes]:
    # Binary COPY would need a binary codec for jsonb, and a connection of the pool has a textual one.
    text = StringIO()
    csv.writer(text).writerows([_as_text(value) for value in row] for row in rows)
    yield text.getvalue().encode()


def _as_text(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value
