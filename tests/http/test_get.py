"""GET, HEAD, OPTIONS, and requests of other sites: which are taken, and what proves that nobody was tricked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from gateway.http.endpoint import MAX_QUERY_STRING_BYTES
from gateway.server.app import CORS_EXPOSED_HEADERS, create_app
from gateway.settings import Settings
from tests import world
from tests.conftest import Client

JSON = "application/json; charset=utf-8"
SCOPES = "{ viewer { scopes } }"
ANSWER = {"data": {"viewer": {"scopes": ["store:write"]}}}
PREFLIGHTED = {"apollo-require-preflight": "1"}
UNREADABLE = "The parameters of the address are not readable: encode them as a form, in UTF-8."


def _token(client: Client) -> str:
    return f"Bearer {client.token('store', email=None, name=None, scopes=['store:write'])}"


async def _get(
    client: Client, params: Any, headers: dict[str, str] | None = None, method: str = "GET"
) -> httpx.Response:
    given = {"authorization": _token(client), **(PREFLIGHTED if headers is None else headers)}
    address = f"/graphql?{params}" if isinstance(params, str) else httpx.URL("/graphql", params=params)
    return await client.http.request(method, address, headers=given)


def _refused(response: httpx.Response) -> tuple[int, str, str]:
    (error,) = response.json()["errors"]
    assert response.headers["content-type"] == JSON
    return response.status_code, error["extensions"]["code"], error["message"]


async def test_a_query_can_be_asked_with_get(client: Client) -> None:
    two = "query One { viewer { scopes } } query Two($first: Int) { products(first: $first) { totalCount } }"
    asked: dict[str, Any] = {"query": two, "operationName": "Two", "variables": '{"first": 1}', "extensions": "{}"}

    response = await _get(client, asked)
    short = await _get(client, {"query": SCOPES, "operationName": "", "variables": "", "utm_source": "unknown"})

    assert (response.status_code, response.json()) == (200, {"data": {"products": {"totalCount": 0}}})
    assert (short.status_code, short.json()) == (200, ANSWER)
    assert short.headers["cache-control"] == "no-store"
    assert short.headers["vary"] == "accept, accept-encoding, authorization"


async def test_head_is_get_without_the_body(client: Client) -> None:
    get = await _get(client, {"query": SCOPES})
    head = await _get(client, {"query": SCOPES}, method="HEAD")

    same = ("content-type", "content-length", "cache-control", "vary")
    assert (head.status_code, head.content) == (200, b"")
    assert [head.headers[name] for name in same] == [get.headers[name] for name in same]


async def test_options_tells_the_methods(client: Client) -> None:
    response = await client.http.options("/graphql")

    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
async def test_another_method_is_a_405(client: Client, method: str) -> None:
    response = await client.http.request(method, "/graphql")

    sentence = f"Send a POST, or a query with GET: {method} is not served here."
    assert _refused(response) == (405, "METHOD_NOT_ALLOWED", sentence)
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize("headers", [{}, {"apollo-require-preflight": ""}, {"content-type": "text/plain; charset=x"}])
async def test_a_get_that_any_page_could_send_is_refused(client: Client, headers: dict[str, str]) -> None:
    response = await _get(client, {"query": SCOPES}, headers)

    sentence = "A GET must carry the header apollo-require-preflight, so that no other site can send it."
    assert _refused(response) == (400, "BAD_REQUEST", sentence)


@pytest.mark.parametrize(
    "headers", [PREFLIGHTED, {"x-apollo-operation-name": "Scopes"}, {"content-type": "application/json"}]
)
async def test_a_get_that_a_browser_asks_about_first_is_taken(client: Client, headers: dict[str, str]) -> None:
    response = await _get(client, {"query": SCOPES}, headers)

    assert (response.status_code, response.json()) == (200, ANSWER)


@pytest.mark.parametrize(
    "type_",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain;" + JSON],
)
async def test_a_post_that_any_page_could_send_is_refused(client: Client, type_: str) -> None:
    headers = {"authorization": _token(client), "content-type": type_, **PREFLIGHTED}

    response = await client.http.post("/graphql", content=orjson.dumps({"query": SCOPES}), headers=headers)

    sentence = "The body must be JSON in UTF-8, with the header Content-Type: application/json."
    assert _refused(response) == (415, "BAD_REQUEST", sentence)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ("", 'The parameters must have the text of the operation as "query".'),
        ("variables={}", 'The parameters must have the text of the operation as "query".'),
        ("query", UNREADABLE),
        ("query=%ff", UNREADABLE),
        ("query=%ed%a0%80", UNREADABLE),
        ("&".join(f"a{place}=1" for place in range(21)), UNREADABLE),
        ("query={a}&query={b}", '"query" is given twice.'),
        ("query={a}&variables={&", UNREADABLE),
        ("query={a}&variables={", '"variables" is not JSON.'),
        ("query={a}&variables=NaN", '"variables" is not JSON.'),
        ("query={a}&variables=[]", '"variables" must be an object.'),
        ("query={a}&variables=1", '"variables" must be an object.'),
        ("query={a}&extensions=%22x%22", '"extensions" must be an object.'),
        ("query={a}&variables=" + "[" * 10_000, '"variables" is not JSON.'),
    ],
)
async def test_parameters_that_are_no_request_are_seen(client: Client, params: str, sentence: str) -> None:
    response = await _get(client, params)

    assert _refused(response) == (400, "BAD_REQUEST", sentence)


async def test_parameters_that_are_too_long_are_a_414(client: Client) -> None:
    fits = f"query={SCOPES}".replace(" ", "+")

    longest = await _get(client, fits.ljust(MAX_QUERY_STRING_BYTES, "+"))
    longer = await _get(client, fits.ljust(MAX_QUERY_STRING_BYTES + 1, "+"))

    assert (longest.status_code, longest.json()) == (200, ANSWER)
    assert _refused(longer) == (414, "BAD_REQUEST", "The parameters are longer than 32768 bytes: send a POST.")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_get_without_a_token_is_a_401(client: Client, statements: list[str], method: str) -> None:
    response = await client.http.request(method, "/graphql", params={"query": SCOPES}, headers=PREFLIGHTED)

    assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Bearer realm="licet"')
    assert statements == []


@pytest.fixture
async def shop(conn: asyncpg.Connection, settings: Settings, signing_key: str) -> AsyncIterator[Client]:
    """A client of an application that a shop's pages may use."""

    @asynccontextmanager
    async def acquire() -> AsyncIterator[asyncpg.Connection]:
        yield conn

    origins = {"cors_origins": ("https://shop.example.com", "http://localhost:5173")}
    app = create_app(settings.model_copy(update=origins), lambda: world.NOW, acquire=acquire)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://licet.test") as http:
        yield Client(http, signing_key)


