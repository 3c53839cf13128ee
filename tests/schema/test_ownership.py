"""Who may read what of an account: every role, through the account's fields, the root look-ups, node and nodes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from asyncpg import Connection

from schema.naming import type_name
from tests import world
from tests.conftest import Client
from tests.twin_accounts import TwinAccount, twin_account, twin_id

ACCOUNT = """
query Account($id: ID!) {
  account(id: $id) {
    name
    viewerRole
    productOverviews { product { code } activeSubscriptions licenses licensesUsed }
    subscriptions {
      totalCount
      nodes {
        number
        items { product { code } quantity }
        seats { total used reserved available }
        viewerCan { setAutoRenewal setPaymentMethod rename createSublicense }
        orders { nodes { number } }
        paymentMethod { last4 }
        licenseKeys { nodes { maskedKey admins { user { name } } activations { nodes { deviceId } } } }
      }
    }
    licenseKeys { totalCount }
    orders { totalCount nodes { number lines { quantity } paymentMethod { last4 } } }
    paymentMethods { last4 isDefault }
    members(first: 1) { nodes { status } }
    auditEvents(first: 1) { nodes { action actor } }
  }
}
"""

LOOK_UPS = """
query LookUps($account: ID!, $subscription: ID!, $licenseKey: ID!, $order: ID!) {
  account(id: $account) { name }
  subscription(id: $subscription) { number account { name } orders { totalCount } paymentMethod { last4 } }
  licenseKey(id: $licenseKey) { maskedKey admins { status } subscription { number } }
  order(id: $order) { number subscription { number } }
}
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """What somebody may read of the account: nothing without a role, the company's matters if they manage it."""

    role: str | None
    manages: bool = False
    granted: bool = False
    """The primary key, and not the other one."""

    def reads(self, typename: str) -> bool:
        if typename in {"Order", "PaymentMethod", "Membership"}:
            return self.manages
        return self.role is not None or typename == "Product"


NOBODY = Reader(None)
READERS = {
    "ours-owner": Reader("OWNER", manages=True, granted=True),
    "admin": Reader("ADMIN", manages=True, granted=True),
    "member": Reader("MEMBER"),
    "key-admin": Reader("MEMBER", granted=True),
    "blocked-member": NOBODY,
    "blocked-admin": NOBODY,
    "blocked-key-admin": NOBODY,
    "invited": NOBODY,
    "invited-again": NOBODY,
    "removed": NOBODY,
    "theirs-owner": NOBODY,
    "never-seen": NOBODY,
    "store": NOBODY,
    "reporting": NOBODY,
    "nameless": NOBODY,
}
CLAIMS: dict[str, dict[str, Any]] = {
    "store": {"email": None, "name": None, "scopes": ["store:write"]},
    "reporting": {"email": None, "name": None, "scopes": ["reporting:read"]},
    "nameless": {"email": None, "name": None, "scopes": ["profile"]},
}
readers = pytest.mark.parametrize(("subject", "reader"), READERS.items(), ids=READERS)


async def _people(conn: Connection) -> TwinAccount:
    """Everybody who has a row, in and around one account; and another account."""
    for code in ("desktop", "toolbox"):
        await world.product(conn, code)
    ours = await twin_account(conn, "Ours")
    await twin_account(conn, "Theirs")
    members = {
        "admin": ("ADMIN", "ACTIVE"),
        "member": ("MEMBER", "ACTIVE"),
        "key-admin": ("MEMBER", "ACTIVE"),
        "blocked-member": ("MEMBER", "BLOCKED"),
        "blocked-admin": ("ADMIN", "BLOCKED"),
        "blocked-key-admin": ("MEMBER", "BLOCKED"),
        "invited-again": ("ADMIN", "INVITED"),
        "removed": ("ADMIN", "ACTIVE"),
    }
    for place, (subject, (role, status)) in enumerate(members.items()):
        person, email = await world.user(conn, subject), f"{subject}@example.com"
        since = world.NOW + timedelta(seconds=place)
        membership = await world.member(conn, ours.account, person, role, status=status, email=email, since=since)
        if subject.endswith("key-admin"):
            await world.grant(conn, ours.account, membership, twin_id("LicenseKey"))
    await world.user(conn, "invited")
    await world.member(conn, ours.account, None, "ADMIN", status="INVITED", email="invited@example.com")
    await conn.execute("DELETE FROM memberships WHERE email = 'removed@example.com'")
    return ours


