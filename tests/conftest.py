"""A real PostgreSQL for the whole run, a rolled back connection for each test, and a client signed in as anybody."""

import asyncio
import io
import logging
import os
import signal
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import httpx
import hypothesis
import pytest
import structlog
from asyncpg.connection import LoggedQuery
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from db import embedded_postgres, migrations
from db.changes.payment_methods import PaymentProcessor
from db.license_key_custody.keyring import Keyring
from db.pool import register_codecs
from gateway.demo.payment_processor import DemoProcessor
from gateway.demo.signing import issue_token
from gateway.operations.limits import Limits
from gateway.server.app import create_app
from gateway.settings import Settings
from gateway.telemetry.logging import configure_logging
from tests import world

# Speed is measured in benchmarks: how long an example takes on a busy machine says nothing about it.
hypothesis.settings.register_profile("licet", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("licet")

AUDIENCE = "licet"
# What every client needs of a server: nothing durable, so that tests do not wait for a disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server DATABASE_URL names, or one of our own; LICET_TEST_POSTGRES names other binaries for it."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    named = os.environ.get("LICET_TEST_POSTGRES")
    binaries = Path(named) if named else None
    server = embedded_postgres.start(tmp_path_factory.mktemp("postgres"), settings=FAST, binaries=binaries)
    try:
        yield server.url
    finally:
        server.stop()


@asynccontextmanager
async def scratch_database(server_url: str) -> AsyncIterator[str]:
    """An empty database on the server, dropped afterwards."""
    name = f"licet_test_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(server_url)
    try:
        await admin.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@pytest.fixture
async def empty_database(server_url: str) -> AsyncIterator[str]:
    async with scratch_database(server_url) as url:
        yield url


@pytest.fixture(scope="session")
async def database_url(server_url: str) -> AsyncIterator[str]:
    """The migrated database, without rows, that all rolled back tests share."""
    async with scratch_database(server_url) as url:
        await migrations.upgrade(url)
        yield url


@pytest.fixture(scope="session")
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """As the pool prepares them; one for all, since each would read the catalogue and plan every statement anew."""
    connection = await asyncpg.connect(database_url, server_settings={"timezone": "UTC"})
    await register_codecs(connection)
    yield connection
    await connection.close()


@pytest.fixture
async def conn(connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """That connection, in a transaction that is rolled back."""
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()


@pytest.fixture
def statements(conn: asyncpg.Connection) -> Iterator[list[str]]:
    """Every statement that the connection runs from now on."""
    sent: list[str] = []

    def note(query: LoggedQuery) -> None:
        sent.append(query.query)

    with conn.query_logger(note):
        yield sent


@pytest.fixture(scope="session")
def keyring(settings: Settings) -> Keyring:
    return settings.keyring()


@pytest.fixture(scope="session")
def signing_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


@pytest.fixture(scope="session")
def settings(signing_key: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    private = serialization.load_pem_private_key(signing_key.encode(), None)
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    given: dict[str, Any] = {
        "database_url": "postgresql://nobody@127.0.0.1:1/none",
        # A test may ask a thousand things at once.
        "limits": Limits(capacity=1_000_000_000, restore=1_000_000_000),
        "token_issuer": world.ISSUER,
        "token_audience": AUDIENCE,
        "token_public_key": private.public_key().public_bytes(encoding, form).decode(),
        "lookup_secrets": f"l1:{'x' * 32}",
        "encryption_secrets": f"e1:{b64encode(b'y' * 32).decode()}",
        "data_dir": tmp_path_factory.mktemp("data"),
        "compiled": os.environ.get("LICET_TEST_COMPILED", "true"),
    }
    return Settings(**given)


class Client:
    """Asks the application over HTTP, as the person with this subject."""

    def __init__(self, http: httpx.AsyncClient, signing_key: str, issuer: str = world.ISSUER) -> None:
        self.http = http
        self._signing_key = signing_key
        self._issuer = issuer
        self._tokens: dict[tuple[str, str], str] = {}

    def token(self, subject: str, **claims: Any) -> str:
        """The same token each time for the same person and claims, as a client that signed in once has it."""
        key = (subject, repr(sorted(claims.items())))
        if key not in self._tokens:
            given = {"email": f"{subject}@example.com", "name": subject.title(), **claims}
            self._tokens[key] = issue_token(
                self._signing_key,
                issuer=self._issuer,
                audience=AUDIENCE,
                subject=subject,
                now=world.NOW,
                lifetime=timedelta(hours=1),
                **given,
            )
        return self._tokens[key]

    async def post(
        self, query: str, variables: dict[str, Any] | None = None, *, to: str = "ada", **claims: Any
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token(to, **claims)}"}
        response = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        # asyncpg tells its query loggers one turn of the loop later.
        await asyncio.sleep(0)
        return response

    async def ask(self, query: str, variables: dict[str, Any] | None = None, *, to: str = "ada", **claims: Any) -> Any:
        """The data of an answer that has no errors."""
        response = await self.post(query, variables, to=to, **claims)
        body = response.json()
        assert (response.status_code, body.get("errors")) == (200, None), body
        return body["data"]


@asynccontextmanager
async def asking(
    conn: asyncpg.Connection, settings: Settings, signing_key: str, processor: PaymentProcessor | None
) -> AsyncIterator[Client]:
    """A client of an application that works on this connection."""

    @asynccontextmanager
    async def acquire() -> AsyncIterator[asyncpg.Connection]:
        yield conn

    app = create_app(settings, now, acquire=acquire, processor=processor)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://licet.test") as http:
        yield Client(http, signing_key)


def now() -> datetime:
    return world.NOW.astimezone(UTC)


@pytest.fixture
async def client(conn: asyncpg.Connection, settings: Settings, signing_key: str) -> AsyncIterator[Client]:
    async with asking(conn, settings, signing_key, DemoProcessor(now)) as client:
        yield client


@pytest.fixture
async def client_of_resolvers(conn: asyncpg.Connection, settings: Settings, signing_key: str) -> AsyncIterator[Client]:
    """A client of an application that compiles nothing."""
    uncompiled = settings.model_copy(update={"compiled": False})
    async with asking(conn, uncompiled, signing_key, DemoProcessor(now)) as client:
        yield client


@pytest.fixture
async def client_without_processor(
    conn: asyncpg.Connection, settings: Settings, signing_key: str
) -> AsyncIterator[Client]:
    async with asking(conn, settings, signing_key, None) as client:
        yield client


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Whoever starts the run in the background may have Ctrl-C ignored, for it and all that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """As the service writes them: with local variables, as structlog would, one takes seconds."""
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], console])


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Where the log goes, as JSON; logging is put back afterwards."""
    root, configured = logging.getLogger(), structlog.get_config()
    before = (root.handlers[:], root.level)
    written = io.StringIO()
    configure_logging("json", written)
    yield written
    root.handlers[:], root.level = before[0], before[1]
    structlog.configure(**configured)