async def _preflight(client: Client, origin: str) -> httpx.Response:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    return await client.http.options("/graphql", headers={"origin": origin, **asked})


async def _from_page(client: Client, origin: str) -> httpx.Response:
    headers = {"authorization": _token(client), "origin": origin}
    return await client.http.post("/graphql", json={"query": SCOPES}, headers=headers)


async def test_a_page_of_a_listed_origin_may_ask(shop: Client) -> None:
    preflight = await _preflight(shop, "https://shop.example.com")
    answer = await _from_page(shop, "https://shop.example.com")

    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "https://shop.example.com"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in preflight.headers
    assert answer.headers["access-control-allow-origin"] == "https://shop.example.com"
    assert answer.headers["access-control-expose-headers"] == ", ".join(CORS_EXPOSED_HEADERS)
    assert answer.json() == ANSWER


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://shop.example.com.evil.example", "null", "http://shop.example.com"]
)
async def test_a_page_of_another_origin_is_given_no_leave(shop: Client, client: Client, origin: str) -> None:
    answers = [
        *(await _preflight(shop, origin), await _from_page(shop, origin)),
        *(await _preflight(client, origin), await _from_page(client, origin)),
    ]

    assert [answer.headers.get("access-control-allow-origin") for answer in answers] == [None] * 4
