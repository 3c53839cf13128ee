"""Races for seats, keys and administrators, on committed rows and connections of their own, each run ten times."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from asyncpg import Connection

from db.changes import invitations, key_admins, members, payment_methods, registration, sublicenses, subscriptions
from db.changes.context import ChangeContext, RowKey
from db.changes.locks import lock_subscription
from db.changes.payment_methods import NewMethod
from db.changes.registration import KeyInput
from db.enums import Allocation, MemberRole
from db.license_key_custody.keyring import Keyring
from db.user_errors import MutationRefused, UserErrorCode
from gateway.demo.payment_processor import DemoProcessor
from tests import world
from tests.committed import Acquire, connections
from tests.conftest import scratch_database
from tests.db.team import Team, create_team

Change = Callable[[Connection], Awaitable[Any]]
TIMES = pytest.mark.parametrize("time", range(10))
COMMITTED = "committed"
RESERVED = "SELECT coalesce(sum(quota), 0) FROM license_keys WHERE allocation = 'RESERVED'"
USED = "SELECT coalesce(sum(used), 0) FROM license_keys WHERE allocation IS DISTINCT FROM 'RESERVED'"
ACTIVE = "SELECT count(*) FROM activations WHERE status = 'ACTIVE'"
ADMINS = "SELECT count(*) FROM memberships WHERE status = 'ACTIVE' AND role IN ('OWNER', 'ADMIN')"
WAITING = """
    SELECT count(*) FROM pg_sleep(0.01), pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database()
"""
WITH_ADDRESS = "SELECT count(*) FROM memberships WHERE email = $1"


@pytest.fixture(scope="module")
async def acquire(server_url: str) -> AsyncIterator[Acquire]:
    async with scratch_database(server_url) as url, connections(url, 16) as acquire:
        yield acquire


@pytest.fixture
async def watching(acquire: Acquire) -> AsyncIterator[Connection]:
    """A connection of the test's own."""
    async with acquire() as conn:
        yield conn


@pytest.fixture
async def team(watching: Connection, keyring: Keyring) -> Team:
    """A company with a subscription of ten licences, alone in the database."""
    await watching.execute("TRUNCATE accounts, users, products, license_key_index CASCADE")
    return await create_team(watching, keyring)


async def together(acquire: Acquire, *changes: Change) -> list[Any]:
    """What each of them comes to, in a transaction of its own: COMMITTED, or the code it is refused with."""

    async def run(change: Change) -> Any:
        async with acquire() as conn:
            try:
                async with conn.transaction():
                    await change(conn)
            except MutationRefused as refused:
                return refused.code
        return COMMITTED

    return await asyncio.gather(*[run(change) for change in changes])


def splitting(team: Team, name: str, quota: int) -> Change:
    return lambda conn: team.on(conn).split(name, Allocation.RESERVED, quota)


def activating(team: Team, key: str, *devices: str) -> list[Change]:
    def on(device: str) -> Change:
        return lambda conn: team.on(conn).activate_with(key, device)

    return [on(device) for device in devices]


async def person(team: Team, name: str, role: str = "ADMIN") -> tuple[ChangeContext, RowKey]:
    user_id = await world.user(team.conn, name)
    ctx = ChangeContext(user_id, name, world.NOW, email=f"{name}@example.com")
    return ctx, (team.account_id, await world.member(team.conn, team.account_id, user_id, role))


@TIMES
async def test_no_seat_is_reserved_twice(acquire: Acquire, team: Team, time: int) -> None:
    changes = [splitting(team, f"Team {number}", 3) for number in range(12)]

    came_to = Counter(await together(acquire, *changes))

    assert came_to == {COMMITTED: 3, UserErrorCode.QUOTA_EXCEEDS_POOL: 9}
    assert await team.conn.fetchval(RESERVED) == 9


