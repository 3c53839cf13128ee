"""How many statements a question costs the resolvers: one per relation and level, however many rows there are."""

from uuid import UUID

import pytest
from asyncpg import Connection

from tests import world
from tests.conftest import Client

DASHBOARD = """
query Dashboard($id: ID!) {
  account(id: $id) {
    name
    productOverviews { product { name } activeSubscriptions licenses licensesUsed nextRenewalOn }
    subscriptions(first: 20, filter: {display: ACTIVE}, orderBy: {field: ENDS_ON}) {
      totalCount
      nodes {
        product { name }
        status autoRenewal activatedOn expiresOn renewsOn licenseCount
        items { product { name } quantity }
        licenseKeys(first: 5) { nodes { maskedKey status } }
        orders(first: 5) { nodes { number total { amount currency } lines { product { name } quantity } } }
        paymentMethod { brand last4 }
        seats { total used reserved available }
      }
    }
  }
}
"""


async def _account_with(conn: Connection, subscriptions: int) -> UUID:
    ada, account = await world.user(conn, "ada"), await world.account(conn)
    await world.member(conn, account, ada)
    for code in ("desktop", "toolbox"):
        await world.product(conn, code)
    card = await world.payment_method(conn, account)
    for _ in range(subscriptions):
        subscription = await world.subscription(conn, account, payment_method_id=card)
        await world.item(conn, account, subscription, "toolbox", 2)
        await world.license_key(conn, account, subscription)
        await world.order(conn, account, subscription)
    return account


@pytest.mark.parametrize("subscriptions", [1, 3, 20])
async def test_the_dashboard_costs_one_statement_per_relation_and_level(
    conn: Connection, client_of_resolvers: Client, statements: list[str], subscriptions: int
) -> None:
    account = await _account_with(conn, subscriptions)
    await client_of_resolvers.ask("{ viewer { scopes } }")
    statements.clear()

    data = await client_of_resolvers.ask(DASHBOARD, {"id": f"acc_{account}"})

    assert len(data["account"]["subscriptions"]["nodes"]) == subscriptions
    # account, boxes, subscriptions with their total, items, keys, orders, lines, payment method, seats; and products
    # twice: what the boxes name is known when the subscriptions and the lines name it again, what the items name not.
    assert len(statements) == 11
    assert sum("'prd_'" in statement for statement in statements) == 2


async def test_aliases_with_equal_arguments_share_a_statement(
    conn: Connection, client_of_resolvers: Client, statements: list[str]
) -> None:
    account = await _account_with(conn, 2)
    await client_of_resolvers.ask("{ viewer { scopes } }")
    statements.clear()

    await client_of_resolvers.ask(
        "query($id: ID!) { one: account(id: $id) { subscriptions(first: 1) { nodes { number } } }"
        " two: account(id: $id) { all: subscriptions(first: 1) { edges { node { status } } } } }",
        {"id": f"acc_{account}"},
    )

    assert len(statements) == 2


async def test_query_of_malformed_ids_sends_no_statement(client_of_resolvers: Client, statements: list[str]) -> None:
    await client_of_resolvers.ask("{ viewer { scopes } }")
    statements.clear()

    data = await client_of_resolvers.ask('{ account(id: "nonsense") { name } node(id: "") { id } viewer { scopes } }')

    assert data == {"account": None, "node": None, "viewer": {"scopes": []}}
    assert statements == []
