"""Indexes and keys set aside while millions of rows arrive: to sort them once is quicker than to insert each."""

from asyncpg import Connection

# Foreign keys first, because they hold the unique keys; made again the other way round, after the other indexes.
_CONSTRAINTS = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
      FROM pg_constraint
     WHERE contype IN ('f', 'p', 'u') AND connamespace = current_schema()::regnamespace
     ORDER BY contype <> 'f', conrelid::regclass::text, conname
"""
_INDEXES = """
    SELECT format('DROP INDEX %s', indexrelid::regclass) AS drop, pg_get_indexdef(indexrelid) AS make
      FROM pg_index
      JOIN pg_class c ON c.oid = indexrelid
     WHERE c.relnamespace = current_schema()::regnamespace
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
     ORDER BY indexrelid::regclass::text
"""


async def drop_indexes(conn: Connection) -> list[str]:
    """Drop them; the statements that make them again, in order.

    Only inside a transaction: one that fails brings them back, and nobody else reads the tables until it ends.
    """
    rows = [*await conn.fetch(_CONSTRAINTS), *await conn.fetch(_INDEXES)]
    for row in rows:
        await conn.execute(row["drop"])
    return [row["make"] for row in reversed(rows)]
