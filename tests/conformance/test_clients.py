"""Clients as people use them: each pages through an account, changes something twice, persists a query, and errs."""

from pathlib import Path
from typing import Any

import orjson

from tests.conformance.conftest import Demo, run

# By hash; with the text, since the hash is unknown; and from then on by hash.
BY_POST = [{"method": "POST", "text": text, "status": 200} for text in (False, True, False)]


def _run(node: Path, demo: Demo, client: str) -> Any:
    return orjson.loads(run(node, f"clients/{client}.mjs", demo.url, demo.token, demo.account))


def _renamed(name: str) -> dict[str, Any]:
    changed = {"name": name, "errors": []}
    refused = {"name": None, "errors": [{"code": "INVALID_INPUT", "field": ["displayName"]}]}
    return {"first": changed, "again": changed, "refused": refused}


def test_apollo_client(node: Path, demo: Demo) -> None:
    before = demo.subscriptions()

    seen = _run(node, demo, "apollo")

    by_get = [{"method": method, "text": method == "POST", "status": 200} for method in ("GET", "POST", "GET")]
    assert seen == {
        "pages": before,
        "renamed": _renamed("By Apollo Client"),
        "wire": {"post": BY_POST, "get": by_get},
        "invalid": {"name": "CombinedGraphQLErrors", "codes": ["INVALID_OPERATION"]},
        "signedOut": {"name": "CombinedGraphQLErrors", "codes": ["UNAUTHENTICATED"]},
    }
    assert demo.subscriptions()[0]["displayName"] == "By Apollo Client"


def test_urql(node: Path, demo: Demo) -> None:
    before = demo.subscriptions()

    seen = _run(node, demo, "urql")

    assert seen == {
        "byPost": {"pages": before, "methods": ["POST"]},
        "byGet": {"pages": before, "methods": ["GET"]},
        "renamed": _renamed("By urql"),
        "wire": {"post": BY_POST, "get": [{**each, "method": "GET"} for each in BY_POST]},
        "invalid": {"codes": ["INVALID_OPERATION"], "status": 400},
        "signedOut": {"codes": ["UNAUTHENTICATED"], "status": 401},
    }
    assert demo.subscriptions()[0]["displayName"] == "By urql"


def test_graphcache_with_its_default_settings(node: Path, demo: Demo) -> None:
    seen = _run(node, demo, "graphcache")

    first_page = [subscription["id"] for subscription in demo.subscriptions()][:20]
    assert seen == {"network": first_page, "cache": first_page, "requests": 1}


def test_graphql_request(node: Path, demo: Demo) -> None:
    before = demo.subscriptions()

    seen = _run(node, demo, "graphql-request")

    assert seen == {
        "byPost": {"pages": before, "methods": ["POST"]},
        "byGet": {"pages": before, "methods": ["GET"]},
        "renamed": _renamed("By graphql-request"),
        "invalid": {"codes": ["INVALID_OPERATION"], "status": 400},
        "signedOut": {"codes": ["UNAUTHENTICATED"], "status": 401},
    }
    assert demo.subscriptions()[0]["displayName"] == "By graphql-request"


def test_a_change_that_is_sent_until_it_is_answered_happens_once(node: Path, demo: Demo) -> None:
    before = demo.renamings()

    seen = _run(node, demo, "retry")

    subscription = {"id": seen["id"], "displayName": "By a phone"}
    assert seen == {"id": seen["id"], "sent": 4, "subscription": subscription, "userErrors": []}
    assert demo.subscriptions()[0]["displayName"] == "By a phone"
    assert demo.renamings() == before + 1
