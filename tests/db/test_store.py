"""What the store writes: subscriptions issued, orders and their status, renewals, keys blocked."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from asyncpg import Connection

from db.changes import issuing, license_keys, orders, renewals
from db.changes.context import ChangeContext, RowKey
from db.changes.issuing import Terms
from db.changes.orders import TRANSITIONS, NewOrder, NewOrderLine
from db.changes.registration import KeyInput
from db.enums import AutoRenewal, OrderKind, OrderStatus, SalesChannel, StartTrigger
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring
from db.user_errors import MutationRefused, UserErrorCode
from tests import world

STORE = ChangeContext(None, "store", world.NOW, "request", as_store=True)
DAYS = "SELECT activated_on, expires_on, auto_renewal FROM subscriptions WHERE account_id = $1 AND id = $2"


def terms(**given: Any) -> Terms:
    """A year of ten licences from the online store, from the day they are paid."""
    usual: dict[str, Any] = {
        "number": "N-1",
        "product_code": "desktop",
        "license_count": 10,
        "term_months": 12,
        "channel": SalesChannel.ONLINE_STORE,
        "start_trigger": StartTrigger.ON_PURCHASE,
    }
    return Terms(**usual | given)


def order(account_id: UUID, **given: Any) -> NewOrder:
    usual: dict[str, Any] = {
        "account_id": account_id,
        "number": "O-1",
        "placed_at": world.NOW,
        "kind": OrderKind.NEW,
        "status": OrderStatus.PENDING,
        "currency": "EUR",
        "lines": [NewOrderLine("desktop", 2, Decimal("49.90"))],
        "total": Decimal("99.80"),
    }
    return NewOrder(**usual | given)


async def days(conn: Connection, subscription: RowKey) -> tuple[date | None, date | None, str]:
    row = await conn.fetchrow(DAYS, *subscription)
    assert row is not None
    return row["activated_on"], row["expires_on"], row["auto_renewal"]


async def trail(conn: Connection) -> list[tuple[str, str, Any, Any]]:
    rows = await conn.fetch("SELECT action, actor, before, after FROM audit_events ORDER BY cmin::text::bigint")
    return [tuple(row) for row in rows]


async def issued_events(conn: Connection) -> list[dict[str, Any]]:
    """What happened to subscriptions that nobody has, but for the ids of the events."""
    rows = await conn.fetch("SELECT * FROM issued_events ORDER BY cmin::text::bigint")
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def issued_event(subscription_id: UUID, action: str, subject: tuple[str, UUID], after: Any) -> dict[str, Any]:
    """One by the store, now."""
    about = {"subscription_id": subscription_id, "subject_type": subject[0], "subject_id": subject[1]}
    who = {"actor_user_id": None, "actor": "store", "occurred_at": world.NOW, "request_id": "request"}
    return {**about, **who, "action": action, "before": None, "after": after}


async def test_a_subscription_issued_to_nobody_waits_in_the_index(conn: Connection, keyring: Keyring) -> None:
    await world.product(conn)
    await world.product(conn, "toolbox")

    issued = await issuing.issue(conn, STORE, keyring, terms(items=[("toolbox", 3)]), None)

    key = await license_keys.decrypt(conn, keyring, issued.license_key_id)
    [entry] = await conn.fetch(
        "SELECT k.account_id, k.kind, k.tail, i.* FROM license_key_index k"
        "  JOIN issued_subscriptions i ON i.id = k.subscription_id WHERE digest = ANY ($1)",
        keyring.digests(key_format.normalize(key)),
    )
    assert issued.subscription is None
    assert dict(entry) == {
        "account_id": None,
        "kind": "PRIMARY",
        "tail": key[-5:],
        "id": entry["id"],
        "number": "N-1",
        "product_code": "desktop",
        "term_months": 12,
        "license_count": 10,
        "channel": "ONLINE_STORE",
        "start_trigger": "ON_PURCHASE",
        "starts_on": None,
        "is_trial": False,
        "auto_renewal": "ON",
        "grace_days": 30,
        "items": [{"productCode": "toolbox", "quantity": 3}],
        "issued_at": world.NOW,
    }
    assert (await conn.fetch("SELECT FROM subscriptions"), await trail(conn)) == ([], [])
    subject = ("Subscription", entry["id"])
    assert await issued_events(conn) == [issued_event(entry["id"], "subscription.issued", subject, {"number": "N-1"})]


@pytest.mark.parametrize(
    ("trigger", "starts_on", "first", "last"),
    [
        (StartTrigger.ON_PURCHASE, None, None, None),
        (StartTrigger.ON_KEY_REGISTRATION, None, world.TODAY, date(2027, 6, 15)),
        (StartTrigger.ON_FIRST_ACTIVATION, None, None, None),
        (StartTrigger.ON_FIXED_DATE, date(2028, 2, 29), date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
async def test_a_subscription_issued_into_an_account_starts_by_its_trigger(
    conn: Connection, keyring: Keyring, trigger: StartTrigger, starts_on: date | None, first: date, last: date
) -> None:
    account_id = await world.company(conn)

    given = terms(start_trigger=trigger, starts_on=starts_on, auto_renewal=False)
    issued = await issuing.issue(conn, STORE, keyring, given, account_id)

    assert issued.subscription is not None
    assert await days(conn, issued.subscription) == (first, last, "OFF")
    assert await trail(conn) == [("subscription.issued", "store", None, {"number": "N-1"})]


@pytest.mark.parametrize(
    ("given", "renewal"),
    [
        ({}, AutoRenewal.ON),
        ({"auto_renewal": False}, AutoRenewal.OFF),
        ({"channel": SalesChannel.RESELLER}, AutoRenewal.OFF),
        ({"channel": SalesChannel.SALES_REP}, AutoRenewal.OFF),
        ({"channel": SalesChannel.SALES_REP, "auto_renewal": True}, AutoRenewal.ON),
        ({"channel": SalesChannel.APP_STORE}, AutoRenewal.NOT_AVAILABLE),
        ({"is_trial": True}, AutoRenewal.NOT_AVAILABLE),
        ({"term_months": 0}, AutoRenewal.NOT_AVAILABLE),
    ],
)
def test_renewal_begins_as_the_channel_has_it(given: Mapping[str, Any], renewal: AutoRenewal) -> None:
    assert terms(**given).renewal == renewal


async def test_renewal_is_on_only_where_something_can_be_charged(conn: Connection, keyring: Keyring) -> None:
    account_id = await world.company(conn)

    without = await issuing.issue(conn, STORE, keyring, terms(number="N-1"), account_id)
    method_id = await world.payment_method(conn, account_id, is_default=True)
    with_default = await issuing.issue(conn, STORE, keyring, terms(number="N-2"), account_id)

    rows = await conn.fetch("SELECT id, auto_renewal, payment_method_id FROM subscriptions ORDER BY number")
    assert without.subscription is not None
    assert with_default.subscription is not None
    assert [tuple(row) for row in rows] == [
        (without.subscription[1], "OFF", None),
        (with_default.subscription[1], "ON", method_id),
    ]


async def test_a_purchase_suspends_the_trial_it_replaces(conn: Connection, keyring: Keyring) -> None:
    account_id = await world.company(conn)
    trial = await world.subscription(conn, account_id, is_trial=True, auto_renewal="NOT_AVAILABLE")

    await issuing.issue(conn, STORE, keyring, terms(), account_id)

    assert await conn.fetchval("SELECT suspended_at FROM subscriptions WHERE id = $1", trial) == world.NOW
    assert [action for action, *_ in await trail(conn)] == ["subscription.suspended", "subscription.issued"]


@pytest.mark.parametrize(("before", "after"), list(product(OrderStatus, OrderStatus)))
async def test_an_order_becomes_only_what_it_can_become(
    conn: Connection, before: OrderStatus, after: OrderStatus
) -> None:
    account_id = await world.company(conn)
    placed = (account_id, await world.order(conn, account_id, status=before))

    said: object
    try:
        said = await orders.set_status(conn, STORE, placed, after)
    except MutationRefused as refused:
        said = (refused.code, refused.field)

    is_allowed = after in TRANSITIONS[before]
    assert said == (is_allowed or (False if before == after else (UserErrorCode.INVALID_INPUT, ("status",))))
    change = ("order.status_changed", "store", {"status": before}, {"status": after})
    assert await trail(conn) == ([change] if is_allowed else [])


@pytest.mark.parametrize(
    ("kind", "trigger", "starts"),
    [
        (OrderKind.NEW, "ON_PURCHASE", True),
        (OrderKind.ADD_LICENSES, "ON_PURCHASE", False),
        (OrderKind.RENEWAL, "ON_PURCHASE", False),
        (OrderKind.NEW, "ON_FIRST_ACTIVATION", False),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
async def test_a_paid_purchase_starts_what_waits_for_it(
    conn: Connection, kind: OrderKind, trigger: str, starts: bool, at_once: bool
) -> None:
    account_id = await world.company(conn)
    waiting: dict[str, Any] = {"activated_on": None, "expires_on": None, "start_trigger": trigger}
    subscription = (account_id, await world.subscription(conn, account_id, **waiting))

    status = OrderStatus.PAID if at_once else OrderStatus.AUTHORIZED
    placed = await orders.record_order(
        conn, STORE, order(account_id, kind=kind, status=status, subscription=subscription)
    )
    if not at_once:
        assert await days(conn, subscription) == (None, None, "OFF")
        await orders.set_status(conn, STORE, placed, OrderStatus.PAID)

    assert await days(conn, subscription) == (
        (world.TODAY, date(2027, 6, 15), "OFF") if starts else (None, None, "OFF")
    )


async def test_a_second_paid_order_does_not_start_a_subscription_again(conn: Connection) -> None:
    account_id = await world.company(conn)
    subscription = (account_id, await world.subscription(conn, account_id))
    before = await days(conn, subscription)

    await orders.record_order(conn, STORE, order(account_id, status=OrderStatus.PAID, subscription=subscription))

    assert await days(conn, subscription) == before


async def test_an_order_is_kept_as_the_store_has_it(conn: Connection) -> None:
    account_id = await world.company(conn)
    await world.product(conn, "toolbox")
    method = (account_id, await world.payment_method(conn, account_id, removed_at=world.NOW))
    lines = [NewOrderLine("desktop", 3, Decimal("0.333")), NewOrderLine("toolbox", 1, Decimal("0.001"))]

    placed = await orders.record_order(
        conn, STORE, order(account_id, lines=lines, total=Decimal(1), payment_method=method, invoice_url="https://x.example")
    )  # fmt: skip

    row = await conn.fetchrow("SELECT * FROM orders")
    written = await conn.fetch("SELECT position, product_code, quantity, unit_price, currency FROM order_lines")
    assert row is not None
    assert dict(row) == {
        "account_id": account_id,
        "id": placed[1],
        "number": "O-1",
        "placed_at": world.NOW,
        "status": "PENDING",
        "kind": "NEW",
        "total": Decimal(1),
        "currency": "EUR",
        "subscription_id": None,
        "payment_method_id": method[1],
        "invoice_url": "https://x.example",
        "renewed_at": None,
    }
    assert [tuple(line) for line in written] == [
        (1, "desktop", 3, Decimal("0.333"), "EUR"),
        (2, "toolbox", 1, Decimal("0.001"), "EUR"),
    ]
    assert await trail(conn) == [
        ("order.recorded", "store", None, {"number": "O-1", "status": "PENDING", "total": "1", "currency": "EUR"})
    ]


# First day, last day, when it was paid, the new last day.
@pytest.mark.parametrize(
    ("first", "last", "paid_on", "end"),
    [
        (date(2025, 7, 1), date(2026, 7, 1), world.TODAY, date(2027, 7, 1)),
        (date(2025, 6, 1), date(2026, 6, 1), world.TODAY, date(2027, 6, 1)),
        (date(2024, 2, 29), date(2027, 2, 28), world.TODAY, date(2028, 2, 29)),
        (date(2025, 5, 1), date(2026, 5, 1), date(2026, 5, 31), date(2027, 5, 1)),
        (date(2025, 5, 1), date(2026, 5, 1), date(2026, 6, 1), date(2027, 6, 1)),
    ],
)
async def test_a_renewal_adds_a_term_to_the_last_or_to_the_payment_when_it_had_expired(
    conn: Connection, first: date, last: date, paid_on: date, end: date
) -> None:
    account_id = await world.company(conn)
    switched_on: dict[str, Any] = {
        "auto_renewal": "ON",
        "payment_method_id": await world.payment_method(conn, account_id),
    }
    subscription = (
        account_id,
        await world.subscription(conn, account_id, activated_on=first, expires_on=last, **switched_on),
    )

    assert await renewals.record_renewal(conn, STORE, subscription, paid_on=paid_on, order=None)

    assert await days(conn, subscription) == (first, end, "ON")
    assert await trail(conn) == [
        ("subscription.renewed", "store", {"expiresOn": str(last)}, {"expiresOn": str(end)}),
    ]


async def test_what_comes_back_to_life_does_not_renew_with_a_method_that_was_removed(conn: Connection) -> None:
    account_id = await world.company(conn)
    removed = await world.payment_method(conn, account_id, removed_at=world.NOW)
    over: dict[str, Any] = {"activated_on": world.day(-430), "expires_on": world.day(-65)}
    subscription = (
        account_id,
        await world.subscription(conn, account_id, auto_renewal="ON", payment_method_id=removed, **over),
    )

    await renewals.record_renewal(conn, STORE, subscription, paid_on=world.TODAY, order=None)

    assert await days(conn, subscription) == (world.day(-430), date(2027, 6, 15), "OFF")


async def test_an_order_renews_once(conn: Connection) -> None:
    account_id = await world.company(conn)
    subscription = (account_id, await world.subscription(conn, account_id))
    paid = (account_id, await world.order(conn, account_id, subscription[1], kind="RENEWAL"))

    changed = [
        await renewals.record_renewal(conn, STORE, subscription, paid_on=world.TODAY, order=paid) for _ in range(2)
    ]

    assert changed == [True, False]
    assert (await days(conn, subscription))[1] == date(2027, 9, 23)


@pytest.mark.parametrize("blocked_by", ["key", "row"])
async def test_a_registered_key_is_blocked_in_both_its_places(
    conn: Connection, keyring: Keyring, blocked_by: str
) -> None:
    account_id = await world.company(conn)
    issued = await issuing.issue(conn, STORE, keyring, terms(), account_id)
    row = (account_id, issued.license_key_id)
    which = row if blocked_by == "row" else KeyInput(await license_keys.decrypt(conn, keyring, row[1]))

    said = [
        await license_keys.block(conn, STORE, keyring, which, reason="leaked", blocked=blocked)
        for blocked in (True, True, False)
    ]

    assert said == [(row, True), (row, False), (row, True)]
    assert (await trail(conn))[1:] == [
        ("license_key.blocked", "store", None, {"reason": "leaked"}),
        ("license_key.unblocked", "store", None, {"reason": "leaked"}),
    ]
    [places] = await conn.fetch(
        "SELECT k.blocked_at, i.blocked_at AS in_index FROM license_keys k JOIN license_key_index i"
        "    ON i.license_key_id = k.id"
    )
    assert tuple(places) == (None, None)


async def test_a_key_that_nobody_has_is_blocked_too(conn: Connection, keyring: Keyring) -> None:
    await world.product(conn)
    issued = await issuing.issue(conn, STORE, keyring, terms(), None)
    key = KeyInput(await license_keys.decrypt(conn, keyring, issued.license_key_id))

    said = [
        await license_keys.block(conn, STORE, keyring, key, reason=reason, blocked=blocked)
        for reason, blocked in (("leaked", True), ("again", True), ("found", False))
    ]

    assert said == [(None, True), (None, False), (None, True)]
    assert await conn.fetchval("SELECT blocked_at FROM license_key_index") is None
    subscription_id = await conn.fetchval("SELECT id FROM issued_subscriptions")
    subject = ("LicenseKey", issued.license_key_id)
    assert (await issued_events(conn))[1:] == [
        issued_event(subscription_id, "license_key.blocked", subject, {"reason": "leaked"}),
        issued_event(subscription_id, "license_key.unblocked", subject, {"reason": "found"}),
    ]
    assert await trail(conn) == []
