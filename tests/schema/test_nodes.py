"""node and nodes: every type by its id, in the order asked, and null for whatever is no id of a row."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg import Connection

from schema.naming import type_name
from tests import world
from tests.conftest import Client
from tests.twin_accounts import TwinAccount, twin_account, twin_id

NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
PREFIXES = {
    "Account": "acc",
    "Activation": "act",
    "LicenseKey": "key",
    "Membership": "mem",
    "Order": "ord",
    "PaymentMethod": "pay",
    "Product": "prd",
    "ProductSubscription": "sub",
}
DETAILS = """
  __typename
  id
  ... on Account { name subscriptions { nodes { number } } }
  ... on Activation { deviceId licenseKey { maskedKey } }
  ... on LicenseKey { maskedKey }
  ... on Membership { role user { name } }
  ... on Order { number total { amount currency } }
  ... on PaymentMethod { last4 }
  ... on Product { code }
  ... on ProductSubscription { number licenseKeys(first: 1) { nodes { maskedKey } } }
"""


async def _twin_account(conn: Connection) -> TwinAccount:
    for code in ("desktop", "toolbox"):
        await world.product(conn, code)
    return await twin_account(conn, "Ours")


def _details(ours: TwinAccount) -> dict[str, dict[str, Any]]:
    """What DETAILS shows of each type."""
    key = "*****-*****-*****-*****-AB3CD"
    shown: dict[str, dict[str, Any]] = {
        "Account": {"name": "Ours Ltd", "subscriptions": {"nodes": [{"number": "S-1"}]}},
        "Activation": {"deviceId": "device-1", "licenseKey": {"maskedKey": key}},
        "LicenseKey": {"maskedKey": key},
        "Membership": {"role": "OWNER", "user": {"name": "Ours-Owner"}},
        "Order": {"number": "O-1", "total": {"amount": "99.80", "currency": "EUR"}},
        "PaymentMethod": {"last4": "4242"},
        "Product": {"code": "desktop"},
        "ProductSubscription": {"number": "S-1", "licenseKeys": {"nodes": [{"maskedKey": key}]}},
    }
    return {type_: {"__typename": type_, "id": ours.ids[type_], **fields} for type_, fields in shown.items()}


@pytest.mark.parametrize("typename", PREFIXES)
async def test_node_finds_an_object_of_each_type(conn: Connection, client: Client, typename: str) -> None:
    ours = await _twin_account(conn)

    data = await client.ask(
        f"query($id: ID!) {{ node(id: $id) {{ {DETAILS} }} }}", {"id": ours.ids[typename]}, to=ours.owner
    )

    assert data == {"node": _details(ours)[typename]}
    assert ours.ids[typename].startswith(PREFIXES[typename] + "_")


async def test_nodes_preserves_id_order_and_duplicates(conn: Connection, client: Client) -> None:
    ours = await _twin_account(conn)
    types = ["Order", "Account", "Order", "Product", "ProductSubscription", "Membership", "Account"]
    types += ["LicenseKey", "PaymentMethod", "Activation"]

    data = await client.ask(
        f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {DETAILS} }} }}",
        {"ids": [ours.ids[type_] for type_ in types]},
        to=ours.owner,
    )

    details = _details(ours)
    assert data == {"nodes": [details[type_] for type_ in types]}


async def test_nodes_sends_one_statement_per_type(
    conn: Connection, client_of_resolvers: Client, statements: list[str]
) -> None:
    ours = await _twin_account(conn)
    numbers = [await world.subscription(conn, ours.account, number=f"S-{place}") for place in range(2, 30)]
    ids = [f"sub_{ours.account}_{number}" for number in numbers] + [ours.ids["Order"], "prd_toolbox", "prd_desktop"]
    statements.clear()

    data = await client_of_resolvers.ask(NODES, {"ids": ids}, to=ours.owner)

    assert data == {"nodes": [{"id": id_} for id_ in ids]}
    read = [statement for statement in statements if "AS t ON true" in statement]
    assert len(read) == 3


def _not_ids(ours: TwinAccount) -> dict[str, str]:
    """Texts that are no id of anything, or of nothing that is there."""
    row, account = twin_id("Subscription"), ours.account
    good = ours.ids["ProductSubscription"]
    return {
        "empty": "",
        "a word": "nonsense",
        "a prefix": "sub_",
        "an unknown prefix": f"xyz_{account}_{row}",
        "the prefix of what is no node": f"evt_{account}_{twin_id('event Order')}",
        "a user": f"usr_{account}",
        "an unknown row": f"sub_{account}_{uuid4()}",
        "an unknown account": f"sub_{uuid4()}_{row}",
        "nothing but zeros": f"sub_{UUID(int=0)}_{UUID(int=0)}",
        "another type's row": f"ord_{account}_{row}",
        "no row": f"sub_{account}",
        "an account with a row": f"acc_{account}_{row}",
        "an account with itself": f"acc_{account}_{account}",
        "three parts": f"{good}_{row}",
        "truncated": good[:-1],
        "one character more": good + "0",
        "a separator more": good + "_",
        "upper case": good.upper(),
        "upper case behind the prefix": f"sub_{str(account).upper()}_{str(row).upper()}",
        "no dashes": f"sub_{account.hex}_{row.hex}",
        "braces": f"sub_{{{account}}}_{{{row}}}",
        "a space before": " " + good,
        "a line break behind": good + "\n",
        "U+0000 behind": good + "\x00",
        "U+0000 in front": "\x00" + good,
        "other digits": good.replace("1", "١").replace("2", "２"),
        "an emoji": "🗝️",
        "SQL": f"sub_{account}_{row}' OR '1'='1",
        "very long": good + "0" * 100_000,
        "very long and nothing else": "a" * 100_000,
        "an unknown product": "prd_none",
        "a product in upper case": "prd_DESKTOP",
        "a product and a line break": "prd_desktop\n",
        "a product with U+0000": "prd_desk\x00top",
        "a product with a longer code than any has": "prd_" + "d" * 64,
        "a product's code": "desktop",
    }


async def test_nodes_returns_null_for_malformed_ids(conn: Connection, client: Client) -> None:
    ours = await _twin_account(conn)
    good = ours.ids["ProductSubscription"]
    fields = ("node", "account", "subscription", "licenseKey", "order")
    single = " ".join(f"{field}(id: $id) {{ id }}" for field in fields)
    question = f"query($id: ID!, $ids: [ID!]!) {{ {single} nodes(ids: $ids) {{ id }} }}"

    answers = {
        name: await client.ask(question, {"id": text, "ids": [good, text, good]}, to=ours.owner)
        for name, text in _not_ids(ours).items()
    }

    nothing = {**dict.fromkeys(fields), "nodes": [{"id": good}, None, {"id": good}]}
    assert {name: answer for name, answer in answers.items() if answer != nothing} == {}


@pytest.mark.parametrize("field", ["account", "subscription", "licenseKey", "order"])
async def test_lookup_field_ignores_ids_of_other_types(conn: Connection, client: Client, field: str) -> None:
    ours = await _twin_account(conn)
    aliases = " ".join(f'{type_}: {field}(id: "{id_}") {{ __typename }}' for type_, id_ in ours.ids.items())

    data = await client.ask(f"{{ {aliases} }}", to=ours.owner)

    own = type_name(field[0].upper() + field[1:])
    assert data == {type_: {"__typename": own} if type_ == own else None for type_ in ours.ids}


@pytest.mark.parametrize("count", [0, 1, 100])
async def test_up_to_a_hundred_ids_are_looked_up_at_once(conn: Connection, client: Client, count: int) -> None:
    ours = await _twin_account(conn)
    ids = [ours.ids["Order"], *(f"ord_{ours.account}_{uuid4()}" for _ in range(count - 1))][:count]

    data = await client.ask(NODES, {"ids": ids}, to=ours.owner)

    assert data == {"nodes": [{"id": ids[0]}, *[None] * (count - 1)] if ids else []}


@pytest.mark.parametrize("literal", [True, False])
async def test_a_hundred_and_one_ids_are_refused(client: Client, statements: list[str], literal: bool) -> None:
    ids = ["prd_desktop"] * 101
    question = f"{{ nodes(ids: {ids}) {{ id }} }}".replace("'", '"') if literal else NODES

    response = await client.post(
        question, None if literal else {"ids": ids}, email=None, name=None, scopes=["store:write"]
    )

    assert response.status_code == 400
    assert response.json() == {
        "errors": [
            {
                "message": "ids: at most 100 ids can be looked up at once, 101 were given.",
                "locations": [{"line": 1, "column": 3 if literal else 23}],
                "extensions": {"code": "BAD_ARGUMENT", "argument": "ids"},
            }
        ]
    }
    assert statements == []


async def test_an_audit_event_leads_to_its_subject_of_whatever_type(conn: Connection, client: Client) -> None:
    ours = await _twin_account(conn)

    data = await client.ask(
        f"query($id: ID!) {{ account(id: $id) {{ auditEvents {{ nodes {{ id subject {{ {DETAILS} }} }} }} }} }}",
        {"id": ours.ids["Account"]},
        to=ours.owner,
    )

    subjects = {event["id"]: event["subject"] for event in data["account"]["auditEvents"]["nodes"]}
    details = _details(ours)
    assert subjects == {
        f"evt_{ours.account}_{twin_id(f'event {type_}')}": details[type_] for type_ in PREFIXES if type_ != "Product"
    }


@pytest.mark.parametrize(
    "subject",
    [
        {},
        {"subject_type": "Subscription"},
        {"subject_type": "Subscription", "subject_id": UUID(int=1)},
        {"subject_type": "Unicorn", "subject_id": UUID(int=1)},
        {"subject_id": UUID(int=1)},
    ],
)
async def test_audit_event_without_existing_subject_has_null(
    conn: Connection, client: Client, subject: dict[str, Any]
) -> None:
    owner, account = await world.user(conn, "ada"), await world.account(conn)
    await world.member(conn, account, owner)
    await world.audit_event(conn, account, "checked", **subject)

    data = await client.ask(
        "query($id: ID!) { account(id: $id) { auditEvents { nodes { action subject { id __typename } } } } }",
        {"id": f"acc_{account}"},
    )

    assert data == {"account": {"auditEvents": {"nodes": [{"action": "checked", "subject": None}]}}}


async def test_fragments_on_node_select_by_type(conn: Connection, client: Client) -> None:
    ours = await _twin_account(conn)

    data = await client.ask(
        """
        query($order: ID!, $product: ID!) {
          order: node(id: $order) { ...Named ...Numbered kind: __typename }
          product: node(id: $product) { ...Named ...Numbered }
        }
        fragment Named on Node { id ... on Product { name } ... on Node { again: id } }
        fragment Numbered on Order { number lines { product { ... on Node { id } } } }
        """,
        {"order": ours.ids["Order"], "product": "prd_desktop"},
        to=ours.owner,
    )

    order = ours.ids["Order"]
    lines = [{"product": {"id": "prd_desktop"}}]
    assert data == {
        "order": {"id": order, "again": order, "number": "O-1", "lines": lines, "kind": "Order"},
        "product": {"id": "prd_desktop", "name": "Desktop", "again": "prd_desktop"},
    }
