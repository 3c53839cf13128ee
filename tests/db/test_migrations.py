"""The migrations make the tables that the code declares, once, however many processes run them."""

import asyncio
import sys

import asyncpg
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from db import migrations, revisions
from db.tables import Base
from tests.conftest import scratch_database

CATALOGUE = """
    SELECT 'column' AS what, table_name || '.' || column_name AS name,
           concat_ws(' ', data_type, is_nullable, column_default, collation_name) AS definition
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', tablename || '.' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    ORDER BY 1, 2
"""


async def _catalogue(url: str) -> list[tuple[str, str, str]]:
    conn = await asyncpg.connect(url)
    rows = await conn.fetch(CATALOGUE)
    await conn.close()
    return [tuple(row) for row in rows if not row["name"].startswith("alembic_version")]


async def _create_tables(url: str) -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    conn = await asyncpg.connect(url)
    await conn.execute("CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gin")
    for table in Base.metadata.sorted_tables:
        await conn.execute(str(CreateTable(table).compile(dialect=dialect)))
        for index in table.indexes:
            await conn.execute(str(CreateIndex(index).compile(dialect=dialect)))
    await conn.close()


async def test_the_migrations_make_the_tables_that_are_declared(server_url: str, database_url: str) -> None:
    async with scratch_database(server_url) as declared:
        await _create_tables(declared)

        assert await _catalogue(database_url) == await _catalogue(declared)


async def test_processes_that_migrate_at_once_migrate_once(empty_database: str) -> None:
    program = "import asyncio, sys; from db import migrations; asyncio.run(migrations.upgrade(sys.argv[1]))"
    arguments = (sys.executable, "-c", program, empty_database)

    processes = [await asyncio.create_subprocess_exec(*arguments) for _ in range(3)]

    assert [await process.wait() for process in processes] == [0, 0, 0]
    conn = await asyncpg.connect(empty_database)
    assert await revisions.current(conn) == revisions.head()
    await conn.close()


async def test_a_database_that_was_never_migrated_has_no_revision(empty_database: str) -> None:
    conn = await asyncpg.connect(empty_database)
    assert await revisions.current(conn) is None
    await conn.close()


def test_the_history_is_known_from_the_names_of_its_files() -> None:
    history = ScriptDirectory.from_config(migrations.configuration()).walk_revisions()

    assert revisions.known() == tuple(script.revision for script in history)


def test_every_constraint_and_index_has_a_name_that_fits() -> None:
    names = [
        str(getattr(part, "name", None))
        for table in Base.metadata.sorted_tables
        for part in (*table.constraints, *table.indexes)
    ]

    assert all(name != "None" and len(name) <= 63 for name in names)
    assert len(names) == len(set(names))


def test_every_table_of_an_account_is_keyed_by_it() -> None:
    outside = {"license_key_index"}
    for table in Base.metadata.sorted_tables:
        if "account_id" in table.c and table.name not in outside:
            assert next(iter(table.primary_key.columns)).name == "account_id", table.name
            for key in table.foreign_key_constraints:
                if "account_id" in key.referred_table.c:
                    assert key.column_keys[0] == "account_id", key.name
