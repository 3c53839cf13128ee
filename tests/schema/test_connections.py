"""Every connection but the subscription list, which has tests of its own: its order, and its pages both ways."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from asyncpg import Connection

from tests import world
from tests.conftest import Client
from tests.schema.listing import ConnectionReader, Page, expected_pages_backward, expected_pages_forward

# Later and earlier ones, some at the same instant, some a microsecond apart.
INSTANTS = [
    world.NOW + timedelta(days=days, microseconds=microseconds)
    for days, microseconds in ((0, 0), (0, 1), (-2, 999_999), (0, 0), (0, 1), (3, 0), (0, 0))
]


def _ordered(prefix: str, account: UUID, rows: list[tuple[datetime, UUID]], *, newest_first: bool = False) -> list[str]:
    return [f"{prefix}_{account}_{row_id}" for _, row_id in sorted(rows, reverse=newest_first)]


async def _is_paged(listing: ConnectionReader, ids: list[str]) -> None:
    """The listing has these ids in this order, in one page and in pages of every size, both ways."""
    whole = await listing.page(first=100)
    sizes = range(1, len(ids) + 2)
    forwards, backwards = (
        [await listing.pages_forward(size) for size in sizes],
        [await listing.pages_backward(size) for size in sizes],
    )

    assert whole == Page(ids, whole.cursors, has_previous=False, has_next=False)
    assert forwards == [expected_pages_forward(whole, size) for size in sizes]
    assert backwards == [expected_pages_backward(whole, size) for size in sizes]


async def test_the_keys_of_an_account_come_in_the_order_of_their_ids(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    subscriptions = [await world.subscription(conn, account) for _ in range(4)]
    keys = [await world.license_key(conn, account, subscription) for subscription in subscriptions]

    listing = ConnectionReader(client, f'account(id: "acc_{account}")', "licenseKeys")

    await _is_paged(listing, [f"key_{account}_{key}" for key in sorted(keys)])


async def test_of_the_keys_of_a_subscription_the_primary_one_comes_first(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    subscription = await world.subscription(conn, account)
    await world.license_key(conn, account, await world.subscription(conn, account))
    reserved = {"allocation": "RESERVED", "quota": 1}
    sublicenses = [await world.license_key(conn, account, subscription, **reserved) for _ in range(4)]
    primary = await world.license_key(conn, account, subscription)

    listing = ConnectionReader(client, f'subscription(id: "sub_{account}_{subscription}")', "licenseKeys")

    await _is_paged(listing, [f"key_{account}_{key}" for key in (primary, *sorted(sublicenses))])


async def test_activations_come_in_the_order_in_which_they_were_made(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    subscription = await world.subscription(conn, account)
    key = await world.license_key(conn, account, subscription)
    rows = [
        (at, await world.activation(conn, account, subscription, key, f"device {position}", activated_at=at))
        for position, at in enumerate(INSTANTS)
    ]

    listing = ConnectionReader(client, f'licenseKey(id: "key_{account}_{key}")', "activations")

    await _is_paged(listing, _ordered("act", account, rows))


@pytest.mark.parametrize("of_account", [True, False])
async def test_orders_come_newest_first(conn: Connection, client: Client, of_account: bool) -> None:
    account = await world.company(conn)
    subscription = await world.subscription(conn, account)
    rows = [(at, await world.order(conn, account, subscription, placed_at=at)) for at in INSTANTS]
    elsewhere = [(at, await world.order(conn, account, placed_at=at)) for at in INSTANTS[:2]]

    parent = f'account(id: "acc_{account}")' if of_account else f'subscription(id: "sub_{account}_{subscription}")'
    listing = ConnectionReader(client, parent, "orders")

    await _is_paged(listing, _ordered("ord", account, [*rows, *elsewhere] if of_account else rows, newest_first=True))


async def test_members_come_in_the_order_in_which_they_joined(conn: Connection, client: Client) -> None:
    account = await world.account(conn)
    people = [await world.user(conn, "ada"), *[await world.user(conn, f"person-{number}") for number in range(6)]]
    rows = [
        (at, await world.member(conn, account, person, since=at)) for person, at in zip(people, INSTANTS, strict=True)
    ]

    listing = ConnectionReader(client, f'account(id: "acc_{account}")', "members")

    await _is_paged(listing, _ordered("mem", account, rows))


async def test_audit_events_come_newest_first(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    rows = [(at, await world.audit_event(conn, account, "subscription.renamed", occurred_at=at)) for at in INSTANTS]

    listing = ConnectionReader(client, f'account(id: "acc_{account}")', "auditEvents")

    await _is_paged(listing, _ordered("evt", account, rows, newest_first=True))


async def test_products_come_in_the_order_of_their_codes(conn: Connection, client: Client) -> None:
    for code in ("toolbox", "desktop", "access", "ras"):
        await world.product(conn, code)

    listing = ConnectionReader(client, "", "products")

    await _is_paged(listing, ["prd_access", "prd_desktop", "prd_ras", "prd_toolbox"])


async def test_every_parent_has_a_page_of_its_own(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    asked = (
        "query($id: ID!) { account(id: $id) { subscriptions(orderBy: {field: NAME}) { nodes {"
        " displayName licenseKeys(first: 2) { totalCount nodes { name } pageInfo { hasNextPage } } } } } }"
    )
    for name, count in (("none", 0), ("one", 1), ("three", 3), ("two", 2)):
        subscription = await world.subscription(conn, account, display_name=name)
        for _ in range(count):
            await world.license_key(conn, account, subscription, name=name, allocation="RESERVED", quota=1)

    data = await client.ask(asked, {"id": f"acc_{account}"})

    assert [(node["displayName"], node["licenseKeys"]) for node in data["account"]["subscriptions"]["nodes"]] == [
        (name, {"totalCount": total, "nodes": [{"name": name}] * min(total, 2), "pageInfo": {"hasNextPage": total > 2}})
        for name, total in (("none", 0), ("one", 1), ("three", 3), ("two", 2))
    ]
