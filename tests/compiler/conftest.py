"""One database of rows that are hard to show, and both ways to ask for them."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from db import migrations
from db.pool import register_codecs
from gateway.operations.executor import OperationExecutor, OperationRequest, RequestContext
from gateway.operations.limits import Limits
from gateway.operations.result import GraphQLResult
from gateway.operations.validation import DocumentValidator
from gateway.settings import Settings
from gateway.telemetry.request_log import RequestStats
from schema.context import Services, Viewer
from schema.query import schema
from tests import world
from tests.compiler import rows
from tests.conftest import scratch_database

OPERATIONS = Path(__file__).parent / "operations"
IDS = rows.ids()
# Everybody asks everything, and one after the other.
VALIDATOR = DocumentValidator(Limits(capacity=1_000_000_000, restore=1_000_000_000), introspection=True)


def names() -> list[str]:
    return sorted(path.stem for path in OPERATIONS.glob("*.graphql"))


def operation_request(name: str) -> OperationRequest:
    """An operation of the corpus: its first line may be a comment with its variables; @name is an id, @@name a UUID."""
    text = (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")
    filled = re.sub(r"@@(\w+)", lambda match: str(rows.ROWS[match[1]]), text)
    filled = re.sub(r"@(\w+)", lambda match: IDS.get(match[1], match[0]), filled)
    first, _, _ = filled.partition("\n")
    return OperationRequest(filled, variables=json.loads(first[1:]) if first.startswith("#") else {})


class OnePath:
    """Asks on one connection, as anybody, by one path."""

    def __init__(self, conn: asyncpg.Connection, services: Services, *, compiled: bool) -> None:
        self.executor = OperationExecutor(schema._schema, VALIDATOR, compiled=compiled)
        self._conn = conn
        self._services = services

    async def answer(self, request: OperationRequest, viewer: Viewer) -> GraphQLResult:
        return await self.executor.execute(
            request, RequestContext(viewer, world.NOW, self.acquire, self._services, RequestStats())
        )

    async def ask(self, request: OperationRequest, viewer: Viewer) -> Any:
        """The answer's JSON as text, which has the order of the fields in it."""
        answer = await self.answer(request, viewer)
        body = json.loads(answer.body) if isinstance(answer.body, bytes) else answer.body
        return json.dumps(body, indent=1, ensure_ascii=False, default=str)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[asyncpg.Connection]:
        # A savepoint, where a test has begun a transaction: a statement that fails does not end it.
        async with self._conn.transaction() if self._conn.is_in_transaction() else nullcontext():
            yield self._conn


@pytest.fixture(scope="session")
async def hard_rows(server_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database of its own, whose rows are read only."""
    async with scratch_database(server_url) as url:
        await migrations.upgrade(url)
        conn = await asyncpg.connect(url, server_settings={"timezone": "UTC", "jit": "off"})
        await register_codecs(conn)
        await rows.insert(conn)
        yield conn
        await conn.close()


@pytest.fixture(scope="session")
def services(settings: Settings) -> Services:
    return Services(settings.keyring(), settings.attempt_limits(), None)


@pytest.fixture(scope="session")
def by_statement(hard_rows: asyncpg.Connection, services: Services) -> OnePath:
    return OnePath(hard_rows, services, compiled=True)


@pytest.fixture(scope="session")
def by_resolvers(hard_rows: asyncpg.Connection, services: Services) -> OnePath:
    return OnePath(hard_rows, services, compiled=False)
