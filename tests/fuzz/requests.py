"""Requests of all kinds: nearly good ones, and bytes that are none."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.operations.hostile_documents import HOSTILE_DOCUMENTS
from tests.schema.test_statements import DASHBOARD

DOCUMENTS = [
    DASHBOARD,
    "{ viewer { scopes accounts { id name } } }",
    "query ($id: ID!, $n: Int = 3) { node(id: $id) { id ... on Account { subscriptions(last: $n) { totalCount } } } }",
    "query A { __typename } query B { products { edges { cursor } pageInfo { endCursor } } }",
    "mutation ($input: RenameSubscriptionInput!) { renameSubscription(input: $input) { userErrors { code field } } }",
    "fragment F on Query { viewer { ...G } } fragment G on Viewer { scopes } { ...F @include(if: true) }",
    *(bomb.query for bomb in HOSTILE_DOCUMENTS.values() if len(bomb.query) < 2_000),
]
WORDS = ["{", "}", "(", ")", "[", "]", "...", "@skip", "$", ":", "!", '"', '"""', "\\u0000", "\\ud800", "#", ",", "|"]
MORE_WORDS = ["query", "mutation", "subscription", "fragment", "on", "null", "true", "-0", "1e999", "__schema", "node"]
TEXT = st.text(max_size=40) | st.sampled_from(["", "\0", "\ud800", "\U0001f511" * 20, "x" * 5_000, "acc_", "sub_a_b"])
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**31, -(2**31) - 1, 2**63, 2**64, 0, -1])
JSON: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)
NAMES = ["accept", "accept-encoding", "content-encoding", "content-length", "cookie", "expect", "host", "if-none-match"]
MORE_NAMES = ["origin", "traceparent", "x-forwarded-for", "x-licet-cost", "x-request-id", "x-apollo-operation-name"]
HEADER_TEXT = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=60)
HEADER_VALUES = HEADER_TEXT | st.sampled_from(
    ["*/*", "application/json;q=0", "application/graphql-response+json", "gzip", "identity", "chunked", "100-continue"]
)
CONTENT_TYPES = [
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "multipart/form-data; boundary=x",
]
PATHS = ["/graphql", "/graphql/", "/", "/schema.graphql", "/healthz", "/demo/people", "/demo/sign-in", "/%00", "//x"]


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=list)


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """A document with pieces cut, repeated, swapped or put in."""
    text: str = draw(st.sampled_from(DOCUMENTS))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 60)))
        piece = draw(st.sampled_from([*WORDS, *MORE_WORDS, text[start:end] * 2, text[start:end] * 50, ""]) | TEXT)
        text = text[:start] + piece + text[end:]
    return text


def _dumped(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return repr(value).encode("utf-8", "replace")


BODIES = (
    st.fixed_dictionaries(
        {"query": mangled() | JSON},
        optional={"variables": JSON, "operationName": JSON, "extensions": JSON, "id": TEXT, "documentId": TEXT},
    ).map(_dumped)
    | JSON.map(_dumped)
    | st.binary(max_size=300)
    | st.sampled_from([b"[" * 100_000, b'{"query":' * 50_000, b"\xff\xfe", b"[[]]", b"null", b"NaN", b'"\\ud800"'])
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Half of them POST JSON to /graphql, so that most of what is asked gets beyond the door."""
    if draw(st.booleans()):
        return Request("POST", "/graphql", draw(BODIES), [("content-type", "application/json")])
    method = draw(st.sampled_from(["POST", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "X"]))
    path = draw(st.sampled_from(PATHS) | TEXT.map(lambda text: f"/graphql?query={text}"))
    headers = draw(st.lists(st.tuples(st.sampled_from([*NAMES, *MORE_NAMES]), HEADER_VALUES), max_size=4))
    headers.append(("content-type", draw(st.sampled_from(CONTENT_TYPES) | HEADER_TEXT)))
    return Request(method, path, draw(BODIES), headers)


def raw(request: Request, authorization: str) -> bytes:
    """As it goes over the wire; nothing in it is corrected, and what is said of its length may be wrong."""
    path = "".join(part if part.isascii() and part.isprintable() and part != " " else "%20" for part in request.path)
    lines = [f"{request.method} {path} HTTP/1.1", f"authorization: {authorization}", "connection: close"]
    given = {name for name, _ in request.headers}
    lines += [f"{name}: {value}" for name, value in request.headers]
    lines += ["host: localhost"] if "host" not in given else []
    lines += [f"content-length: {len(request.body)}"] if "content-length" not in given else []
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + request.body
