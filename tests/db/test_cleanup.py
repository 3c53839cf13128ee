"""What was kept for a while is deleted afterwards."""

from datetime import timedelta
from uuid import UUID

import pytest
from asyncpg import Connection

from db import tables
from db.changes import cleanup
from db.ids import uuid7
from tests import world

WINDOW = timedelta(minutes=15)


async def _record(conn: Connection, key: str, age: timedelta) -> None:
    scope = {"viewer": "user", "mutation": "renameSubscription", "key": key}
    await world.insert(conn, tables.IdempotencyRecord, **scope, input_digest=b"", created_at=world.NOW - age)


async def _attempt(conn: Connection, user: UUID, age: timedelta) -> None:
    values = {"id": uuid7(world.NOW), "user_id": user, "attempted_at": world.NOW - age}
    await world.insert(conn, tables.KeyAttempt, **values)


async def test_records_are_kept_for_a_day_and_attempts_while_they_count(conn: Connection) -> None:
    user = await world.user(conn, "ada")
    for key, hours in (("old", 26), ("new", 24)):
        await _record(conn, key, timedelta(hours=hours))
    for minutes in (14, 16):
        await _attempt(conn, user, timedelta(minutes=minutes))

    swept = await cleanup.delete_expired(conn, world.NOW, WINDOW)

    assert swept == 2
    assert await conn.fetchval("SELECT array_agg(key) FROM idempotency_records") == ["new"]
    assert await conn.fetchval("SELECT min(attempted_at) FROM key_attempts") == world.NOW - timedelta(minutes=14)


async def test_many_are_deleted_in_batches(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleanup, "BATCH", 3)
    for number in range(10):
        await _record(conn, str(number), timedelta(days=2))

    swept = await cleanup.delete_expired(conn, world.NOW, WINDOW)

    assert swept == 10
    assert await conn.fetchval("SELECT count(*) FROM idempotency_records") == 0
