"""What the filters of keys, activations, orders and audit events keep, and that the counts count the same rows."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from asyncpg import Connection

from tests import world
from tests.conftest import Client

Filtered = list[tuple[dict[str, Any], list[str]]]

KEYS = "account(id: $id) { list: licenseKeys(filter: $filter) { totalCount nodes { shown: name } } }"
KEYS_OF_SUBSCRIPTION = (
    "subscription(id: $id) { list: licenseKeys(filter: $filter) { totalCount nodes { shown: name } } }"
)
ACTIVATIONS = "licenseKey(id: $id) { list: activations(filter: $filter) { totalCount nodes { shown: deviceId } } }"
ORDERS = "account(id: $id) { list: orders(filter: $filter) { totalCount nodes { shown: number } } }"
ORDERS_OF_SUBSCRIPTION = (
    "subscription(id: $id) { list: orders(filter: $filter) { totalCount nodes { shown: number } } }"
)
EVENTS = "account(id: $id) { list: auditEvents(filter: $filter) { totalCount nodes { shown: action } } }"


async def _found(client: Client, question: str, kind: str, id: str, filtered: Filtered) -> Filtered:
    """What each of the filters keeps; the count of each agrees."""
    found = []
    for asked, _ in filtered:
        text = f"query($id: ID!, $filter: {kind}) {{ parent: {question} }}"
        data = await client.ask(text, {"id": id, "filter": asked})
        listed = data["parent"]["list"]
        assert listed["totalCount"] == len(listed["nodes"])
        found.append((asked, [node["shown"] for node in listed["nodes"]]))
    return found


async def _keys(conn: Connection) -> tuple[UUID, UUID]:
    """Keys whose ids ascend, in a subscription that is active and in one that is expired."""
    account = await world.company(conn)
    active = await world.subscription(conn, account)
    expired = await world.subscription(conn, account, expires_on=world.day(-1))
    team: dict[str, Any] = {"allocation": "RESERVED", "quota": 1}
    for position, (subscription, name, values) in enumerate(
        (
            (active, "Primary", {"tail": "AB3CD"}),
            (active, "Team 100%", {"tail": "99999", **team}),
            (active, "team_2", {"tail": "CCB3C", **team, "expires_on": world.day(-1)}),
            (active, "Blocked \\ team", {"tail": "AB3CE", **team, "blocked_at": world.NOW}),
            (active, None, {"tail": "TTTTT", **team, "expires_on": world.day(0)}),
            (expired, "Old primary", {"tail": "AB3CD"}),
            (expired, "Old blocked", {"tail": "88888", **team, "blocked_at": world.NOW}),
        )
    ):
        key_id = UUID(f"01900000-0000-7000-8000-{position:012}")
        await world.license_key(conn, account, subscription, id=key_id, name=name, **values)
    return account, active


async def test_filters_of_an_accounts_keys(conn: Connection, client: Client) -> None:
    account, _ = await _keys(conn)
    everything = ["Primary", "Team 100%", "team_2", "Blocked \\ team", None, "Old primary", "Old blocked"]
    filtered: list[tuple[dict[str, Any], list[Any]]] = [
        ({}, everything),
        ({"kind": "PRIMARY"}, ["Primary", "Old primary"]),
        ({"kind": "SUBLICENSE"}, ["Team 100%", "team_2", "Blocked \\ team", None, "Old blocked"]),
        ({"statusIn": ["ACTIVE"]}, ["Primary", "Team 100%", None]),
        ({"statusIn": ["EXPIRED"]}, ["team_2", "Old primary"]),
        ({"statusIn": ["BLOCKED"]}, ["Blocked \\ team", "Old blocked"]),
        ({"statusIn": ["ACTIVE", "EXPIRED", "BLOCKED"]}, everything),
        ({"statusIn": []}, []),
        ({"search": "TEAM"}, ["Team 100%", "team_2", "Blocked \\ team"]),
        ({"search": "%"}, ["Team 100%"]),
        ({"search": "_"}, ["team_2"]),
        ({"search": "\\"}, ["Blocked \\ team"]),
        ({"search": "ab3cd"}, ["Primary", "Old primary"]),
        ({"search": "B3C"}, ["team_2"]),
        ({"search": "3C"}, []),
        ({"search": "11111-22222-33333-44444-TTTTT"}, [None]),
        ({"search": "old", "kind": "SUBLICENSE", "statusIn": ["BLOCKED"]}, ["Old blocked"]),
    ]

    found = await _found(client, KEYS, "LicenseKeyFilter", f"acc_{account}", filtered)

    assert found == filtered


async def test_filters_of_a_subscriptions_keys_stay_within_it(conn: Connection, client: Client) -> None:
    account, subscription = await _keys(conn)
    filtered: Filtered = [
        ({"kind": "PRIMARY"}, ["Primary"]),
        ({"statusIn": ["BLOCKED"]}, ["Blocked \\ team"]),
        ({"search": "PRIMARY"}, ["Primary"]),
        ({"search": "ab3cd"}, ["Primary"]),
        ({"search": "old"}, []),
    ]

    found = await _found(client, KEYS_OF_SUBSCRIPTION, "LicenseKeyFilter", f"sub_{account}_{subscription}", filtered)

    assert found == filtered


async def test_filters_of_activations(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    subscription = await world.subscription(conn, account)
    key = await world.license_key(conn, account, subscription, used=2)
    devices = {
        "mac-1": ("Ada's MacBook", "ACTIVE"),
        "mac-2": ("100% Mac_mini 🚀", "DEACTIVATED"),
        "PC\\7": ("Étienne", "BLOCKED"),
        "x": ("Tablet", "ACTIVE"),
    }
    for position, (device, (name, status)) in enumerate(devices.items()):
        values = {"device_name": name, "status": status, "activated_at": world.NOW + timedelta(minutes=position)}
        await world.activation(conn, account, subscription, key, device, **values)
    filtered: Filtered = [
        ({}, ["mac-1", "mac-2", "PC\\7", "x"]),
        ({"status": "ACTIVE"}, ["mac-1", "x"]),
        ({"status": "DEACTIVATED"}, ["mac-2"]),
        ({"status": "BLOCKED"}, ["PC\\7"]),
        ({"search": "MAC"}, ["mac-1", "mac-2"]),
        ({"search": "macbook"}, ["mac-1"]),
        ({"search": "ada's"}, ["mac-1"]),
        ({"search": "mac-2"}, ["mac-2"]),
        ({"search": "%"}, ["mac-2"]),
        ({"search": "_"}, ["mac-2"]),
        ({"search": "🚀"}, ["mac-2"]),
        ({"search": "pc\\"}, ["PC\\7"]),
        ({"search": "ÉTI"}, ["PC\\7"]),
        ({"search": "a%b"}, []),
        ({"search": "mac", "status": "ACTIVE"}, ["mac-1"]),
    ]

    found = await _found(client, ACTIVATIONS, "ActivationFilter", f"key_{account}_{key}", filtered)

    assert found == filtered


async def _orders(conn: Connection) -> tuple[UUID, UUID]:
    """Orders of five days from the first of June, at noon; those of odd days are of a subscription."""
    account = await world.company(conn)
    subscription = await world.subscription(conn, account)
    rows = (
        ("PAID", "NEW"),
        ("PENDING", "RENEWAL"),
        ("PAID", "RENEWAL"),
        ("FAILED", "ADD_LICENSES"),
        ("REFUNDED", "NEW"),
    )
    for day, (status, kind) in enumerate(rows, 1):
        at = world.NOW.replace(day=day, hour=12, minute=0)
        values: dict[str, Any] = {"number": f"June {day}", "status": status, "kind": kind, "placed_at": at}
        await world.order(conn, account, subscription if day % 2 else None, **values)
    return account, subscription


async def test_filters_of_an_accounts_orders(conn: Connection, client: Client) -> None:
    account, _ = await _orders(conn)
    filtered: Filtered = [
        ({}, ["June 5", "June 4", "June 3", "June 2", "June 1"]),
        ({"statusIn": ["PAID"]}, ["June 3", "June 1"]),
        ({"statusIn": ["PENDING", "FAILED"]}, ["June 4", "June 2"]),
        ({"statusIn": ["AUTHORIZED", "CANCELLED"]}, []),
        ({"kind": "RENEWAL"}, ["June 3", "June 2"]),
        ({"kind": "NEW", "statusIn": ["PAID"]}, ["June 1"]),
        ({"placedFrom": "2026-06-04T12:00:00Z"}, ["June 5", "June 4"]),
        ({"placedFrom": "2026-06-04T12:00:00.000001Z"}, ["June 5"]),
        ({"placedTo": "2026-06-02T12:00:00Z"}, ["June 2", "June 1"]),
        ({"placedTo": "2026-06-02T11:59:59.999999Z"}, ["June 1"]),
        ({"placedFrom": "2026-06-02T14:00:00+02:00", "placedTo": "2026-06-03T07:00:00-05:00"}, ["June 3", "June 2"]),
    ]

    found = await _found(client, ORDERS, "OrderFilter", f"acc_{account}", filtered)

    assert found == filtered


async def test_filters_of_a_subscriptions_orders_stay_within_it(conn: Connection, client: Client) -> None:
    account, subscription = await _orders(conn)
    filtered: Filtered = [
        ({}, ["June 5", "June 3", "June 1"]),
        ({"statusIn": ["PAID", "FAILED"]}, ["June 3", "June 1"]),
        ({"kind": "RENEWAL"}, ["June 3"]),
        ({"placedFrom": "2026-06-02T00:00:00Z", "placedTo": "2026-06-04T00:00:00Z"}, ["June 3"]),
    ]

    found = await _found(client, ORDERS_OF_SUBSCRIPTION, "OrderFilter", f"sub_{account}_{subscription}", filtered)

    assert found == filtered


async def test_filters_of_audit_events(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    for minutes, action in enumerate(("member.invited", "key.revealed", "key.blocked", "key.revealed", "Key.Revealed")):
        await world.audit_event(conn, account, action, occurred_at=world.NOW + timedelta(minutes=minutes))
    await world.audit_event(conn, await world.account(conn), "key.revealed")
    filtered: Filtered = [
        ({}, ["Key.Revealed", "key.revealed", "key.blocked", "key.revealed", "member.invited"]),
        ({"action": "key.revealed"}, ["key.revealed", "key.revealed"]),
        ({"action": "key.%"}, []),
        ({"action": ""}, []),
        ({"from": "2026-06-15T12:33:00Z"}, ["Key.Revealed", "key.revealed"]),
        ({"to": "2026-06-15T12:30:00Z"}, ["member.invited"]),
        ({"from": "2026-06-15T14:31:00+02:00", "to": "2026-06-15T12:32:00Z"}, ["key.blocked", "key.revealed"]),
        ({"action": "key.revealed", "from": "2026-06-15T12:32:00Z"}, ["key.revealed"]),
    ]

    found = await _found(client, EVENTS, "AuditFilter", f"acc_{account}", filtered)

    assert found == filtered


async def test_members_are_listed_whatever_their_status(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    late = {"since": world.NOW + timedelta(hours=1)}
    await world.member(conn, account, None, "ADMIN", status="INVITED", email="new@example.com", **late)
    late = {"since": world.NOW + timedelta(hours=2)}
    await world.member(conn, account, await world.user(conn, "bob"), "MEMBER", status="BLOCKED", **late)
    shown = "email user { name } role status since"
    asked = f"query($id: ID!) {{ account(id: $id) {{ members {{ totalCount nodes {{ {shown} }} }} }} }}"

    data = await client.ask(asked, {"id": f"acc_{account}"})

    at = "2026-06-15T{}:30:00.000Z".format
    assert data["account"]["members"] == {
        "totalCount": 3,
        "nodes": [
            {"email": None, "user": {"name": "Ada"}, "role": "OWNER", "status": "ACTIVE", "since": at(12)},
            {"email": "new@example.com", "user": None, "role": "ADMIN", "status": "INVITED", "since": at(13)},
            {"email": None, "user": {"name": "Bob"}, "role": "MEMBER", "status": "BLOCKED", "since": at(14)},
        ],
    }
