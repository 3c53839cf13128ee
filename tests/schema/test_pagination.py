"""Pages of the subscription list: both ways they are exactly the whole list, and each knows what is around it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from asyncpg import Connection
from hypothesis import given
from hypothesis import strategies as st

from tests import world
from tests.conftest import Client
from tests.schema.examples import FEW_EXAMPLES, rolled_back
from tests.schema.listing import ConnectionReader, Page, expected_pages_backward, expected_pages_forward

DAYS = st.none() | st.integers(0, 3).map(world.day)
NAMES = [
    *("~", "~~", "a~b~c", "NAME~x", "'", '"', "\\", "\\'\"", "%", "_", "$1", ":id", "{}", "\n", "\t", " ", "-1"),
    *("🚀", "👩‍👩‍👧", "é", "É", "日本", "\u202e", "İ", "x" * 100, "🚀" * 100, "İ" * 100, "~" * 100, "\\" * 100),
]


@dataclass(frozen=True, slots=True)
class Row:
    """What subscriptions are sorted by."""

    display_name: str
    product_code: str
    expires_on: date | None
    activated_on: date | None
    license_count: int


# Few values: most rows share theirs with others, and the id decides.
ROWS = st.lists(
    st.builds(
        Row,
        st.sampled_from(["a", "A", "b", "~"]),
        st.sampled_from(["desktop", "toolbox"]),
        DAYS,
        DAYS,
        st.integers(1, 3),
    ),
    max_size=20,
)
SORT_KEYS: dict[str, Callable[[Row], Any]] = {
    "ENDS_ON": lambda row: row.expires_on or date.max,
    "ACTIVATED_ON": lambda row: row.activated_on or date.max,
    "NAME": lambda row: row.display_name.lower(),
    "PRODUCT": lambda row: row.product_code,
    "LICENSE_COUNT": lambda row: row.license_count,
}
FIELDS, DIRECTIONS = st.sampled_from(sorted(SORT_KEYS)), st.sampled_from(["ASC", "DESC"])
PRODUCTS = st.sampled_from([None, "desktop"])


def _listing(
    client: Client, account: UUID, field: str, direction: str = "ASC", product: str | None = None
) -> ConnectionReader:
    kept = f'filter: {{productId: "prd_{product}"}}' if product else ""
    order = f"{kept} orderBy: {{field: {field}, direction: {direction}}}"
    return ConnectionReader(client, f'account(id: "acc_{account}")', "subscriptions", order)


async def _store(conn: Connection, account: UUID, rows: Sequence[Row]) -> list[tuple[Row, UUID]]:
    stored = []
    for row in rows:
        values = {field: getattr(row, field) for field in Row.__slots__}
        stored.append((row, await world.subscription(conn, account, **values)))
    return stored


@FEW_EXAMPLES
@given(ROWS, FIELDS, DIRECTIONS, PRODUCTS, st.integers(1, 9))
async def test_pages_in_either_direction_are_exactly_the_whole_list(
    conn: Connection,
    client: Client,
    company: UUID,
    rows: list[Row],
    field: str,
    direction: str,
    product: str | None,
    size: int,
) -> None:
    async with rolled_back(conn):
        stored = await _store(conn, company, rows)
        listing = _listing(client, company, field, direction, product)

        whole = await listing.page(first=100)
        forwards, backwards = await listing.pages_forward(size), await listing.pages_backward(size)

    kept = [(SORT_KEYS[field](row), row_id) for row, row_id in stored if product in {None, row.product_code}]
    ordered = sorted(kept, reverse=direction == "DESC")
    assert whole == Page([f"sub_{company}_{row_id}" for _, row_id in ordered], whole.cursors, False, False)
    assert forwards == expected_pages_forward(whole, size)
    assert backwards == expected_pages_backward(whole, size)


@FEW_EXAMPLES
@given(ROWS.filter(lambda rows: len(rows) > 1), FIELDS, DIRECTIONS, st.data())
async def test_a_page_between_cursors_has_what_lies_between_them(
    conn: Connection, client: Client, company: UUID, rows: list[Row], field: str, direction: str, data: st.DataObject
) -> None:
    places = st.none() | st.integers(0, len(rows) - 1)
    bounds = data.draw(st.lists(st.tuples(places, places, st.integers(1, 9), st.booleans()), min_size=5, max_size=5))
    async with rolled_back(conn):
        await _store(conn, company, rows)
        listing = _listing(client, company, field, direction)
        whole = await listing.page(first=100)

        pages = []
        for after, before, size, from_end in bounds:
            cursors = {"after": _cursor(whole, after), "before": _cursor(whole, before)}
            pages.append(await listing.page(**{"last" if from_end else "first": size}, **cursors))

    assert pages == [_between(whole, *bound) for bound in bounds]


def _cursor(whole: Page, place: int | None) -> str | None:
    return None if place is None else whole.cursors[place]


def _between(whole: Page, after: int | None, before: int | None, size: int, from_end: bool) -> Page:
    start = 0 if after is None else after + 1
    stop = max(len(whole.ids) if before is None else before, start)
    first, end = (max(stop - size, start), stop) if from_end else (start, min(start + size, stop))
    page = whole.slice(first, end)
    # Of a row that a cursor names it is known on which side of the page it is, also when nothing is on the page.
    behind = after is not None or (from_end and first > start)
    ahead = before is not None or (not from_end and end < stop)
    return Page(page.ids, page.cursors, behind, ahead)


async def test_cursor_is_stable_under_inserts_and_deletes(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    ids = {name: await world.subscription(conn, account, display_name=name) for name in "bdfhj"}
    listing = _listing(client, account, "NAME")
    _, _, third, *_ = (await listing.page()).cursors

    for name in "bf":
        await conn.execute("DELETE FROM subscriptions WHERE id = $1", ids[name])
    ids |= {name: await world.subscription(conn, account, display_name=name) for name in "aceg"}
    following, preceding = await listing.page(first=2, after=third), await listing.page(last=2, before=third)

    named = {f"sub_{account}_{row_id}": name for name, row_id in ids.items()}
    assert "".join(named[row_id] for row_id in following.ids) == "gh"
    assert "".join(named[row_id] for row_id in preceding.ids) == "de"
    around = [(page.has_previous, page.has_next) for page in (following, preceding)]
    assert around == [(True, True), (True, True)]


async def test_cursor_at_the_end_reports_no_further_page(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    ids = {name: await world.subscription(conn, account, display_name=name) for name in "abc"}
    listing = _listing(client, account, "NAME")
    first, _, last = (await listing.page()).cursors

    for name in "ac":
        await conn.execute("DELETE FROM subscriptions WHERE id = $1", ids[name])
    following, preceding = await listing.page(first=5, after=first), await listing.page(last=5, before=last)

    row_id = f"sub_{account}_{ids['b']}"
    assert following == Page([row_id], following.cursors, has_previous=False, has_next=False)
    assert preceding == Page([row_id], following.cursors, has_previous=False, has_next=False)


async def test_cursors_round_trip_names_of_any_characters(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    for name in NAMES:
        await world.subscription(conn, account, display_name=name)
    listing = _listing(client, account, "NAME")

    whole = await listing.page(first=100)
    forwards, backwards = await listing.pages_forward(1), await listing.pages_backward(1)

    assert len(whole.ids) == len(NAMES)
    assert forwards == expected_pages_forward(whole, 1)
    assert backwards == expected_pages_backward(whole, 1)


@pytest.mark.parametrize("field", sorted(SORT_KEYS))
async def test_default_page_size_is_twenty(conn: Connection, client: Client, field: str) -> None:
    account = await world.company(conn)
    for _ in range(22):
        await world.subscription(conn, account)
    listing = _listing(client, account, field)

    whole, page = await listing.page(first=100), await listing.page()

    assert page == whole.slice(0, 20)
