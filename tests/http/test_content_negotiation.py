"""What the headers of a request ask for: the type of the answer and its encoding, weights and all."""

import httpx
import pytest
from asyncpg import Connection

from gateway.http.response import GZIP_IN_THREAD_BYTES, GZIP_MIN_BYTES
from tests import world
from tests.conftest import Client

JSON, GRAPHQL_JSON = "application/json", "application/graphql-response+json"
SCOPES = "{ viewer { scopes } }"
ACCEPTED = {
    "": JSON,
    "*/*": JSON,
    "application/*": JSON,
    JSON: JSON,
    "Application/JSON": JSON,
    GRAPHQL_JSON: GRAPHQL_JSON,
    f"{GRAPHQL_JSON}; charset=utf-8, {JSON}; charset=utf-8": GRAPHQL_JSON,
    f"{JSON}, {GRAPHQL_JSON}": GRAPHQL_JSON,
    f"{JSON};q=0.9, {GRAPHQL_JSON}": GRAPHQL_JSON,
    f"{GRAPHQL_JSON};q=0.9, {JSON}": JSON,
    f"{GRAPHQL_JSON};q=0.9,{JSON};q=0.8": GRAPHQL_JSON,
    f"{GRAPHQL_JSON};q=0.1, */*": JSON,
    f"{GRAPHQL_JSON};q=0, */*": JSON,
    f"{JSON};q=0, {GRAPHQL_JSON};q=0.001": GRAPHQL_JSON,
    f"text/html, {JSON};q=0.5": JSON,
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": JSON,
    f'{JSON}; charset="UTF-8"; q=1.000': JSON,
    f"{JSON}; charset=iso-8859-1, {GRAPHQL_JSON}": GRAPHQL_JSON,
    # As Apollo Client, urql and Apollo's mobile clients send it.
    f"{GRAPHQL_JSON},{JSON};q=0.9": GRAPHQL_JSON,
    f"{GRAPHQL_JSON}, application/graphql+json, {JSON}, text/event-stream, multipart/mixed": GRAPHQL_JSON,
    f"multipart/mixed;deferSpec=20220824, {GRAPHQL_JSON}, {JSON}": GRAPHQL_JSON,
}
NOT_ACCEPTED = [
    "text/html",
    "text/*, image/*",
    f"{JSON};q=0",
    "*/*;q=0",
    f"application/*;q=0, {GRAPHQL_JSON};q=0",
    f"{JSON};q=high",
    f"{JSON};q=2",
    f"{JSON};q=-1",
    f"{JSON};q=nan",
    f"{JSON}; charset=utf-16",
    "application/jsonp",
    "x" * 3_000 + JSON,
]
PACKED = {
    "": False,
    "identity": False,
    "br, deflate": False,
    "gzip;q=0": False,
    "gzip;q=0, *": False,
    "*;q=0": False,
    "gzip": True,
    "GZIP;q=0.1": True,
    "*": True,
    "gzip, deflate, br": True,
    "br;q=1.0, gzip;q=0.8, *;q=0.1": True,
}
PRODUCTS = "{ products(first: 100) { nodes { code name } } }"


async def _post(client: Client, query: str, *headers: tuple[str, str]) -> httpx.Response:
    token = client.token("store", email=None, name=None, scopes=["store:write"])
    given = [("authorization", f"Bearer {token}"), *headers]
    return await client.http.post("/graphql", json={"query": query}, headers=given)


@pytest.mark.parametrize("accept", ACCEPTED)
async def test_the_answer_is_of_the_type_that_the_client_weighs_most(client: Client, accept: str) -> None:
    response = await _post(client, SCOPES, ("accept", accept))

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{ACCEPTED[accept]}; charset=utf-8"


async def test_several_lines_of_a_header_are_one(client: Client) -> None:
    response = await _post(client, SCOPES, ("accept", "text/html"), ("accept", f"{JSON};q=0.1"))

    assert (response.status_code, response.headers["content-type"]) == (200, f"{JSON}; charset=utf-8")


@pytest.mark.parametrize("accept", NOT_ACCEPTED)
async def test_a_client_that_takes_neither_type_is_told_in_json(client: Client, accept: str) -> None:
    response = await _post(client, SCOPES, ("accept", accept))

    sentence = "The answer is application/graphql-response+json or application/json: allow one of them in Accept."
    error = {"message": sentence, "extensions": {"code": "BAD_REQUEST"}}
    assert (response.status_code, response.json()) == (406, {"errors": [error]})
    assert response.headers["content-type"] == f"{JSON}; charset=utf-8"


async def _products(conn: Connection, size: int) -> None:
    """So many bytes of names."""
    for place in range(100):
        await world.product(conn, f"product-{place}", name=f"Product {place} ".ljust(size // 100, "."))


@pytest.mark.parametrize("accept", PACKED)
async def test_a_large_answer_is_packed_for_who_takes_gzip(client: Client, conn: Connection, accept: str) -> None:
    await _products(conn, GZIP_MIN_BYTES)

    plain = await _post(client, PRODUCTS, ("accept-encoding", "identity"))
    response = await _post(client, PRODUCTS, ("accept-encoding", accept))

    assert response.content == plain.content
    assert response.headers.get("content-encoding") == ("gzip" if PACKED[accept] else None)
    assert (int(response.headers["content-length"]) < len(plain.content) / 2) == PACKED[accept]


async def test_a_very_large_answer_is_packed_aside(client: Client, conn: Connection) -> None:
    await _products(conn, GZIP_IN_THREAD_BYTES)

    plain = await _post(client, PRODUCTS, ("accept-encoding", "identity"))
    response = await _post(client, PRODUCTS, ("accept-encoding", "gzip"))

    assert (response.content, response.headers["content-encoding"]) == (plain.content, "gzip")
    assert int(response.headers["content-length"]) < len(plain.content) / 10


async def test_a_small_answer_is_not_packed(client: Client) -> None:
    response = await _post(client, SCOPES, ("accept-encoding", "gzip"))

    assert "content-encoding" not in response.headers
