"""Traces as a collector gets them: real exporter, real HTTP."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from gateway.settings import Settings
from tests.server.live import live

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


@dataclass
class Collector:
    """Takes OTLP over HTTP."""

    url: str
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Any]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def collector() -> Iterator[Collector]:
    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collected.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    collected = Collector(f"http://127.0.0.1:{server.server_port}/v1/traces")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield collected
    server.shutdown()
    server.server_close()
    thread.join()


def attributes(span: Any) -> dict[str, Any]:
    return {pair.key: pair.value.string_value or pair.value.int_value for pair in span.attributes}


async def test_a_trace_goes_on_from_the_caller_through_the_operation_to_the_connection(
    server_url: str, settings: Settings, signing_key: str, collector: Collector
) -> None:
    async with live(server_url, settings, signing_key, traces_url=collector.url) as served:
        served.client.http.headers["traceparent"] = f"00-{TRACE}-{PARENT}-01"
        query = f'query Names {{ account(id: "acc_{served.account}") {{ name }} }}'
        response = await served.client.post(query)

    spans = [span for span in collector.spans() if span.trace_id.hex() == TRACE]
    (request,) = [span for span in spans if span.name == "Names"]
    borrowed = [span for span in spans if span.name == "postgresql"]
    assert request.parent_span_id.hex() == PARENT
    assert {span.parent_span_id for span in borrowed} == {request.span_id}
    assert response.headers["traceparent"] == f"00-{TRACE}-{request.span_id.hex()}-01"
    told = attributes(request)
    via = told.pop("licet.via")
    assert via in ("compiled", "reference")
    assert told == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "graphql.operation.name": "Names",
        "licet.statements": 1,
        "licet.cost": 2,
    }


@pytest.mark.parametrize("carried", ["", "nonsense", f"00-{'0' * 32}-{PARENT}-01", "00-" + "f" * 600])
async def test_a_request_without_a_good_trace_begins_one(
    server_url: str, settings: Settings, signing_key: str, collector: Collector, carried: str
) -> None:
    async with live(server_url, settings, signing_key, traces_url=collector.url) as served:
        response = await served.client.http.get("/schema.graphql", headers={"traceparent": carried})
        ready = await served.client.http.get("/readyz")

    version, trace, span, flags = response.headers["traceparent"].split("-")
    assert (version, len(trace), len(span), int(flags, 16) & 1) == ("00", 32, 16, 1)
    assert [span.name for span in collector.spans() if span.trace_id.hex() == trace] == ["GET"]
    assert "traceparent" not in ready.headers


async def test_nothing_of_a_fault_but_its_code_is_in_a_trace(
    server_url: str, settings: Settings, signing_key: str, collector: Collector
) -> None:
    async with live(server_url, settings, signing_key, traces_url=collector.url) as served:
        await served.admin.execute("ALTER TABLE accounts RENAME COLUMN name TO title")
        response = await served.send(served.names.replace(b"displayName", b"displayName account { name }"))

    assert response.json()["errors"]
    assert b"column" not in b"".join(collector.bodies)
    assert b"SELECT" not in b"".join(collector.bodies)
