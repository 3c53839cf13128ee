"""Seats: what is reserved, what is shared, and what each key can still take."""

from typing import Any
from uuid import UUID

from asyncpg import Connection
from hypothesis import given
from hypothesis import strategies as st

from tests import world
from tests.conftest import Client
from tests.schema.examples import FEW_EXAMPLES, license_key, rolled_back, subscription, terms
from tests.schema.model import Key, Term, available, seats

ASKED = """
query($id: ID!) {
  account(id: $id) {
    subscriptions(first: 100) {
      nodes {
        id seats { total used reserved available }
        licenseKeys(first: 100) { nodes { name used available } }
      }
    }
  }
}
"""


def _usage(node: dict[str, Any]) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    return node["seats"], {key["name"]: (key["used"], key["available"]) for key in node["licenseKeys"]["nodes"]}


async def _shown(client: Client, account: UUID) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    """The seats of the account's only subscription, and (used, available) of its keys by name."""
    data = await client.ask(ASKED, {"id": f"acc_{account}"})
    (node,) = data["account"]["subscriptions"]["nodes"]
    return _usage(node)


async def _keys(conn: Connection, **values: Any) -> tuple[UUID, UUID]:
    """An account with one subscription of ten licences that has a primary key with two devices."""
    account = await world.company(conn)
    subscription_id = await world.subscription(conn, account, **values)
    await world.license_key(conn, account, subscription_id, name="primary", used=2)
    return account, subscription_id


async def test_the_primary_key_has_all_seats_of_a_subscription_without_sublicences(
    conn: Connection, client: Client
) -> None:
    account, _ = await _keys(conn)

    shown = await _shown(client, account)

    assert shown == ({"total": 10, "used": 2, "reserved": 0, "available": 8}, {"primary": (2, 8)})


async def test_a_reserved_sublicence_keeps_its_quota_from_the_pool(conn: Connection, client: Client) -> None:
    account, subscription_id = await _keys(conn)
    await world.license_key(conn, account, subscription_id, name="team", allocation="RESERVED", quota=5, used=1)

    shown = await _shown(client, account)

    usage = {"total": 10, "used": 3, "reserved": 5, "available": 3}
    assert shown == (usage, {"primary": (2, 3), "team": (1, 4)})


async def test_dynamic_sublicences_share_the_pool_each_up_to_its_cap(conn: Connection, client: Client) -> None:
    account, subscription_id = await _keys(conn)
    for name, quota, used in (("small", 3, 1), ("large", 9, 2), ("full", 1, 1)):
        values = {"name": name, "allocation": "DYNAMIC", "quota": quota, "used": used}
        await world.license_key(conn, account, subscription_id, **values)

    shown = await _shown(client, account)

    usage = {"total": 10, "used": 6, "reserved": 0, "available": 4}
    assert shown == (usage, {"primary": (2, 4), "small": (1, 2), "large": (2, 4), "full": (1, 0)})


async def test_a_used_up_pool_leaves_only_what_is_reserved(conn: Connection, client: Client) -> None:
    account, subscription_id = await _keys(conn)
    await world.license_key(conn, account, subscription_id, name="team", allocation="RESERVED", quota=4, used=1)
    await world.license_key(conn, account, subscription_id, name="shared", allocation="DYNAMIC", quota=9, used=4)

    shown = await _shown(client, account)

    usage = {"total": 10, "used": 7, "reserved": 4, "available": 0}
    assert shown == (usage, {"primary": (2, 0), "team": (1, 3), "shared": (4, 0)})


async def test_a_sublicence_holds_its_seats_on_its_last_day_and_returns_them_on_the_next(
    conn: Connection, client: Client
) -> None:
    account, subscription_id = await _keys(conn)
    for name, allocation, offset in (
        ("today", "RESERVED", 0),
        ("yesterday", "RESERVED", -1),
        ("today too", "DYNAMIC", 0),
        ("yesterday too", "DYNAMIC", -1),
    ):
        values = {"allocation": allocation, "quota": 3, "used": 1, "expires_on": world.day(offset)}
        await world.license_key(conn, account, subscription_id, name=name, **values)

    usage, keys = await _shown(client, account)

    assert usage == {"total": 10, "used": 4, "reserved": 3, "available": 4}
    assert keys == {
        "primary": (2, 4),
        "today": (1, 2),
        "yesterday": (1, 0),
        "today too": (1, 2),
        "yesterday too": (1, 0),
    }


