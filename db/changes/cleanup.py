"""What was kept for a while and is not needed any more, deleted in batches."""

from datetime import datetime, timedelta

from asyncpg import Connection

BATCH = 1000
KEEP_RECORDS = timedelta(hours=25)
"""Clients may rely on a day; an hour more is for clocks that differ."""

# Another worker may be at the same rows: each takes others.
_SWEEP = """
    DELETE FROM {table}
          WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {column} < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
"""
_RECORDS = _SWEEP.format(table="idempotency_records", column="created_at")
_ATTEMPTS = _SWEEP.format(table="key_attempts", column="attempted_at")


async def sweep(conn: Connection, now: datetime, attempts_for: timedelta) -> int:
    """How many rows were deleted: idempotency records after a day, attempts when they count no longer."""
    records = await _sweep(conn, _RECORDS, now - KEEP_RECORDS)
    return records + await _sweep(conn, _ATTEMPTS, now - attempts_for)


async def _sweep(conn: Connection, statement: str, before: datetime) -> int:
    swept = 0
    while True:
        deleted = int((await conn.execute(statement, before, BATCH)).rpartition(" ")[2])
        swept += deleted
        if deleted < BATCH:
            return swept
