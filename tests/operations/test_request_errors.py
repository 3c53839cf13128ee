"""Requests that can not be answered: which code, which status, wherever in the document the reason stands."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from asyncpg import Connection

from gateway.operations.limits import Limits
from gateway.settings import Settings
from tests import world
from tests.conftest import Client
from tests.schema.examples import ManualClock, client_at

JSON, GRAPHQL_JSON = "application/json", "application/graphql-response+json"
# Of a well-formed request that can not be run.
STATUSES = {JSON: 200, GRAPHQL_JSON: 400}
ID = f"acc_{uuid4()}"
ACCOUNT = f'{{ account(id: "{ID}") {{ %s {{ totalCount }} }} }}'
TWO = "query One { viewer { scopes } } query Two { products(first: 0) { totalCount } }"

ORDER = (
    f'mutation {{ recordOrder(input: {{accountId: "{ID}", number: "1", kind: NEW, status: PAID, currency: "EUR", '
    'placedAt: "2026-02-28T00:00:00Z", lines: [{productCode: "x", quantity: 1, unitPrice: "%s"}], total: "%s"}) '
    "{ order { number } } }"
)

INVALID = {
    "nothing": "",
    "a comment": "# nothing",
    "a syntax error": "{ viewer { scopes }",
    "no GraphQL": '{"query": "{ viewer { scopes } }"}',
    "a lone surrogate": '{ account(id: "\\uD800") { id } }',
    "an unknown field": "{ viewer { password } }",
    "an unknown argument": "{ viewer { scopes(all: true) } }",
    "an unknown type": "{ viewer { ... on Unicorn { id } } }",
    "an unknown directive": "{ viewer @cached { scopes } }",
    "no selection": "{ viewer }",
    "no id": "{ account { name } }",
    "a null id": "{ account(id: null) { name } }",
    "a null in ids": "{ nodes(ids: [null]) { id } }",
    "a literal of another type": '{ products(first: "1") { totalCount } }',
    "an integer of 33 bits": "{ products(first: 4294967296) { totalCount } }",
    "a date that is none": ACCOUNT % 'subscriptions(filter: {endsTo: "2026-02-30"})',
    "an instant without offset": ACCOUNT % 'orders(filter: {placedTo: "2026-02-28T00:00:00"})',
    "an amount in other digits": ORDER % ("49.90", "٤٩.٩٠"),
    "an unknown enum value": ACCOUNT % "subscriptions(filter: {statusIn: [GONE]})",
    "an unknown filter": ACCOUNT % "orders(filter: {secret: true})",
    "a fragment only": "fragment All on Viewer { scopes }",
    "an unknown fragment": "{ viewer { ...All } }",
    "a circle of fragments": "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }",
    "an unused fragment": "{ viewer { scopes } } fragment All on Viewer { scopes }",
    "a variable that is not declared": "{ account(id: $id) { name } }",
    "a variable that is not used": "query($id: ID!) { viewer { scopes } }",
    "a variable of an output type": "query($viewer: Viewer) { viewer { scopes } }",
    "one name for two fields": '{ a: account(id: "x") { name } a: order(id: "x") { number } }',
    "one field with two arguments": "{ products(first: 1) { totalCount } products(first: 2) { totalCount } }",
    "two operations without a name": "{ viewer { scopes } } { viewer { scopes } }",
    "two operations of one name": "query A { viewer { scopes } } query A { viewer { scopes } }",
    "several operations and no choice": TWO,
    "a mutation that is none": "mutation { viewer { scopes } }",
    "a live update": "subscription { viewer { scopes } }",
    "a type in the document": "type Query { viewer: String }",
}  # fmt: skip
BAD_VARIABLES: dict[str, tuple[str, Any]] = {
    "none at all": ("ID!", None),
    "null": ("ID!", {"x": None}),
    "another name": ("ID!", {"y": "x"}),
    "a number with a fraction as an ID": ("ID!", {"x": 1.5}),
    "an object as an ID": ("ID!", {"x": {"id": "x"}}),
    "a list as an ID": ("ID!", {"x": ["x"]}),
    "a truth value as an ID": ("ID!", {"x": True}),
    "a null among ids": ("[ID!]!", {"x": ["x", None]}),
    "lists of lists": ("[ID!]!", {"x": [[["x"]]]}),
    "text as a number": ("Int", {"x": "1"}),
    "a fraction": ("Int", {"x": 1.5}),
    "a truth value as a number": ("Int", {"x": True}),
    "33 bits": ("Int", {"x": 2**32}),
    "65 bits": ("Int", {"x": 2**64}),
    "a number as text": ("String", {"x": 1}),
    "null as a filter's direction": ("ProductSubscriptionOrder", {"x": {"direction": None}}),
    "an unknown enum value": ("ProductSubscriptionOrder", {"x": {"field": "COLOUR"}}),
    "a lower case enum value": ("ProductSubscriptionOrder", {"x": {"field": "name"}}),
    "an unknown filter": ("ProductSubscriptionFilter", {"x": {"secret": 1}}),
    "text as a filter": ("ProductSubscriptionFilter", {"x": "ACTIVE"}),
    "a day that is none": ("ProductSubscriptionFilter", {"x": {"endsFrom": "2026-02-30"}}),
    "a day in other words": ("ProductSubscriptionFilter", {"x": {"endsFrom": "tomorrow"}}),
    "a day with a time": ("ProductSubscriptionFilter", {"x": {"endsFrom": "2026-02-28T00:00:00Z"}}),
    "a day as a number": ("ProductSubscriptionFilter", {"x": {"endsFrom": 20260228}}),
    "a day in other digits": ("ProductSubscriptionFilter", {"x": {"endsFrom": "٢٠٢٦-٠٢-٢٨"}}),
    "an instant without offset": ("OrderFilter", {"x": {"placedFrom": "2026-02-28T00:00:00"}}),
    "an instant before all": ("OrderFilter", {"x": {"placedFrom": "0001-01-01T00:00:00+23:59"}}),
    "an instant after all": ("OrderFilter", {"x": {"placedFrom": "9999-12-31T23:59:59-23:59"}}),
    "an offset that is none": ("OrderFilter", {"x": {"placedFrom": "2026-02-28T00:00:00+99:99"}}),
}
FIELDS = {
    "ID!": "{ node(id: $x) { id } }",
    "[ID!]!": "{ nodes(ids: $x) { id } }",
    "Int": "{ products(first: $x) { totalCount } }",
    "String": "{ products(after: $x) { totalCount } }",
    "ProductSubscriptionOrder": ACCOUNT % "subscriptions(orderBy: $x)",
    "ProductSubscriptionFilter": ACCOUNT % "subscriptions(filter: $x)",
    "OrderFilter": ACCOUNT % "orders(filter: $x)",
}

WIDE = Limits(length=1_000_000, tokens=100_000, arguments=10_000, depth=10_000, fields=10_000)


async def _post(client: Client, accept: str, **body: Any) -> httpx.Response:
    token = client.token("store", email=None, name=None, scopes=["store:write"])
    headers = {"authorization": f"Bearer {token}", "accept": accept}
    return await client.http.post("/graphql", json=body, headers=headers)


def _verdict(response: httpx.Response) -> tuple[int, str, set[str], set[str]]:
    """Status, media type, what the body has, and the codes of its errors."""
    body = response.json()
    codes = {error["extensions"]["code"] for error in body.get("errors", [])}
    return response.status_code, response.headers["content-type"], set(body), codes


@pytest.mark.parametrize(("accept", "status"), STATUSES.items())
async def test_what_is_no_operation_is_refused(client: Client, statements: list[str], accept: str, status: int) -> None:
    verdicts = {name: _verdict(await _post(client, accept, query=query)) for name, query in INVALID.items()}

    refused = (status, f"{accept}; charset=utf-8", {"errors"}, {"INVALID_OPERATION"})
    assert {name: verdict for name, verdict in verdicts.items() if verdict != refused} == {}
    assert statements == []


@pytest.mark.parametrize(("accept", "status"), STATUSES.items())
async def test_a_variable_of_another_type_is_refused(
    client: Client, statements: list[str], accept: str, status: int
) -> None:
    verdicts = {}
    for name, (type_, variables) in BAD_VARIABLES.items():
        query = f"query($x: {type_}) {FIELDS[type_]}"
        verdicts[name] = _verdict(await _post(client, accept, query=query, variables=variables))

    refused = (status, f"{accept}; charset=utf-8", {"errors"}, {"BAD_VARIABLES"})
    assert {name: verdict for name, verdict in verdicts.items() if verdict != refused} == {}
    assert statements == []


@pytest.mark.parametrize("accept", STATUSES)
async def test_an_argument_out_of_its_bounds_is_a_400_in_every_media_type(client: Client, accept: str) -> None:
    response = await _post(client, accept, query="{ products(first: 0) { totalCount } }")

    assert _verdict(response) == (400, f"{accept}; charset=utf-8", {"errors"}, {"BAD_ARGUMENT"})


@pytest.mark.parametrize(
    "query",
    [
        'query($x: ID = "x") { node(id: $x) { id } }',
        "query($x: Boolean = true) { viewer @include(if: $x) { scopes } }",
        "query($x: Boolean = true) { viewer { ... @skip(if: $x) { scopes } } }",
        f'query($x: Int = 3) {{ subscription(id: "{ID}") {{ isExpiringSoon(withinDays: $x) }} }}',
        "query($x: OrderDirection = ASC)" + ACCOUNT % "subscriptions(orderBy: {direction: $x})",
    ],
)
async def test_a_variable_that_is_null_in_spite_of_its_default_is_refused(
    client: Client, statements: list[str], query: str
) -> None:
    response = await _post(client, GRAPHQL_JSON, query=query, variables={"x": None})

    assert _verdict(response) == (400, f"{GRAPHQL_JSON}; charset=utf-8", {"errors"}, {"BAD_VARIABLES"})
    assert statements == []


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"query": TWO}, "The document has several operations: say which one with operationName."),
        ({"query": TWO, "operationName": ""}, "The document has several operations: say which one with operationName."),
        ({"query": TWO, "operationName": "Three"}, "The document has no operation of that name."),
        ({"query": TWO, "operationName": "one"}, "The document has no operation of that name."),
        ({"query": "{ viewer { scopes } }", "operationName": "One"}, "The document has no operation of that name."),
    ],
)
async def test_an_operation_that_can_not_be_chosen_is_refused(
    client: Client, body: dict[str, Any], sentence: str
) -> None:
    response = await _post(client, GRAPHQL_JSON, **body)

    error = {"message": sentence, "extensions": {"code": "INVALID_OPERATION"}}
    assert (response.status_code, response.json()) == (400, {"errors": [error]})


async def test_only_the_chosen_operation_is_checked(client: Client) -> None:
    good = await _post(client, GRAPHQL_JSON, query=TWO, operationName="One")
    bad = await _post(client, GRAPHQL_JSON, query=TWO, operationName="Two")

    assert (good.status_code, good.json()) == (200, {"data": {"viewer": {"scopes": ["store:write"]}}})
    assert _verdict(bad)[0] == 400


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("{ all: products(first: 0) { totalCount } }", 3),
        ("{ ... { products(first: 0) { totalCount } } }", 9),
        ("{ ... on Query { all: products(first: 0) { totalCount } } }", 18),
        ("{ ...All } fragment All on Query { products(first: 0) { totalCount } }", 36),
        (
            "{ ...All } fragment All on Query { ...More } fragment More on Query { products(first: 0) { totalCount } }",
            71,
        ),
        ("{ a: products { totalCount } b: products(first: 0) { totalCount } }", 30),
        ("{ products(first: 0) @include(if: true) @skip(if: false) { totalCount } }", 3),
        ("query($n: Int = 0) { products(first: $n) { totalCount } }", 22),
        ("query($n: Int = 5) { products(first: 0, last: $n) { totalCount } }", None),
    ],
)
async def test_an_argument_is_found_wherever_it_stands(
    client: Client, statements: list[str], query: str, column: int | None
) -> None:
    response = await _post(client, JSON, query=query)

    (error,) = response.json()["errors"]
    assert response.status_code == 400
    assert error["extensions"] == {"code": "BAD_ARGUMENT", "argument": "first" if column else "last"}
    assert error["locations"] == [{"line": 1, "column": column or 22}]
    assert statements == []


@pytest.mark.parametrize(
    "query",
    [
        "query Q($no: Boolean = false) { viewer { scopes } products(first: 0) @include(if: $no) { totalCount } }",
        "{ viewer { scopes } products(first: 0) @skip(if: true) { totalCount } }",
        "{ viewer { scopes } ...All @include(if: false) } fragment All on Query { products(first: 0) { totalCount } }",
        "{ viewer { scopes } ... @skip(if: true) { products(first: 0) { totalCount } } }",
        '{ viewer { scopes } node(id: "") @include(if: false) { ... on Account { orders(first: 0) { totalCount } } } }',
    ],
)
async def test_an_argument_of_a_field_that_is_not_selected_is_not_checked(client: Client, query: str) -> None:
    response = await _post(client, JSON, query=query)

    assert (response.status_code, response.json()) == (200, {"data": {"viewer": {"scopes": ["store:write"]}}})


async def test_a_question_of_any_depth_is_answered_or_refused_where_limits_are_wide(
    conn: Connection, settings: Settings, signing_key: str
) -> None:
    ada, account = await world.user(conn, "ada"), await world.account(conn)
    await world.member(conn, account, ada)
    await world.product(conn)
    await world.subscription(conn, account)

    answers = {}
    for levels in (1, 50, 62, 63, 64, 66, 68, 100, 1000):
        down, up = "subscriptions(first: 1) { nodes { account { " * levels, "} } } " * levels
        async with client_at(ManualClock(), conn, settings.model_copy(update={"limits": WIDE}), signing_key) as client:
            response = await client.post(f'{{ account(id: "acc_{account}") {{ {down} name {up} }} }}')
        answers[levels] = _verdict(response)[0], _verdict(response)[2:]

    answered, refused = (200, ({"data"}, set[str]())), (200, ({"errors"}, {"INVALID_OPERATION"}))
    assert answers == {levels: answered if answers[levels] == answered else refused for levels in answers}
    assert (answers[50], answers[100]) == (answered, refused)
