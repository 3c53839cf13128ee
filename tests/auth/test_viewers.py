"""Who is asking: users at first sight and later, their invitations, and services that are nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import jwt
import pytest
from pydantic import SecretStr

from db import migrations
from gateway.server.app import create_app
from gateway.settings import Settings
from tests import world
from tests.conftest import AUDIENCE, Client

VIEWER = """
{ viewer { user { id email name } scopes accounts { id kind name viewerRole } invitations { accountName role } } }
"""
INVITATIONS = "{ viewer { invitations { id accountName role invitedAt expiresAt } } }"
PEOPLE = "SELECT issuer, subject, email, email_verified, name FROM users ORDER BY issuer, subject"
ROWS = """
SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM accounts) AS accounts,
       (SELECT count(*) FROM memberships) AS memberships
"""


class Person:
    """Asks as whoever a token with just these claims stands for."""

    def __init__(self, client: Client, signing_key: str, **claims: Any) -> None:
        times = {"exp": int(world.NOW.timestamp()) + 3600}
        stated = {"iss": world.ISSUER, "aud": AUDIENCE, "sub": "ada", **times, **claims}
        self._http = client.http
        self._token = jwt.encode(stated, signing_key, "ES256")

    async def ask(self, query: str = VIEWER) -> Any:
        headers = {"authorization": f"Bearer {self._token}"}
        response = await self._http.post("/graphql", json={"query": query}, headers=headers)
        assert (response.status_code, "errors" in response.json()) == (200, False), response.text
        return response.json()["data"]["viewer"]


async def test_a_person_at_first_sight_has_a_personal_account(
    conn: asyncpg.Connection, client: Client, signing_key: str
) -> None:
    claims = {"email": "Ada@Example.com", "email_verified": True, "name": "Ada Lovelace"}

    viewer = await Person(client, signing_key, **claims).ask()

    user_id = viewer["user"]["id"].removeprefix("usr_")
    assert viewer == {
        "user": {"id": f"usr_{user_id}", "email": "Ada@Example.com", "name": "Ada Lovelace"},
        "scopes": [],
        "accounts": [{"id": f"acc_{user_id}", "kind": "PERSONAL", "name": "Ada Lovelace", "viewerRole": "OWNER"}],
        "invitations": [],
    }
    membership = await conn.fetchrow("SELECT account_id, user_id, email, role, status, since FROM memberships")
    assert tuple(membership or ()) == (UUID(user_id), UUID(user_id), "Ada@Example.com", "OWNER", "ACTIVE", world.NOW)
    assert tuple(await conn.fetchrow(ROWS) or ()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "Ada", "email": "ada@example.com"}, "Ada"),
        ({"preferred_username": "al"}, "al"),
        ({"email": "ada@example.com"}, "ada@example.com"),
        ({}, "Personal"),
        ({"name": None, "email": ""}, "Personal"),
        ({"scope": "profile email"}, "Personal"),
    ],
)
async def test_a_personal_account_is_named_after_what_the_token_says(
    client: Client, signing_key: str, claims: dict[str, Any], name: str
) -> None:
    viewer = await Person(client, signing_key, **claims).ask()

    assert [account["name"] for account in viewer["accounts"]] == [name]


async def test_a_person_who_comes_again_is_kept_as_the_token_now_says(
    conn: asyncpg.Connection, client: Client, signing_key: str
) -> None:
    first = await Person(client, signing_key, email="a@example.com", email_verified=True, name="Ada").ask()
    second = await Person(client, signing_key, email="b@example.com", email_verified=False, name="Countess").ask()
    third = await Person(client, signing_key).ask()

    user_id = first["user"]["id"]
    assert [viewer["user"] for viewer in (first, second, third)] == [
        {"id": user_id, "email": "a@example.com", "name": "Ada"},
        {"id": user_id, "email": "b@example.com", "name": "Countess"},
        {"id": user_id, "email": None, "name": None},
    ]
    assert first["accounts"] == second["accounts"] == third["accounts"]
    assert tuple(await conn.fetchrow(ROWS) or ()) == (1, 1, 1)


async def test_a_remembered_person_costs_no_statement(client: Client, signing_key: str, statements: list[str]) -> None:
    person = Person(client, signing_key)
    await person.ask("{ viewer { scopes } }")
    statements.clear()

    await person.ask("{ viewer { scopes } }")

    # Compiled, the answer itself is one.
    assert [statement for statement in statements if "users" in statement] == []


async def test_people_of_two_issuers_with_one_subject_are_two(
    conn: asyncpg.Connection, settings: Settings, signing_key: str
) -> None:
    @asynccontextmanager
    async def acquire() -> AsyncIterator[asyncpg.Connection]:
        yield conn

    viewers = []
    for issuer in ("https://one.example.com", "https://two.example.com"):
        app = create_app(settings.model_copy(update={"token_issuer": issuer}), lambda: world.NOW, acquire=acquire)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://licet.test") as http:
            claims = {"iss": issuer, "email": "ada@example.com", "email_verified": True}
            viewers.append(await Person(Client(http, signing_key), signing_key, **claims).ask())

    assert viewers[0]["user"]["id"] != viewers[1]["user"]["id"]
    assert not {account["id"] for account in viewers[0]["accounts"]} & {
        account["id"] for account in viewers[1]["accounts"]
    }
    assert [tuple(row) for row in await conn.fetch(PEOPLE)] == [
        ("https://one.example.com", "ada", "ada@example.com", True, None),
        ("https://two.example.com", "ada", "ada@example.com", True, None),
    ]


async def test_twenty_first_requests_at_once_make_one_person(
    empty_database: str, settings: Settings, signing_key: str
) -> None:
    await migrations.upgrade(empty_database)
    given = settings.model_copy(update={"database_url": SecretStr(empty_database), "pool_size": 20})
    async with AsyncExitStack() as held:
        people = []
        for worker in range(2):
            app = create_app(given, lambda: world.NOW)
            await held.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app)
            http = await held.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://licet.test"))
            claims = {"email": "ada@example.com", "email_verified": True, "name": "Ada"}
            people += [Person(Client(http, signing_key), signing_key, jti=f"{worker}-{n}", **claims) for n in range(10)]

        async with asyncio.timeout(30):
            viewers = await asyncio.gather(*[person.ask() for person in people])

        async with asyncio.timeout(10):
            conn = await asyncpg.connect(empty_database)
            rows = await conn.fetchrow(ROWS)
            await conn.close()
    assert [viewer == viewers[0] for viewer in viewers] == [True] * 20
    assert [account["viewerRole"] for account in viewers[0]["accounts"]] == ["OWNER"]
    assert tuple(rows or ()) == (1, 1, 1)


async def test_claims_that_nothing_is_known_of_change_nothing(
    conn: asyncpg.Connection, client: Client, signing_key: str
) -> None:
    strange = {
        "roles": ["admin"],
        "accounts": ["*"],
        "user_id": "x",
        "groups": {"a": [1]},
        "https://x/": None,
        "act": {},
    }

    viewer = await Person(client, signing_key, name="Ada", **strange).ask()

    assert (viewer["user"]["name"], viewer["scopes"], len(viewer["accounts"])) == ("Ada", [], 1)
    assert tuple(await conn.fetchrow(ROWS) or ()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("scope", "scopes"),
    [
        ("store:write", ["store:write"]),
        ("reporting:read", ["reporting:read"]),
        ("store:write a b", ["a", "b", "store:write"]),
    ],
)
async def test_a_service_is_nobody_and_leaves_nothing_behind(
    conn: asyncpg.Connection, client: Client, signing_key: str, statements: list[str], scope: str, scopes: list[str]
) -> None:
    viewer = await Person(client, signing_key, sub="billing", scope=scope).ask()

    assert viewer == {"user": None, "scopes": scopes, "accounts": [], "invitations": []}
    assert statements == []
    assert tuple(await conn.fetchrow(ROWS) or ()) == (0, 0, 0)


async def test_a_person_may_have_scopes_too(conn: asyncpg.Connection, client: Client, signing_key: str) -> None:
    viewer = await Person(client, signing_key, name="Ada", scope="store:write").ask()

    assert (viewer["user"]["name"], viewer["scopes"]) == ("Ada", ["store:write"])
    assert tuple(await conn.fetchrow(ROWS) or ()) == (1, 1, 1)


async def test_accounts_are_those_of_active_memberships_and_the_personal_one_last(
    conn: asyncpg.Connection, client: Client
) -> None:
    ada = await world.user(conn, "ada")
    for name, role, status in (
        ("Zebra", "MEMBER", "ACTIVE"),
        ("Aardvark", "ADMIN", "ACTIVE"),
        ("Blocked", "OWNER", "BLOCKED"),
        ("Invited", "ADMIN", "INVITED"),
    ):
        await world.member(conn, await world.account(conn, name), ada, role, status=status, email="ada@example.com")
    await world.account(conn, "Foreign")

    data = await client.ask("{ viewer { accounts { name viewerRole } } }")

    assert data["viewer"]["accounts"] == [
        {"name": "Aardvark", "viewerRole": "ADMIN"},
        {"name": "Zebra", "viewerRole": "MEMBER"},
        {"name": "Ada", "viewerRole": "OWNER"},
    ]


async def _invite(conn: asyncpg.Connection, name: str, email: str, **values: Any) -> str:
    """An account that invites that address; the invitation's global id."""
    account = await world.account(conn, name)
    user, role = values.pop("user", None), values.pop("role", "MEMBER")
    given = {"status": "INVITED", "since": world.NOW - timedelta(days=1), "email": email, **values}
    return f"inv_{account}_{await world.member(conn, account, user, role, **given)}"


