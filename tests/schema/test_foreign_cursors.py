"""Cursors that a list did not return, or returned in another order: refused before they reach the database."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from asyncpg import Connection

from tests import world
from tests.conftest import Client
from tests.schema.walk import NODE_TYPES
from tests.twin_accounts import TwinAccount, twin_account

SERVICE: dict[str, Any] = {"to": "store", "email": None, "name": None, "scopes": ["store:write"]}
ROW = str(uuid4())
# Each list in each of its orders, and the id of whose it is.
LISTS = {
    "by end": ("Account", "subscriptions", ", orderBy: {field: ENDS_ON}"),
    "by start": ("Account", "subscriptions", ", orderBy: {field: ACTIVATED_ON}"),
    "by name": ("Account", "subscriptions", ", orderBy: {field: NAME}"),
    "by product": ("Account", "subscriptions", ", orderBy: {field: PRODUCT}"),
    "by licences": ("Account", "subscriptions", ", orderBy: {field: LICENSE_COUNT}"),
    "keys": ("Account", "licenseKeys", ""),
    "orders": ("Account", "orders", ""),
    "members": ("Account", "members", ""),
    "audit events": ("Account", "auditEvents", ""),
    "keys of one": ("ProductSubscription", "licenseKeys", ""),
    "orders of one": ("ProductSubscription", "orders", ""),
    "activations": ("LicenseKey", "activations", ""),
}
DAYS = (
    *("", "infinity\n", " infinity", "Infinity", "-infinity", "today", "2026-02-30", "20260615", "2026-W25-1"),
    *("10000-01-01", "0000-01-01", "٢٠٢٦-٠٦-١٥", "2026-06-15~x", "2026-06-15 ", "2026-06-15T00:00:00"),
)
INTEGERS = (
    *("", " 1", "1 ", "+1", "1_0", "1.0", "1e1", "0x1", "01", "-0", "١", "１", "NaN", "one"),
    *("2147483648", "-2147483649", "9" * 150),
)
INSTANTS = (
    *("", "infinity", "now", "2026-06-15", "2026-06-15 12:30:00", "2026-06-15T12:30:00Z", "2026-06-15 12:30:00+02"),
    *("2026-06-15 12:30:00+00:00", "2026-06-15 12:30:00+00\n", "2026-06-15 12:30:00.1234567+00"),
    *("2026-13-15 12:30:00+00", "2026-06-15 12:30:60+00", "0000-01-01 00:00:00+00", "10000-01-01 00:00:00+00"),
    "٢٠٢٦-06-15 12:30:00+00",
)
TIES = ("", "x", ROW[:-1], f"{ROW}0", f"{{{ROW}}}", f" {ROW}", ROW.replace("-", ""), f"A{ROW[1:]}", f"urn:uuid:{ROW}")
MALFORMED = {
    "by end": [
        *("", "~", "~~", "ENDS_ON", "ENDS_ON~", "ENDS_ON~~2026-06-15", f"ENDS_ON~{ROW}", f"~{ROW}~2026-06-15"),
        *(f"{tag}~{ROW}~2026-06-15" for tag in ("ends_on", " ENDS_ON", "ACTIVATED_ON", "ID", "EXPIRES_ON")),
        *(f"ENDS_ON~{tie}~2026-06-15" for tie in TIES),
        *(f"ENDS_ON~{ROW}~{day}" for day in DAYS),
    ],
    "by licences": [f"LICENSE_COUNT~{ROW}~{number}" for number in INTEGERS],
    "by name": [f"NAME~{ROW}", "NAME~x~x", f"PRODUCT~{ROW}~desktop"],
    "by product": ["PRODUCT~desktop", "PRODUCT~desktop~desktop", f"NAME~{ROW}~desktop"],
    "keys": [ROW, f"ID~{ROW}", f"ID~{ROW}~x", "ID~~", *(f"ID~{tie}~" for tie in TIES)],
    "members": [f"SINCE~{ROW}~{instant}" for instant in INSTANTS],
}


def _question(of: TwinAccount, name: str, side: str = "") -> str:
    """The first row of that list; with a side, of what lies on that side of $cursor."""
    type_, field, order = LISTS[name]
    declared, given = ("($cursor: String!)", f", {side}: $cursor") if side else ("", "")
    page = f"page: {field}(first: 1{order}{given}) {{ edges {{ cursor }} pageInfo {{ hasNextPage hasPreviousPage }} }}"
    return f'query{declared} {{ node(id: "{of.ids[type_]}") {{ ... on {type_} {{ {page} }} }} }}'


async def _twin_account(conn: Connection) -> TwinAccount:
    for code in ("desktop", "toolbox"):
        await world.product(conn, code)
    return await twin_account(conn, "Ours")


def _refused(response: httpx.Response, side: str) -> bool:
    extensions = {"code": "BAD_ARGUMENT", "argument": side}
    sentence = "is not a cursor of this list in this order; use one that this list returned."
    errors = [{**error, "locations": None} for error in response.json().get("errors", [])]
    expected = {"message": f"{side}: {sentence}", "locations": None, "extensions": extensions}
    return response.status_code == 400 and response.json().keys() == {"errors"} and errors == [expected]


@pytest.mark.parametrize("side", ["after", "before"])
async def test_a_cursor_that_no_list_returned_is_refused(client: Client, statements: list[str], side: str) -> None:
    unknown = TwinAccount(UUID(ROW), "", "", dict.fromkeys(NODE_TYPES, f"acc_{ROW}"), ())

    accepted = []
    for name, cursors in MALFORMED.items():
        for cursor in cursors:
            response = await client.post(_question(unknown, name, side), {"cursor": cursor}, **SERVICE)
            if not _refused(response, side):
                accepted.append((name, cursor, response.text))

    assert accepted == []
    assert statements == []


@pytest.mark.parametrize("side", ["after", "before"])
async def test_cursor_is_refused_by_another_list_or_order(conn: Connection, client: Client, side: str) -> None:
    ours = await _twin_account(conn)
    pages = {name: (await client.ask(_question(ours, name), to=ours.owner))["node"]["page"] for name in LISTS}
    cursors = {name: page["edges"][0]["cursor"] for name, page in pages.items()}

    accepted = set()
    for source, cursor in cursors.items():
        for name in LISTS:
            response = await client.post(_question(ours, name, side), {"cursor": cursor}, to=ours.owner)
            if not _refused(response, side):
                assert "errors" not in response.json(), response.text
                accepted.add((source, name))

    alike = {("orders", "orders of one"), ("orders of one", "orders")}
    assert accepted == {(name, name) for name in LISTS} | alike


async def test_cursor_of_a_deleted_row_still_pages(conn: Connection, client: Client) -> None:
    ours = await _twin_account(conn)
    gone = await world.subscription(conn, ours.account, number="S-2", expires_on=world.day(101))
    await world.subscription(conn, ours.account, number="S-3", expires_on=world.day(102))
    await conn.execute("DELETE FROM subscriptions WHERE account_id = $1 AND id = $2", ours.account, gone)

    data = await client.ask(
        "query($id: ID!, $after: String) { account(id: $id) { subscriptions(after: $after) { nodes { number }"
        " pageInfo { hasPreviousPage } } } }",
        {"id": ours.ids["Account"], "after": f"ENDS_ON~{gone}~{world.day(101)}"},
        to=ours.owner,
    )

    page = {"nodes": [{"number": "S-3"}], "pageInfo": {"hasPreviousPage": True}}
    assert data == {"account": {"subscriptions": page}}


async def test_cursor_of_another_account_shows_only_own_rows(conn: Connection, client: Client) -> None:
    ours = await _twin_account(conn)
    theirs = await twin_account(conn, "Theirs")
    await world.subscription(conn, ours.account, number="S-0", expires_on=world.day(99))
    await world.subscription(conn, ours.account, number="S-2", expires_on=world.day(101))
    cursor = (await client.ask(_question(theirs, "by end"), to=theirs.owner))["node"]["page"]["edges"][0]["cursor"]

    data = await client.ask(
        "query($id: ID!, $cursor: String) { account(id: $id) { after: subscriptions(after: $cursor) {"
        " nodes { number } } before: subscriptions(before: $cursor) { nodes { number } } } }",
        {"id": ours.ids["Account"], "cursor": cursor},
        to=ours.owner,
    )

    assert data == {"account": {"after": {"nodes": [{"number": "S-2"}]}, "before": {"nodes": [{"number": "S-0"}]}}}
