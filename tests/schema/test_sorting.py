"""The order of the subscription list: each field both ways, no date as the latest, ties by id in the same direction."""

from typing import Any
from uuid import UUID

import pytest
from asyncpg import Connection

from tests import world
from tests.conftest import Client

ASKED = """
query($id: ID!, $orderBy: ProductSubscriptionOrder) {
  account(id: $id) { subscriptions(orderBy: $orderBy) { nodes { displayName } } }
}
"""


async def _store(conn: Connection, rows: dict[str, dict[str, Any]]) -> UUID:
    """An account with subscriptions of these names, whose ids ascend."""
    account = await world.company(conn)
    await world.product(conn, "toolbox", name="A name that would be first")
    for position, (name, values) in enumerate(rows.items()):
        row_id = UUID(f"01900000-0000-7000-8000-{position:012}")
        await world.subscription(conn, account, **{"id": row_id, "display_name": name, **values})
    return account


async def _ordered(client: Client, account: UUID, order: dict[str, Any] | None) -> list[str]:
    data = await client.ask(ASKED, {"id": f"acc_{account}", "orderBy": order})
    return [node["displayName"] for node in data["account"]["subscriptions"]["nodes"]]


async def _both_ways(client: Client, account: UUID, field: str) -> tuple[list[str], list[str]]:
    """Upwards, and downwards read from its end."""
    upwards = await _ordered(client, account, {"field": field, "direction": "ASC"})
    downwards = await _ordered(client, account, {"field": field, "direction": "DESC"})
    return upwards, downwards[::-1]


@pytest.mark.parametrize(("field", "column"), [("ENDS_ON", "expires_on"), ("ACTIVATED_ON", "activated_on")])
async def test_null_date_sorts_last_ascending_and_first_descending(
    conn: Connection, client: Client, field: str, column: str
) -> None:
    days = {"never": None, "late": world.day(9), "never too": None, "early": world.day(-9), "late too": world.day(9)}
    account = await _store(conn, {name: {column: day} for name, day in days.items()})

    upwards, downwards = await _both_ways(client, account, field)

    assert upwards == ["early", "late", "late too", "never", "never too"]
    assert downwards == upwards


async def test_names_are_ordered_by_their_characters_in_lower_case(conn: Connection, client: Client) -> None:
    account = await _store(conn, {name: {} for name in ("b", "A", "a", "B 2", "_", "é", "Z", "1")})

    upwards, downwards = await _both_ways(client, account, "NAME")

    assert upwards == ["1", "_", "A", "a", "b", "B 2", "Z", "é"]
    assert downwards == upwards


async def test_products_are_ordered_by_code(conn: Connection, client: Client) -> None:
    codes = {"one": "toolbox", "two": "desktop", "three": "toolbox", "four": "desktop"}
    account = await _store(conn, {name: {"product_code": code} for name, code in codes.items()})

    upwards, downwards = await _both_ways(client, account, "PRODUCT")

    assert upwards == ["two", "four", "one", "three"]
    assert downwards == upwards


async def test_license_counts_are_ordered_as_numbers(conn: Connection, client: Client) -> None:
    counts = {"ten": 10, "nine": 9, "most": 2**31 - 1, "nine too": 9, "one": 1}
    account = await _store(conn, {name: {"license_count": count} for name, count in counts.items()})

    upwards, downwards = await _both_ways(client, account, "LICENSE_COUNT")

    assert upwards == ["one", "nine", "nine too", "ten", "most"]
    assert downwards == upwards


async def test_default_order_is_by_end_date_ascending(conn: Connection, client: Client) -> None:
    days = {"b": world.day(2), "c": None, "a": world.day(1)}
    account = await _store(conn, {name: {"expires_on": day} for name, day in days.items()})

    orders: tuple[dict[str, str] | None, ...] = (
        None,
        {},
        {"field": "ENDS_ON"},
        {"direction": "ASC"},
        {"direction": "DESC"},
    )
    ordered = ["".join(await _ordered(client, account, order)) for order in orders]

    assert ordered == ["abc", "abc", "abc", "abc", "cba"]
