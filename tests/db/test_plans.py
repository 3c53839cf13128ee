"""Every statement of the graph stays on indexes, planned once for all accounts, among those of other tenants."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest
from asyncpg.connection import LoggedQuery

from db import migrations, seed
from db.enums import OrderDirection, SubscriptionDisplay, SubscriptionOrderField
from db.keyring import Keyring
from db.people import DEMO_ISSUER
from db.pool import prepare
from gateway.app import create_app
from gateway.limits import Limits
from gateway.settings import Settings
from tests import world
from tests.conftest import Client, scratch_database

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


@pytest.fixture(scope="module")
async def crowded(server_url: str, keyring: Keyring) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database of many accounts, planning generically, as a pooled one does after a few runs."""
    async with scratch_database(server_url) as url:
        await migrations.upgrade(url)
        conn = await asyncpg.connect(url)
        await prepare(conn)
        await seed.generate(
            conn, keyring, world.NOW, accounts=3000, subscriptions=9000, large_account=False, progress=lambda *_: None
        )
        await conn.execute("SET plan_cache_mode = force_generic_plan; SET jit = off")
        yield conn
        await conn.close()


@pytest.fixture(scope="module")
async def owner(
    crowded: asyncpg.Connection, settings: Settings, signing_key: str
) -> AsyncIterator[tuple[Client, str, list[str]]]:
    """A client of the owner of one account, the account's id, and the statements that the client causes."""

    @asynccontextmanager
    async def acquire() -> AsyncIterator[asyncpg.Connection]:
        yield crowded

    sent: list[str] = []

    def note(query: LoggedQuery) -> None:
        sent.append(query.query)

    crowded.add_query_logger(note)
    # The largest question here costs more than one may.
    given = {"token_issuer": DEMO_ISSUER, "limits": Limits(cost=50_000)}
    issued_here = settings.model_copy(update=given)
    app = create_app(issued_here, lambda: world.NOW, acquire=acquire)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://licet.test") as http:
        client = Client(http, signing_key, issuer=DEMO_ISSUER)
        found = await client.ask("{ viewer { accounts { id kind } } }", to="owner-7")
        (account,) = [row["id"] for row in found["viewer"]["accounts"] if row["kind"] == "BUSINESS"]
        yield client, account, sent


@pytest.mark.parametrize("operation", [*WHOLE, *ORDERS, *FILTERS, *LISTS])
async def test_no_statement_scans_the_table_of_all_tenants(
    crowded: asyncpg.Connection, owner: tuple[Client, str, list[str]], operation: str
) -> None:
    client, account, sent = owner
    sent.clear()
    await client.ask(operation, {"id": account}, to="owner-7")
    statements = [text for text in dict.fromkeys(sent) if text.startswith("SELECT")]

    scanned = [table for text in statements for table in await _scanned(crowded, text)]

    assert statements
    assert set(scanned) <= await _small(crowded)


async def _small(conn: asyncpg.Connection) -> set[str]:
    """The tables of a few pages, which are read whole whatever indexes they have: products, and what is empty here."""
    found = await conn.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND relpages < 4")
    small = {row["relname"] for row in found}
    assert not small & {"accounts", "memberships", "subscriptions", "license_keys", "orders", "order_lines", "users"}
    return small


async def _scanned(conn: asyncpg.Connection, text: str) -> list[str]:
    """The tables that the generic plan of a statement reads from end to end."""
    await conn.execute(f"PREPARE planned AS {text}")
    # A generic plan does not look at the values.
    nulls = ", ".join("NULL" for _ in set(re.findall(r"\$\d+", text)))
    explained = await conn.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE planned({nulls})")
    await conn.execute("DEALLOCATE planned")
    plan = explained if isinstance(explained, list) else json.loads(explained)
    return [node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan"]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