@TIMES
async def test_a_seat_is_reserved_or_used_but_not_both(acquire: Acquire, team: Team, time: int) -> None:
    key = await team.key_of(await team.primary())
    changes = activating(team, key, *[f"device {number}" for number in range(12)])
    for number in range(4):
        changes.insert(4 * number, splitting(team, f"Team {number}", 3))

    came_to = await together(acquire, *changes)

    reserved, used = await team.conn.fetchval(RESERVED), await team.conn.fetchval(USED)
    assert reserved + used == 10
    assert came_to.count(COMMITTED) == reserved // 3 + used
    assert set(came_to) <= {COMMITTED, UserErrorCode.QUOTA_EXCEEDS_POOL, UserErrorCode.NO_SEATS_AVAILABLE}
    assert await team.conn.fetchval(ACTIVE) == used


@TIMES
async def test_a_key_that_is_rotated_while_devices_activate_works_before_and_not_after(
    acquire: Acquire, team: Team, time: int
) -> None:
    design = await team.split("Design", Allocation.RESERVED, 10)
    old = await team.key_of(design)
    changes = activating(team, old, *[f"device {number}" for number in range(10)])
    changes.insert(5, lambda conn: sublicenses.rotate(conn, team.ctx, team.keyring, design))

    came_to = await together(acquire, *changes)
    late = await together(acquire, *activating(team, old, "device late"))
    new = await together(acquire, *activating(team, await team.key_of(design), "device 0"))

    activated = came_to.count(COMMITTED) - 1
    assert (came_to[5], late, new) == (COMMITTED, [UserErrorCode.KEY_NOT_FOUND], [COMMITTED])
    assert set(came_to) <= {COMMITTED, UserErrorCode.KEY_NOT_FOUND}
    assert await team.conn.fetchval(ACTIVE) == activated + (came_to[0] != COMMITTED)
    assert await team.seats() == [("all", None, 0), ("Design", 10, await team.conn.fetchval(ACTIVE))]


@TIMES
async def test_a_key_that_is_deleted_while_devices_activate_takes_all_of_them_along(
    acquire: Acquire, team: Team, time: int
) -> None:
    design, primary = await team.split("Design", Allocation.RESERVED, 10), await team.primary()
    changes = activating(team, await team.key_of(design), *[f"device {number}" for number in range(10)])
    changes.insert(5, lambda conn: sublicenses.delete(conn, team.ctx, design, primary))

    came_to = await together(acquire, *changes)

    activated = came_to.count(COMMITTED) - 1
    assert came_to[5] == COMMITTED
    assert set(came_to) <= {COMMITTED, UserErrorCode.KEY_NOT_FOUND}
    assert await team.conn.fetchval(ACTIVE) == activated
    assert await team.seats() == [("all", None, activated)]


@TIMES
@pytest.mark.parametrize("how", ["each the other", "each themselves", "by removal", "by leaving"])
async def test_one_of_the_last_two_administrators_stays(acquire: Acquire, team: Team, time: int, how: str) -> None:
    await team.conn.execute("DELETE FROM memberships")
    anne, grace = [await person(team, name) for name in ("anne", "grace")]

    def change(who: ChangeContext, own: RowKey, other: RowKey) -> Change:
        ways: dict[str, Change] = {
            "each the other": lambda conn: members.set_role(conn, who, other, MemberRole.MEMBER),
            "each themselves": lambda conn: members.set_role(conn, who, own, MemberRole.MEMBER),
            "by removal": lambda conn: members.remove(conn, who, other),
            "by leaving": lambda conn: members.leave(conn, who, team.account_id),
        }
        return ways[how]

    came_to = await together(acquire, change(*anne, grace[1]), change(*grace, anne[1]))

    assert await team.conn.fetchval(ADMINS) == 1
    assert came_to.count(COMMITTED) == 1
    assert set(came_to) <= {COMMITTED, UserErrorCode.LAST_ADMIN, UserErrorCode.MEMBERSHIP_NOT_FOUND}


@TIMES
async def test_who_is_blocked_while_keys_are_granted_to_them_holds_none(
    acquire: Acquire, team: Team, time: int
) -> None:
    _, grace = await person(team, "grace", "MEMBER")
    keys = [await team.split(f"Team {number}", Allocation.DYNAMIC, 3) for number in range(4)]

    def granting(key: RowKey) -> Change:
        return lambda conn: key_admins.set_admins(conn, team.ctx, key, [grace])

    changes = [granting(key) for key in keys]
    changes.insert(2, lambda conn: members.block(conn, team.ctx, grace))

    came_to = await together(acquire, *changes)

    assert came_to[2] == COMMITTED
    assert set(came_to) <= {COMMITTED, UserErrorCode.MEMBER_BLOCKED}
    assert await team.conn.fetchval("SELECT count(*) FROM license_key_grants") == 0


