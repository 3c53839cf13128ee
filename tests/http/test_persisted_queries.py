"""Operations asked for by an identifier: Apollo's automatic persisted queries, and documents of a manifest."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from gateway.http.persisted_queries import PersistedOperations
from gateway.http.request import GraphQLRequest
from gateway.operations.errors import ErrorCode, RequestError
from gateway.operations.executor import DOCUMENT_CACHE_CHARS
from gateway.server.app import create_app
from gateway.settings import Settings
from gateway.startup_errors import StartupError
from tests import world
from tests.conftest import Client

SCOPES = "query Scopes { viewer { scopes } }"
COUNT = "query Count($first: Int) { products(first: $first) { totalCount } }"
TWO = "query One { viewer { scopes } } query Two { products { totalCount } }"
ANSWER = {"data": {"viewer": {"scopes": ["store:write"]}}}
NOT_FOUND = (200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
NOT_SUPPORTED = (200, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
NOT_TRUSTED = (403, "OPERATION_NOT_TRUSTED", "Only operations that were registered in advance are answered here.")
MISMATCH = (400, "BAD_REQUEST", "The identifier is not that of the query: send the SHA-256 of exactly this text.")

Serve = Callable[..., AbstractAsyncContextManager[Client]]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def apq(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}


@pytest.fixture
def serve(conn: asyncpg.Connection, settings: Settings, signing_key: str) -> Serve:
    """Serves an application with these settings."""

    @asynccontextmanager
    async def acquire() -> AsyncIterator[asyncpg.Connection]:
        yield conn

    @asynccontextmanager
    async def serve(**given: Any) -> AsyncIterator[Client]:
        app = create_app(settings.model_copy(update=given), lambda: world.NOW, acquire=acquire)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://licet.test") as http:
            yield Client(http, signing_key)

    return serve


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A manifest of three documents."""
    path = tmp_path / "persisted.json"
    path.write_bytes(orjson.dumps({f"sha256:{sha256(SCOPES)}": SCOPES, sha256(COUNT): COUNT, "5d41402abc": TWO}))
    return path


def _headers(client: Client, **more: str) -> dict[str, str]:
    token = client.token("store", email=None, name=None, scopes=["store:write"])
    given = {"authorization": f"Bearer {token}", "apollo-require-preflight": "1"}
    return given | {name.replace("_", "-"): value for name, value in more.items()}


async def _post(client: Client, **body: Any) -> httpx.Response:
    return await client.http.post("/graphql", json=body, headers=_headers(client))


async def _get(client: Client, *, headers: dict[str, str] | None = None, **params: Any) -> httpx.Response:
    given = {name: value if isinstance(value, str) else orjson.dumps(value).decode() for name, value in params.items()}
    return await client.http.get("/graphql", params=given, headers=_headers(client, **(headers or {})))


def _refused(response: httpx.Response) -> tuple[int, str, str]:
    (error,) = response.json()["errors"]
    assert "data" not in response.json()
    return response.status_code, error["extensions"]["code"], error["message"]


@pytest.mark.parametrize("send", [_post, _get])
async def test_a_client_that_sent_the_text_once_asks_by_the_hash(client: Client, send: Any) -> None:
    unknown = await send(client, extensions=apq(SCOPES))
    first = await send(client, query=SCOPES, extensions=apq(SCOPES))
    again = [await each(client, extensions=apq(SCOPES)) for each in (_post, _get)]
    by_document_id = await send(client, documentId=f"sha256:{sha256(SCOPES)}")

    assert _refused(unknown) == NOT_FOUND
    assert unknown.json()["errors"][0] == {
        "message": "PersistedQueryNotFound",
        "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"},
    }
    answers = [first, *again, by_document_id]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, ANSWER)] * 4


async def test_variables_and_the_name_are_of_the_request_not_of_the_hash(client: Client) -> None:
    await _post(client, query=TWO, operationName="One", extensions=apq(TWO))
    await _post(client, query=COUNT, extensions=apq(COUNT))

    named = await _post(client, operationName="Two", extensions=apq(TWO))
    unnamed = await _post(client, extensions=apq(TWO))
    counted = await _get(client, variables={"first": 1}, extensions=apq(COUNT))
    refused = await _get(client, variables={"first": 0}, extensions=apq(COUNT))

    assert named.json() == counted.json() == {"data": {"products": {"totalCount": 0}}}
    assert _refused(unnamed)[1] == "INVALID_OPERATION"
    assert _refused(refused)[:2] == (400, "BAD_ARGUMENT")


