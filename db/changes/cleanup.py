"""Deletes expired rows in batches: idempotency records and key attempts."""

from datetime import datetime, timedelta

from asyncpg import Connection

BATCH = 1000
RECORD_RETENTION = timedelta(hours=25)
"""Clients may rely on a day; an hour more is for clocks that differ."""

# Workers may run this at the same time: each locks other rows.
_DELETE_BATCH = """
    DELETE FROM {table}
          WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {column} < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
"""
_DELETE_RECORDS = _DELETE_BATCH.format(table="idempotency_records", column="created_at")
_DELETE_ATTEMPTS = _DELETE_BATCH.format(table="key_attempts", column="attempted_at")


async def delete_expired(conn: Connection, now: datetime, attempt_window: timedelta) -> int:
    """How many rows were deleted: idempotency records after a day, attempts after `attempt_retention`."""
    records = await _delete_in_batches(conn, _DELETE_RECORDS, now - RECORD_RETENTION)
    return records + await _delete_in_batches(conn, _DELETE_ATTEMPTS, now - attempt_window)


async def _delete_in_batches(conn: Connection, statement: str, before: datetime) -> int:
    total = 0
    while True:
        deleted = int((await conn.execute(statement, before, BATCH)).rpartition(" ")[2])
        total += deleted
        if deleted < BATCH:
            return total
