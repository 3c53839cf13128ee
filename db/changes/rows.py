"""Inserts and updates of one row, with the audit event that an update leaves."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from asyncpg import Connection, Record
from sqlmodel import SQLModel

from db import tables
from db.changes.audit import to_json, write_event
from db.changes.context import ChangeContext


async def insert(conn: Connection, row: SQLModel) -> None:
    """Write a new row. Its defaults are those of the table's declaration."""
    statement, names = _insert_statement(type(row))
    await conn.execute(statement, *[getattr(row, name) for name in names])


@lru_cache(maxsize=64)
def _insert_statement(model: type[SQLModel]) -> tuple[str, tuple[str, ...]]:
    table = tables.table(model)
    names = tuple(table.columns.keys())
    placeholders = ", ".join(f"${position}" for position in range(1, len(names) + 1))
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({placeholders})", names


async def update_changed(
    conn: Connection,
    ctx: ChangeContext,
    model: type[SQLModel],
    current: Mapping[str, Any] | Record,
    action: str,
    **values: Any,
) -> bool:
    """Write what differs from the row as it is, `current`, and the audit event; whether anything did.

    The graph's type of the row has the model's name. The caller holds the lock under which it was read.
    """
    changed = {name: value for name, value in values.items() if value != current[name]}
    if not changed:
        return False
    row = (current["account_id"], current["id"])
    assignments = ", ".join(f"{name} = ${position}" for position, name in enumerate(changed, 3))
    table = tables.table(model).name
    await conn.execute(f"UPDATE {table} SET {assignments} WHERE account_id = $1 AND id = $2", *row, *changed.values())
    before = to_json(row[0], {name: current[name] for name in changed})
    await write_event(conn, ctx, action, (model.__name__, row), before, to_json(row[0], changed))
    return True
