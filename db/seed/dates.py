"""The one UTC day that all seeded rows are dated relative to, and the mark that keeps it."""

from datetime import UTC, datetime, time

from asyncpg import Connection


def midnight(now: datetime) -> datetime:
    """The start of `now`'s UTC day: no seeded instant is later, and none depends on the hour."""
    return datetime.combine(now.astimezone(UTC).date(), time(), UTC)


async def mark_as_demo(conn: Connection, now: datetime) -> None:
    """Mark the database as a demo's. An earlier mark stays, because the dates that are there relate to its day."""
    await conn.execute(
        "INSERT INTO demo_marks (id, seeded_on, created_at) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING",
        midnight(now).date(),
        now,
    )
