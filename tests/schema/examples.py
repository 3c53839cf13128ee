"""A client with a clock of its own, and generated rows that are rolled back within one connection."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import httpx
from asyncpg import Connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from gateway.demo.signing import issue_token
from gateway.server.app import create_app
from gateway.settings import Settings
from tests import world
from tests.conftest import AUDIENCE, Client
from tests.schema.model import Key, Term

# The connection is the same for all examples of a test: each runs between a savepoint and its rollback.
FEW_EXAMPLES = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
GRACE_DAYS = (0, 1, 7, 30, 90)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = world.NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class ClientWithClock(Client):
    """Signed in by tokens that are valid at the clock's time."""

    def __init__(self, http: httpx.AsyncClient, signing_key: str, clock: ManualClock) -> None:
        super().__init__(http, signing_key)
        self._clock = clock

    def token(self, subject: str, **claims: Any) -> str:
        given = {"email": f"{subject}@example.com", "name": subject.title(), "lifetime": timedelta(hours=1), **claims}
        issuer, now = world.ISSUER, self._clock.now
        return issue_token(self._signing_key, issuer=issuer, audience=AUDIENCE, subject=subject, now=now, **given)


@asynccontextmanager
async def client_at(
    clock: ManualClock, conn: Connection, settings: Settings, signing_key: str
) -> AsyncIterator[ClientWithClock]:
    """A client of an application with that clock."""

    @asynccontextmanager
    async def acquire() -> AsyncIterator[Connection]:
        yield conn

    app = create_app(settings, clock, acquire=acquire)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://licet.test") as http:
        yield ClientWithClock(http, signing_key, clock)


@asynccontextmanager
async def rolled_back(conn: Connection) -> AsyncIterator[None]:
    """What is written within it is rolled back."""
    savepoint = conn.transaction()
    await savepoint.start()
    try:
        yield
    finally:
        await savepoint.rollback()


@st.composite
def terms(draw: st.DrawFn, today: date) -> Term:
    """Terms of which most begin or end on a day at which something changes."""
    grace = draw(st.sampled_from(GRACE_DAYS))
    edges = [edge + side for edge in (0, 30, -grace) for side in (-1, 0, 1)]
    ends = st.sampled_from(edges) | st.integers(-200, 400)
    starts = st.sampled_from([-1, 0, 1]) | st.integers(-400, 60)
    return Term(
        activated_on=draw(st.none() | starts.map(lambda days: today + timedelta(days=days))),
        expires_on=draw(st.none() | ends.map(lambda days: today + timedelta(days=days))),
        auto_renewal=draw(st.sampled_from(["ON", "OFF", "NOT_AVAILABLE"])),
        grace_days=grace,
        suspended=draw(st.sampled_from([False, False, False, True])),
    )


async def subscription(conn: Connection, account: UUID, term: Term, payment_method: UUID | None, **values: Any) -> UUID:
    """A row of this term."""
    row = {
        "activated_on": term.activated_on,
        "expires_on": term.expires_on,
        "auto_renewal": term.auto_renewal,
        "grace_days": term.grace_days,
        "suspended_at": world.NOW if term.suspended else None,
        "payment_method_id": payment_method if term.auto_renewal == "ON" else None,
    }
    return await world.subscription(conn, account, **{**row, **values})


async def license_key(conn: Connection, account: UUID, subscription_id: UUID, key: Key, **values: Any) -> UUID:
    """A row of this key."""
    row: dict[str, Any] = {
        "used": key.used,
        "expires_on": key.expires_on,
        "blocked_at": world.NOW if key.blocked else None,
        **values,
    }
    if key.allocation is not None:
        row |= {"allocation": key.allocation, "quota": key.quota}
    return await world.license_key(conn, account, subscription_id, **row)
