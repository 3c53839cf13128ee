"""Faults behind a real pool: what the caller may know, what the log keeps, and that the next request works."""

import asyncio
import gc
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from graphql import build_schema
from pydantic import SecretStr

from db import migrations
from gateway.auth.authenticator import Authenticator
from gateway.auth.tokens import Claims, TokenVerifier
from gateway.auth.verification_keys import StaticKey
from gateway.http.endpoint import GraphQLEndpoint
from gateway.http.persisted_queries import PersistedOperations
from gateway.operations.executor import OperationExecutor
from gateway.operations.limits import Limits
from gateway.operations.validation import DocumentValidator
from gateway.server.app import create_app
from gateway.settings import Settings
from gateway.telemetry.request_log import RequestLogMiddleware
from schema.context import Services
from tests import world
from tests.conftest import Client, now, scratch_database
from tests.twin_accounts import TwinAccount, twin_account

ACCOUNT = """
query Account($id: ID!) {
  account(id: $id) {
    name
    subscriptions { nodes { number licenseKeys { nodes { activations { nodes { deviceName } } } } } }
    orders { nodes { number lines { quantity } } }
    paymentMethods { last4 }
    members { nodes { role user { name } } }
    auditEvents(first: 1) { nodes { action } }
  }
}
"""
WHOLE = {
    "account": {
        "name": "Ours Ltd",
        "subscriptions": {
            "nodes": [
                {
                    "number": "S-1",
                    "licenseKeys": {
                        "nodes": [
                            {"activations": {"nodes": [{"deviceName": "Ours"}]}},
                            {"activations": {"nodes": []}},
                        ]
                    },
                }
            ]
        },
        "orders": {"nodes": [{"number": "O-1", "lines": [{"quantity": 2}]}]},
        "paymentMethods": [{"last4": "4242"}],
        "members": {
            "nodes": [
                {"role": "MEMBER", "user": {"name": "Ours colleague"}},
                {"role": "OWNER", "user": {"name": "Ours-Owner"}},
            ]
        },
        "auditEvents": {"nodes": [{"action": "checked"}]},
    }
}


@dataclass(frozen=True, slots=True)
class Live:
    """An application with one connection of its own, and another connection to disturb it with."""

    client: Client
    admin: asyncpg.Connection
    ours: TwinAccount

    async def ask(self, request_id: str = "r-1") -> httpx.Response:
        headers = {"authorization": f"Bearer {self.client.token(self.ours.owner)}", "x-request-id": request_id}
        body = {"query": ACCOUNT, "variables": {"id": self.ours.ids["Account"]}}
        return await self.client.http.post("/graphql", json=body, headers=headers)


@asynccontextmanager
async def _served(settings: Settings, signing_key: str, url: str) -> AsyncIterator[Client]:
    def clock() -> datetime:
        return world.NOW

    given = {"database_url": SecretStr(url), "pool_size": 1, "statement_timeout": 0.8, "compiled": False}
    app = create_app(settings.model_copy(update=given), clock)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://licet.test") as http,
    ):
        yield Client(http, signing_key)


@pytest.fixture(scope="module")
async def live(server_url: str, settings: Settings, signing_key: str) -> AsyncIterator[Live]:
    async with scratch_database(server_url) as url:
        await migrations.upgrade(url)
        admin = await asyncpg.connect(url)
        await admin.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
        for code in ("desktop", "toolbox"):
            await world.product(admin, code)
        ours = await twin_account(admin, "Ours")
        async with _served(settings, signing_key, url) as client:
            live = Live(client, admin, ours)
            # The owner is known from here on: first sight writes, and what writes is not tried again.
            await live.ask()
            yield live
        await admin.close()


@pytest.fixture
async def complaints() -> AsyncIterator[list[str]]:
    """What the loop has to say of tasks and futures that nobody looked after."""
    loop, heard = asyncio.get_running_loop(), list[str]()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: heard.append(str(context)))
    yield heard
    loop.set_exception_handler(before)


@asynccontextmanager
async def _without(live: Live, table: str, column: str) -> AsyncIterator[None]:
    await live.admin.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO gone")
    yield
    await live.admin.execute(f"ALTER TABLE {table} RENAME COLUMN gone TO {column}")


def _faults(log: io.StringIO) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in lines if line["event"] == "fault"]