async def test_an_open_invitation_is_shown_to_whom_it_addresses(conn: asyncpg.Connection, client: Client) -> None:
    since = world.NOW - timedelta(days=3)
    invitation = await _invite(conn, "Example Ltd", "Ada@EXAMPLE.com", role="ADMIN", since=since)
    await _invite(conn, "Example Ltd", "eve@example.com")

    data = await client.ask(INVITATIONS, email="aDA@example.COM")

    assert data["viewer"]["invitations"] == [
        {
            "id": invitation,
            "accountName": "Example Ltd",
            "role": "ADMIN",
            "invitedAt": "2026-06-12T12:30:00.000Z",
            "expiresAt": "2026-06-26T12:30:00.000Z",
        }
    ]


async def test_only_open_invitations_are_shown_oldest_first(conn: asyncpg.Connection, client: Client) -> None:
    ada, fortnight = await world.user(conn, "ada"), timedelta(days=14)
    address, known = "ada@example.com", {"user": ada}
    await _invite(conn, "Today", address, since=world.NOW)
    await _invite(conn, "Nearly over", address, since=world.NOW - fortnight + timedelta(microseconds=1))
    await _invite(conn, "Just over", address, since=world.NOW - fortnight)
    await _invite(conn, "Long over", address, since=world.NOW - timedelta(days=400))
    await _invite(conn, "Another's", "eve@example.com")
    await _invite(conn, "Longer", "ada@example.com.example.org")
    await _invite(conn, "Wildcard", "a%@example.com")
    await _invite(conn, "Blocked", address, status="BLOCKED", **known)
    await _invite(conn, "Accepted", address, status="ACTIVE", **known)
    await _invite(conn, "Invited again", address, **known)

    data = await client.ask("{ viewer { invitations { accountName } } }")

    names = [invitation["accountName"] for invitation in data["viewer"]["invitations"]]
    assert names == ["Nearly over", "Invited again", "Today"]


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ada@example.com", "email_verified": False},
        {"email": "ada@example.com"},
        {"email": "", "email_verified": True},
        {"email_verified": True},
        {"preferred_username": "ada@example.com", "email_verified": True},
    ],
)
async def test_an_address_that_is_not_verified_is_shown_no_invitation(
    conn: asyncpg.Connection, client: Client, signing_key: str, claims: dict[str, Any]
) -> None:
    await _invite(conn, "Example Ltd", "ada@example.com")

    viewer = await Person(client, signing_key, **claims).ask()

    assert (viewer["invitations"], len(viewer["accounts"])) == ([], 1)


async def test_an_address_that_was_verified_once_counts_no_longer_when_it_is_not(
    conn: asyncpg.Connection, client: Client, signing_key: str
) -> None:
    await _invite(conn, "Example Ltd", "ada@example.com")
    address = {"email": "ada@example.com"}

    before = await Person(client, signing_key, **address, email_verified=True).ask()
    after = await Person(client, signing_key, **address, email_verified=False).ask()

    assert before["invitations"] == [{"accountName": "Example Ltd", "role": "MEMBER"}]
    assert after["invitations"] == []


async def test_an_invitation_alone_opens_nothing(conn: asyncpg.Connection, client: Client) -> None:
    invitation = await _invite(conn, "Example Ltd", "ada@example.com", role="OWNER")
    account, membership = invitation.removeprefix("inv_").split("_")

    data = await client.ask(
        "query($account: ID!, $ids: [ID!]!) { account(id: $account) { name } nodes(ids: $ids) { id } }",
        {"account": f"acc_{account}", "ids": [invitation, f"mem_{account}_{membership}", f"acc_{account}"]},
    )

    assert data == {"account": None, "nodes": [None, None, None]}
