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
from db.seed import bulk
from db.seed.buyers import add_buyer, buyer
from db.seed.catalogue import insert_catalogue
from db.seed.dates import mark, midnight
from db.seed.dice import Dice
from db.seed.invented import add_subscription
from db.seed.invoicing import add_orders
from db.seed.rows import Rows
from db.tables import Base

LARGE_ACCOUNT = 50_000
LARGEST_LOT = 2_000
_PATIENCE_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Lot:
    """Some of one account's subscriptions; the first lot opens the account. Account 0 is the large one."""

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
        known, large_is_there = await _known(conn)
        lots = plan(known, accounts, subscriptions, large_account and not large_is_there)
        total = sum(lot.last - lot.first for lot in lots)
        rebuilding = await bulk.set_aside(conn)
        with _without_collector():
            await _load(conn, lots, keyring, midnight(now).date(), lambda done: progress(done * 3 // 4, total))
        for position, statement in enumerate(rebuilding, 1):
            await conn.execute(statement, timeout=_PATIENCE_SECONDS)
            progress(total - total // 4 * (len(rebuilding) - position) // len(rebuilding), total)
    await conn.execute(f"ANALYZE {', '.join(Base.metadata.tables)}", timeout=_PATIENCE_SECONDS)


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
    await mark(conn, now)


async def _known(conn: Connection) -> tuple[int, bool]:
    """How many accounts earlier calls made, and whether the large one is there."""
    subjects = "SELECT count(*) FROM users WHERE issuer = $1 AND subject ~ $2"
    owners: int = await conn.fetchval(subjects, DEMO_ISSUER, "^owner-[0-9]+$")
    return owners, bool(await conn.fetchval(subjects, DEMO_ISSUER, "^large-owner$"))


def plan(known: int, accounts: int, subscriptions: int, large_account: bool) -> list[Lot]:
    """Accounts numbered after those that are known, with equal shares of the subscriptions."""
    sizes = {0: LARGE_ACCOUNT} if large_account else {}
    for position in range(accounts):
        sizes[known + position + 1] = subscriptions // accounts + (position < subscriptions % accounts)
    return [
        Lot(account, first, min(first + LARGEST_LOT, size))
        for account, size in sizes.items()
        for first in range(0, max(size, 1), LARGEST_LOT)
    ]


async def _load(
    conn: Connection, lots: Iterable[Lot], keyring: Keyring, today: date, copied: Callable[[int], None]
) -> None:
    done, rows = 0, Rows()
    for batch in (*_batches(lots), []):
        # The next rows are made while PostgreSQL takes these: Python and the server have a core each.
        _, upcoming = await asyncio.gather(rows.copy(conn), asyncio.to_thread(_build, batch, keyring, today))
        done += len(rows.of["subscriptions"])
        copied(done)
        rows = upcoming


def _batches(lots: Iterable[Lot]) -> Iterator[list[Lot]]:
    """Lots together until they are as large as one may be: that bounds the memory, whatever the accounts' size."""
    batch: list[Lot] = []
    size = 0
    for lot in lots:
        if batch and size + lot.last - lot.first > LARGEST_LOT:
            yield batch
            batch, size = [], 0
        batch.append(lot)
        size += lot.last - lot.first
    yield batch


def _build(lots: Iterable[Lot], keyring: Keyring, today: date) -> Rows:
    rows = Rows()
    for lot in lots:
        if lot.first == 0:
            add_buyer(rows, lot.account, today)
        owner = buyer(lot.account, today)
        dice = Dice(f"subscriptions of {lot.account} from {lot.first}")
        for index in range(lot.first, lot.last):
            add_orders(rows, add_subscription(rows, owner, index, today, keyring, dice), today, dice)
    return rows
