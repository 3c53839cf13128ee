"""The same thing at once, over real connections and committed rows: it has one effect, and one event tells of it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from asyncpg import Connection

from db.changes import license_keys, orders, payment_methods, registration, renewals, subscriptions
from db.changes.context import ChangeContext, RowKey
from db.changes.payment_methods import NewMethod
from db.changes.registration import KeyInput
from db.enums import OrderStatus
from db.ids import uuid7
from db.license_key_custody.keyring import Keyring
from db.user_errors import MutationRefused, UserErrorCode
from tests import world
from tests.committed import Acquire, connections
from tests.db.test_payment_methods import Processor

STORE = ChangeContext(None, "store", world.NOW, as_store=True)
ROUNDS = 10
Change = Callable[[Connection], Awaitable[Any]]


async def at_once(acquire: Acquire, changes: Sequence[Change]) -> list[Any]:
    """What each returned, or the code it was refused with. Each is a transaction on a connection of its own."""
    ready = asyncio.Barrier(len(changes))

    async def run(change: Change) -> Any:
        async with acquire() as conn:
            await ready.wait()
            try:
                async with conn.transaction():
                    return await change(conn)
            except MutationRefused as refused:
                return refused.code

    return await asyncio.gather(*map(run, changes))


async def owned(conn: Connection, subject: str) -> tuple[ChangeContext, UUID]:
    """An account with the product desktop, and a ChangeContext of its owner."""
    account_id, user_id = await world.account(conn), await world.user(conn, subject)
    await world.member(conn, account_id, user_id)
    return ChangeContext(user_id, subject, world.NOW), account_id


async def trail(conn: Connection, account_id: UUID) -> Counter[str]:
    rows = await conn.fetch("SELECT action FROM audit_events WHERE account_id = $1", account_id)
    return Counter(row["action"] for row in rows)


async def test_a_renewal_recorded_at_once_counts_once(empty_database: str) -> None:
    async with connections(empty_database, 20) as acquire:
        async with acquire() as conn:
            await world.product(conn)
            ids = [await world.account(conn) for _ in range(ROUNDS)]
            rows: list[RowKey] = [(id_, await world.subscription(conn, id_)) for id_ in ids]
            bills = [(row[0], await world.order(conn, *row, kind="RENEWAL")) for row in rows]

        for row, bill in zip(rows, bills, strict=True):

            async def renew(conn: Connection, row: RowKey = row, bill: RowKey = bill) -> bool:
                return await renewals.record_renewal(conn, STORE, row, paid_on=world.TODAY, order=bill)

            assert sorted(await at_once(acquire, [renew] * 20)) == [False] * 19 + [True]

        async with acquire() as conn:
            assert {row[0] for row in await conn.fetch("SELECT expires_on FROM subscriptions")} == {date(2027, 9, 23)}
            assert [await trail(conn, id_) for id_ in ids] == [Counter({"subscription.renewed": 1})] * ROUNDS


async def test_an_order_that_is_paid_at_once_starts_one_term(empty_database: str) -> None:
    async with connections(empty_database, 12) as acquire:
        async with acquire() as conn:
            await world.product(conn)
            ids = [await world.account(conn) for _ in range(ROUNDS)]
            waiting: dict[str, Any] = {"activated_on": None, "expires_on": None}
            rows = [(id_, await world.subscription(conn, id_, **waiting)) for id_ in ids]
            pairs = [[(row[0], await world.order(conn, *row, status="PENDING")) for _ in range(2)] for row in rows]

        for pair in pairs:

            async def pay(conn: Connection, order: RowKey = pair[0]) -> bool:
                return await orders.set_status(conn, STORE, order, OrderStatus.PAID)

            async def pay_other(conn: Connection, order: RowKey = pair[1]) -> bool:
                return await orders.set_status(conn, STORE, order, OrderStatus.PAID)

            said = await at_once(acquire, [pay, pay_other] * 6)
            assert sorted(said) == [False] * 10 + [True] * 2

        async with acquire() as conn:
            expected = Counter({"order.status_changed": 2, "subscription.started": 1})
            assert [await trail(conn, id_) for id_ in ids] == [expected] * ROUNDS


async def test_a_key_that_is_blocked_while_it_is_registered_is_blocked_in_both_places_or_free(
    empty_database: str, keyring: Keyring
) -> None:
    async with connections(empty_database, 4) as acquire:
        async with acquire() as conn:
            await world.product(conn)
        for position in range(ROUNDS):
            async with acquire() as conn:
                ctx, account_id = await owned(conn, f"owner{position}")
                key = KeyInput(await world.issue(conn, keyring))

            async def register(
                conn: Connection, ctx: ChangeContext = ctx, of: UUID = account_id, key: KeyInput = key
            ) -> object:
                return await registration.register(conn, ctx, keyring, key, of, name=None, suspend_trial=False)

            async def block(conn: Connection, key: KeyInput = key) -> object:
                return await license_keys.block(conn, STORE, keyring, key, reason="leaked", blocked=True)

            registered, *blocked = await at_once(acquire, [register, block, block, block])

            async with acquire() as conn:
                rows = await conn.fetch(
                    "SELECT i.blocked_at AS entry, k.blocked_at AS row FROM license_key_index i"
                    "  LEFT JOIN license_keys k ON k.id = i.license_key_id WHERE digest = ANY ($1)",
                    key.digests(keyring),
                )
                told = await trail(conn, account_id)
                untold = await conn.fetchval("SELECT array_agg(action) FROM issued_events")
                await conn.execute("DELETE FROM issued_events")
            refused = registered == UserErrorCode.KEY_BLOCKED
            assert [tuple(row) for row in rows] == [(world.NOW, None if refused else world.NOW)]
            assert sorted(changed for _, changed in blocked) == [False, False, True]
            both = Counter({"license_key.registered": 1, "license_key.blocked": 1})
            assert (told, untold) == ((Counter(), ["license_key.blocked"]) if refused else (both, None))


async def test_a_token_that_is_added_at_once_is_one_method_and_one_is_the_default(empty_database: str) -> None:
    async with connections(empty_database, 12) as acquire:
        for position in range(ROUNDS):
            async with acquire() as conn:
                ctx, account_id = await owned(conn, f"owner{position}")

            def adding(token: str, ctx: ChangeContext = ctx, account_id: UUID = account_id) -> Change:
                new = NewMethod(account_id, token, make_default=True)
                return lambda conn: payment_methods.add(conn, ctx, Processor([]), new)

            said = await at_once(acquire, [adding(f"tok_{number % 3}") for number in range(12)])

            async with acquire() as conn:
                found = await conn.fetchrow(
                    "SELECT count(*), count(*) FILTER (WHERE is_default) AS defaults FROM payment_methods"
                    " WHERE account_id = $1",
                    account_id,
                )
                assert found is not None
                assert said.count(UserErrorCode.DUPLICATE_METHOD) == 9
                assert tuple(found) == (3, 1)
                assert await trail(conn, account_id) == Counter(
                    {"payment_method.added": 3, "payment_method.default_changed": 3}
                )


@pytest.mark.parametrize("times", [1, 2])
async def test_what_renews_is_never_charged_to_a_removed_method(empty_database: str, times: int) -> None:
    async with connections(empty_database, 10) as acquire:
        async with acquire() as conn:
            await world.product(conn)
        for position in range(ROUNDS):
            async with acquire() as conn:
                ctx, account_id = await owned(conn, f"owner{position}")
                methods: list[RowKey] = [
                    (account_id, await world.payment_method(conn, account_id, id=uuid7(world.NOW))) for _ in range(2)
                ]
                row: RowKey = (account_id, await world.subscription(conn, account_id))

            said = await at_once(acquire, [*changes_of(ctx, row, methods)] * times)

            async with acquire() as conn:
                await require_kept_rules(conn, account_id, said)


def changes_of(ctx: ChangeContext, row: RowKey, methods: Sequence[RowKey]) -> Sequence[Change]:
    def defaulting(method: RowKey) -> Change:
        return lambda conn: payment_methods.set_default(conn, ctx, method)

    def removing(method: RowKey) -> Change:
        return lambda conn: payment_methods.remove(conn, ctx, method)

    def enabling(method: RowKey) -> Change:
        return lambda conn: subscriptions.set_auto_renewal(
            conn, ctx, row, enabled=True, payment_method=method, confirm_grace_loss=False
        )

    first, second = methods
    return [defaulting(first), defaulting(second), removing(first), enabling(first), enabling(second)]


async def require_kept_rules(conn: Connection, account_id: UUID, said: Sequence[Any]) -> None:
    """At most one default, none of them removed, what renews can be charged, and an event for each change."""
    methods = await conn.fetch("SELECT * FROM payment_methods WHERE account_id = $1", account_id)
    [charged] = await conn.fetch(
        "SELECT s.auto_renewal, m.removed_at FROM subscriptions s"
        "  LEFT JOIN payment_methods m ON (m.account_id, m.id) = (s.account_id, s.payment_method_id)"
        " WHERE s.account_id = $1",
        account_id,
    )
    removed = [method for method in methods if method["removed_at"]]
    refused = {code for code in said if isinstance(code, UserErrorCode)}
    events = await trail(conn, account_id)

    assert sum(method["is_default"] for method in methods) <= 1
    assert not any(method["is_default"] for method in removed)
    assert charged["auto_renewal"] == "OFF" or charged["removed_at"] is None
    assert refused <= {UserErrorCode.PAYMENT_METHOD_NOT_FOUND, UserErrorCode.PAYMENT_METHOD_IN_USE}
    assert events["payment_method.removed"] == len(removed) == said.count(None)
    assert events.total() == len(removed) + said.count(True)
