"""Every statement of the graph stays on indexes, planned once for all accounts, many ordinary ones and a large one."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
import httpx
import pytest
from asyncpg.connection import LoggedQuery

from db import migrations
from db.demo_marker import DEMO_ISSUER
from db.enums import OrderDirection, SubscriptionDisplay, SubscriptionOrderField
from db.license_key_custody.keyring import Keyring
from db.pool import register_codecs
from gateway.server.app import create_app
from gateway.settings import Settings
from tests import world
from tests.conftest import Client, scratch_database
from tests.db import large_accounts

PAGE = "nodes { id status product { name } } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount"
ACCOUNT = "account(id: $id)"

WHOLE = (
    """query($id: ID!) { account(id: $id) {
        productOverviews { product { name } activeSubscriptions }
        subscriptions { nodes {
            account { name } items { quantity } seats { used } isExpiringSoon(withinDays: 9) paymentMethod { brand }
            licenseKeys { nodes { available status subscription { number } admins { email }
                activations { nodes { licenseKey { id } } } } }
            orders { nodes { lines { quantity } paymentMethod { brand } subscription { number } } } } }
        licenseKeys { nodes { id } } orders { nodes { id } } paymentMethods { id }
        members { nodes { user { name } } } auditEvents { nodes { id subject { id } } } }
      viewer { user { name } accounts { name viewerRole } invitations { accountName } }
      products { nodes { code } } }""",
)
ORDERS = tuple(
    f"query($id: ID!) {{ {ACCOUNT} {{ subscriptions({side}: 5, orderBy: {{field: {field}, direction: {way}}}) "
    f"{{ {PAGE} }} }} }}"
    for field in SubscriptionOrderField
    for way in OrderDirection
    for side in ("first", "last")
)
FILTERS = tuple(
    f"query($id: ID!) {{ {ACCOUNT} {{ subscriptions(filter: {{{given}}}) {{ {PAGE} }} }} }}"
    for given in (
        *[f"display: {display}" for display in SubscriptionDisplay],
        "statusIn: [ACTIVE, PENDING]",
        "autoRenewal: ON",
        'productId: "prd_toolbox"',
        "expiringWithinDays: 20",
        'endsFrom: "2026-06-01", endsTo: "2026-12-31"',
        'search: "team"',
        'search: "AB3CD"',
    )
)
LISTS = tuple(
    f"query($id: ID!) {{ {ACCOUNT} {{ {chosen} }} }}"
    for chosen in (
        'licenseKeys(filter: {search: "team", statusIn: [ACTIVE], kind: PRIMARY}) { nodes { id } totalCount }',
        "orders(filter: {statusIn: [PAID], kind: NEW}, last: 5) { nodes { id } totalCount }",
        'auditEvents(filter: {action: "subscription.renamed"}) { nodes { id } totalCount }',
        'subscriptions { nodes { licenseKeys { nodes { activations(filter: {search: "mac"}) { totalCount } } } } }',
    )
)

# What the large account is asked, and how the name of an index that finds it begins.
SOUGHT = {
    "subscriptions(filter: {display: ALL})": "subscriptions_",
    "subscriptions(filter: {display: ACTIVE})": "subscriptions_ends_on_idx",
    "subscriptions(filter: {display: EXPIRING_SOON})": "subscriptions_ends_on_idx",
    "subscriptions(filter: {display: EXPIRED})": "subscriptions_ends_on_idx",
    "subscriptions(filter: {statusIn: [ACTIVE, PENDING]})": "subscriptions_",
    "subscriptions(filter: {autoRenewal: ON})": "subscriptions_",
    'subscriptions(filter: {productId: "prd_toolbox"})': "subscriptions_product_code_idx",
    "subscriptions(filter: {expiringWithinDays: 20})": "subscriptions_ends_on_idx",
    'subscriptions(filter: {endsFrom: "2026-06-01", endsTo: "2026-12-31"})': "subscriptions_ends_on_idx",
    'subscriptions(filter: {search: "toolbox"})': "subscriptions_search_idx",
    'subscriptions(filter: {search: "AB3CD"})': "license_keys_tail_idx",
    'licenseKeys(filter: {search: "AB3CD"})': "license_keys_tail_idx",
    'licenseKeys(filter: {search: "team"})': "license_keys_search_idx",
    "licenseKeys(filter: {kind: PRIMARY})": "license_keys_",
}


@dataclass(frozen=True, slots=True)
class Asking:
    """A client, and the statements that it causes."""

    client: Client
    sent: list[str]

    async def account(self, owner: str) -> str:
        found = await self.client.ask("{ viewer { accounts { id kind } } }", to=owner)
        (account,) = [row["id"] for row in found["viewer"]["accounts"] if row["kind"] == "BUSINESS"]
        return str(account)

    async def ask(self, owner: str, operation: str) -> tuple[Any, list[str]]:
        """The answer about the owner's account, and the statements that read it."""
        account = await self.account(owner)
        self.sent.clear()
        answer = await self.client.ask(operation, {"id": account}, to=owner)
        return answer["account"], [text for text in dict.fromkeys(self.sent) if text.startswith("SELECT")]


