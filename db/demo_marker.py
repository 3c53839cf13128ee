"""Who owns a database: the demo, nobody yet, or somebody else, whose data no demo may touch."""

from enum import Enum

from asyncpg import Connection

from db import revisions
from db.tables import Base

# The issuer of the demo's tokens, and of its users.
DEMO_ISSUER = "urn:licet:demo"
VERSION_TABLE = "alembic_version"
LICET_TABLES = frozenset({VERSION_TABLE, *Base.metadata.tables})
LOCK_ID = 0x64656D6F  # "demo"


class DatabaseOwner(Enum):
    NOBODY = "nothing is stored in it"
    DEMO = "a demo seeded it"
    OTHER = "it holds what no demo put there"


class NotADemoDatabase(Exception):
    """The database has no demo mark: nothing in it was changed."""


async def database_owner(conn: Connection) -> DatabaseOwner:
    """NOBODY: no tables, or ours without a row. DEMO even when somebody added tables to a demo's."""
    relations = await _relations(conn)
    if await _is_marked(conn, relations):
        return DatabaseOwner.DEMO
    if not relations:
        return DatabaseOwner.NOBODY
    # The names alone prove nothing: half of all databases have a table called users.
    ours = relations <= LICET_TABLES and await revisions.current(conn) in revisions.known()
    return DatabaseOwner.NOBODY if ours and not await _any_row(conn, relations) else DatabaseOwner.OTHER


async def lock_demo(conn: Connection) -> None:
    """Wait until no other demo works on this database; the lock lasts until the connection's transaction ends."""
    await conn.execute("SELECT pg_advisory_xact_lock($1)", LOCK_ID)


async def drop_tables(conn: Connection) -> None:
    """Drop our tables and nothing else, in one transaction of its own. Raises NotADemoDatabase."""
    async with conn.transaction():
        await lock_demo(conn)
        if await database_owner(conn) is not DatabaseOwner.DEMO:
            raise NotADemoDatabase
        names = ", ".join(sorted(f'"{name}"' for name in LICET_TABLES & await _relations(conn)))
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
    is_marked: bool = await conn.fetchval("SELECT EXISTS (SELECT FROM demo_marks)")
    return is_marked


async def _any_row(conn: Connection, relations: frozenset[str]) -> bool:
    names = sorted(relations - {VERSION_TABLE})
    rows = " UNION ALL ".join(f'(SELECT FROM "{name}" LIMIT 1)' for name in names)
    exists: bool = await conn.fetchval(f"SELECT EXISTS ({rows})") if names else False
    return exists
