"""GraphQL over HTTP, and the other addresses: what is taken, what is refused, in which words and headers."""

import gzip
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest

from gateway.demo.signing import issue_token
from gateway.operations.limits import Limits
from schema.query import schema
from tests import world
from tests.conftest import AUDIENCE, Client

JSON, GRAPHQL_JSON = "application/json", "application/graphql-response+json"
QUESTION = b'{"query": "{ viewer { scopes } }"}'
ASKED: dict[str, Any] = orjson.loads(QUESTION)
ANSWER = {"data": {"viewer": {"scopes": ["store:write"]}}}
NOT_JSON = [
    b"",
    b" ",
    b"{",
    b"{}{}",
    b"query { viewer { scopes } }",
    QUESTION + b"x",
    b'{"query": NaN}',
    b'{"query": "{ viewer { scopes } }", "variables": {"x": NaN}}',
    b'{"query": "{ viewer { scopes } }", "variables": {"x": Infinity}}',
    b'{"query": "{ viewer { scopes } }", "variables": {"x": 1e999}}',
    b'{"query": "\xff"}',
    b'{"query": "\xed\xa0\x80"}',
    b'{"query": "\\ud800"}',
    b'{"query": "{ viewer { scopes } }", "variables": {"x": "\\udfff\\ud800"}}',
    b'{"query": "a\nb"}',
    b"\xef\xbb\xbf" + QUESTION,
    QUESTION.decode().encode("utf-16"),
    QUESTION.decode().encode("utf-32"),
    b"\x00",
    b"[" * 100_000,
    b"[" * 100_000 + b"]" * 100_000,
    gzip.compress(QUESTION),
    b'{"query": "{ viewer { scopes } }", "variables": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
]
QUERY = 'The body must be a JSON object with the text of the operation as "query".'
NO_OBJECTS: list[Any] = [None, True, 1, -1.5, "x", "{ viewer { scopes } }"]
BATCH = "Batches are not taken: send each operation in a request of its own."
NO_MEMBERS: dict[str, tuple[str, list[Any]]] = {
    "query": (QUERY, [None, True, 1, [], {}, ["{ viewer { scopes } }"]]),
    "operationName": ('"operationName" must be a string.', [1, True, [], {}]),
    "variables": ('"variables" must be an object.', [1, True, "{}", [], [{}]]),
    "extensions": ('"extensions" must be an object.', [1, True, "{}", []]),
}
NO_REQUEST: list[tuple[Any, str]] = [
    *(([ASKED] * operations, BATCH) for operations in (0, 1, 2, 11)),
    ([{}], BATCH),
    *((body, QUERY) for body in (*NO_OBJECTS, {}, {"Query": "{ viewer { scopes } }"}, {"variables": {}})),
    *((ASKED | {name: value}, sentence) for name, (sentence, values) in NO_MEMBERS.items() for value in values),
]