async def test_a_blocked_key_keeps_its_seats_and_takes_no_more(conn: Connection, client: Client) -> None:
    account, subscription_id = await _keys(conn)
    for name, allocation in (("team", "RESERVED"), ("shared", "DYNAMIC")):
        values = {"allocation": allocation, "quota": 3, "used": 1, "blocked_at": world.NOW}
        await world.license_key(conn, account, subscription_id, name=name, **values)

    shown = await _shown(client, account)

    usage = {"total": 10, "used": 4, "reserved": 3, "available": 4}
    assert shown == (usage, {"primary": (2, 4), "team": (1, 0), "shared": (1, 0)})


async def test_a_blocked_primary_key_leaves_the_pool_to_its_sublicences(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    subscription_id = await world.subscription(conn, account)
    await world.license_key(conn, account, subscription_id, name="primary", used=2, blocked_at=world.NOW)
    await world.license_key(conn, account, subscription_id, name="shared", allocation="DYNAMIC", quota=9)

    shown = await _shown(client, account)

    usage = {"total": 10, "used": 2, "reserved": 0, "available": 8}
    assert shown == (usage, {"primary": (2, 0), "shared": (0, 8)})


async def test_no_key_of_an_expired_subscription_can_take_a_seat(conn: Connection, client: Client) -> None:
    account, subscription_id = await _keys(conn, expires_on=world.day(-1))
    await world.license_key(conn, account, subscription_id, name="team", allocation="RESERVED", quota=3, used=1)
    await world.license_key(conn, account, subscription_id, name="shared", allocation="DYNAMIC", quota=3, used=1)

    _, keys = await _shown(client, account)

    assert keys == {"primary": (2, 0), "team": (1, 0), "shared": (1, 0)}


async def test_keys_can_take_seats_in_the_grace_period(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    card = await world.payment_method(conn, account)
    renewing: dict[str, Any] = {"auto_renewal": "ON", "payment_method_id": card, "grace_days": 30}
    subscription_id = await world.subscription(conn, account, expires_on=world.day(-30), **renewing)
    await world.license_key(conn, account, subscription_id, name="primary")
    await world.license_key(conn, account, subscription_id, name="team", allocation="RESERVED", quota=3)

    _, keys = await _shown(client, account)

    assert keys == {"primary": (0, 7), "team": (0, 3)}


async def test_a_subscription_without_keys_has_all_its_seats(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    await world.subscription(conn, account, license_count=3)

    shown = await _shown(client, account)

    assert shown == ({"total": 3, "used": 0, "reserved": 0, "available": 3}, {})


@st.composite
def licensed(draw: st.DrawFn) -> tuple[Term, int, list[Key]]:
    """A term, its licences, and keys that hold no more seats than there are."""
    ends = st.none() | st.integers(-2, 3).map(world.day)
    keys = [Key(None, None, draw(st.integers(0, 5)), None, draw(st.sampled_from([False, False, True])))]
    for _ in range(draw(st.integers(0, 5))):
        quota = draw(st.integers(1, 8))
        allocation, used = draw(st.sampled_from(["RESERVED", "DYNAMIC"])), draw(st.integers(0, quota))
        keys.append(Key(allocation, quota, used, draw(ends), draw(st.sampled_from([False, False, True]))))
    held = -seats(0, keys, world.TODAY)["available"]
    return draw(terms(world.TODAY)), max(1, held + draw(st.integers(0, 6))), keys


@FEW_EXAMPLES
@given(st.lists(licensed(), min_size=5, max_size=12))
async def test_seats_of_generated_keys_are_those_of_the_model(
    conn: Connection, client: Client, company: UUID, card: UUID, batch: list[tuple[Term, int, list[Key]]]
) -> None:
    expected = {}
    async with rolled_back(conn):
        for term, total, keys in batch:
            subscription_id = await subscription(conn, company, term, card, license_count=total)
            for position, key in enumerate(keys):
                await license_key(conn, company, subscription_id, key, name=str(position))
            usage = seats(total, keys, world.TODAY)
            free = [available(key, usage["available"], term, world.TODAY) for key in keys]
            shown = {str(position): (key.used, free[position]) for position, key in enumerate(keys)}
            expected[f"sub_{company}_{subscription_id}"] = usage, shown

        data = await client.ask(ASKED, {"id": f"acc_{company}"})

    assert {node["id"]: _usage(node) for node in data["account"]["subscriptions"]["nodes"]} == expected
