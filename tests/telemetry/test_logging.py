"""Log lines: one for each request, tied by an id, without secrets."""

import io
import json
import logging
import tracemalloc
import warnings
from typing import Any

import httpx
import pytest
import structlog
from asyncpg import Connection
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from gateway.telemetry.logging import REQUEST_ID, configure_logging, redact
from gateway.telemetry.request_log import RequestLogMiddleware
from tests import world
from tests.conftest import Client

KEY = "AB3DE-FGH7J-KLMN0-PQRST-UVW9Y"
JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"


def logged(log: io.StringIO) -> list[dict[str, Any]]:
    """The lines so far, without what no test can know beforehand."""
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [{name: value for name, value in line.items() if name not in ("timestamp", "ms")} for line in lines]


async def hello(request: Request) -> Response:
    structlog.get_logger().info("hello")
    return PlainTextResponse(REQUEST_ID.get())


async def fail(request: Request) -> Response:
    raise RuntimeError(f"no such key: {KEY}")


async def fail_halfway(request: Request) -> Response:
    async def pieces() -> Any:
        yield b"half "
        raise RuntimeError("torn")

    return StreamingResponse(pieces())


def client(**options: Any) -> httpx.AsyncClient:
    routes = [Route("/hello", hello), Route("/healthz", hello), Route("/fail", fail), Route("/halfway", fail_halfway)]
    app = Starlette(routes=routes, middleware=[Middleware(RequestLogMiddleware, **options)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_a_request_has_one_line_and_one_id_everywhere(log: io.StringIO) -> None:
    async with client() as caller:
        answer = await caller.get(f"/hello?key={KEY}", headers={"X-Request-Id": "from-outside.1", "Authorization": JWT})

    assert (answer.text, answer.headers["x-request-id"]) == ("from-outside.1", "from-outside.1")
    assert logged(log) == [
        {"event": "hello", "level": "info", "request_id": "from-outside.1"},
        {
            "event": "request",
            "level": "info",
            "request_id": "from-outside.1",
            "method": "GET",
            "path": "/hello",
            "status": 200,
        },
    ]


@pytest.mark.parametrize("sent", ["", "a b", 'quo"te', "x" * 65, "ünicode", KEY, f"check-{KEY.lower()}"])
async def test_an_id_that_is_long_or_odd_or_a_key_is_replaced(log: io.StringIO, sent: str) -> None:
    async with client() as caller:
        answer = await caller.get("/hello", headers={b"X-Request-Id": sent.encode()})

    assert answer.headers["x-request-id"] != sent
    assert len(answer.headers["x-request-id"]) == 32
    assert answer.text == answer.headers["x-request-id"]


async def test_a_fault_is_logged_and_answered_with_its_id_only(log: io.StringIO) -> None:
    async with client() as caller:
        answer = await caller.get("/fail", headers={"X-Request-Id": "1"})

    fault, line = logged(log)
    assert answer.status_code == 500
    assert answer.json() == {
        "errors": [{"message": "Internal error", "extensions": {"code": "INTERNAL", "requestId": "1"}}]
    }
    assert answer.headers["x-request-id"] == "1"
    assert fault["exception"].endswith("RuntimeError: no such key: [licence key]")
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": "1",
        "method": "GET",
        "path": "/fail",
        "status": 500,
    }


async def test_without_access_lines_a_fault_is_told_all_the_same(log: io.StringIO) -> None:
    async with client(access_log=False) as caller:
        answers = [await caller.get("/hello"), await caller.get("/fail")]

    assert [answer.status_code for answer in answers] == [200, 500]
    assert [line["event"] for line in logged(log)] == ["hello", "fault"]


async def test_a_client_that_goes_away_in_its_body_is_no_fault(log: io.StringIO) -> None:
    async def reads(scope: Scope, receive: Receive, _: Send) -> None:
        await Request(scope, receive).body()

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def sink(_: Message) -> None:
        raise AssertionError("nobody is there to answer")

    await RequestLogMiddleware(reads)({"type": "http", "method": "POST", "path": "/", "headers": []}, gone, sink)

    (line,) = logged(log)
    assert (line["event"], line["level"], line["status"]) == ("request", "info", None)


async def test_a_fault_after_half_an_answer_breaks_the_connection(log: io.StringIO) -> None:
    async with client() as caller:
        with pytest.raises(RuntimeError, match="torn"):
            await caller.get("/halfway")

    assert [line["event"] for line in logged(log)] == ["fault", "request"]


async def test_the_line_of_an_operation_tells_how_it_ran_and_nothing_it_said(
    conn: Connection, client: Client, log: io.StringIO
) -> None:
    account = await world.company(conn)
    headers = {"authorization": f"Bearer {client.token('ada')}", "x-request-id": "1"}
    questions = [
        f'query Names {{ account(id: "acc_{account}") {{ name }} }}',
        "query ABCDEFGHIJKLMNOPQRSTUVWXY { viewer { scopes } }",
        "{ viewer { password } }",
    ]

    for question in questions:
        await client.http.post("/graphql", json={"query": question}, headers=headers)

    lines = [line for line in logged(log) if line["event"] == "request"]
    usual = {"event": "request", "level": "info", "request_id": "1", "method": "POST", "path": "/graphql"}
    known, named, refused = ({key: line[key] for key in line if key not in ("via", "trace")} for line in lines)
    assert {line.get("via") for line in lines} <= {"compiled", "reference", None}
    assert known == {**usual, "status": 200, "operation": "Names", "statements": 1, "cost": 2}
    assert named["operation"] == "[licence key]"
    assert refused == {**usual, "status": 200, "code": "INVALID_OPERATION"}


async def test_probes_are_quiet_while_all_is_well(log: io.StringIO) -> None:
    async with client() as caller:
        answer = await caller.get("/healthz")

    assert answer.status_code == 200
    assert [line["event"] for line in logged(log)] == ["hello"]


async def test_a_path_can_not_forge_a_line(log: io.StringIO) -> None:
    async with client() as caller:
        answer = await caller.get("/%0A%7B%22event%22%3A%22forged%22%7D" + "x" * 300)

    assert answer.status_code == 404
    (line,) = logged(log)
    assert line["path"].startswith("/%0A%7B%22event%22%3A%22forged%22%7Dxxx")
    assert len(line["path"]) < 300


@pytest.mark.parametrize("before", [220, 235, 245, 256])
async def test_a_key_where_a_path_is_cut_is_not_shown_in_part(log: io.StringIO, before: int) -> None:
    async with client() as caller:
        await caller.get(f"/{'x' * (before - 2)}/{KEY}")

    (line,) = logged(log)
    assert line["path"] == f"/{'x' * (before - 2)}/[licence key]"[:256]


async def test_long_paths_are_not_remembered(log: io.StringIO) -> None:
    served = RequestLogMiddleware(PlainTextResponse("hello"))

    async def nothing() -> Message:
        return {"type": "http.request"}

    async def sink(_: Message) -> None:
        """Takes the answer."""

    tracemalloc.start()
    for number in range(100):
        path = f"/{number}{'x' * 60_000}"
        await served({"type": "http", "method": "GET", "path": path, "headers": []}, nothing, sink)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(logged(log)) == 100
    assert kept < 1_000_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"register {KEY} now", "register [licence key] now"),
        (f"register {KEY.lower()}", "register [licence key]"),
        (f"register {KEY.replace('-', '')}", "register [licence key]"),
        (f"token {JWT}.", "token [token]"),
        ("Authorization: Bearer opaque-token_1", "Authorization: Bearer [token]"),
        ("authorization: bearer opaque", "authorization: Bearer [token]"),
        ("postgresql://licet:pa55@db:5432/licet", "postgresql://[password]@db:5432/licet"),
        (
            "2026-11-23T22:36:26Z 0123456789abcdef0123456789abcdef",
            "2026-11-23T22:36:26Z 0123456789abcdef0123456789abcdef",
        ),
        ("019a7d5e-2f3c-7b1a-9c8d-0123456789ab", "019a7d5e-2f3c-7b1a-9c8d-0123456789ab"),
        ("http://127.0.0.1:8000/graphql", "http://127.0.0.1:8000/graphql"),
    ],
)
def test_secrets_are_taken_out_of_a_line_and_nothing_else(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_lines_of_libraries_have_the_same_form(log: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").error("bad token %s", JWT)
    logging.getLogger("uvicorn.error").info("Started server process")

    assert logged(log) == [{"event": "bad token [token]", "level": "error"}]


def test_a_terminal_gets_lines_for_people(log: io.StringIO) -> None:
    readable = io.StringIO()
    configure_logging("console", readable)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            raise ValueError(KEY)
        except ValueError:
            structlog.get_logger().exception("fault", who="ada")

    assert "[error    ] fault" in readable.getvalue()
    assert "who=ada" in readable.getvalue()
    assert readable.getvalue().endswith("ValueError: [licence key]\n")
