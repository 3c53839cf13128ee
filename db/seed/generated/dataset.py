"""As many invented business accounts as a benchmark wants."""

import asyncio
import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from asyncpg import Connection

from db.demo_marker import DEMO_ISSUER
from db.license_key_custody.keyring import Keyring
from db.seed.catalogue import insert_catalogue
from db.seed.dates import mark_as_demo, midnight
from db.seed.generated import indexes
from db.seed.generated.accounts import add_account, generated_account
from db.seed.generated.fast_random import FastRandom
from db.seed.generated.orders import add_orders
from db.seed.generated.subscriptions import add_subscription
from db.seed.rows import RowBuffer
from db.tables import Base

LARGE_ACCOUNT = 50_000
MAX_BATCH_SIZE = 2_000
_TIMEOUT_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of one account's subscriptions; the first batch opens the account. Account 0 is the large one."""

    account: int
    first: int
    last: int


async def generate(
    conn: Connection,
    keyring: Keyring,
    now: datetime,
    *,
    accounts: int,
    subscriptions: int,
    large_account: bool,
    progress: Callable[[int, int], None],
) -> None:
    """Add so many accounts with so many subscriptions in all, and once the large one beside them.

    All or nothing: one transaction, in which nobody else can read the tables. `progress` is told how many
    subscriptions of how many are done; the last quarter of them is what building the indexes takes.
    """
    async with conn.transaction():
        await _prepare(conn, now)
        known, large_is_there = await _count_existing(conn)
        batches = plan_batches(known, accounts, subscriptions, large_account and not large_is_there)
        total = sum(batch.last - batch.first for batch in batches)
        rebuilding = await indexes.drop_indexes(conn)
        with _without_collector():
            await _load(conn, batches, keyring, midnight(now).date(), lambda done: progress(done * 3 // 4, total))
        for position, statement in enumerate(rebuilding, 1):
            await conn.execute(statement, timeout=_TIMEOUT_SECONDS)
            progress(total - total // 4 * (len(rebuilding) - position) // len(rebuilding), total)
    await conn.execute(f"ANALYZE {', '.join(Base.metadata.tables)}", timeout=_TIMEOUT_SECONDS)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Looking for cycles among millions of rows that have none takes a third of the time it takes to make them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


async def _prepare(conn: Connection, now: datetime) -> None:
    await conn.execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; "
        "SET LOCAL maintenance_work_mem = '256MB'"
    )
    await insert_catalogue(conn)
    await mark_as_demo(conn, now)


async def _count_existing(conn: Connection) -> tuple[int, bool]:
    """How many accounts earlier calls made, and whether the large one is there."""
    subjects = "SELECT count(*) FROM users WHERE issuer = $1 AND subject ~ $2"
    owners: int = await conn.fetchval(subjects, DEMO_ISSUER, "^owner-[0-9]+$")
    return owners, bool(await conn.fetchval(subjects, DEMO_ISSUER, "^large-owner$"))


def plan_batches(known: int, accounts: int, subscriptions: int, large_account: bool) -> list[Batch]:
    """Accounts numbered after those that are known, with equal shares of the subscriptions."""
    sizes = {0: LARGE_ACCOUNT} if large_account else {}
    for position in range(accounts):
        sizes[known + position + 1] = subscriptions // accounts + (position < subscriptions % accounts)
    return [
        Batch(account, first, min(first + MAX_BATCH_SIZE, size))
        for account, size in sizes.items()
        for first in range(0, max(size, 1), MAX_BATCH_SIZE)
    ]


async def _load(
    conn: Connection, batches: Iterable[Batch], keyring: Keyring, today: date, copied: Callable[[int], None]
) -> None:
    done, rows = 0, RowBuffer()
    for group in (*_groups(batches), []):
        # The next rows are made while PostgreSQL takes these: Python and the server have a core each.
        _, upcoming = await asyncio.gather(rows.copy(conn), asyncio.to_thread(_build, group, keyring, today))
        done += len(rows.by_table["subscriptions"])
        copied(done)
        rows = upcoming


def _groups(batches: Iterable[Batch]) -> Iterator[list[Batch]]:
    """Lots together until they are as large as one may be: that bounds the memory, whatever the accounts' size."""
    group: list[Batch] = []
    size = 0
    for batch in batches:
        if group and size + batch.last - batch.first > MAX_BATCH_SIZE:
            yield group
            group, size = [], 0
        group.append(batch)
        size += batch.last - batch.first
    yield group


def _build(batches: Iterable[Batch], keyring: Keyring, today: date) -> RowBuffer:
    rows = RowBuffer()
    for batch in batches:
        if batch.first == 0:
            add_account(rows, batch.account, today)
        owner = generated_account(batch.account, today)
        random = FastRandom(f"subscriptions of {batch.account} from {batch.first}")
        for index in range(batch.first, batch.last):
            add_orders(rows, add_subscription(rows, owner, index, today, keyring, random), today, random)
    return rows