async def _post(client: Client, content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    """Posts a body as a service token, which needs nothing from the database."""
    token = client.token("store", email=None, name=None, scopes=["store:write"])
    given = {"authorization": f"Bearer {token}", "content-type": JSON}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.http.post("/graphql", content=content, headers=given)


def _answered(media_type: str = JSON) -> tuple[int, str, Any]:
    return 200, f"{media_type}; charset=utf-8", ANSWER


def _seen(response: httpx.Response) -> tuple[int, str, Any]:
    return response.status_code, response.headers["content-type"], response.json()


def _bad_request(status: int, sentence: str) -> tuple[int, str, Any]:
    error = {"message": sentence, "extensions": {"code": "BAD_REQUEST"}}
    return status, f"{JSON}; charset=utf-8", {"errors": [error]}


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
@pytest.mark.parametrize(
    ("authorization", "sentence"),
    [
        (None, "The Authorization header is missing."),
        ("", "The Authorization header is missing."),
        ("Basic YTpi", "The Authorization header must use the Bearer scheme."),
        ("Bearer", "The token is malformed, or longer than 8192 characters."),
        ("Bearer nonsense", "The token is malformed, or longer than 8192 characters."),
        ("Bearer a.b.c", "The token is malformed, or signed with an algorithm that is not accepted."),
    ],
)
async def test_a_request_without_a_good_token_is_a_401(
    client: Client, statements: list[str], authorization: str | None, sentence: str, accept: str
) -> None:
    headers = {"accept": accept, "content-type": "text/plain"}
    if authorization is not None:
        headers["authorization"] = authorization

    response = await client.http.post("/graphql", content=b"not even JSON", headers=headers)

    error = {"message": sentence, "extensions": {"code": "UNAUTHENTICATED"}}
    assert _seen(response) == (401, f"{accept}; charset=utf-8", {"errors": [error]})
    assert response.headers["www-authenticate"] == 'Bearer realm="licet"'
    assert statements == []


async def test_a_token_that_has_expired_is_a_401(client: Client, signing_key: str, statements: list[str]) -> None:
    token = issue_token(
        signing_key,
        issuer=world.ISSUER,
        audience=AUDIENCE,
        subject="ada",
        email="ada@example.com",
        now=world.NOW - timedelta(hours=1),
        lifetime=timedelta(hours=1),
    )

    response = await client.http.post("/graphql", content=QUESTION, headers={"authorization": f"Bearer {token}"})

    error = {"message": "The token has expired.", "extensions": {"code": "UNAUTHENTICATED"}}
    assert (response.status_code, response.json()) == (401, {"errors": [error]})
    assert statements == []


async def test_json_in_utf_8_is_taken(client: Client) -> None:
    given = [JSON, "Application/JSON", f"{JSON}; charset=utf-8", f'{JSON};charset="UTF-8"', f"{JSON} ; charset=utf8"]

    seen = {content_type: await _post(client, QUESTION, content_type=content_type) for content_type in given}

    assert {type_: _seen(response) for type_, response in seen.items()} == dict.fromkeys(given, _answered())


async def test_another_content_type_is_a_415(client: Client) -> None:
    given = [
        *("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
        *("application/graphql", GRAPHQL_JSON, f"{JSON}x", f"{JSON}; charset=utf-16", f"{JSON}; charset=iso-8859-1"),
    ]

    seen = {content_type: await _post(client, QUESTION, content_type=content_type) for content_type in given}

    sentence = "The body must be JSON in UTF-8, with the header Content-Type: application/json."
    refused = _bad_request(415, sentence)
    assert {type_: _seen(response) for type_, response in seen.items()} == dict.fromkeys(given, refused)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, identity"])
async def test_a_packed_body_is_not_unpacked(client: Client, encoding: str) -> None:
    response = await _post(client, gzip.compress(b" " * 10_000_000), content_encoding=encoding)
    plain = await _post(client, QUESTION, content_encoding="identity")

    sentence = "The body must be JSON in UTF-8, with the header Content-Type: application/json."
    assert _seen(response) == _bad_request(415, sentence)
    assert _seen(plain) == _answered()


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_that_is_too_large_is_a_413(client: Client, chunked: bool) -> None:
    async def pieces(content: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]

    largest, larger = QUESTION.ljust(Limits().body), QUESTION.ljust(Limits().body + 1)

    good = await _post(client, pieces(largest) if chunked else largest)
    bad = await _post(client, pieces(larger) if chunked else larger)

    assert (good.status_code, good.json()) == (200, ANSWER)
    assert _seen(bad) == _bad_request(413, "The body is larger than 1048576 bytes.")


async def test_what_is_not_json_is_seen(client: Client) -> None:
    seen = [(body[:60], _seen(await _post(client, body))) for body in NOT_JSON]

    refused = _bad_request(400, "The body is not JSON.")
    assert seen == [(body[:60], refused) for body in NOT_JSON]


async def test_json_that_is_no_request_is_seen(client: Client) -> None:
    seen = [(body, _seen(await _post(client, orjson.dumps(body)))) for body, _ in NO_REQUEST]

    assert seen == [(body, _bad_request(400, sentence)) for body, sentence in NO_REQUEST]


async def test_a_member_that_is_given_twice_is_not_chosen_from(client: Client) -> None:
    twice = {
        "query": b'{"query": "{ viewer { scopes } }", "query": "{ viewer { scopes } }"}',
        "variables": b'{"variables": {}, "query": "{ viewer { scopes } }", "variables": {}}',
        "operationName": b'{"operationName": "A", "query": "{ viewer { scopes } }", "operation\\u004eame": "B"}',
        "extensions": b'{"extensions": {}, "query": "{ viewer { scopes } }", "e\\u0078tensions": null}',
    }
    once = (
        b'{"query": "query($query: [ID]) { viewer { scopes } }", "variables": {"variables": {}, "query": ["\\u0041"]}}'
    )

    seen = {name: _seen(await _post(client, body)) for name, body in twice.items()}
    good = await _post(client, once.replace(b"($query: [ID])", b""))

    assert seen == {name: _bad_request(400, f'"{name}" is given twice.') for name in twice}
    assert _seen(good) == _answered()


async def test_a_large_body_is_not_searched_for_duplicate_keys(client: Client) -> None:
    """To tell them apart there takes longer than any other request may."""
    large = b'{"query": "{ viewer { scopes } }", "x": "' + b"\\u00e9" * 20_000 + b'"}'
    doubtful = [
        b'{"query": "{ viewer { scopes } }", "x": {"query": [' + b"[]," * 300_000 + b"1]}}",
        b'{"query": "{ viewer { scopes } }", "\\u0078": [' + b"[]," * 300_000 + b"1]}",
    ]

    good = await _post(client, large)
    seen = [_seen(await _post(client, body)) for body in doubtful]

    sentence = (
        "A body of more than 65536 bytes must name query, operationName, variables, extensions, documentId once, "
        "and escape no letter."
    )
    assert _seen(good) == _answered()
    assert seen == [_bad_request(400, sentence)] * 2


async def test_what_a_request_may_leave_out_or_have_besides_changes_nothing(client: Client) -> None:
    nulls = {"variables": None, "operationName": None, "extensions": None}
    more = {"variables": {"unknown": [1]}, "extensions": {"x": 1}, "id": 1, "query ": 1}

    seen = [_seen(await _post(client, orjson.dumps(ASKED | body))) for body in (nulls, more, {"operationName": ""})]

    assert seen == [_answered()] * 3


@pytest.mark.parametrize("path", ["/nothing", "/graphql/x", "/console", "/%00", "/../etc/passwd"])
async def test_an_unknown_address_is_a_404(client: Client, path: str) -> None:
    response = await client.http.get(path)

    error = {"message": "There is nothing at this address.", "extensions": {"code": "NOT_FOUND"}}
    assert (response.status_code, response.json()) == (404, {"errors": [error]})


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/schema.graphql"])
async def test_a_method_that_an_address_does_not_take_is_a_405(client: Client, path: str) -> None:
    response = await client.http.delete(path)

    error = {"message": "This address does not take this method.", "extensions": {"code": "METHOD_NOT_ALLOWED"}}
    assert (response.status_code, sorted(response.headers["allow"].split(", "))) == (405, ["GET", "HEAD"])
    assert response.json() == {"errors": [error]}


async def test_the_sdl_is_served_as_text(client: Client) -> None:
    response = await client.http.get("/schema.graphql")

    assert (response.status_code, response.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert response.text == schema.as_str() + "\n"


async def test_the_page_is_html_without_anything_from_elsewhere(client: Client) -> None:
    response = await client.http.get("/")

    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<title>Licet</title>" in response.text
    assert "://" not in response.text


async def test_every_answer_carries_a_request_id_and_the_callers_own_when_it_is_plain(client: Client) -> None:
    plain = ["abc-123_x.Y", "x" * 64, "0"]
    not_plain = ["x" * 65, "a b", "ä", '"><script>', "", "a,b"]
    carried = {}

    for given in (*plain, *not_plain):
        for path in ("/healthz", "/graphql", "/nothing", "/"):
            response = await client.http.get(path, headers=[(b"x-request-id", given.encode())])
            (carried[given, path],) = response.headers.get_list("x-request-id")
    made = [id_ for (given, _), id_ in carried.items() if given in not_plain]

    assert {given for (given, _), id_ in carried.items() if given == id_} == set(plain)
    assert len(set(made)) == len(made) == 4 * len(not_plain)
    assert all(re.fullmatch("[0-9a-f]{32}", id_) for id_ in made)


async def test_a_request_without_an_id_is_given_one(client: Client) -> None:
    ids = [(await client.http.get("/healthz")).headers["x-request-id"] for _ in range(2)]

    assert all(re.fullmatch("[0-9a-f]{32}", id_) for id_ in ids)
    assert ids[0] != ids[1]
