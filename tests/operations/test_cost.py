"""What an operation costs: about the rows that it may touch."""

from typing import Any

import pytest
from asyncpg import Connection

from gateway.operations.executor import OperationExecutor
from gateway.operations.limits import Limits
from gateway.operations.validation import DocumentValidator
from gateway.settings import Settings
from schema.query import schema
from tests.conftest import Client
from tests.operations.test_limits import ANSWER, post
from tests.schema.examples import ManualClock, client_at
from tests.schema.test_statements import DASHBOARD

KEYS = "licenseKeys(first: $n) { nodes { activations(first: $n) { nodes { id } } } }"
CUBE = f"query ($n: Int) {{ viewer {{ accounts {{ subscriptions(first: $n) {{ nodes {{ {KEYS} }} }} }} }} }}"
RENAME = 'renameSubscription(input: {subscriptionId: "sub_x", displayName: "y"})'
ORDERS = "orders(first: 50) { nodes { lines { quantity } } }"
LOOKUP = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Order { lines { quantity } } ... on Account { name } } }"


def cost(query: str, **variables: Any) -> int:
    return (
        OperationExecutor(schema._schema, DocumentValidator(Limits(), introspection=True))
        .prepare(query)
        .bind(variables)
        .cost()
    )


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        ("{ viewer { scopes } }", {}, 1),
        ("{ __typename }", {}, 1),
        ('{ account(id: "x") { id name } }', {}, 2),
        ('{ subscription(id: "x") { product { name } account { name } seats { used } } }', {}, 5),
        ("{ products { nodes { name } } }", {}, 1 + 20),
        ("{ products(first: 7) { nodes { name } } }", {}, 1 + 7),
        ("{ products(last: 7) { edges { cursor node { name } } totalCount } }", {}, 1 + 7 + 10),
        ("query ($n: Int = 5) { products(first: $n) { nodes { name } } }", {}, 1 + 5),
        ("query ($n: Int = 5) { products(first: $n) { nodes { name } } }", {"n": 50}, 1 + 50),
        ("{ a: products(first: 1) { nodes { name } } b: products(first: 2) { nodes { name } } }", {}, 1 + 1 + 2),
        ("{ viewer { accounts { name } } }", {}, 1 + 10),
        ("{ viewer { accounts { subscriptions(first: 3) { nodes { id } } } } }", {}, 1 + 10 * (1 + 3)),
        (LOOKUP, {"ids": ["a", "b", "c"]}, 1 + 3 * (1 + 10)),
        (LOOKUP, {"ids": []}, 1),
        ("query ($all: Boolean!) { viewer { accounts @include(if: $all) { name } scopes } }", {"all": False}, 1),
        ("query ($all: Boolean!) { viewer { accounts @include(if: $all) { name } scopes } }", {"all": True}, 11),
        (CUBE, {"n": 3}, 1 + 10 * (1 + 3 * (1 + 3 * (1 + 3)))),
        ("{ __schema { types { name } } }", {}, 1 + 10),
        (f"mutation {{ {RENAME} {{ userErrors {{ code }} }} }}", {}, 1 + 20),
        (f"mutation {{ a: {RENAME} {{ changed }} b: {RENAME} {{ changed }} }}", {}, 1 + 20 + 20),
        (f"mutation {{ {RENAME} {{ subscription {{ product {{ name }} {ORDERS} }} }} }}", {}, 1 + 20 + 1 + 50 * 11),
    ],
)
def test_a_cost_is_about_the_rows_that_may_be_touched(query: str, variables: dict[str, Any], expected: int) -> None:
    assert cost(query, **variables) == expected


def test_the_dashboard_costs_a_small_part_of_what_is_allowed() -> None:
    assert cost(DASHBOARD, id="acc_x") * 20 < Limits().cost


async def test_a_page_of_pages_of_pages_is_too_costly(client: Client, statements: list[str]) -> None:
    response = await post(client, CUBE, {"n": 100})

    assert (response.status_code, response.json()) == (
        400,
        {
            "errors": [
                {
                    "message": "The operation costs 10101011; at most 100000 is allowed. Ask for smaller pages.",
                    "extensions": {"code": "TOO_COSTLY", "requested": 10_101_011, "maximum": 100_000},
                }
            ]
        },
    )
    assert statements == []


async def test_introspection_in_circles_is_too_costly(conn: Connection, settings: Settings, signing_key: str) -> None:
    allowed = settings.model_copy(update={"introspection": True})
    circles = {
        "{ __schema { types { fields { args { type { fields { args { type { name } } } } } } } } }": "TOO_COSTLY",
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }": "INVALID_OPERATION",
    }

    async with client_at(ManualClock(), conn, allowed, signing_key) as client:
        answers = {query: (await post(client, query)).json() for query in circles}

    told = {query: {error["extensions"]["code"] for error in answer["errors"]} for query, answer in answers.items()}
    assert told == {query: {code} for query, code in circles.items()}


async def test_the_cost_is_told_to_whoever_asks_for_it(conn: Connection, settings: Settings, signing_key: str) -> None:
    usual = settings.model_copy(update={"limits": Limits()})

    async with client_at(ManualClock(), conn, usual, signing_key) as client:
        first = await post(client, "{ viewer { scopes } }", **{"x-licet-cost": "1"})
        second = await post(client, "{ products(first: 9) { nodes { name } } }", **{"x-licet-cost": "1"})
        silent = await post(client, "{ viewer { scopes } }")

    cost = first.json()["extensions"]["cost"]
    assert first.json() == {**ANSWER, "extensions": {"cost": cost}}
    # The first time, an operation costs the time of its preparation too.
    assert 400_000 < cost.pop("available") < 500_000
    assert cost == {"requested": 1, "maximum": 100_000, "restoreRate": 25_000}
    assert second.json()["extensions"]["cost"]["requested"] == 10
    assert silent.json() == ANSWER