@readers
async def test_what_a_reader_sees_of_an_account(conn: Connection, client: Client, subject: str, reader: Reader) -> None:
    ours = await _people(conn)

    data = await client.ask(ACCOUNT, {"id": ours.ids["Account"]}, to=subject, **CLAIMS.get(subject, {}))

    assert data == {"account": None if reader is NOBODY else _account(reader)}


@readers
async def test_what_a_reader_finds_by_id(conn: Connection, client: Client, subject: str, reader: Reader) -> None:
    ours = await _people(conn)

    data = await client.ask(LOOK_UPS, _variables(ours), to=subject, **CLAIMS.get(subject, {}))
    nodes = await client.ask(_nodes(ours), to=subject, **CLAIMS.get(subject, {}))

    found = [{"id": id_, "__typename": type_} if reader.reads(type_) else None for type_, id_ in ours.ids.items()]
    assert data == _look_ups(reader)
    assert nodes == {"nodes": found, **dict(zip(ours.ids, found, strict=True))}


@pytest.mark.parametrize(
    ("key", "seen"),
    [
        ("LicenseKey", [{"user": {"name": "Ours colleague"}}, {"user": {"name": "Key-Admin"}}]),
        ("sublicense", None),
    ],
)
async def test_a_key_admin_sees_who_administers_that_key_and_no_other(
    conn: Connection, client: Client, key: str, seen: Any
) -> None:
    ours = await _people(conn)
    await conn.execute("DELETE FROM memberships WHERE email = 'blocked-key-admin@example.com'")

    data = await client.ask(
        "query($id: ID!) { licenseKey(id: $id) { admins { user { name } } } }",
        {"id": f"key_{ours.account}_{twin_id(key)}"},
        to="key-admin",
    )

    assert data == {"licenseKey": {"admins": seen}}


@pytest.mark.parametrize("change", ["status = 'BLOCKED'", "status = 'INVITED', email = 'x@example.com'", None])
async def test_a_member_who_is_blocked_or_removed_finds_nothing_in_the_next_request(
    conn: Connection, client: Client, statements: list[str], change: str | None
) -> None:
    ours = await _people(conn)
    before = await client.ask(LOOK_UPS, _variables(ours), to="admin")

    whose = "account_id = $1 AND email = 'admin@example.com'"
    changed = f"UPDATE memberships SET {change} WHERE {whose}" if change else f"DELETE FROM memberships WHERE {whose}"
    await conn.execute(changed, ours.account)
    statements.clear()
    after = await client.ask(LOOK_UPS, _variables(ours), to="admin")

    assert before == _look_ups(READERS["admin"])
    assert after == _look_ups(NOBODY)
    assert not any("INTO users" in statement for statement in statements), "the viewer was remembered"


async def test_a_role_is_never_older_than_the_request(conn: Connection, client: Client) -> None:
    ours = await _people(conn)
    question = "query($id: ID!) { account(id: $id) { viewerRole orders { totalCount } } }"
    seen = []

    for role in ("MEMBER", "ADMIN", "MEMBER", "OWNER"):
        where = "WHERE account_id = $1 AND email = 'member@example.com'"
        await conn.execute(f"UPDATE memberships SET role = $2 {where}", ours.account, role)
        seen.append((await client.ask(question, {"id": ours.ids["Account"]}, to="member"))["account"])

    assert seen == [
        {"viewerRole": "MEMBER", "orders": None},
        {"viewerRole": "ADMIN", "orders": {"totalCount": 1}},
        {"viewerRole": "MEMBER", "orders": None},
        {"viewerRole": "OWNER", "orders": {"totalCount": 1}},
    ]


