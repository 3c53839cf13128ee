"""What answers do not tell: names that nobody guessed, and what the service is made of."""

import re
from typing import Any

import pytest
from asyncpg import Connection

from gateway.settings import Settings
from tests import world
from tests.conftest import Client
from tests.schema.examples import ManualClock, client_at

ACCOUNT = '{{ account(id: "x") {{ {} }} }}'
# Each is one letter away from what there is.
NEARLY: dict[str, tuple[str, Any]] = {
    "a field": ("{ viewr { scopes } }", None),
    "a field of a field": ("{ viewer { scope } }", None),
    "an argument": ("{ products(frist: 1) { totalCount } }", None),
    "an argument of a directive": ("{ viewer { scopes @skip(of: true) } }", None),
    "a type": ("{ viewer { ... on Viewr { scopes } } }", None),
    "a type of a variable": ("query ($id: IDD) { node(id: $id) { id } }", None),
    "an enum value": (ACCOUNT.format("subscriptions(filter: {statusIn: [ACTIV]}) { totalCount }"), None),
    "an enum value in a text": (ACCOUNT.format('subscriptions(filter: {statusIn: ["ACTIVE"]}) { totalCount }'), None),
    "an input field": (ACCOUNT.format("orders(filter: {placedFrm: null}) { totalCount }"), None),
    "an input field in a variable": (
        'query ($f: OrderFilter) { account(id: "x") { orders(filter: $f) { totalCount } } }',
        {"f": {"placedFrm": None}},
    ),
    "an enum value in a variable": (
        'query ($f: ProductSubscriptionFilter) { account(id: "x") { subscriptions(filter: $f) { totalCount } } }',
        {"f": {"statusIn": ["ACTIV"]}},
    ),
    "a field of a mutation": ("mutation { renameSubscriptio(input: {}) { changed } }", None),
}


async def messages(client: Client) -> dict[str, str]:
    """All that is said about each, in one text."""
    said = {}
    for name, (query, variables) in NEARLY.items():
        response = await client.post(query, variables)
        said[name] = " ".join(error["message"] for error in response.json()["errors"])
    return said


async def test_no_error_says_what_there_is_instead(client: Client) -> None:
    said = await messages(client)

    assert {name: message for name, message in said.items() if re.search("(?i)did you mean|perhaps", message)} == {}


async def test_an_error_helps_where_that_is_allowed(conn: Connection, settings: Settings, signing_key: str) -> None:
    helpful = settings.model_copy(update={"suggestions": True})

    async with client_at(ManualClock(), conn, helpful, signing_key) as client:
        said = await messages(client)

    assert [name for name, message in said.items() if "Did you mean" not in message] == []


@pytest.mark.parametrize("query", ["{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'])
async def test_introspection_is_answered_only_where_that_is_allowed(
    conn: Connection, settings: Settings, signing_key: str, query: str
) -> None:
    open_ = settings.model_copy(update={"introspection": True})

    async with client_at(ManualClock(), conn, settings, signing_key) as closed_client:
        refused = await closed_client.post(query)
        shipped = await closed_client.http.get("/schema.graphql")
        named = await closed_client.post("{ __typename viewer { __typename } }")
    async with client_at(ManualClock(), conn, open_, signing_key) as open_client:
        answered = await open_client.post(query)

    (error,) = refused.json()["errors"]
    assert error["message"] == "Introspection is switched off here. The schema is at /schema.graphql."
    assert error["extensions"]["code"] == "INVALID_OPERATION"
    assert "type ProductSubscription implements Node" in shipped.text
    assert named.json() == {"data": {"__typename": "Query", "viewer": {"__typename": "Viewer"}}}
    assert "errors" not in answered.json()


async def test_a_message_does_not_send_back_all_that_was_sent(client: Client) -> None:
    members = " ".join(f"x{place}: 1" for place in range(250))

    response = await client.post(ACCOUNT.format(f"orders(filter: {{{members}}}) {{ totalCount }}"))

    assert all(len(error["message"]) <= 401 for error in response.json()["errors"])


async def test_a_fault_of_the_database_is_not_told(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    await world.subscription(conn, account)
    await client.ask("{ viewer { scopes } }")
    await conn.execute("ALTER TABLE subscriptions RENAME COLUMN display_name TO title")
    query = f'{{ account(id: "acc_{account}") {{ subscriptions {{ nodes {{ displayName }} }} }} }}'

    response = await client.http.post(
        "/graphql",
        json={"query": query},
        headers={"authorization": f"Bearer {client.token('ada')}", "x-request-id": "seen-1"},
    )

    (error,) = response.json()["errors"]
    assert error["message"] == "Internal error"
    assert error["extensions"] == {"code": "INTERNAL", "requestId": "seen-1"}
    assert not re.search(
        "(?i)title|display_name|does not exist|select|asyncpg", response.text.replace("displayName", "")
    )
