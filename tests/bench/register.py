"""The change that is measured: a licence key registered, by our server and by pgbench with the same statements."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import httpx
import orjson
from asyncpg.connection import LoggedQuery
from pydantic import SecretStr
from structlog.testing import capture_logs

from db.pool import register_codecs
from gateway.server.app import create_app
from gateway.settings import Settings
from tests.bench import keys, load, pgbench, servers
from tests.bench.contenders import Contender
from tests.bench.credentials import Credentials
from tests.bench.errors import BenchmarkError
from tests.bench.keys import OWNERS, Key
from tests.bench.load import Load
from tests.bench.questions import DIRECTORY, Question
from tests.bench.rounds import Bench, Measurement
from tests.bench.servers import PROCESSES, Served

QUESTION = Question("register", "a licence key, beside pgbench with the same statements", "Register", 8, ())
CLIENTS = PROCESSES * QUESTION.connections
# More than anybody registers in a second.
KEYS_A_SECOND = 1500
# Each call comes from an address of its own, as it would through a proxy; nobody runs out of tries.
SETTINGS = {"LICET_TRUSTED_PROXIES": "127.0.0.1", "LICET_KEY_ATTEMPTS_PER_USER": "1000000"}
DOCUMENT = " ".join((DIRECTORY.parent / "register.graphql").read_text().split())


def body(key: Key) -> bytes:
    given = {"accountId": f"acc_{key.account_id}", "key": key.text}
    return orjson.dumps({"query": DOCUMENT, "operationName": "Register", "variables": {"input": given}})


async def measure(
    bench: Bench, contender: Contender, url: str, credential: Credentials, installed: Path
) -> list[Measurement]:
    """Ours first, then pgbench. Raises BenchmarkError when a key was not registered."""
    settings = {**credential.settings, **SETTINGS}
    share = int(KEYS_A_SECOND * bench.plan.seconds)
    conn = await asyncpg.connect(url)
    await register_codecs(conn)
    try:
        ours = await keys.issue(conn, share * (bench.plan.rounds + 1), "A")
        theirs = await keys.issue(conn, share * (bench.plan.rounds + 1), "B")
        await _store(conn, theirs)
        seen = await keys.issue(conn, 2 * OWNERS, "C")
        script = pgbench.script(await record(url, settings, credential, seen), seen[OWNERS].known(), CLIENTS)
        with servers.serving(contender, url, settings, installed, bench.scratch) as served:
            run = Registration(bench, served, credential, conn, url, ours, share, script)
            return await run.measure()
    finally:
        await conn.close()


class Registration:
    """Turns of our server and of pgbench, each with keys that nobody has taken."""

    def __init__(
        self,
        bench: Bench,
        served: Served,
        credential: Credentials,
        conn: asyncpg.Connection,
        url: str,
        ours: Sequence[Key],
        share: int,
        script: pgbench.Script,
    ) -> None:
        self._bench, self._served, self._conn, self._url = bench, served, conn, url
        self._ours, self._share, self._script = ours, share, script
        self._tokens = {key.subject: credential.token(key.subject) for key in ours[:OWNERS]}

    async def measure(self) -> list[Measurement]:
        ours = Measurement(QUESTION.name, self._served.contender.name)
        limit = Measurement(QUESTION.name, "pgbench")
        turns = [(ours, self._serve, "A"), (limit, self._pgbench, "B")]
        for number in range(self._bench.plan.rounds + 1):
            for measurement, turn, series in turns[:: 1 if number % 2 == 0 else -1]:
                self._bench.tell(f"{QUESTION.name}: round {number} of {self._bench.plan.rounds}")
                before = await self._registered(series)
                done = self._bench.round(self._served.pids, partial(turn, number))
                if (registered := await self._registered(series) - before) < done.load.requests:
                    raise BenchmarkError(f"Of {done.load.requests} keys {registered} were registered.")
                # The first is to warm up.
                if number:
                    measurement.rounds.append(done)
        return [ours, limit]

    def _serve(self, number: int) -> Load:
        mine = self._ours[number * self._share : (number + 1) * self._share]
        requests = [
            load.write_requests(
                self._bench.scratch / f"register-{process}.requests",
                self._served.contender.path,
                ((self._tokens[key.subject], key.address, body(key)) for key in mine[process::PROCESSES]),
            )
            for process in range(PROCESSES)
        ]
        return load.run(self._served, requests, QUESTION.connections, self._bench.plan.seconds)

    def _pgbench(self, number: int) -> Load:
        return pgbench.run(self._url, self._script, CLIENTS, self._bench.plan.seconds, number * self._share)

    async def _registered(self, series: str) -> int:
        found: int = await self._conn.fetchval(
            "SELECT count(*) FROM subscriptions WHERE number LIKE $1", f"{series}-%", timeout=60
        )
        return found


async def record(
    url: str, settings: Mapping[str, str], credential: Credentials, seen: Sequence[Key]
) -> list[LoggedQuery]:
    """What the registration of `seen[OWNERS]` sends to PostgreSQL; that of `seen[0]` makes its owner known."""
    given = {name.removeprefix("LICET_").lower(): value for name, value in settings.items()}
    conn = await asyncpg.connect(url, server_settings={"timezone": "UTC"})
    await register_codecs(conn)

    @asynccontextmanager
    async def acquire() -> AsyncIterator[asyncpg.Connection]:
        yield conn

    app = create_app(Settings(database_url=SecretStr(url), **given), acquire=acquire)  # type: ignore[arg-type]
    sent: list[LoggedQuery] = []
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench.test")
    async with client, AsyncExitStack() as quiet:
        quiet.enter_context(capture_logs())
        for key in (seen[0], seen[OWNERS]):
            sent.clear()
            with conn.query_logger(sent.append):
                response = await client.post("/graphql", content=body(key), headers=_headers(key, credential))
            if not response.json().get("data", {}).get("registerLicenseKey", {}).get("licenseKey"):
                raise BenchmarkError(f"A key is not registered: {response.text[:500]}")
    await conn.close()
    return sent


def _headers(key: Key, credential: Credentials) -> dict[str, str]:
    return {
        "authorization": f"Bearer {credential.token(key.subject)}",
        "content-type": "application/json",
        "x-forwarded-for": key.address,
    }


async def _store(conn: asyncpg.Connection, waiting: Sequence[Key]) -> None:
    """The keys for pgbench, everything as text."""
    names = list(waiting[0].known())
    columns = ", ".join(f"{name} text" for name in names)
    await conn.execute(f"CREATE TABLE {pgbench.TABLE} (position int PRIMARY KEY, {columns})")
    rows = [(position, *map(_as_text, key.known().values())) for position, key in enumerate(waiting)]
    schema, table = pgbench.TABLE.split(".")
    await conn.copy_records_to_table(table, schema_name=schema, records=rows, columns=["position", *names])
    await conn.execute(f"ANALYZE {pgbench.TABLE}")


def _as_text(value: object) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