async def _waiting(admin: asyncpg.Connection, ended: int = 0) -> int:
    """The process of the connection that waits for a lock, as soon as there is one besides that which was ended."""
    # Not pg_stat_activity: inside a transaction it stays as it was when first read.
    waiting = """
        SELECT pid FROM pg_locks
        WHERE NOT granted AND pid <> $1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
    async with asyncio.timeout(10):
        while (pid := await admin.fetchval(waiting, ended)) is None:
            pass
    return int(pid)


async def _settled() -> None:
    """Everything that was begun has ended, and what nobody asked about has complained."""
    for _ in range(2):
        await asyncio.sleep(0.02)
        gc.collect()


def _error(code: str, message: str, path: list[str], line: int) -> dict[str, Any]:
    extensions = {"code": code, "requestId": "r-1"}
    return {"message": message, "locations": [{"line": line, "column": 5}], "path": path, "extensions": extensions}


async def test_a_fault_in_one_field_leaves_the_others_and_the_next_request_alone(
    live: Live, log: io.StringIO, complaints: list[str]
) -> None:
    before = await live.ask()
    async with _without(live, "payment_methods", "last4"):
        response = await live.ask()
    after = await live.ask()
    await _settled()

    error = _error("INTERNAL", "Internal error", ["account", "paymentMethods"], 7)
    data = {"account": {**WHOLE["account"], "paymentMethods": None}}
    assert before.json() == after.json() == {"data": WHOLE}
    assert (response.status_code, response.json()) == (200, {"data": data, "errors": [error]})
    assert complaints == []
    (fault,) = _faults(log)
    assert (fault["path"], fault["code"], fault["request_id"]) == (["account", "paymentMethods"], "INTERNAL", "r-1")
    assert fault["exception"].startswith("Traceback (most recent call last):")
    assert "column payment_methods_1.last4 does not exist" in fault["exception"]


@pytest.mark.parametrize(
    ("table", "column"),
    [("subscriptions", "number"), ("license_keys", "subscription_id"), ("activations", "device_name")],
)
async def test_a_fault_under_a_field_that_can_not_be_null_ends_the_request_in_order(
    live: Live, log: io.StringIO, complaints: list[str], table: str, column: str
) -> None:
    async with _without(live, table, column):
        response = await live.ask()
    after = await live.ask()
    await _settled()

    body = response.json()
    assert (response.status_code, body["data"], len(body["errors"])) == (200, {"account": None}, 1)
    (error,) = body["errors"]
    assert {**error, "locations": None, "path": None} == {
        "message": "Internal error",
        "locations": None,
        "path": None,
        "extensions": {"code": "INTERNAL", "requestId": "r-1"},
    }
    assert after.json() == {"data": WHOLE}
    assert complaints == []
    (fault,) = _faults(log)
    assert (fault["path"], fault["level"]) == (error["path"], "error")
    assert f"{column} does not exist" in fault["exception"]


async def test_a_statement_that_takes_too_long_is_cancelled_and_said_to_be(
    live: Live, log: io.StringIO, complaints: list[str]
) -> None:
    async with live.admin.transaction():
        await live.admin.execute("LOCK TABLE payment_methods IN ACCESS EXCLUSIVE MODE")
        response = await live.ask()
    after = await live.ask()
    await _settled()

    sentence = "This took too long. Ask for less at once, or try again."
    error = _error("TIMEOUT", sentence, ["account", "paymentMethods"], 7)
    data = {"account": {**WHOLE["account"], "paymentMethods": None}}
    assert (response.status_code, response.json()) == (200, {"data": data, "errors": [error]})
    assert after.json() == {"data": WHOLE}
    assert complaints == []
    assert [fault["code"] for fault in _faults(log)] == ["TIMEOUT"]


async def test_a_question_whose_connection_breaks_is_asked_again(
    live: Live, log: io.StringIO, complaints: list[str]
) -> None:
    async with live.admin.transaction():
        await live.admin.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
        asking = asyncio.create_task(live.ask())
        await live.admin.execute("SELECT pg_terminate_backend($1)", await _waiting(live.admin))
    response = await asking
    await _settled()

    assert (response.status_code, response.json()) == (200, {"data": WHOLE})
    assert complaints == []
    assert _faults(log) == []


async def test_a_connection_that_breaks_twice_is_a_503_and_the_next_request_has_another(
    live: Live, log: io.StringIO, complaints: list[str]
) -> None:
    async with live.admin.transaction():
        await live.admin.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
        asking = asyncio.create_task(live.ask())
        ended = 0
        for _ in range(2):
            ended = await _waiting(live.admin, ended)
            await live.admin.execute("SELECT pg_terminate_backend($1)", ended)
        response = await asking
    after = await live.ask()
    await _settled()

    extensions = {"code": "UNAVAILABLE", "requestId": "r-1"}
    error = {"message": "The database can not be reached. Try again.", "extensions": extensions}
    assert (response.status_code, response.json()) == (503, {"errors": [error]})
    assert response.headers["retry-after"] == "1"
    assert after.json() == {"data": WHOLE}
    assert complaints == []
    assert [fault["code"] for fault in _faults(log)] == ["UNAVAILABLE"]


async def test_a_request_that_its_client_gives_up_leaves_the_connection_to_the_next(
    live: Live, complaints: list[str]
) -> None:
    async with live.admin.transaction():
        await live.admin.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        asking = asyncio.create_task(live.ask())
        await _waiting(live.admin)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    after = await live.ask()
    await _settled()

    assert asking.cancelled()
    assert after.json() == {"data": WHOLE}
    assert complaints == []


async def test_a_fault_at_first_sight_of_a_token_is_told_in_json(
    live: Live, log: io.StringIO, complaints: list[str]
) -> None:
    async with _without(live, "users", "issuer"):
        response = await live.client.post("{ viewer { scopes } }", to="somebody-new")
    again = await live.client.ask("{ viewer { user { email } } }", to="somebody-new")
    await _settled()

    body = response.json()
    extensions = {"code": "INTERNAL", "requestId": response.headers["x-request-id"]}
    assert (response.status_code, body) == (500, {"errors": [{"message": "Internal error", "extensions": extensions}]})
    assert again == {"viewer": {"user": {"email": "somebody-new@example.com"}}}
    assert complaints == []
    assert len(_faults(log)) == 1
    assert "UndefinedColumnError" in _faults(log)[0]["exception"]


@pytest.mark.parametrize("answered", ["half a pair: \ud83d", 2**64])
async def test_an_answer_that_is_no_json_is_a_fault_and_found_in_the_log(
    conn: asyncpg.Connection, settings: Settings, signing_key: str, log: io.StringIO, answered: Any
) -> None:
    graph = build_schema("scalar Any type Query { anything: Any }")
    assert graph.query_type is not None
    graph.query_type.fields["anything"].resolve = lambda *_: answered

    async def register(_: Claims) -> UUID:
        return uuid4()

    @asynccontextmanager
    async def acquire() -> AsyncIterator[asyncpg.Connection]:
        yield conn

    verifier = TokenVerifier(
        world.ISSUER, settings.token_audience, StaticKey(settings.token_public_key or ""), clock=now
    )
    endpoint = GraphQLEndpoint(
        OperationExecutor(graph, DocumentValidator(Limits()), compiled=False),
        PersistedOperations({}),
        Authenticator(verifier, register, now),
        acquire,
        now,
        Services(settings.keyring(), settings.attempt_limits()),
        timeout=5,
        max_body_bytes=1000,
    )
    transport = httpx.ASGITransport(RequestLogMiddleware(endpoint))
    async with httpx.AsyncClient(transport=transport, base_url="http://licet.test") as http:
        response = await Client(http, signing_key).post("{ anything }")

    extensions = {"code": "INTERNAL", "requestId": response.headers["x-request-id"]}
    assert response.status_code == 500
    assert response.json() == {"errors": [{"message": "Internal error", "extensions": extensions}]}
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["event"], line["code"]) for line in lines] == [("fault", "INTERNAL"), ("request", "INTERNAL")]


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_database_that_is_not_there_is_a_503(
    settings: Settings, signing_key: str, log: io.StringIO, accept: str
) -> None:
    @asynccontextmanager
    async def acquire() -> AsyncIterator[asyncpg.Connection]:
        yield await asyncpg.connect("postgresql://licet@127.0.0.1:1/licet")

    transport = httpx.ASGITransport(create_app(settings, lambda: world.NOW, acquire=acquire))
    async with httpx.AsyncClient(transport=transport, base_url="http://licet.test") as http:
        headers = {"authorization": f"Bearer {Client(http, signing_key).token('ada')}", "accept": accept}
        response = await http.post("/graphql", json={"query": "{ viewer { scopes } }"}, headers=headers)

    extensions = {"code": "UNAVAILABLE", "requestId": response.headers["x-request-id"]}
    error = {"message": "The database can not be reached. Try again.", "extensions": extensions}
    assert (response.status_code, response.json()) == (503, {"errors": [error]})
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    assert [fault["code"] for fault in _faults(log)] == ["UNAVAILABLE"]


async def test_no_question_and_no_variable_is_in_the_log(live: Live, log: io.StringIO) -> None:
    async with _without(live, "payment_methods", "last4"):
        await live.ask()

    written = log.getvalue()
    (access,) = [json.loads(line) for line in written.splitlines() if json.loads(line)["event"] == "request"]
    assert {**access, "ms": 0, "timestamp": ""} == {
        "event": "request",
        "level": "info",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "ms": 0,
        "request_id": "r-1",
        "timestamp": "",
        "operation": "Account",
        "via": "reference",
        "statements": 10,
        "cost": 8693,
        "faults": 1,
    }
    assert not any(secret in written for secret in ("auditEvents", str(live.ours.account), "eyJ", "example.com"))
