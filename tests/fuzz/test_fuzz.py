"""Half a minute each with every run; a quarter of an hour each with `pytest -m long tests/fuzz`."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from tests.fuzz.requests import Request, raw, requests
from tests.fuzz.target import Target, for_seconds, target

SCHEMA = Path(__file__).parents[2] / "schema" / "schema.graphql"
SECONDS = [pytest.param(30, id="30s"), pytest.param(900, id="900s", marks=pytest.mark.long)]
# A body of a hundred thousand brackets is long to show, should it fail.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
WITHIN = 20.0  # seconds; an answer that takes longer is as bad as none


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target(tmp_path_factory.mktemp("fuzz")) as served:
        yield served


@pytest.fixture
def told(found: Target, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Iterator[None]:
    """What was answered, in a line for whoever watches."""
    found.answers.clear()
    yield
    counted = ", ".join(f"{number} x {status or 'no answer'}" for status, number in sorted(found.answers.items()))
    with capsys.disabled():
        print(f"\n{request.node.name}: {found.answers.total()} requests: {counted}")


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("seconds", SECONDS)
def test_whatever_the_graph_allows_is_answered(found: Target, seconds: float) -> None:
    ids = st.sampled_from(found.ids) | st.text(max_size=20)
    days = st.dates().map(str) | st.just("tomorrow")
    scalars = {
        "ID": ids,
        "Date": days,
        "DateTime": st.datetimes().map(lambda instant: f"{instant.isoformat()}Z") | days,
        "Decimal": st.decimals(allow_nan=False, places=2).map(str) | st.just("NaN"),
        "Currency": st.sampled_from(["EUR", "eur", "€"]),
        "JSON": st.text(max_size=5),
    }
    for name, values in scalars.items():
        schemathesis.graphql.scalar(name, values.map(nodes.String))
    graph = schemathesis.graphql.from_path(SCHEMA)
    headers = {"authorization": f"Bearer {found.token}"}

    def ask(case: Any) -> None:
        answer = case.call(base_url=f"{found.running.origin}/graphql", headers=headers, timeout=WITHIN)
        found.heard(answer.status_code, answer.content, str(case.body).encode())

    assert for_seconds(seconds, graph.as_strategy(), ask) > seconds

    found.is_well()


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("seconds", SECONDS)
def test_whatever_bytes_come_the_process_serves_on(found: Target, seconds: float) -> None:
    address = urlsplit(found.running.origin)

    def send(request: Request) -> None:
        sent = raw(request, f"Bearer {found.token}")
        is_whole = not {"content-length", "expect"} & {name for name, _ in request.headers}
        status, body = exchange((address.hostname or "", address.port or 0), sent, is_whole=is_whole)
        found.heard(status, body, sent)

    assert for_seconds(seconds, requests(), send) > seconds

    found.is_well()


def exchange(address: tuple[str, int], sent: bytes, *, is_whole: bool) -> tuple[int, bytes]:
    """The status, and all that follows it; 0 when the connection was closed without an answer.

    Of a request that promises more than it is, the server is told that no more will come.
    """
    with socket.create_connection(address, timeout=WITHIN) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            # An answer can be on its way before all is sent.
            connection.sendall(sent)
        if not is_whole:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
        received = b""
        with suppress(ConnectionResetError):
            while piece := connection.recv(65_536):
                received += piece
    head = received.split(b" ", 2)
    return (int(head[1]) if len(head) > 2 else 0), received
