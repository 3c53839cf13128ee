"""What a viewer may spend: a token bucket each, refilled by time, charged for what operations cost."""

from itertools import pairwise

import pytest
from asyncpg import Connection

from gateway.operations.errors import ErrorCode, RequestError
from gateway.operations.limits import Limits
from gateway.operations.rate_limit import RateLimiter
from gateway.settings import Settings
from tests.operations.hostile_documents import HOSTILE_DOCUMENTS
from tests.operations.test_cost import CUBE
from tests.operations.test_limits import post
from tests.schema.examples import ManualClock, client_at


async def test_a_viewer_who_has_spent_all_waits_and_others_do_not(
    conn: Connection, settings: Settings, signing_key: str
) -> None:
    narrow = settings.model_copy(update={"limits": Limits(cost=1_000_000, capacity=1_000_000, restore=10_000)})

    async with client_at(ManualClock(), conn, narrow, signing_key) as client:
        other = await client.post(CUBE, {"n": 40}, to="bob")
        first, second = await post(client, CUBE, {"n": 40}), await post(client, CUBE, {"n": 40})

    assert (first.status_code, other.status_code) == (200, 200)
    (error,) = second.json()["errors"]
    assert second.status_code == 429
    assert 20 < int(second.headers["retry-after"]) < 40
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["message"].startswith("The operation costs 656411, and 3")


def test_what_is_spent_comes_back_in_time() -> None:
    now = [100.0]
    limiter = RateLimiter(Limits(cost=100, capacity=100, restore=10), lambda: now[0])
    left = [limiter.bucket("ada").consume(60), limiter.bucket("ada").consume(40)]
    with pytest.raises(RequestError) as refused:
        limiter.bucket("ada").consume(25)

    now[0] += 2.5
    left += [limiter.bucket("ada").consume(25), limiter.bucket("bob").consume(1)]
    now[0] += 1_000
    left += [limiter.bucket("ada").consume(1)]

    assert left == [40, 0, 0, 99, 99]
    assert (refused.value.code, refused.value.headers) == (ErrorCode.RATE_LIMITED, ((b"retry-after", b"3"),))


def test_a_viewer_in_debt_is_refused_before_anything_is_prepared() -> None:
    now = [100.0]
    limiter = RateLimiter(Limits(cost=100, capacity=100, restore=10), lambda: now[0])
    limiter.bucket("ada").consume_into_debt(120)

    with pytest.raises(RequestError) as refused:
        limiter.bucket("ada").check()
    limiter.bucket("bob").check()
    now[0] += 2
    limiter.bucket("ada").check()

    assert (refused.value.code, refused.value.headers) == (ErrorCode.RATE_LIMITED, ((b"retry-after", b"2"),))
    assert limiter.bucket("bob").consume(1) == 99


async def test_whoever_throws_bombs_pays_for_the_time_they_take(
    conn: Connection, settings: Settings, signing_key: str
) -> None:
    narrow = settings.model_copy(update={"limits": Limits(cost=500, capacity=500, restore=1)})
    bomb = HOSTILE_DOCUMENTS["2,001 tokens"]

    async with client_at(ManualClock(), conn, narrow, signing_key) as client:
        # What was asked before costs no preparing, however much else the machine does.
        await client.post("{ viewer { scopes } }", to="carol")
        thrown = [await post(client, bomb.query) for _ in range(10)]
        asked = await post(client, "{ viewer { scopes } }")
        other = await client.post("{ viewer { scopes } }", to="bob")

    assert {response.status_code for response in thrown[:1]} == {400}
    assert thrown[-1].status_code == asked.status_code == 429
    assert other.status_code == 200


async def test_an_operation_asked_before_costs_no_preparing(
    conn: Connection, settings: Settings, signing_key: str
) -> None:
    slow = settings.model_copy(update={"limits": Limits(restore=1)})

    async with client_at(ManualClock(), conn, slow, signing_key) as client:
        told = [await post(client, "{ viewer { scopes } }", **{"x-licet-cost": "1"}) for _ in range(21)]

    available = [response.json()["extensions"]["cost"]["available"] for response in told]
    steps = [before - after for before, after in pairwise(available)]
    # A machine with much else to do may pause any of them.
    assert steps.count(1) > 10


def test_a_capacity_that_no_operation_fits_in_is_refused() -> None:
    with pytest.raises(ValueError, match="capacity under the cost"):
        Limits(cost=10, capacity=9)
