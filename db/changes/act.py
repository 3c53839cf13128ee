"""Who acts, when, and under which request; and the trail that every change leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from random import Random
from typing import Any
from uuid import UUID

from asyncpg import Connection, Record
from sqlmodel import SQLModel

from db import tables
from db.ids import uuid7

RowKey = tuple[UUID, UUID]
"""(account, row): what a global id leads to."""
NOWHERE: RowKey = (UUID(int=0), UUID(int=0))
"""What an id that is none leads to: no row has it, so it is looked for like any other."""


@dataclass(frozen=True, slots=True)
class Act:
    """One call of a mutation."""

    user_id: UUID | None
    """None for a service."""
    subject: str
    """The token's: what a service is called in the trail."""
    now: datetime
    request_id: str | None = None
    for_store: bool = False
    """Any account may be changed: the caller made sure of the scope."""
    email: str | None = None
    """Lower case, and only when the issuer verified it."""
    random: Random | None = None
    """Given where rows must be the same each time."""

    @property
    def today(self) -> date:
        """In UTC, as everywhere."""
        return self.now.date()

    def parameters(self, **own: Any) -> Mapping[str, Any]:
        """What the rules' expressions ask for, and the statement's own parameters."""
        known = {"viewer": self.user_id, "email": self.email, "for_store": self.for_store}
        return {**known, "now": self.now, "today": self.today, **own}

    def new_id(self) -> UUID:
        return uuid7(self.now, self.random)


async def insert(conn: Connection, row: SQLModel) -> None:
    """Write a new row. Its defaults are those of the table's declaration."""
    statement, names = _insertion(type(row))
    await conn.execute(statement, *[getattr(row, name) for name in names])


@lru_cache(maxsize=64)
def _insertion(model: type[SQLModel]) -> tuple[str, tuple[str, ...]]:
    table = tables.table(model)
    names = tuple(table.columns.keys())
    places = ", ".join(f"${position}" for position in range(1, len(names) + 1))
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})", names


_TOLD = "id, occurred_at, actor_user_id, actor, action, subject_type, subject_id, before, after, request_id"
_RECORD = f"""
    INSERT INTO {{events}} ({{owner}}, {_TOLD})
         VALUES ($1, $2, $3, $4, coalesce((SELECT coalesce(email, name) FROM users WHERE id = $4), $5), $6, $7, $8,
                 $9, $10, $11)
"""
_OF_ACCOUNT = _RECORD.format(events="audit_events", owner="account_id")
_OF_ISSUED = _RECORD.format(events="issued_events", owner="subscription_id")
_HAND_OVER = f"""
    WITH told AS (DELETE FROM issued_events WHERE subscription_id = $2 RETURNING {_TOLD})
    INSERT INTO audit_events (account_id, {_TOLD})
         SELECT $1, {_TOLD} FROM told
"""


async def record(
    conn: Connection,
    act: Act,
    action: str,
    subject: tuple[str, RowKey],
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write the audit event of a change, in its transaction. `subject` is a type of the graph and the row's key.

    What is in `before` and `after` is shown to the account's admins: never a key, never a token.
    """
    await conn.execute(_OF_ACCOUNT, *_event(act, action, subject, before, after))


async def record_issued(
    conn: Connection, act: Act, action: str, subject: tuple[str, RowKey], after: Mapping[str, Any]
) -> None:
    """As `record`, while no account has it: the subscription takes the account's place in the row's key."""
    await conn.execute(_OF_ISSUED, *_event(act, action, subject, None, after))


async def hand_over(conn: Connection, subscription_id: UUID, account_id: UUID) -> None:
    """What happened to a subscription before it was an account's becomes part of its trail, at the time it happened.

    The caller holds the lock of the subscription's key, under which the last of it was recorded.
    """
    await conn.execute(_HAND_OVER, account_id, subscription_id)


async def record_each(
    conn: Connection, act: Act, action: str, made: Mapping[tuple[str, RowKey], Mapping[str, Any]]
) -> None:
    """Write the audit events of rows that one change made, each with what it is `after`: one round trip for all."""
    await conn.executemany(_OF_ACCOUNT, [_event(act, action, subject, None, after) for subject, after in made.items()])


def _event(
    act: Act,
    action: str,
    subject: tuple[str, RowKey],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> tuple[Any, ...]:
    typename, (owner_id, row_id) = subject
    who = (act.user_id, act.subject)
    return owner_id, act.new_id(), act.now, *who, action, typename, row_id, before, after, act.request_id


async def change(
    conn: Connection, act: Act, model: type[SQLModel], now: Mapping[str, Any] | Record, action: str, **values: Any
) -> bool:
    """Write what differs from the row as it is `now`, and the audit event; whether anything did.

    The graph's type of the row has the model's name. The caller holds the lock under which it was read.
    """
    changed = {name: value for name, value in values.items() if value != now[name]}
    if not changed:
        return False
    row = (now["account_id"], now["id"])
    places = ", ".join(f"{name} = ${position}" for position, name in enumerate(changed, 3))
    table = tables.table(model).name
    await conn.execute(f"UPDATE {table} SET {places} WHERE account_id = $1 AND id = $2", *row, *changed.values())
    before = shown(row[0], {name: now[name] for name in changed})
    await record(conn, act, action, (model.__name__, row), before, shown(row[0], changed))
    return True


def shown(account_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as the graph names and writes them."""
    return {_graph_name(name): _written(account_id, value) for name, value in values.items()}


def _graph_name(column: str) -> str:
    first, *others = column.split("_")
    return first + "".join(map(str.title, others))


def _written(account_id: UUID, value: Any) -> Any:
    """The only references that change are those to payment methods."""
    if isinstance(value, UUID):
        return f"pay_{account_id}_{value}"
    return value.isoformat() if isinstance(value, date) else value
