"""The audit trail: every change writes its event in its own transaction."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Connection

from db.changes.context import Act, RowKey

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