async def test_a_grant_that_is_taken_back_is_gone_with_the_next_request(conn: Connection, client: Client) -> None:
    ours = await _people(conn)
    question = "query($id: ID!) { licenseKey(id: $id) { admins { status } } }"
    before = await client.ask(question, {"id": ours.ids["LicenseKey"]}, to="key-admin")

    await conn.execute("DELETE FROM license_key_grants WHERE account_id = $1", ours.account)
    after = await client.ask(question, {"id": ours.ids["LicenseKey"]}, to="key-admin")

    assert len(before["licenseKey"]["admins"]) == 2
    assert after == {"licenseKey": {"admins": None}}


def _variables(of: TwinAccount) -> dict[str, str]:
    return {
        name: of.ids[type_name(name[0].upper() + name[1:])]
        for name in ("account", "subscription", "licenseKey", "order")
    }


def _nodes(of: TwinAccount) -> str:
    one_by_one = " ".join(f'{type_}: node(id: "{id_}") {{ id __typename }}' for type_, id_ in of.ids.items())
    ids = ", ".join(f'"{id_}"' for id_ in of.ids.values())
    return f"{{ nodes(ids: [{ids}]) {{ id __typename }} {one_by_one} }}"


def _account(reader: Reader) -> Any:
    return {
        "name": "Ours Ltd",
        "viewerRole": reader.role,
        "productOverviews": [
            {"product": {"code": "desktop"}, "activeSubscriptions": 1, "licenses": 10, "licensesUsed": 1}
        ],
        "subscriptions": {
            "totalCount": 1,
            "nodes": [
                {
                    "number": "S-1",
                    "items": [{"product": {"code": "toolbox"}, "quantity": 2}],
                    "seats": {"total": 10, "used": 1, "reserved": 3, "available": 6},
                    "viewerCan": {
                        "setAutoRenewal": reader.manages,
                        "setPaymentMethod": reader.manages,
                        "rename": reader.manages,
                        "createSublicense": reader.manages,
                    },
                    "orders": {"nodes": [{"number": "O-1"}]} if reader.manages else None,
                    "paymentMethod": {"last4": "4242"} if reader.manages else None,
                    "licenseKeys": {
                        "nodes": [
                            {
                                "maskedKey": "*****-*****-*****-*****-AB3CD",
                                "admins": _admins("Ours colleague", "Key-Admin") if reader.granted else None,
                                "activations": {"nodes": [{"deviceId": "device-1"}]},
                            },
                            {
                                "maskedKey": "*****-*****-*****-*****-XY9ZW",
                                "admins": _admins("Ours colleague") if reader.manages else None,
                                "activations": {"nodes": []},
                            },
                        ]
                    },
                }
            ],
        },
        "licenseKeys": {"totalCount": 2},
        "orders": {
            "totalCount": 1,
            "nodes": [{"number": "O-1", "lines": [{"quantity": 2}], "paymentMethod": {"last4": "4242"}}],
        }
        if reader.manages
        else None,
        "paymentMethods": [{"last4": "4242", "isDefault": False}] if reader.manages else None,
        "members": {"nodes": [{"status": "ACTIVE"}]} if reader.manages else None,
        "auditEvents": {"nodes": [{"action": "checked", "actor": "Ours"}]} if reader.manages else None,
    }


def _look_ups(reader: Reader) -> Any:
    if reader is NOBODY:
        return {"account": None, "subscription": None, "licenseKey": None, "order": None}
    admins = [{"status": "ACTIVE"}, {"status": "ACTIVE"}]
    return {
        "account": {"name": "Ours Ltd"},
        "subscription": {
            "number": "S-1",
            "account": {"name": "Ours Ltd"},
            "orders": {"totalCount": 1} if reader.manages else None,
            "paymentMethod": {"last4": "4242"} if reader.manages else None,
        },
        "licenseKey": {
            "maskedKey": "*****-*****-*****-*****-AB3CD",
            "admins": admins if reader.granted else None,
            "subscription": {"number": "S-1"},
        },
        "order": {"number": "O-1", "subscription": {"number": "S-1"}} if reader.manages else None,
    }


def _admins(*names: str) -> list[Any]:
    return [{"user": {"name": name}} for name in names]
