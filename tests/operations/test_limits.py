"""How much one request may ask for: bombs are refused before they go off, in a sentence that says the limit."""

from typing import Any

import httpx
import pytest
from asyncpg import Connection
from graphql import get_introspection_query, parse

from gateway.operations.limits import Limits, check_document, check_variables
from gateway.settings import Settings
from tests.conftest import Client
from tests.operations.hostile_documents import HOSTILE_DOCUMENTS
from tests.schema.examples import ManualClock, client_at
from tests.schema.test_statements import DASHBOARD

ANSWER = {"data": {"viewer": {"scopes": ["store:write"]}}}


async def post(client: Client, query: str, variables: Any = None, **headers: str) -> httpx.Response:
    """As a service token, which needs nothing from the database."""
    token = client.token("store", email=None, name=None, scopes=["store:write"])
    body = {"query": query, "variables": variables}
    return await client.http.post("/graphql", json=body, headers={"authorization": f"Bearer {token}", **headers})


async def test_every_bomb_is_refused_by_its_limit(client: Client, statements: list[str]) -> None:
    refused = {}
    for name, bomb in HOSTILE_DOCUMENTS.items():
        response = await post(client, bomb.query, bomb.variables, accept="application/graphql-response+json")
        extensions = [error["extensions"] for error in response.json().get("errors", ())]
        told = {(extension["code"], extension.get("limit")) for extension in extensions}
        refused[name] = (response.status_code, told, len(response.content) < 8_000)

    assert refused == {name: (400, {(bomb.code, bomb.limit)}, True) for name, bomb in HOSTILE_DOCUMENTS.items()}
    assert (await post(client, "{ viewer { scopes } }")).json() == ANSWER
    assert statements == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("16 levels", "The document has 16 levels of fields; at most 15 are allowed."),
        ("101 aliases", "The document has 101 aliases; at most 100 are allowed."),
        ("31 root fields", "The document has 31 root fields; at most 20 are allowed."),
        ("60 directives", "The document has 60 directives; at most 50 are allowed."),
        ("2,001 tokens", "The document has more than the 2000 tokens that are allowed."),
        ("a million blanks", "The document has 1000000 characters; at most 50000 are allowed."),
        (
            "10 doublings",
            "The document has 1025 fields, counted wherever a fragment is spread; at most 500 are allowed.",
        ),
        ("2,000 values", "The variables have 2001 values; at most 1000 are allowed."),
        ("100 levels of variables", "The variables have 11 levels; at most 10 are allowed."),
    ],
)
async def test_a_refusal_says_the_limit_and_what_was_asked(client: Client, name: str, sentence: str) -> None:
    response = await post(client, HOSTILE_DOCUMENTS[name].query, HOSTILE_DOCUMENTS[name].variables)

    assert [error["message"] for error in response.json()["errors"]] == [sentence]


@pytest.mark.parametrize("query", [DASHBOARD, get_introspection_query()])
def test_what_applications_ask_is_far_from_the_limits(query: str) -> None:
    half = Limits(length=25_000, tokens=1_000, definitions=50, arguments=150, spreads=100, aliases=50, fields=250)

    check_document(parse(query), half)


def test_a_limit_allows_itself() -> None:
    document = parse("{ a: viewer { scopes @skip(if: false) ...F } } fragment F on Viewer { scopes }")
    exactly = Limits(definitions=2, arguments=2, directives=1, spreads=1, aliases=1, depth=2, root_fields=1, fields=3)

    check_document(document, exactly)
    check_variables({"x": [{"a": 1}]}, Limits(values=3, nesting=2))


async def test_limits_are_settings(conn: Connection, settings: Settings, signing_key: str) -> None:
    narrow = settings.model_copy(update={"limits": Limits(depth=1, body=100)})

    async with client_at(ManualClock(), conn, narrow, signing_key) as client:
        response = await post(client, "{ viewer { scopes } }")
        larger = await post(client, "{ viewer { scopes } }".ljust(100))

    sentence = "The document has 2 levels of fields; at most 1 are allowed."
    error = {"message": sentence, "extensions": {"code": "LIMIT_EXCEEDED", "limit": "depth"}}
    assert (response.status_code, response.json()) == (400, {"errors": [error]})
    assert larger.status_code == 413
    assert larger.json()["errors"][0]["message"] == "The body is larger than 100 bytes."
