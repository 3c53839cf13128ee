"""The benchmark's own promises: its questions are valid, and whoever runs in Python answers them alike."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from asyncpg.connection import LoggedQuery
from graphql import FieldNode, InlineFragmentNode, SelectionSetNode, parse, validate
from graphql.language import OperationDefinitionNode
from pydantic import SecretStr
from starlette.types import ASGIApp

from gateway.server.app import create_app
from gateway.settings import Settings
from schema.query import schema
from tests.bench import chart, credentials, database, pgbench, results
from tests.bench.answers import TooSlow, check, difference, plain
from tests.bench.contenders import CONTENDERS
from tests.bench.credentials import Credentials
from tests.bench.database import Amount, World
from tests.bench.errors import BenchmarkError
from tests.bench.limit import Limit
from tests.bench.load import Load
from tests.bench.questions import DIRECTORY, Dialect, Question, questions
from tests.bench.rounds import Measurement, Round
from tests.bench.servers import Served
from tests.bench.stock.app import create_app as create_stock_app
from tests.conftest import scratch_database

OPERATIONS = sorted(path.name for path in DIRECTORY.iterdir())


def ignore(done: int, total: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="module")
async def world(server_url: str) -> AsyncIterator[World]:
    """A few small accounts, with the peers' views."""
    async with scratch_database(server_url) as url:
        await database.fill(url, Amount(3, 12, large_account=False), ignore, wide=(2, 20))
        found = await database.survey(url)
        # Of the accounts here, the largest takes the place of the large one.
        yield World(found.url, found.ordinary, found.wide, found.wide[0])


@pytest.fixture(scope="module")
def credential() -> Credentials:
    return credentials.issue()


def ours(world: World, credential: Credentials) -> ASGIApp:
    given = {name.removeprefix("LICET_").lower(): value for name, value in credential.settings.items()}
    return create_app(Settings(database_url=SecretStr(world.url), **given))  # type: ignore[arg-type]


@asynccontextmanager
async def alive(app: ASGIApp) -> AsyncIterator[None]:
    """Between the start and the end of its lifespan."""
    told, said = asyncio.Queue[MutableMapping[str, Any]](), asyncio.Queue[MutableMapping[str, Any]]()
    life = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}}, told.get, said.put))
    await told.put({"type": "lifespan.startup"})
    await said.get()
    yield
    await told.put({"type": "lifespan.shutdown"})
    await life


async def answered(app: ASGIApp, asked: list[Question], credential: Credentials, path: str = "/graphql") -> list[Any]:
    """The data of every answer, in one form for all."""
    headers = {"authorization": f"Bearer {credential.token()}", "content-type": "application/json"}
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench.test", headers=headers)
    async with alive(app), client:
        bodies = [body for question in asked for body in question.bodies("graph")]
        responses = [(await client.post(path, content=body)).json() for body in bodies]
    return [plain(response["data"]) for response in responses if "errors" not in response]


def document(operation: str, dialect: Dialect) -> str:
    return (DIRECTORY / operation / f"{dialect}.graphql").read_text()


def selected(selections: SelectionSetNode, above: str = "") -> Iterator[str]:
    """The path of every leaf in the answer; fragments add nothing to it."""
    for node in selections.selections:
        assert isinstance(node, FieldNode | InlineFragmentNode)
        name = (node.alias or node.name).value if isinstance(node, FieldNode) else ""
        place = f"{above}.{name.replace('__', '.')}".rstrip(".")
        if node.selection_set:
            yield from selected(node.selection_set, place)
        else:
            yield place


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_question_is_valid_in_the_graph(operation: str) -> None:
    asked = parse(document(operation, "graph"))

    assert validate(schema._schema, asked) == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_postgraphile_is_asked_for_the_same_fields(operation: str) -> None:
    graph, peer = (parse(document(operation, dialect)).definitions[0] for dialect in ("graph", "postgraphile"))

    assert isinstance(graph, OperationDefinitionNode)
    assert isinstance(peer, OperationDefinitionNode)
    assert sorted(selected(graph.selection_set)) == sorted(selected(peer.selection_set))