@TIMES
async def test_an_address_is_invited_once_and_comes_in_once(acquire: Acquire, team: Team, time: int) -> None:
    emails = ["grace@example.com", "linus@example.com"]
    grace = ChangeContext(await world.user(team.conn, "grace"), "grace", world.NOW, email=emails[0])

    def invite(conn: Connection) -> Awaitable[Any]:
        return invitations.invite(conn, team.ctx, team.account_id, emails, MemberRole.MEMBER)

    def accept(conn: Connection) -> Awaitable[Any]:
        return invitations.accept(conn, grace, invitation)

    def revoke(conn: Connection) -> Awaitable[Any]:
        return members.revoke_invitation(conn, team.ctx, invitation)

    invited = await together(acquire, *[invite] * 6)
    row: UUID = await team.conn.fetchval("SELECT id FROM memberships WHERE email = $1", emails[0])
    invitation = team.account_id, row
    came_to = await together(acquire, accept, accept, revoke, accept)

    there = [await team.conn.fetchval(WITH_ADDRESS, email) for email in emails]
    assert invited == [COMMITTED] * 6
    assert came_to.count(COMMITTED) == 1
    assert there == [0 if came_to[2] == COMMITTED else 1, 1]


async def waiting(conn: Connection) -> None:
    """Until somebody waits for a lock."""
    while not await conn.fetchval(WAITING):
        pass


@pytest.mark.parametrize("what", ["invite", "promote", "block", "remove", "register", "rename", "add card"])
async def test_who_is_demoted_while_waiting_may_no_longer(acquire: Acquire, team: Team, what: str) -> None:
    (grace, own), (_, linus) = await person(team, "grace"), await person(team, "linus", "MEMBER")
    emails = ["new@example.com"]
    ways: dict[str, Change] = {
        "invite": lambda conn: invitations.invite(conn, grace, team.account_id, emails, MemberRole.ADMIN),
        "promote": lambda conn: members.set_role(conn, grace, own, MemberRole.ADMIN),
        "block": lambda conn: members.block(conn, grace, linus),
        "remove": lambda conn: members.remove(conn, grace, linus),
        "register": lambda conn: registration.register(
            conn, grace, team.keyring, KeyInput("typed"), team.account_id, name=None, suspend_trial=False
        ),
        "rename": lambda conn: subscriptions.rename(conn, grace, team.subscription, "Ours"),
        "add card": lambda conn: payment_methods.add(
            conn, grace, DemoProcessor(lambda: world.NOW), NewMethod(team.account_id, "tok_visa")
        ),
    }

    async with acquire() as conn, asyncio.timeout(5):
        async with conn.transaction():
            await members.set_role(conn, team.ctx, own, MemberRole.MEMBER)
            await lock_subscription(conn, team.ctx, team.subscription)
            change = asyncio.create_task(together(acquire, ways[what]))
            await waiting(team.conn)
        came_to = await change

    is_about_a_member = what in ("promote", "block", "remove")
    assert came_to == [UserErrorCode.MEMBERSHIP_NOT_FOUND if is_about_a_member else UserErrorCode.FORBIDDEN]


async def test_who_is_blocked_while_waiting_activates_nothing(acquire: Acquire, team: Team) -> None:
    linus, own = await person(team, "linus", "MEMBER")
    key = await team.key_of(await team.primary())

    async with acquire() as conn, asyncio.timeout(5):
        async with conn.transaction():
            await members.block(conn, team.ctx, own)
            await lock_subscription(conn, team.ctx, team.subscription)
            change = asyncio.create_task(together(acquire, *activating(team.by(linus), key, "laptop")))
            await waiting(team.conn)
        came_to = await change

    assert came_to == [UserErrorCode.ACCOUNT_NOT_FOUND]
    assert await team.conn.fetchval(ACTIVE) == 0
