"""The generated accounts: as many rows as were asked for, every rule of the domain kept, all or nothing."""

from datetime import UTC, datetime

import pytest
from asyncpg import Connection

from db import enums, seed
from db.license_key_custody.keyring import Keyring
from db.seed.generated.dataset import LARGE_ACCOUNT, MAX_BATCH_SIZE, plan_batches
from tests.db.seed_rules import STATUS, contents, violations

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
# About so many rows for each subscription.
COUNTED = {
    "subscriptions": 1,
    "issued_subscriptions": 1,
    "license_keys": 5,
    "orders": 5,
    "order_lines": 10,
    "subscription_items": 2,
    "activations": 2,
}


async def definitions(conn: Connection) -> set[str]:
    """Every index and constraint, and the columns that may be null."""
    rows = await conn.fetch(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL "
        "SELECT table_name || column_name || is_nullable FROM information_schema.columns UNION ALL "
        "SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
    )
    return {row[0] for row in rows}


def ignore(done: int, total: int) -> None:
    """Progress that nobody watches."""


async def test_generated_accounts_break_no_rule(conn: Connection, keyring: Keyring) -> None:
    before, steps = await definitions(conn), list[tuple[int, int]]()

    await seed.generate(
        conn, keyring, NOW, accounts=5, subscriptions=500, large_account=False,
        progress=lambda done, total: steps.append((done, total)),
    )  # fmt: skip

    counts = {table: await conn.fetchval(f"SELECT count(*) FROM {table}") for table in COUNTED}
    assert await violations(conn, TODAY) == {}
    assert await definitions(conn) == before
    assert counts["subscriptions"] == counts["issued_subscriptions"] == counts["activations"] / 2 == 500
    assert {name: round(rows / 500) for name, rows in counts.items()} == COUNTED
    assert steps == sorted(steps)
    assert steps[-1] == (500, 500)


async def test_most_generated_subscriptions_are_usable(conn: Connection, keyring: Keyring) -> None:
    await seed.generate(conn, keyring, NOW, accounts=5, subscriptions=1000, large_account=False, progress=ignore)

    rows = await conn.fetch(f"SELECT {STATUS} AS status, count(*) FROM subscriptions GROUP BY 1", TODAY)

    shares = {row["status"]: row["count"] / 1000 for row in rows}
    assert set(shares) == set(enums.SubscriptionStatus)
    assert 0.65 < shares["ACTIVE"] + shares["GRACE_PERIOD"] < 0.8


async def test_generating_again_adds_further_accounts(conn: Connection, keyring: Keyring) -> None:
    await seed.create_demo(conn, keyring, NOW)

    for _ in range(2):
        await seed.generate(conn, keyring, NOW, accounts=3, subscriptions=10, large_account=False, progress=ignore)

    owners = await conn.fetch(
        "SELECT u.subject, count(s.id) FROM users u JOIN memberships m ON m.user_id = u.id"
        "  JOIN accounts a ON a.id = m.account_id AND a.kind = 'BUSINESS' JOIN subscriptions s ON s.account_id = a.id"
        " WHERE u.subject LIKE 'owner-%' GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(row) for row in owners] == [(f"owner-{n}", 4 if n in (1, 4) else 3) for n in range(1, 7)]
    assert await violations(conn, TODAY) == {}


async def test_a_generator_that_fails_changes_nothing(conn: Connection, keyring: Keyring) -> None:
    before = await definitions(conn), await contents(conn)

    with pytest.raises(ValueError, match="AESGCM key"):
        await seed.generate(
            conn, Keyring(keyring.lookup, {"short": b"short"}), NOW,
            accounts=1, subscriptions=5, large_account=False, progress=ignore,
        )  # fmt: skip

    assert (await definitions(conn), await contents(conn)) == before


def test_the_large_account_is_made_in_lots_of_bounded_size() -> None:
    lots = plan_batches(known=3, accounts=2, subscriptions=5, large_account=True)

    assert [(lot.account, lot.last - lot.first) for lot in lots[-2:]] == [(4, 3), (5, 2)]
    assert {lot.account for lot in lots[:-2]} == {0}
    assert sum(lot.last - lot.first for lot in lots[:-2]) == LARGE_ACCOUNT == 50_000
    assert max(lot.last - lot.first for lot in lots) == MAX_BATCH_SIZE
