"""Whose a database is, before a demo may write to it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from db import demo_marker, migrations
from db.demo_marker import DatabaseOwner

MARK = "INSERT INTO demo_marks (id, seeded_on, created_at) VALUES (1, current_date, now())"
PRODUCT = """
    INSERT INTO products (code, name, grace_days, sublicenses_supported, dynamic_allocation_supported)
         VALUES ('own', 'Own', 7, true, true)
"""


@pytest.fixture
async def bare(empty_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database of its own, without tables."""
    connection = await asyncpg.connect(empty_database)
    yield connection
    await connection.close()


async def test_a_database_without_tables_is_empty(bare: asyncpg.Connection) -> None:
    assert await demo_marker.database_owner(bare) is DatabaseOwner.NOBODY


async def test_our_tables_without_rows_are_empty(conn: asyncpg.Connection) -> None:
    assert await demo_marker.database_owner(conn) is DatabaseOwner.NOBODY


async def test_a_marked_database_is_the_demos(conn: asyncpg.Connection) -> None:
    await conn.execute(PRODUCT)
    await conn.execute(MARK)

    assert await demo_marker.database_owner(conn) is DatabaseOwner.DEMO


async def test_one_row_of_ours_without_the_mark_is_somebodys(conn: asyncpg.Connection) -> None:
    await conn.execute(PRODUCT)

    assert await demo_marker.database_owner(conn) is DatabaseOwner.OTHER


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE notes (text text)",
        "CREATE VIEW notes AS SELECT 1 AS one",
        "CREATE MATERIALIZED VIEW notes AS SELECT 1 AS one",
        "CREATE SEQUENCE notes",
        "CREATE TABLE notes (at date) PARTITION BY RANGE (at)",
        "CREATE SCHEMA theirs CREATE TABLE users (id integer)",
    ],
)
async def test_anything_of_others_beside_our_tables_is_somebodys(conn: asyncpg.Connection, statement: str) -> None:
    await conn.execute(statement)

    assert await demo_marker.database_owner(conn) is DatabaseOwner.OTHER


@pytest.mark.parametrize("name", ["users", "demo_marks", "alembic_version"])
async def test_a_table_that_is_only_called_like_ours_is_somebodys(bare: asyncpg.Connection, name: str) -> None:
    await bare.execute(f"CREATE TABLE {name} (version_num text)")

    assert await demo_marker.database_owner(bare) is DatabaseOwner.OTHER


async def test_what_an_extension_brought_is_nobodys(bare: asyncpg.Connection) -> None:
    await bare.execute("CREATE EXTENSION pg_trgm")

    assert await demo_marker.database_owner(bare) is DatabaseOwner.NOBODY


@pytest.mark.parametrize("rows", [[], [PRODUCT]])
async def test_without_the_mark_nothing_is_dropped(conn: asyncpg.Connection, rows: list[str]) -> None:
    for row in rows:
        await conn.execute(row)

    with pytest.raises(demo_marker.NotADemoDatabase):
        await demo_marker.drop_tables(conn)

    assert await conn.fetchval("SELECT count(*) FROM products") == len(rows)


async def test_dropping_leaves_what_is_not_ours(bare: asyncpg.Connection, empty_database: str) -> None:
    await migrations.upgrade(empty_database)
    await bare.execute(MARK)
    await bare.execute("CREATE TABLE notes (text text)")

    await demo_marker.drop_tables(bare)

    left = await bare.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert [row["tablename"] for row in left] == ["notes"]
    assert await demo_marker.database_owner(bare) is DatabaseOwner.OTHER


async def test_what_was_built_on_our_tables_stops_the_drop(bare: asyncpg.Connection, empty_database: str) -> None:
    await migrations.upgrade(empty_database)
    await bare.execute(MARK)
    await bare.execute("CREATE VIEW report AS SELECT count(*) FROM subscriptions")

    with pytest.raises(asyncpg.DependentObjectsStillExistError):
        await demo_marker.drop_tables(bare)

    assert await demo_marker.database_owner(bare) is DatabaseOwner.DEMO
    assert await bare.fetchval("SELECT * FROM report") == 0
