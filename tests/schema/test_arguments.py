"""Arguments that break a rule: a request error that names the argument, before anything is sent to the database."""

import json
from enum import StrEnum
from typing import Any
from uuid import uuid4

import httpx
import pytest
from asyncpg import Connection
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from db.enums import ActivationStatus, LicenseKeyStatus, OrderStatus, SubscriptionOrderField, SubscriptionStatus
from tests import world
from tests.conftest import Client
from tests.schema.walk import GRAPH, NODE_TYPES
from tests.twin_accounts import twin_account

# A service token: nobody to be registered, so whatever is sent to the database is sent for the question.
SERVICE: dict[str, Any] = {"to": "store", "email": None, "name": None, "scopes": ["store:write"]}
ROW = str(uuid4())
FOUR_HUNDRED = "x" * 400
BOUNDS = "must be from 1 to 100, {} was given."
DAYS = "must be from 0 to 3650, {} was given."
NOT_A_CURSOR = "is not a cursor of this list in this order; use one that this list returned."
TOO_LONG = "at most 255 characters are allowed, 400 were given."
NUL = "the character U+0000 is not allowed."
TOO_MANY = "at most 20 values are allowed, 21 were given."
CONNECTIONS = [
    f"{type_}.{name}"
    for type_ in (*sorted(NODE_TYPES), "Query")
    for name, field in GRAPH.type_map[type_].fields.items()  # type: ignore[attr-defined]
    if "first" in field.args
]
# What every connection refuses: arguments, the one that is named, why.
OF_ALL: list[tuple[dict[str, Any], str, str]] = [
    ({"first": 0}, "first", BOUNDS.format(0)),
    ({"first": -1}, "first", BOUNDS.format(-1)),
    ({"first": 101}, "first", BOUNDS.format(101)),
    ({"first": -(2**31)}, "first", BOUNDS.format(-(2**31))),
    ({"last": 0}, "last", BOUNDS.format(0)),
    ({"last": 101}, "last", BOUNDS.format(101)),
    ({"first": 5, "last": 5}, "last", "first and last can not be used together."),
    ({"first": 0, "last": 101}, "last", "first and last can not be used together."),
    ({"after": ""}, "after", NOT_A_CURSOR),
    ({"before": "garbage"}, "before", NOT_A_CURSOR),
    ({"after": f"NOTHING~{ROW}~1"}, "after", NOT_A_CURSOR),
    ({"after": FOUR_HUNDRED}, "after", TOO_LONG),
    ({"before": "\x00"}, "before", NUL),
]
OF_ONE: list[tuple[str, dict[str, Any], str, str]] = [
    ("ProductSubscription.isExpiringSoon", {"withinDays": -1}, "withinDays", DAYS.format(-1)),
    ("ProductSubscription.isExpiringSoon", {"withinDays": 100_000}, "withinDays", DAYS.format(100_000)),
    (
        "Account.subscriptions",
        {"filter": {"endsFrom": "2026-06-16", "endsTo": "2026-06-15"}},
        "filter.endsFrom",
        "must not be after filter.endsTo.",
    ),
    (
        "Account.orders",
        {"filter": {"placedFrom": "2026-06-15T12:00:00.001Z", "placedTo": "2026-06-15T14:00:00+02:00"}},
        "filter.placedFrom",
        "must not be after filter.placedTo.",
    ),
    (
        "ProductSubscription.orders",
        {"filter": {"placedFrom": "2026-06-15T12:00:01Z", "placedTo": "2026-06-15T12:00:00Z"}},
        "filter.placedFrom",
        "must not be after filter.placedTo.",
    ),
    (
        "Account.auditEvents",
        {"filter": {"from": "2026-06-15T12:00:01Z", "to": "2026-06-15T12:00:00Z"}},
        "filter.from",
        "must not be after filter.to.",
    ),
    ("Account.subscriptions", {"filter": {"expiringWithinDays": -1}}, "filter.expiringWithinDays", DAYS.format(-1)),
    ("Account.subscriptions", {"filter": {"expiringWithinDays": 3651}}, "filter.expiringWithinDays", DAYS.format(3651)),
    ("Account.subscriptions", {"filter": {"statusIn": [SubscriptionStatus.ACTIVE] * 21}}, "filter.statusIn", TOO_MANY),
    ("Account.licenseKeys", {"filter": {"statusIn": [LicenseKeyStatus.ACTIVE] * 21}}, "filter.statusIn", TOO_MANY),
    ("ProductSubscription.orders", {"filter": {"statusIn": [OrderStatus.PAID] * 21}}, "filter.statusIn", TOO_MANY),
    ("Account.subscriptions", {"filter": {"search": FOUR_HUNDRED}}, "filter.search", TOO_LONG),
    ("Account.subscriptions", {"filter": {"search": "a\x00b"}}, "filter.search", NUL),
    ("Account.subscriptions", {"filter": {"productId": "prd_\x00"}}, "filter.productId", NUL),
    ("Account.subscriptions", {"filter": {"productId": FOUR_HUNDRED}}, "filter.productId", TOO_LONG),
    ("ProductSubscription.licenseKeys", {"filter": {"search": FOUR_HUNDRED}}, "filter.search", TOO_LONG),
    ("LicenseKey.activations", {"filter": {"search": "\x00"}}, "filter.search", NUL),
    ("Account.auditEvents", {"filter": {"action": "\x00"}}, "filter.action", NUL),
    ("Account.auditEvents", {"filter": {"action": FOUR_HUNDRED}}, "filter.action", TOO_LONG),
    (
        "Account.subscriptions",
        {"orderBy": {"field": SubscriptionOrderField.NAME}, "after": f"ENDS_ON~{ROW}~2026-06-15"},
        "after",
        NOT_A_CURSOR,
    ),
    ("Account.subscriptions", {"after": f"NAME~{ROW}~name"}, "after", NOT_A_CURSOR),
    ("Query.nodes", {"ids": ["x"] * 101}, "ids", "at most 100 ids can be looked up at once, 101 were given."),
]
GOOD: list[tuple[str, dict[str, Any]]] = [
    *((field, {name: size}) for field in CONNECTIONS for name in ("first", "last") for size in (1, 100, None)),
    ("Account.subscriptions", {"filter": None, "orderBy": None, "after": None, "before": None, "first": None}),
    ("Account.subscriptions", {"filter": {}, "orderBy": {}}),
    ("Account.subscriptions", {"filter": {"display": None, "statusIn": None, "search": None}}),
    ("Account.subscriptions", {"filter": {"endsFrom": "2026-06-15", "endsTo": "2026-06-15"}}),
    ("Account.subscriptions", {"filter": {"endsFrom": "9999-12-31", "endsTo": None}}),
    ("Account.subscriptions", {"filter": {"endsFrom": "0001-01-01", "endsTo": "9999-12-31"}}),
    ("Account.subscriptions", {"filter": {"expiringWithinDays": 0}}),
    ("Account.subscriptions", {"filter": {"expiringWithinDays": 3650, "statusIn": [], "search": "x" * 255}}),
    ("Account.subscriptions", {"filter": {"search": "", "productId": ""}}),
    ("Account.subscriptions", {"filter": {"search": "%_\\\\'\"~🗝️", "productId": "prd_desktop"}}),
    ("Account.subscriptions", {"filter": {"statusIn": [SubscriptionStatus.ACTIVE] * 20}}),
    ("Account.orders", {"filter": {"placedFrom": "0001-01-01T00:00:00Z", "placedTo": "9999-12-31T23:59:59Z"}}),
    ("Account.auditEvents", {"filter": {"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T23:59:59.999999Z"}}),
    ("ProductSubscription.isExpiringSoon", {"withinDays": 0}),
    ("ProductSubscription.isExpiringSoon", {"withinDays": 3650}),
    ("LicenseKey.activations", {"filter": {"status": ActivationStatus.ACTIVE, "search": "%"}}),
]
BREACHES = [(field, *breach) for field in CONNECTIONS for breach in OF_ALL] + OF_ONE


