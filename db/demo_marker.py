"""Whose a database is: the demo's own, nobody's yet, or somebody's that no demo may touch."""

from enum import Enum

from asyncpg import Connection

from db import revisions
from db.tables import Stored

# Who issues the tokens of the demo: its users have it as their issuer, which is how a demo's database is told.
DEMO_ISSUER = "urn:licet:demo"
VERSION_TABLE = "alembic_version"
OURS = frozenset({VERSION_TABLE, *Stored.metadata.tables})
LOCK = 0x64656D6F  # "demo"


class State(Enum):
    EMPTY = "nothing is stored in it"
    MARKED = "a demo seeded it"
    FOREIGN = "it holds what no demo put there"


class NotMarked(Exception):
    """The database does not carry the demo's mark: nothing in it was changed."""


async def state(conn: Connection) -> State:
    """EMPTY: no tables of anybody, or ours without a row. MARKED wins over tables that somebody added to a demo's."""
    relations = await _relations(conn)
    if await _is_marked(conn, relations):
        return State.MARKED
    if not relations:
        return State.EMPTY
    # The names alone prove nothing: half of all databases have a table called users.
    ours = relations <= OURS and await revisions.current(conn) in revisions.known()
    return State.EMPTY if ours and not await _any_row(conn, relations) else State.FOREIGN


async def hold(conn: Connection) -> None:
    """Wait until no other demo is at work on this database; held until the connection's transaction ends."""
    await conn.execute("SELECT pg_advisory_xact_lock($1)", LOCK)


async def drop(conn: Connection) -> None:
    """Drop our tables and nothing else, in one transaction of its own. Raises NotMarked."""
    async with conn.transaction():
        await hold(conn)
        if await state(conn) is not State.MARKED:
            raise NotMarked
        names = ", ".join(sorted(f'"{name}"' for name in OURS & await _relations(conn)))
        # Without CASCADE: what somebody built on our tables stops us instead of going with them.
        await conn.execute(f"DROP TABLE {names}")


async def _relations(conn: Connection) -> frozenset[str]:
    """Tables, views and sequences of anybody: plain names in the current schema, "schema.name" elsewhere."""
    rows = await conn.fetch(
        r"""
        SELECT CASE WHEN n.nspname = current_schema() THEN c.relname ELSE n.nspname || '.' || c.relname END AS name
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
           AND n.nspname <> 'information_schema'
           AND n.nspname NOT LIKE 'pg\_%'
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        """
    )
    return frozenset(row["name"] for row in rows)


async def _is_marked(conn: Connection, relations: frozenset[str]) -> bool:
    if not {"demo_marks", VERSION_TABLE, "accounts"} <= relations:
        return False
    marked: bool = await conn.fetchval("SELECT EXISTS (SELECT FROM demo_marks)")
    return marked


async def _any_row(conn: Connection, relations: frozenset[str]) -> bool:
    stored = sorted(relations - {VERSION_TABLE})
    rows = " UNION ALL ".join(f'(SELECT FROM "{name}" LIMIT 1)' for name in stored)
    found: bool = await conn.fetchval(f"SELECT EXISTS ({rows})") if stored else False
    return found
