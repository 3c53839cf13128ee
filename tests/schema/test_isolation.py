"""What is one account's never shows in another's, wherever the graph leads: the schema itself says where to look."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from asyncpg import Connection

from tests import world
from tests.conftest import Client
from tests.schema.walk import (
    NODE_TYPES,
    full_selection,
    id_input_positions,
    lookup_fields,
    lookup_query,
    object_types,
    relation_fields,
)
from tests.twin_accounts import TwinAccount, twin_account, twin_id

LOOK_UPS = lookup_fields()
NEXT_DOOR = (
    "UPDATE subscriptions SET license_count = 50, expires_on = expires_on - 99, suspended_at = created_at WHERE",
    "UPDATE subscription_items SET quantity = 7 WHERE",
    "UPDATE license_keys SET used = 3, blocked_at = registered_at WHERE",
    "UPDATE license_keys SET quota = 9 WHERE quota IS NOT NULL AND",
    "UPDATE activations SET status = 'BLOCKED' WHERE",
    "UPDATE orders SET status = 'FAILED', subscription_id = NULL, payment_method_id = NULL WHERE",
    "UPDATE order_lines SET quantity = 9 WHERE",
    "UPDATE payment_methods SET is_default = true, removed_at = created_at WHERE",
    "UPDATE memberships SET role = 'ADMIN', status = 'BLOCKED' WHERE",
    "UPDATE audit_events SET subject_type = NULL WHERE",
    "DELETE FROM license_key_grants WHERE license_key_id = (SELECT min(id::text)::uuid FROM license_keys) AND",
)
OF_AN_ACCOUNT = sorted(NODE_TYPES - {"Product"})


async def _twin_accounts(conn: Connection) -> tuple[TwinAccount, TwinAccount]:
    for code in ("desktop", "toolbox"):
        await world.product(conn, code)
    return await twin_account(conn, "Ours"), await twin_account(conn, "Theirs")


def test_isolation_cases_cover_every_id_input() -> None:
    assert LOOK_UPS == ["account", "subscription", "licenseKey", "order", "node", "nodes"]
    assert id_input_positions() == {"ProductSubscriptionFilter.productId"}


async def test_an_account_has_something_of_every_type_with_an_id(conn: Connection, client: Client) -> None:
    ours, _ = await _twin_accounts(conn)

    found = [
        (await client.ask(lookup_query(field, id_), to=ours.owner))["found"]
        for id_ in ours.ids.values()
        for field in LOOK_UPS
    ]

    assert ours.ids.keys() == NODE_TYPES
    assert sum(object_ in [{"__typename": typename} for typename in NODE_TYPES] for object_ in found) == 4 + 8
    assert [object_ for object_ in found if isinstance(object_, list)] == [
        [{"__typename": type_}] for type_ in ours.ids
    ]


@pytest.mark.parametrize("field", LOOK_UPS)
async def test_a_foreign_object_is_looked_up_as_one_that_does_not_exist(
    conn: Connection, client: Client, statements: list[str], field: str
) -> None:
    ours, theirs = await _twin_accounts(conn)

    async def ask(id_: str) -> tuple[str, list[str]]:
        statements.clear()
        response = await client.post(lookup_query(field, id_), to=ours.owner)
        return response.text, list(statements)

    await ask("nothing")
    for typename in OF_AN_ACCOUNT:
        id_ = theirs.ids[typename]
        foreign = await ask(id_)
        missing_there = await ask(f"{id_.rpartition('_')[0]}_{uuid4()}")
        missing = await ask(id_.replace(str(theirs.account), str(uuid4())))

        assert json.loads(foreign[0])["data"]["found"] in (None, [None]), typename
        assert foreign == missing_there == missing, typename


async def test_product_filter_by_another_id_matches_nothing(conn: Connection, client: Client) -> None:
    ours, theirs = await _twin_accounts(conn)
    await world.product(conn, str(theirs.account))
    await world.subscription(conn, ours.account, str(theirs.account))
    question = (
        "query($id: ID!, $product: ID!) { account(id: $id) { subscriptions(filter: {productId: $product}) {"
        " nodes { product { code } } } } }"
    )

    found = {}
    for typename, product in (*theirs.ids.items(), ("nothing", ""), ("its code", "desktop")):
        data = await client.ask(question, {"id": ours.ids["Account"], "product": product}, to=ours.owner)
        found[typename] = [node["product"]["code"] for node in data["account"]["subscriptions"]["nodes"]]

    assert found == {typename: ["desktop"] if typename == "Product" else [] for typename in found}


@pytest.mark.parametrize("through", ["account", "node"])
async def test_account_subtree_has_no_data_of_its_twin(conn: Connection, client: Client, through: str) -> None:
    ours, theirs = await _twin_accounts(conn)
    both = await world.user(conn, "both")
    for of in (ours, theirs):
        await world.member(conn, of.account, both, id=twin_id("both"))
    question = f"query($id: ID!) {{ {through}(id: $id) {{ ... on Account {{ {full_selection('Account')} }} }} }}"

    mine = await client.ask(question, {"id": ours.ids["Account"]}, to="both")
    other = await client.ask(question, {"id": theirs.ids["Account"]}, to="both")

    assert _leading_nowhere(mine) == set()
    assert not any(text in json.dumps(mine) for text in theirs.unique_texts)
    assert mine == _translated(other, theirs, ours)


async def test_changes_in_another_account_do_not_change_results(conn: Connection, client: Client) -> None:
    ours, theirs = await _twin_accounts(conn)
    question = f"query($id: ID!) {{ account(id: $id) {{ {full_selection('Account')} }} }}"
    before = await client.ask(question, {"id": ours.ids["Account"]}, to=ours.owner)

    for key in ("LicenseKey", "sublicense"):
        await world.grant(conn, theirs.account, twin_id("Membership"), twin_id(key))
    for change in NEXT_DOOR:
        assert not (await conn.execute(f"{change} account_id = $1", theirs.account)).endswith(" 0"), change
    after = await client.ask(question, {"id": ours.ids["Account"]}, to=ours.owner)

    assert after == before


async def test_viewer_subtree_has_no_data_of_others(conn: Connection, client: Client) -> None:
    ours, theirs = await _twin_accounts(conn)
    question = f"{{ viewer {{ {full_selection('Viewer')} }} }}"

    mine = await client.ask(question, to=ours.owner, name="Ours owner")
    other = await client.ask(question, to=theirs.owner, name="Theirs owner")

    assert [account["name"] for account in mine["viewer"]["accounts"]] == ["Ours Ltd", "Ours owner"]
    assert not any(text in json.dumps(mine) for text in theirs.unique_texts)
    assert mine == _translated(other, theirs, ours)


def test_full_selection_has_every_field_of_every_type() -> None:
    asked = f"{full_selection('Account')} {full_selection('Viewer')}".split()

    unasked = [f"{type_.name}.{name}" for type_ in object_types() for name in type_.fields if name not in asked]

    assert unasked == []


def _translated(answer: Any, source: TwinAccount, target: TwinAccount) -> Any:
    """What the other twin would have answered."""
    text = json.dumps(answer)
    for theirs, ours in zip(source.unique_texts, target.unique_texts, strict=True):
        text = text.replace(theirs, ours)
    return json.loads(text)


def _leading_nowhere(answer: Any) -> set[tuple[str, ...]]:
    """The paths of relations that found no row at all: what they might show would not be tested."""
    led: dict[tuple[str, ...], bool] = {}
    for path, value in _fields(answer):
        led[path] = led.get(path, False) or value not in (None, [])
    return {path for path, found in led.items() if not found and path[-1] in relation_fields()}


def _fields(answer: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(answer, list):
        for part in answer:
            yield from _fields(part, path)
    elif isinstance(answer, dict):
        for name, value in answer.items():
            yield (*path, name), value
            yield from _fields(value, (*path, name))