@pytest.fixture(scope="module")
async def crowded(server_url: str, keyring: Keyring) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database of many accounts, planning generically, as a pooled one does."""
    async with scratch_database(server_url) as url:
        await migrations.upgrade(url)
        conn = await asyncpg.connect(url)
        await register_codecs(conn)
        await large_accounts.fill_database(conn, keyring)
        await conn.execute("SET plan_cache_mode = force_generic_plan; SET jit = off")
        yield conn
        await conn.close()


@pytest.fixture(scope="module")
async def asking(crowded: asyncpg.Connection, settings: Settings, signing_key: str) -> AsyncIterator[Asking]:
    @asynccontextmanager
    async def acquire() -> AsyncIterator[asyncpg.Connection]:
        yield crowded

    sent: list[str] = []

    def note(query: LoggedQuery) -> None:
        sent.append(query.query)

    crowded.add_query_logger(note)
    # The largest question here costs more than one may.
    given = {"token_issuer": DEMO_ISSUER, "limits": replace(settings.limits, cost=50_000)}
    app = create_app(settings.model_copy(update=given), lambda: world.NOW, acquire=acquire)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://licet.test") as http:
        yield Asking(Client(http, signing_key, issuer=DEMO_ISSUER), sent)


@pytest.mark.parametrize("operation", [*WHOLE, *ORDERS, *FILTERS, *LISTS])
async def test_no_statement_scans_the_table_of_all_tenants(
    crowded: asyncpg.Connection, asking: Asking, operation: str
) -> None:
    _, statements = await asking.ask(large_accounts.ORDINARY_OWNER, operation)

    plans = [await _plan(crowded, text) for text in statements]

    assert statements
    assert {table for plan in plans for table in _read_whole(plan)} <= await _small(crowded)


@pytest.mark.parametrize(("given", "index"), SOUGHT.items())
async def test_the_large_account_is_filtered_counted_and_searched_by_an_index(
    crowded: asyncpg.Connection, asking: Asking, given: str, index: str
) -> None:
    sought = f"{given} {{ totalCount nodes {{ id }} }} everything: subscriptions {{ totalCount }}"
    operation = f"query($id: ID!) {{ {ACCOUNT} {{ {sought} }} }}"

    found, statements = await asking.ask(large_accounts.LARGE_OWNER, operation)
    plans = [await _plan(crowded, text) for text in statements]

    assert found["everything"]["totalCount"] > large_accounts.LARGE
    assert {table for plan in plans for table in _read_whole(plan)} <= await _small(crowded)
    assert any(node.get("Index Name", "").startswith(index) for plan in plans for node in _nodes(plan))


async def _small(conn: asyncpg.Connection) -> set[str]:
    """The tables of a few pages, which are read whole whatever indexes they have: products, and what is empty here."""
    found = await conn.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND relpages < 4")
    small = {row["relname"] for row in found}
    assert not small & {"accounts", "memberships", "subscriptions", "license_keys", "orders", "order_lines", "users"}
    return small


async def _plan(conn: asyncpg.Connection, text: str) -> dict[str, Any]:
    """The generic plan of a statement."""
    await conn.execute(f"PREPARE planned AS {text}")
    # A generic plan does not look at the values.
    nulls = ", ".join("NULL" for _ in set(re.findall(r"\$\d+", text)))
    explained = await conn.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE planned({nulls})")
    await conn.execute("DEALLOCATE planned")
    ((planned,),) = ((explained if isinstance(explained, list) else json.loads(explained)),)
    plan: dict[str, Any] = planned["Plan"]
    return plan


def _read_whole(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that are read from end to end, as they are or in the order of an index."""
    for node in _nodes(plan):
        kind = node["Node Type"]
        if kind == "Seq Scan" or (kind in {"Index Scan", "Index Only Scan"} and "Index Cond" not in node):
            yield node["Relation Name"]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