@pytest.mark.parametrize("send", [_post, _get])
async def test_a_text_under_the_hash_of_another_is_refused_and_not_kept(client: Client, send: Any) -> None:
    wrong = [
        await send(client, query=COUNT, extensions=apq(SCOPES)),
        await send(client, query=SCOPES + " ", extensions=apq(SCOPES)),
        await send(client, query=SCOPES, documentId="sha256:" + sha256(SCOPES).upper()),
        await send(client, query=SCOPES, documentId="my-own-name"),
    ]
    await send(client, query=SCOPES, extensions=apq(SCOPES))
    late = await send(client, query=COUNT, extensions=apq(SCOPES))
    unknown = [await send(client, documentId=one) for one in ("my-own-name", "", "sha256:", f"sha256:{sha256(COUNT)}")]

    assert [_refused(response) for response in (*wrong, late)] == [MISMATCH] * 5
    assert [_refused(response) for response in unknown] == [NOT_FOUND] * 4


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"documentId": 1}, '"documentId" must be a string.'),
        ({"documentId": []}, '"documentId" must be a string.'),
        ({"extensions": {"persistedQuery": 1}}, '"persistedQuery" must be an object of version 1.'),
        ({"extensions": {"persistedQuery": {}}}, '"persistedQuery" must be an object of version 1.'),
        (
            {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": sha256(SCOPES)}}},
            '"persistedQuery" must be an object of version 1.',
        ),
        ({"extensions": {"persistedQuery": {"version": 1}}}, '"sha256Hash" must be a string.'),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": [1]}}}, '"sha256Hash" must be a string.'),
    ],
)
async def test_an_identifier_that_is_none_is_a_bad_request(client: Client, body: Any, sentence: str) -> None:
    response = await _post(client, **body)

    assert _refused(response) == (400, "BAD_REQUEST", sentence)


def test_what_clients_sent_last_is_kept_as_far_as_there_is_room() -> None:
    persisted = PersistedOperations({})
    texts = [f"query Q{place} {{ viewer {{ scopes }} }}".ljust(DOCUMENT_CACHE_CHARS // 10) for place in range(11)]
    long = SCOPES.ljust(DOCUMENT_CACHE_CHARS + 1)

    for text in (long, *texts):
        assert persisted.resolve(_sent(text, sha256(text))) == text

    for forgotten in (texts[0], long):
        with pytest.raises(RequestError) as rejected:
            persisted.resolve(_sent(None, sha256(forgotten)))
        assert rejected.value.code is ErrorCode.PERSISTED_QUERY_NOT_FOUND
    assert [persisted.resolve(_sent(None, sha256(text))) for text in texts[1:]] == texts[1:]


def _sent(query: str | None, digest: str) -> GraphQLRequest:
    return GraphQLRequest(query, f"sha256:{digest}", None, {})


async def test_clients_are_told_when_nothing_is_kept_for_them(serve: Serve) -> None:
    async with serve(automatic_persisted_queries=False) as client:
        first = await _post(client, query=SCOPES, extensions=apq(SCOPES))
        again = await _post(client, extensions=apq(SCOPES))

    assert (first.status_code, first.json()) == (200, ANSWER)
    assert _refused(again) == NOT_SUPPORTED


async def test_a_document_of_the_manifest_is_known_from_the_start(serve: Serve, listed: Path) -> None:
    async with serve(trusted_documents=listed) as client:
        answers = [
            await _post(client, documentId=f"sha256:{sha256(SCOPES)}"),
            await _post(client, documentId=sha256(SCOPES), operationName="Scopes"),
            await _get(client, documentId=f"sha256:{sha256(SCOPES)}"),
            await _get(client, extensions=apq(SCOPES)),
            await _post(client, documentId="5d41402abc", operationName="One"),
            await _post(client, query=SCOPES, documentId=sha256(SCOPES)),
            await _post(client, query="{ viewer { scopes } }"),
        ]
        counted = await _post(client, documentId=sha256(COUNT), variables={"first": 1})
        another = await _post(client, query=SCOPES, documentId="5d41402abc")

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, ANSWER)] * 7
    assert counted.json() == {"data": {"products": {"totalCount": 0}}}
    assert _refused(another) == MISMATCH


async def test_only_the_manifest_is_answered_where_it_is_an_allow_list(serve: Serve, listed: Path) -> None:
    async with serve(trusted_documents=listed, trusted_only=True) as client:
        trusted = [
            await _post(client, documentId=f"sha256:{sha256(SCOPES)}"),
            await _get(client, extensions=apq(SCOPES)),
            await _post(client, query=SCOPES, extensions=apq(SCOPES)),
            await _post(client, query=SCOPES),
        ]
        others = [
            await _post(client, query="{ viewer { scopes } }"),
            await _post(client, query=SCOPES + " "),
            await _post(client, query="{ __schema { types { name } } }"),
            await _post(client, query="{ viewer { scopes } }", extensions=apq("{ viewer { scopes } }")),
            await _post(client, extensions=apq("{ viewer { scopes } }")),
            await _get(client, query="{ viewer { scopes } }"),
            await _post(client, documentId="unknown"),
            await _post(client, query="no GraphQL at all"),
        ]

    assert [(answer.status_code, answer.json()) for answer in trusted] == [(200, ANSWER)] * 4
    assert [_refused(response) for response in others] == [NOT_TRUSTED] * 8


