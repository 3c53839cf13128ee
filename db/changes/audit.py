"""The audit trail: every change writes its event in its own transaction."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Connection

from db.changes.context import ChangeContext, RowKey

_EVENT_COLUMNS = "id, occurred_at, actor_user_id, actor, action, subject_type, subject_id, before, after, request_id"
_INSERT_EVENT = f"""
    INSERT INTO {{events}} ({{owner}}, {_EVENT_COLUMNS})
         VALUES ($1, $2, $3, $4, coalesce((SELECT coalesce(email, name) FROM users WHERE id = $4), $5), $6, $7, $8,
                 $9, $10, $11)
"""
_INSERT_AUDIT_EVENT = _INSERT_EVENT.format(events="audit_events", owner="account_id")
_INSERT_ISSUED_EVENT = _INSERT_EVENT.format(events="issued_events", owner="subscription_id")
_TRANSFER_ISSUED_EVENTS = f"""
    WITH moved AS (DELETE FROM issued_events WHERE subscription_id = $2 RETURNING {_EVENT_COLUMNS})
    INSERT INTO audit_events (account_id, {_EVENT_COLUMNS})
         SELECT $1, {_EVENT_COLUMNS} FROM moved
"""


async def write_event(
    conn: Connection,
    ctx: ChangeContext,
    action: str,
    subject: tuple[str, RowKey],
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write the audit event of a change, in its transaction. `subject` is a type of the graph and the row's key.

    The account's admins see `before` and `after`: never a key, never a token.
    """
    await conn.execute(_INSERT_AUDIT_EVENT, *_event_values(ctx, action, subject, before, after))


async def write_issued_event(
    conn: Connection, ctx: ChangeContext, action: str, subject: tuple[str, RowKey], after: Mapping[str, Any]
) -> None:
    """As `write_event`, before an account registers it: the subscription takes the account's place in the row's key."""
    await conn.execute(_INSERT_ISSUED_EVENT, *_event_values(ctx, action, subject, None, after))


async def transfer_issued_events(conn: Connection, subscription_id: UUID, account_id: UUID) -> None:
    """Move the events of an issued subscription to the trail of the account that registers it, with their times.

    The caller holds the lock of the subscription's key, under which the last of them was written.
    """
    await conn.execute(_TRANSFER_ISSUED_EVENTS, account_id, subscription_id)


async def write_events(
    conn: Connection, ctx: ChangeContext, action: str, after_by_subject: Mapping[tuple[str, RowKey], Mapping[str, Any]]
) -> None:
    """Write the audit events of rows that one change created, in one round trip."""
    await conn.executemany(
        _INSERT_AUDIT_EVENT,
        [_event_values(ctx, action, subject, None, after) for subject, after in after_by_subject.items()],
    )


def _event_values(
    ctx: ChangeContext,
    action: str,
    subject: tuple[str, RowKey],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> tuple[Any, ...]:
    typename, (owner_id, row_id) = subject
    who = (ctx.user_id, ctx.subject)
    return owner_id, ctx.new_id(), ctx.now, *who, action, typename, row_id, before, after, ctx.request_id


def to_json(account_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as JSON, named as in the graph."""
    return {_graph_name(name): _to_json_value(account_id, value) for name, value in values.items()}


def _graph_name(column: str) -> str:
    first, *others = column.split("_")
    return first + "".join(map(str.title, others))


def _to_json_value(account_id: UUID, value: Any) -> Any:
    """The only references that change are those to payment methods."""
    if isinstance(value, UUID):
        return f"pay_{account_id}_{value}"
    return value.isoformat() if isinstance(value, date) else value