async def test_the_stock_application_and_the_hand_written_statements_answer_the_same(
    world: World, credential: Credentials
) -> None:
    asked = [replace(question, asked=question.asked[:3]) for question in questions(world)]

    expected = await answered(ours(world, credential), asked, credential)

    assert len(expected) == sum(len(question.asked) for question in asked)
    assert {question.operation.lower() for question in asked} == set(OPERATIONS)
    assert difference(expected, await answered(Limit(world.url, 2), asked, credential)) is None
    assert difference(expected, await answered(create_stock_app(world.url, 2), asked, credential, "/graphql/")) is None


def test_a_difference_is_told_by_its_place() -> None:
    one = plain({"seats__used": 1, "nodes": [{"at": "2026-01-01T00:00:00.000Z"}, {"at": None}]})
    other = plain({"seats": {"used": 1}, "nodes": [{"at": "2026-01-01T00:00:00+00:00"}, {"at": "x"}]})

    assert difference(one, other) == "data.nodes[1].at"


def test_pgbench_gets_what_was_recorded_with_the_keys_own_values_as_variables() -> None:
    owner, made = uuid4(), uuid4()
    recorded = [
        _logged("BEGIN;"),
        _logged("SELECT to_char(x, 'HH24:MI') FROM t WHERE a = $1 AND b = ANY ($2) AND c = $3", owner, [b"\x01"], None),
        _logged("INSERT INTO t VALUES ($2, $1, $3)", {"by": f"{owner}"}, made, "it's"),
    ]

    script = pgbench.script(recorded, {"owner": owner, "digest": b"\x01"}, clients=4)

    assert script.text.splitlines()[2:] == [
        "SELECT owner, digest, gen_random_uuid() AS made_0 FROM bench.keys WHERE position = :row",
        "\\gset",
        "BEGIN;",
        (
            "SELECT to_char(x, 'HH24' || ':' || 'MI') FROM t WHERE a = ((:owner)::uuid)"
            " AND b = ANY ((ARRAY[(:digest)::bytea])) AND c = (NULL);"
        ),
        (
            "INSERT INTO t VALUES (((:made_0)::uuid),"
            """ (('{"by"' || ':' || '"' || (:owner)::text || '"}')::jsonb), (('it\'\'s')::text));"""
        ),
    ]


def _logged(query: str, *arguments: Any) -> LoggedQuery:
    return LoggedQuery(query, arguments, None, 0.0, None, ("127.0.0.1", 0), None)  # type: ignore[arg-type]


def test_the_chart_and_the_table_compare_round_by_round() -> None:
    question = Question("tiny", "one & the same", "Tiny", 1, ())
    quick, slow = (
        Measurement("tiny", name, [Round(Load(requests, 2.0, 1.0, 2.0), 1.0, 0.5) for requests in rates], 50_000_000)
        for name, rates in (("compiled", (400, 100, 300)), ("limit", (800, 100, 300)))
    )

    other = replace(question, name="large")

    drawn = re.findall(">([^<]+)</text>", chart.draw([(question, [quick, slow]), (other, [slow])]))
    table = results.markdown([(question, [quick, slow])])

    assert drawn == ["tiny: one &amp; the same", "Licet", "150/s", "hand-written SQL", "150/s"]
    assert table.splitlines()[-1] == "| tiny | 150 | 150 (×1.00) |"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"errors":[{"message":"This took too long.","extensions":{"code":"TIMEOUT"}}]}', TooSlow),
        (b'{"errors":[{"message":"No such field."}]}', BenchmarkError),
        (b'{"data":{"account":null},"errors":[{"message":"Internal error"}]}', BenchmarkError),
    ],
)
async def test_whoever_takes_too_long_is_told_from_whoever_answers_wrongly(
    body: bytes, kind: type[BenchmarkError]
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        served = Served(CONTENDERS[0], (server.sockets[0].getsockname()[1],), ())
        with pytest.raises(BenchmarkError) as raised:
            await check(Question("tiny", "one", "Tiny", 1, ({"id": "sub_1_2"},)), served, "token", [])

    assert type(raised.value) is kind