@pytest.mark.parametrize(
    "content",
    [
        {f"sha256:{sha256(SCOPES)}": SCOPES},
        {sha256(SCOPES): SCOPES},
        {"acbd18db4cc2f85cedef654fccc4a4d8": SCOPES, sha256(SCOPES): SCOPES},
        {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{"id": sha256(SCOPES), "name": "Scopes", "type": "query", "body": SCOPES}],
        },
    ],
    ids=["graphql-codegen", "bare hashes", "Relay", "Apollo"],
)
async def test_a_manifest_of_every_tool_is_read(serve: Serve, tmp_path: Path, content: Any) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(orjson.dumps(content))

    async with serve(trusted_documents=path) as client:
        response = await _post(client, documentId=f"sha256:{sha256(SCOPES)}")

    assert (response.status_code, response.json()) == (200, ANSWER)


FORMATS = "write {identifier: text}, as graphql-codegen and Relay do, or a manifest of Apollo's"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "LICET_TRUSTED_DOCUMENTS: {path} can not be read (No such file or directory)."),
        (b"", f"LICET_TRUSTED_DOCUMENTS: {{path}} is not JSON: {FORMATS}."),
        (b"[]", f"LICET_TRUSTED_DOCUMENTS: {{path}} holds no operations: {FORMATS}."),
        (b"{}", f"LICET_TRUSTED_DOCUMENTS: {{path}} holds no operations: {FORMATS}."),
        (b'{"a": 1}', f"LICET_TRUSTED_DOCUMENTS: {{path}} holds no operations: {FORMATS}."),
        (
            b'{"format": "apollo-persisted-query-manifest", "operations": 1}',
            f"LICET_TRUSTED_DOCUMENTS: {{path}} holds no operations: {FORMATS}.",
        ),
        (
            orjson.dumps({sha256(SCOPES): SCOPES, f"sha256:{sha256(SCOPES)}": COUNT}),
            f"LICET_TRUSTED_DOCUMENTS: {{path}} has two texts for sha256:{sha256(SCOPES)}.",
        ),
        (
            orjson.dumps({"ok": SCOPES, "a1": "{ viewer { password } }"}),
            "LICET_TRUSTED_DOCUMENTS: a1 is not an operation here: Cannot query field 'password' on type 'Viewer'.",
        ),
        (
            b'{"a2": "fragment All on Viewer { scopes }"}',
            "LICET_TRUSTED_DOCUMENTS: a2 is not an operation here: Fragment 'All' is never used.",
        ),
        (
            b'{"a4": "{ products(first: 101) { totalCount } }"}',
            "LICET_TRUSTED_DOCUMENTS: a4 is not an operation here: first: must be from 1 to 100, 101 was given.",
        ),
        (
            b'{"a3": "{ viewer"}',
            "LICET_TRUSTED_DOCUMENTS: a3 is not an operation here: Syntax Error: Expected Name, found <EOF>.",
        ),
    ],
)
def test_a_manifest_that_can_not_be_served_stops_the_start(
    settings: Settings, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "manifest.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(StartupError) as problem:
        create_app(settings.model_copy(update={"trusted_documents": path}))

    assert str(problem.value) == sentence.replace("{path}", str(path))


async def test_an_answer_to_a_get_by_identifier_is_sent_again_only_when_it_changed(
    client: Client, conn: asyncpg.Connection
) -> None:
    await _post(client, query=COUNT, extensions=apq(COUNT))

    first = await _get(client, extensions=apq(COUNT))
    tag = first.headers["etag"]
    same = await _get(client, extensions=apq(COUNT), headers={"if_none_match": tag})
    listed = await _get(client, extensions=apq(COUNT), headers={"if_none_match": f'"x", {tag.removeprefix("W/")}'})
    anything = await _get(client, extensions=apq(COUNT), headers={"if_none_match": "*"})
    await world.product(conn)
    changed = await _get(client, extensions=apq(COUNT), headers={"if_none_match": tag})

    assert (first.status_code, first.headers["cache-control"]) == (200, "private, no-cache")
    assert first.headers["vary"] == "accept, accept-encoding, authorization"
    kept = [(response.status_code, response.content, response.headers["etag"]) for response in (same, listed, anything)]
    assert kept == [(304, b"", tag)] * 3
    assert (changed.status_code, changed.json()) == (200, {"data": {"products": {"totalCount": 1}}})
    assert changed.headers["etag"] not in ("", tag)


async def test_what_is_not_asked_for_by_identifier_or_not_answered_is_not_to_be_kept(client: Client) -> None:
    await _post(client, query=COUNT, extensions=apq(COUNT))

    responses = [
        await _get(client, query=COUNT),
        await _get(client, query=COUNT, extensions=apq(COUNT)),
        await _get(client, extensions=apq("{ unknown }")),
        await _get(client, extensions=apq(COUNT), variables={"first": 0}),
    ]
    posted = await _post(client, extensions=apq(COUNT))

    told = [(response.headers["cache-control"], "etag" in response.headers) for response in responses]
    assert told == [("no-store", False)] * 4
    assert "etag" not in posted.headers
