"""Generated terms on generated days: what the API and the SQL say of them is what the model says."""

from datetime import date, timedelta
from uuid import UUID

from asyncpg import Connection
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from db import expressions
from db.enums import SubscriptionDisplay
from db.mapping.batch_sql import render
from db.tables.core import subscriptions
from gateway.settings import Settings
from tests.schema.examples import (
    FEW_EXAMPLES,
    ManualClock,
    client_at,
    license_key,
    noon,
    rolled_back,
    subscription,
    terms,
)
from tests.schema.model import Key, Term

# Each with its neighbours is where counting days goes wrong.
EDGES = [
    date(2027, 12, 31),
    date(2028, 1, 1),
    date(2028, 2, 28),
    date(2028, 2, 29),
    date(2028, 3, 1),
    date(2100, 2, 28),
]
DAYS = st.sampled_from(EDGES) | st.dates(date(2025, 1, 1), date(2110, 12, 31))
BATCHES = DAYS.flatmap(lambda today: st.tuples(st.just(today), st.lists(terms(today), min_size=30, max_size=50)))


@st.composite
def keyed_terms(draw: st.DrawFn) -> tuple[date, list[tuple[Term, Key]]]:
    """Terms, each with a sublicence that most often ends around today or around the term's own end."""
    today = draw(DAYS)
    pairs = []
    for term in draw(st.lists(terms(today), min_size=30, max_size=50)):
        from_day = draw(st.sampled_from([today, term.expires_on or today]))
        days = draw(st.none() | st.integers(-2, 2))
        own = None if days is None else from_day + timedelta(days=days)
        pairs.append((term, Key("RESERVED", 1, 0, own, draw(st.sampled_from([False, False, True])))))
    return today, pairs


async def _store(conn: Connection, account: UUID, card: UUID, found: list[Term]) -> list[UUID]:
    return [await subscription(conn, account, term, card) for term in found]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


@FEW_EXAMPLES
@given(BATCHES, st.integers(0, 3650) | st.sampled_from([0, 1, 29, 31]))
async def test_the_api_dates_subscriptions_as_the_model_does(
    conn: Connection,
    company: UUID,
    card: UUID,
    settings: Settings,
    signing_key: str,
    batch: tuple[date, list[Term]],
    days: int,
) -> None:
    today, found = batch
    asked = (
        "query($id: ID!, $days: Int!) { account(id: $id) { subscriptions(first: 100) { nodes {"
        " id status renewsOn isExpiringSoon within: isExpiringSoon(withinDays: $days) } } } }"
    )
    async with rolled_back(conn), client_at(ManualClock(noon(today)), conn, settings, signing_key) as client:
        ids = await _store(conn, company, card, found)

        data = await client.ask(asked, {"id": f"acc_{company}", "days": days})

    shown = {node.pop("id"): node for node in data["account"]["subscriptions"]["nodes"]}
    assert shown == {
        f"sub_{company}_{row_id}": {
            "status": term.status(today),
            "renewsOn": _iso(term.renews_on(today)),
            "isExpiringSoon": term.is_expiring_soon(today, 30),
            "within": term.is_expiring_soon(today, days),
        }
        for row_id, term in zip(ids, found, strict=True)
    }


@FEW_EXAMPLES
@given(BATCHES)
async def test_the_sql_finds_usable_days_and_list_conditions_as_the_model_does(
    conn: Connection, company: UUID, card: UUID, batch: tuple[date, list[Term]]
) -> None:
    today, found = batch
    s = subscriptions.alias()
    shown = [expressions.matches_display(s, display).label(display) for display in SubscriptionDisplay]
    usable = (expressions.usable_until(s).label("until"), expressions.is_usable(s).label("usable"))
    async with rolled_back(conn):
        ids = await _store(conn, company, card, found)

        records = await render(select(s.c.id, *usable, *shown)).run(conn, {"today": today})

    assert {record["id"]: dict(record) for record in records} == {
        row_id: {
            "id": row_id,
            # what asyncpg reads infinity as
            "until": term.usable_until() or date.max,
            "usable": term.is_usable(today),
            **{display: term.is_displayed(display, today) for display in SubscriptionDisplay},
        }
        for row_id, term in zip(ids, found, strict=True)
    }


@FEW_EXAMPLES
@given(keyed_terms())
async def test_the_api_dates_sublicences_as_the_model_does(
    conn: Connection,
    company: UUID,
    card: UUID,
    settings: Settings,
    signing_key: str,
    batch: tuple[date, list[tuple[Term, Key]]],
) -> None:
    today, pairs = batch
    asked = "query($id: ID!) { account(id: $id) { licenseKeys(first: 100) { nodes { id status } } } }"
    async with rolled_back(conn), client_at(ManualClock(noon(today)), conn, settings, signing_key) as client:
        ids = await _store(conn, company, card, [term for term, _ in pairs])
        keys = [await license_key(conn, company, row_id, key) for row_id, (_, key) in zip(ids, pairs, strict=True)]

        data = await client.ask(asked, {"id": f"acc_{company}"})

    shown = {node["id"]: node["status"] for node in data["account"]["licenseKeys"]["nodes"]}
    expected = zip(keys, pairs, strict=True)
    assert shown == {f"key_{company}_{row_id}": key.status(term, today) for row_id, (term, key) in expected}