def _declared(field: str) -> Any:
    type_, _, name = field.partition(".")
    return GRAPH.type_map[type_].fields[name]  # type: ignore[attr-defined]


def _question(field: str, arguments: str, variables: str = "") -> str:
    """One that reaches the field through a node of its type, and would send a statement if it could."""
    type_, _, name = field.partition(".")
    shown = "" if is_leaf_type(get_named_type(_declared(field).type)) else "{ __typename }"
    asked = f"{name}{arguments} {shown}"
    if type_ != "Query":
        asked = f'node(id: "acc_{ROW}") {{ ... on {type_} {{ {asked} }} }}'
    return f"query Q{variables} {{ {asked} }}"


def _literal(value: Any) -> str:
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_literal(part)}" for name, part in value.items()) + "}"
    return f"[{', '.join(map(_literal, value))}]" if isinstance(value, list) else json.dumps(value)


def _with_literals(field: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    given = ", ".join(f"{name}: {_literal(value)}" for name, value in arguments.items())
    return _question(field, f"({given})"), {}


def _with_variables(field: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    declared = ", ".join(f"${name}: {_declared(field).args[name].type}" for name in arguments)
    given = ", ".join(f"{name}: ${name}" for name in arguments)
    return _question(field, f"({given})", f"({declared})"), arguments


def _refusal(response: httpx.Response) -> tuple[int, Any]:
    """Status, and the body without the place in the document, which other tests look at."""
    body = response.json()
    for error in body.get("errors", []):
        error.pop("locations", None)
    return response.status_code, body


def _bad_argument(argument: str, sentence: str) -> tuple[int, Any]:
    extensions = {"code": "BAD_ARGUMENT", "argument": argument}
    return 400, {"errors": [{"message": f"{argument}: {sentence}", "extensions": extensions}]}


def test_argument_cases_cover_every_connection() -> None:
    types = [type_ for type_ in GRAPH.type_map.values() if isinstance(type_, GraphQLObjectType)]
    paged = {f"{type_}.{name}" for type_ in types for name, field in type_.fields.items() if "first" in field.args}

    assert paged == set(CONNECTIONS)


@pytest.mark.parametrize("given", [_with_literals, _with_variables])
async def test_invalid_argument_is_named_in_the_error(client: Client, statements: list[str], given: Any) -> None:
    answers = []
    for field, arguments, argument, sentence in BREACHES:
        response = await client.post(*given(field, arguments), **SERVICE)
        answers.append((field, arguments, _refusal(response), _bad_argument(argument, sentence)))

    assert [answer for answer in answers if answer[2] != answer[3]] == []
    assert statements == []


@pytest.mark.parametrize("given", [_with_literals, _with_variables])
async def test_valid_argument_at_its_bounds_is_accepted(conn: Connection, client: Client, given: Any) -> None:
    for code in ("desktop", "toolbox"):
        await world.product(conn, code)
    ours = await twin_account(conn, "Ours")

    wrong = []
    for field, arguments in GOOD:
        query, variables = given(field, arguments)
        query = query.replace(f"acc_{ROW}", ours.ids.get(field.partition(".")[0], ""))
        response = await client.post(query, variables, to=ours.owner)
        if response.status_code != 200 or "errors" in response.json() or response.json()["data"].get("node", 1) is None:
            wrong.append((field, arguments, response.text))

    assert wrong == []
