"""Status, renewal and grace, day by day: a function of the row and of the clock's UTC date."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from asyncpg import Connection

from gateway.settings import Settings
from tests import world
from tests.conftest import Client
from tests.schema.examples import ManualClock, client_at, noon

ASKED = """
query($id: ID!) {
  account(id: $id) {
    subscriptions { nodes { status renewsOn isExpiringSoon licenseKeys { nodes { subscription { status } } } } }
  }
}
"""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def client(clock: ManualClock, conn: Connection, settings: Settings, signing_key: str) -> AsyncIterator[Client]:
    async with client_at(clock, conn, settings, signing_key) as client:
        yield client


async def _renewing(conn: Connection, account: UUID, **values: Any) -> UUID:
    card = await world.payment_method(conn, account)
    return await world.subscription(conn, account, auto_renewal="ON", payment_method_id=card, **values)


async def _nodes(client: Client, account: UUID) -> list[dict[str, Any]]:
    data = await client.ask(ASKED, {"id": f"acc_{account}"})
    nodes: list[dict[str, Any]] = data["account"]["subscriptions"]["nodes"]
    return nodes


async def _shown(client: Client, account: UUID) -> tuple[str, str | None, bool]:
    """Status, renewsOn and isExpiringSoon of the account's only subscription."""
    (node,) = await _nodes(client, account)
    return node["status"], node["renewsOn"], node["isExpiringSoon"]


