"""What each filter of the subscription list keeps, and that the count counts the same rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Connection
from hypothesis import given
from hypothesis import strategies as st

from tests import world
from tests.conftest import Client
from tests.schema.examples import FEW_EXAMPLES, rolled_back, subscription, terms
from tests.schema.model import Term

ASKED = """
query($id: ID!, $filter: ProductSubscriptionFilter) {
  account(id: $id) { subscriptions(first: 100, filter: $filter) { totalCount nodes { displayName } } }
}
"""


def _on(offset: int) -> str:
    return world.day(offset).isoformat()


BEGUN, NEVER = world.day(-400), None
# In the order of their ends
ROWS = {
    "expired long ago": ("desktop", Term(BEGUN, world.day(-200), "OFF", 30, suspended=False)),
    "after grace": ("desktop", Term(BEGUN, world.day(-31), "ON", 30, suspended=False)),
    "in grace": ("toolbox", Term(BEGUN, world.day(-30), "ON", 30, suspended=False)),
    "expired yesterday": ("toolbox", Term(BEGUN, world.day(-1), "OFF", 30, suspended=False)),
    "last day": ("desktop", Term(BEGUN, world.day(0), "NOT_AVAILABLE", 30, suspended=False)),
    "renews in ten": ("desktop", Term(BEGUN, world.day(10), "ON", 30, suspended=False)),
    "suspended": ("desktop", Term(BEGUN, world.day(20), "OFF", 30, suspended=True)),
    "ends in thirty": ("toolbox", Term(BEGUN, world.day(30), "OFF", 30, suspended=False)),
    "ends in thirty-one": ("desktop", Term(BEGUN, world.day(31), "OFF", 30, suspended=False)),
    "starts tomorrow": ("toolbox", Term(world.day(1), world.day(366), "OFF", 30, suspended=False)),
    "perpetual": ("desktop", Term(BEGUN, NEVER, "NOT_AVAILABLE", 30, suspended=False)),
}
SOON = ["last day", "ends in thirty"]
USABLE = ["in grace", "last day", "renews in ten", "ends in thirty", "ends in thirty-one", "perpetual"]
EXPIRED = ["expired long ago", "after grace", "expired yesterday"]
FILTERS: list[tuple[dict[str, Any] | None, list[str]]] = [
    (None, list(ROWS)),
    ({}, list(ROWS)),
    ({"display": None}, list(ROWS)),
    ({"display": "ALL"}, list(ROWS)),
    ({"display": "ACTIVE"}, USABLE),
    ({"display": "EXPIRING_SOON"}, SOON),
    ({"display": "EXPIRED"}, EXPIRED),
    ({"statusIn": None}, list(ROWS)),
    ({"statusIn": []}, []),
    ({"statusIn": ["GRACE_PERIOD"]}, ["in grace"]),
    ({"statusIn": ["EXPIRED"]}, EXPIRED),
    ({"statusIn": ["PENDING", "SUSPENDED"]}, ["suspended", "starts tomorrow"]),
    ({"statusIn": ["PENDING", "ACTIVE", "GRACE_PERIOD", "EXPIRED", "SUSPENDED"]}, list(ROWS)),
    ({"display": "ACTIVE", "statusIn": ["GRACE_PERIOD", "EXPIRED"]}, ["in grace"]),
    ({"display": "EXPIRED", "statusIn": ["ACTIVE"]}, []),
    ({"autoRenewal": "ON"}, ["after grace", "in grace", "renews in ten"]),
    ({"autoRenewal": "NOT_AVAILABLE"}, ["last day", "perpetual"]),
    ({"expiringWithinDays": 0}, ["last day"]),
    ({"expiringWithinDays": 30}, SOON),
    ({"expiringWithinDays": 31}, [*SOON, "ends in thirty-one"]),
    ({"expiringWithinDays": 3650}, [*SOON, "ends in thirty-one"]),
    ({"expiringWithinDays": 0, "display": "EXPIRING_SOON"}, ["last day"]),
    ({"endsTo": _on(-31)}, ["expired long ago", "after grace"]),
    ({"endsFrom": _on(31)}, ["ends in thirty-one", "starts tomorrow", "perpetual"]),
    ({"endsFrom": _on(-1), "endsTo": _on(0)}, ["expired yesterday", "last day"]),
    ({"endsFrom": _on(0), "endsTo": _on(0)}, ["last day"]),
    ({"endsFrom": "9999-12-31"}, ["perpetual"]),
    ({"productId": "prd_toolbox"}, ["in grace", "expired yesterday", "ends in thirty", "starts tomorrow"]),
    ({"productId": "prd_toolbox", "display": "ACTIVE", "autoRenewal": "OFF"}, ["ends in thirty"]),
    ({"search": "IN THIRTY", "productId": "prd_desktop"}, ["ends in thirty-one"]),
]


async def _stored(conn: Connection) -> UUID:
    account = await world.company(conn)
    await world.product(conn, "toolbox")
    card = await world.payment_method(conn, account)
    for name, (product, term) in ROWS.items():
        await subscription(conn, account, term, card, product_code=product, display_name=name)
    return account


async def _found(client: Client, account: UUID, filter: dict[str, Any] | None) -> tuple[list[str], int]:
    data = await client.ask(ASKED, {"id": f"acc_{account}", "filter": filter})
    found = data["account"]["subscriptions"]
    return [node["displayName"] for node in found["nodes"]], found["totalCount"]


async def test_filter_returns_and_counts_matching_rows(conn: Connection, client: Client) -> None:
    account = await _stored(conn)

    found = [(asked, await _found(client, account, asked)) for asked, _ in FILTERS]

    assert found == [(asked, (names, len(names))) for asked, names in FILTERS]


async def test_unknown_product_id_matches_nothing(conn: Connection, client: Client) -> None:
    account = await _stored(conn)
    ids = ["prd_nothing", "prd_", "toolbox", "", "PRD_toolbox", "prd_toolbox ", f"sub_{account}_{account}", "🚀"]

    found = {product: await _found(client, account, {"productId": product}) for product in ids}

    assert found == dict.fromkeys(ids, ([], 0))


async def test_the_id_of_something_else_is_no_products_though_it_spells_one(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    await world.product(conn, str(account))
    await world.subscription(conn, account, str(account))

    found = await _found(client, account, {"productId": f"acc_{account}"})

    assert found == ([], 0)


async def test_an_account_without_subscriptions_has_an_empty_page(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    asked = (
        "query($id: ID!) { account(id: $id) { subscriptions { totalCount edges { cursor } nodes { id }"
        " pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"
    )

    data = await client.ask(asked, {"id": f"acc_{account}"})

    around = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert data["account"]["subscriptions"] == {"totalCount": 0, "edges": [], "nodes": [], "pageInfo": around}


async def test_the_subscriptions_of_another_account_are_neither_shown_nor_counted(
    conn: Connection, client: Client
) -> None:
    account = await world.company(conn)
    await world.subscription(conn, account, display_name="ours")
    other = await world.account(conn)
    await world.member(conn, other, await world.user(conn, "bob"))
    await world.subscription(conn, other, display_name="theirs")

    found = await _found(client, account, {"display": "ACTIVE"})

    assert found == (["ours"], 1)


@dataclass(frozen=True, slots=True)
class Sieve:
    """A filter as the API takes it, and what it keeps."""

    asked: dict[str, Any]

    def keeps(self, product: str, term: Term) -> bool:
        status, ends, today = term.status(world.TODAY), term.expires_on or date.max, world.TODAY
        keeps: dict[str, Callable[[Any], bool]] = {
            "display": lambda shown: term.is_displayed(shown, today),
            "statusIn": lambda statuses: status in statuses,
            "autoRenewal": lambda renewal: term.auto_renewal == renewal,
            "productId": lambda wanted: wanted == f"prd_{product}",
            "expiringWithinDays": lambda days: term.is_expiring_soon(today, days),
            "endsFrom": lambda day: ends >= date.fromisoformat(day),
            "endsTo": lambda day: ends <= date.fromisoformat(day),
        }
        return all(keeps[name](value) for name, value in self.asked.items())


@st.composite
def sieves(draw: st.DrawFn) -> Sieve:
    """Up to three filters at once, so that most keep something."""
    statuses = ["PENDING", "ACTIVE", "GRACE_PERIOD", "EXPIRED", "SUSPENDED"]
    earlier, later = sorted(draw(st.tuples(*[st.integers(-120, 120)] * 2)))
    chosen = {
        "display": draw(st.sampled_from(["ALL", "ACTIVE", "EXPIRING_SOON", "EXPIRED"])),
        "statusIn": draw(st.lists(st.sampled_from(statuses), max_size=4)),
        "autoRenewal": draw(st.sampled_from(["ON", "OFF", "NOT_AVAILABLE"])),
        "productId": draw(st.sampled_from(["prd_desktop", "prd_toolbox", "prd_none"])),
        "expiringWithinDays": draw(st.integers(0, 3650) | st.integers(0, 31)),
        "endsFrom": _on(earlier),
        "endsTo": _on(later),
    }
    names = draw(st.lists(st.sampled_from(sorted(chosen)), max_size=3, unique=True))
    return Sieve({name: chosen[name] for name in names})


@FEW_EXAMPLES
@given(
    st.lists(st.tuples(st.sampled_from(["desktop", "toolbox"]), terms(world.TODAY)), min_size=20, max_size=30),
    st.lists(sieves(), min_size=10, max_size=10),
)
async def test_combined_filters_intersect(
    conn: Connection, client: Client, company: UUID, card: UUID, rows: list[tuple[str, Term]], filters: list[Sieve]
) -> None:
    async with rolled_back(conn):
        for position, (product, term) in enumerate(rows):
            await subscription(conn, company, term, card, product_code=product, display_name=str(position))

        found = [await _found(client, company, sieve.asked) for sieve in filters]

    kept = [{str(i) for i, (product, term) in enumerate(rows) if sieve.keeps(product, term)} for sieve in filters]
    assert [(set(names), total) for names, total in found] == [(names, len(names)) for names in kept]