async def test_a_subscription_is_active_on_its_last_day(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    await world.subscription(conn, account, expires_on=world.day(0))

    shown = await _shown(client, account)

    assert shown == ("ACTIVE", None, True)


@pytest.mark.parametrize("renewal", ["OFF", "NOT_AVAILABLE"])
async def test_without_renewal_the_day_after_the_last_is_expired(
    conn: Connection, client: Client, renewal: str
) -> None:
    account = await world.company(conn)
    await world.subscription(conn, account, expires_on=world.day(-1), auto_renewal=renewal, grace_days=30)

    shown = await _shown(client, account)

    assert shown == ("EXPIRED", None, False)


async def test_with_renewal_the_last_day_is_active_and_renews(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    await _renewing(conn, account, expires_on=world.day(0))

    shown = await _shown(client, account)

    assert shown == ("ACTIVE", "2026-06-15", False)


@pytest.mark.parametrize("days_ago", [1, 2, 29, 30])
async def test_with_renewal_every_day_of_grace_is_a_grace_period(
    conn: Connection, client: Client, days_ago: int
) -> None:
    account = await world.company(conn)
    await _renewing(conn, account, expires_on=world.day(-days_ago), grace_days=30)

    shown = await _shown(client, account)

    assert shown == ("GRACE_PERIOD", world.day(-days_ago).isoformat(), False)


async def test_the_day_after_the_grace_period_is_expired(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    await _renewing(conn, account, expires_on=world.day(-31), grace_days=30)

    shown = await _shown(client, account)

    assert shown == ("EXPIRED", None, False)


async def test_without_grace_days_the_day_after_the_last_is_expired(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    await _renewing(conn, account, expires_on=world.day(-1), grace_days=0)

    shown = await _shown(client, account)

    assert shown == ("EXPIRED", None, False)


async def test_the_longest_grace_period_is_grace_to_its_last_day(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    await _renewing(conn, account, expires_on=world.day(-90), grace_days=90)

    shown = await _shown(client, account)

    assert shown == ("GRACE_PERIOD", world.day(-90).isoformat(), False)


async def test_a_subscription_is_active_from_its_first_day(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    await world.subscription(conn, account, activated_on=world.day(0))

    shown = await _shown(client, account)

    assert shown == ("ACTIVE", None, False)


@pytest.mark.parametrize("activated_on", [world.day(1), None])
async def test_before_its_first_day_a_subscription_is_pending_and_its_renewal_known(
    conn: Connection, client: Client, activated_on: date | None
) -> None:
    account = await world.company(conn)
    await _renewing(conn, account, activated_on=activated_on, expires_on=world.day(366))

    shown = await _shown(client, account)

    assert shown == ("PENDING", world.day(366).isoformat(), False)


async def test_pending_wins_over_expired(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    await world.subscription(conn, account, activated_on=None, expires_on=world.day(-40))

    shown = await _shown(client, account)

    assert shown == ("PENDING", None, False)


@pytest.mark.parametrize("activated_on", [None, world.day(1), world.day(-40)])
@pytest.mark.parametrize("expires_on", [None, world.day(5), world.day(-5), world.day(-35)])
async def test_suspended_wins_over_everything(
    conn: Connection, client: Client, activated_on: date | None, expires_on: date | None
) -> None:
    account = await world.company(conn)
    await _renewing(conn, account, activated_on=activated_on, expires_on=expires_on, suspended_at=world.NOW)

    shown = await _shown(client, account)

    assert shown == ("SUSPENDED", None, False)


async def test_a_perpetual_subscription_is_active_for_ever_and_never_ends_soon(
    conn: Connection, client: Client, clock: ManualClock
) -> None:
    account = await world.company(conn)
    await world.subscription(conn, account, expires_on=None, auto_renewal="NOT_AVAILABLE")
    clock.now = datetime(2999, 12, 31, 23, 59, tzinfo=UTC)

    shown = await _shown(client, account)

    assert shown == ("ACTIVE", None, False)


@pytest.mark.parametrize(("offset", "soon"), [(0, True), (29, True), (30, True), (31, False)])
async def test_expiring_soon_means_within_thirty_days_unless_told_otherwise(
    conn: Connection, client: Client, offset: int, soon: bool
) -> None:
    account = await world.company(conn)
    await world.subscription(conn, account, expires_on=world.day(offset))

    shown = await _shown(client, account)

    assert shown == ("ACTIVE", None, soon)


async def test_within_no_days_means_today(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    for offset in (0, 1):
        await world.subscription(conn, account, expires_on=world.day(offset))
    asked = "query($id: ID!) { account(id: $id) { subscriptions { nodes { isExpiringSoon(withinDays: 0) } } } }"

    data = await client.ask(asked, {"id": f"acc_{account}"})

    assert data["account"]["subscriptions"]["nodes"] == [{"isExpiringSoon": True}, {"isExpiringSoon": False}]


@pytest.mark.parametrize(
    ("expires_on", "grace_days", "statuses"),
    [
        (date(2027, 12, 31), 1, {date(2027, 12, 31): "ACTIVE", date(2028, 1, 1): "GRACE_PERIOD"}),
        (date(2027, 12, 2), 30, {date(2028, 1, 1): "GRACE_PERIOD", date(2028, 1, 2): "EXPIRED"}),
        (date(2028, 2, 28), 1, {date(2028, 2, 29): "GRACE_PERIOD", date(2028, 3, 1): "EXPIRED"}),
        (date(2028, 2, 29), 1, {date(2028, 2, 29): "ACTIVE", date(2028, 3, 1): "GRACE_PERIOD"}),
        (date(2027, 2, 28), 1, {date(2027, 3, 1): "GRACE_PERIOD", date(2027, 3, 2): "EXPIRED"}),
        (date(2028, 1, 31), 30, {date(2028, 3, 1): "GRACE_PERIOD", date(2028, 3, 2): "EXPIRED"}),
        (date(2027, 1, 31), 30, {date(2027, 3, 2): "GRACE_PERIOD", date(2027, 3, 3): "EXPIRED"}),
    ],
)
async def test_grace_is_counted_in_days_over_the_ends_of_years_and_februaries(
    conn: Connection, client: Client, clock: ManualClock, expires_on: date, grace_days: int, statuses: dict[date, str]
) -> None:
    account = await world.company(conn)
    await _renewing(conn, account, expires_on=expires_on, grace_days=grace_days)

    shown = {}
    for day in statuses:
        clock.now = noon(day)
        shown[day] = (await _shown(client, account))[0]

    assert shown == statuses


async def test_a_status_changes_when_only_the_clock_moves(
    conn: Connection, client: Client, clock: ManualClock, statements: list[str]
) -> None:
    account = await world.company(conn)
    await _renewing(conn, account, activated_on=world.day(1), expires_on=world.day(3), grace_days=2)
    await client.ask("{ viewer { scopes } }")
    statements.clear()

    shown = []
    for offset in range(7):
        clock.now = noon(world.day(offset))
        shown.append(await _shown(client, account))

    end = world.day(3).isoformat()
    renewing = [("PENDING", end, False), *[("ACTIVE", end, False)] * 3, *[("GRACE_PERIOD", end, False)] * 2]
    assert shown == [*renewing, ("EXPIRED", None, False)]
    assert [statement for statement in statements if "UPDATE subscriptions" in statement] == []


async def test_a_day_begins_at_midnight_in_utc_wherever_the_database_thinks_it_is(
    conn: Connection, client: Client, clock: ManualClock
) -> None:
    account = await world.company(conn)
    await world.subscription(conn, account, expires_on=world.day(0))
    midnight = datetime.combine(world.day(1), time(), UTC)

    shown = {}
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        await conn.execute(f"SET LOCAL TIME ZONE '{zone}'")
        for now in (midnight - timedelta(microseconds=1), midnight):
            clock.now = now
            shown[zone, now] = (await _shown(client, account))[0]

    assert list(shown.values()) == ["ACTIVE", "EXPIRED"] * 2


async def test_nothing_that_a_client_sends_moves_the_clock(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    await world.subscription(conn, account, expires_on=world.day(-1))
    said = {"date": "Sat, 13 Jun 2026 12:00:00 GMT", "x-now": "2026-06-13", "time-zone": "Pacific/Niue"}
    client.http.headers.update({**said, "x-timezone": "-720", "prefer": "timezone=Pacific/Niue"})

    shown = await _shown(client, account)

    assert shown == ("EXPIRED", None, False)


async def test_a_request_reads_the_clock_once(conn: Connection, settings: Settings, signing_key: str) -> None:
    class Running(ManualClock):
        """A day later whenever it is read."""

        def __call__(self) -> datetime:
            self.now += timedelta(days=1)
            return self.now

    account = await world.company(conn)
    for offset in range(12):
        subscription = await world.subscription(conn, account, expires_on=world.day(offset))
        await world.license_key(conn, account, subscription)
    clock = Running(world.NOW - timedelta(days=1))

    async with client_at(clock, conn, settings, signing_key) as client:
        data = await client.ask(ASKED, {"id": f"acc_{account}"}, lifetime=timedelta(days=90))

    nodes = data["account"]["subscriptions"]["nodes"]
    assert {node["status"] for node in nodes} == {"ACTIVE", "EXPIRED"}
    assert all(node["licenseKeys"]["nodes"] == [{"subscription": {"status": node["status"]}}] for node in nodes)
