"""Sublicences and the devices on them: what each change leaves of the seats, the keys and the trail."""

from datetime import timedelta
from typing import Any

import pytest
from asyncpg import Connection

from db.changes import activations, key_admins, license_keys, sublicenses
from db.changes.context import ChangeContext, RowKey
from db.license_key_custody.keyring import Keyring
from db.user_errors import UserErrorCode
from tests import world
from tests.db.team import DYNAMIC, RESERVED, Team, create_team, refusal


@pytest.fixture
async def team(conn: Connection, keyring: Keyring) -> Team:
    return await create_team(conn, keyring)


async def test_a_new_sublicence_has_a_key_that_activates(team: Team, conn: Connection) -> None:
    design = await team.split("Design", RESERVED, 3, expires_on=world.day(50))

    await team.activate(design, "mac")

    row = await conn.fetchrow("SELECT * FROM license_keys WHERE account_id = $1 AND id = $2", *design)
    shown = await team.key_of(design)
    assert row is not None
    assert (row["kind"], row["tail"], row["registered_at"]) == ("SUBLICENSE", shown[-5:], world.NOW)
    assert await team.seats() == [("all", None, 0), ("Design", 3, 1)]
    assert (await team.trail())[0] == (
        "license_key.created",
        None,
        {"name": "Design", "allocation": "RESERVED", "quota": 3, "expiresOn": "2026-08-04"},
    )


async def test_seats_are_reserved_only_while_the_pool_has_them(team: Team) -> None:
    await team.activate(await team.primary(), "a", "b")
    await team.split("Design", RESERVED, 5)
    floating = await team.split("Floating", DYNAMIC, 8)
    await team.activate(floating, "c")

    over = await refusal(team.split("Sales", RESERVED, 3))
    await team.split("Sales", RESERVED, 2)

    assert over == (UserErrorCode.QUOTA_EXCEEDS_POOL, ("quota",))
    assert await refusal(team.activate(floating, "d")) == (UserErrorCode.NO_SEATS_AVAILABLE, ("key",))


async def test_dynamic_caps_may_overlap(team: Team) -> None:
    for name in ("Floating", "Wandering"):
        await team.split(name, DYNAMIC, 10)

    assert await team.seats() == [("all", None, 0), ("Floating", 10, 0), ("Wandering", 10, 0)]


async def test_an_expired_sublicence_gives_its_seats_back_and_needs_them_again_to_return(team: Team) -> None:
    design = await team.split("Design", RESERVED, 6, expires_on=world.day(5))
    team.ctx = ChangeContext(team.ctx.user_id, "ada", world.NOW + timedelta(days=6))
    sales = await team.split("Sales", RESERVED, 8)

    async def extend(**given: Any) -> bool:
        return await sublicenses.update(team.conn, team.ctx, design, given)

    too_many = await refusal(extend(expires_on=world.day(20)))
    still_past = await refusal(extend(quota=2))
    both = await extend(expires_on=None, quota=2)

    assert too_many == (UserErrorCode.QUOTA_EXCEEDS_POOL, ("quota",))
    assert still_past == (UserErrorCode.EXPIRATION_IN_PAST, ("expires_on",))
    assert both
    assert await refusal(sublicenses.update(team.conn, team.ctx, sales, {"quota": 9})) == too_many


@pytest.mark.parametrize(
    ("used", "given", "code"),
    [
        (0, {"quota": 0}, UserErrorCode.QUOTA_INVALID),
        (3, {"quota": 2}, UserErrorCode.QUOTA_BELOW_USED),
        (3, {"quota": 11}, UserErrorCode.QUOTA_EXCEEDS_POOL),
        (0, {"expires_on": world.day(-1)}, UserErrorCode.EXPIRATION_IN_PAST),
        (0, {"expires_on": world.day(101)}, UserErrorCode.EXPIRATION_AFTER_SUBSCRIPTION),
    ],
)
async def test_a_sublicence_is_not_changed_beyond_its_bounds(
    team: Team, used: int, given: dict[str, Any], code: UserErrorCode
) -> None:
    design = await team.split("Design", RESERVED, 5)
    await team.activate(design, *[f"device {number}" for number in range(used)])

    refused = await refusal(sublicenses.update(team.conn, team.ctx, design, given))

    assert refused == (code, tuple(given))


@pytest.mark.parametrize(
    "given",
    [
        {"quota": 10},
        {"quota": 3, "allocation": DYNAMIC},
        {"expires_on": world.day(0)},
        {"expires_on": world.day(100)},
    ],
)
async def test_a_sublicence_is_changed_up_to_its_bounds(team: Team, given: dict[str, Any]) -> None:
    design = await team.split("Design", RESERVED, 5)
    await team.activate(design, "a", "b", "c")

    changed = await sublicenses.update(team.conn, team.ctx, design, given)

    row = await team.conn.fetchrow("SELECT * FROM license_keys WHERE account_id = $1 AND id = $2", *design)
    assert row is not None
    assert (changed, {name: row[name] for name in given}) == (True, given)


async def test_what_is_equal_already_is_no_change(team: Team) -> None:
    design = await team.split("Design", RESERVED, 5)

    changed = [
        await sublicenses.update(team.conn, team.ctx, design, given)
        for given in ({}, {"quota": 5}, {"quota": 6}, {"quota": 6})
    ]

    assert changed == [False, False, True, False]
    assert (await team.trail())[1:] == [("license_key.updated", {"quota": 5}, {"quota": 6})]


async def test_a_rotated_sublicence_keeps_all_but_its_key(team: Team, conn: Connection) -> None:
    design = await team.split("Design", RESERVED, 3)
    [mac] = await team.activate(design, "mac")
    old = await team.key_of(design)

    await sublicenses.rotate(conn, team.ctx, team.keyring, design)

    new = await team.key_of(design)
    tail = await conn.fetchval("SELECT tail FROM license_keys WHERE account_id = $1 AND id = $2", *design)
    assert (new != old, tail) == (True, new[-5:])
    assert await team.activate_with(new, "mac") == mac
    assert await refusal(team.activate_with(old, "mac")) == (UserErrorCode.KEY_NOT_FOUND, ("key",))
    assert await team.seats() == [("all", None, 0), ("Design", 3, 1)]
    assert (await team.trail())[-1] == ("license_key.rotated", None, None)


async def test_a_key_that_the_store_blocked_is_not_rotated_into_a_good_one(team: Team) -> None:
    design = await team.split("Design", RESERVED, 3)
    store = ChangeContext(None, "store", world.NOW, as_store=True)
    await license_keys.block(team.conn, store, team.keyring, design, reason="leaked", blocked=True)

    rotated = await refusal(sublicenses.rotate(team.conn, team.ctx, team.keyring, design))

    assert rotated == (UserErrorCode.KEY_BLOCKED, ("license_key_id",))


async def test_the_devices_of_a_deleted_sublicence_go_where_there_is_room(team: Team, conn: Connection) -> None:
    design = await team.split("Design", RESERVED, 4)
    small = await team.split("Small", DYNAMIC, 1)
    mac, pc, *_ = await team.activate(design, "mac", "pc", "tablet")
    await activations.block(conn, team.ctx, pc)

    def delete(move_to: RowKey | None) -> Any:
        return sublicenses.delete(conn, team.ctx, design, move_to)

    async with conn.transaction():
        in_use = await refusal(delete(None))
    savepoint = conn.transaction()
    await savepoint.start()
    no_room = await refusal(delete(small))
    await savepoint.rollback()
    await delete(await team.primary())

    assert in_use == (UserErrorCode.KEY_IN_USE, ("license_key_id",))
    assert no_room == (UserErrorCode.NO_SEATS_AVAILABLE, ("move_to_license_key_id",))
    assert await team.seats() == [("all", None, 2), ("Small", 1, 0)]
    assert await refusal(team.activate(small, "pc")) == (UserErrorCode.ACTIVATION_BLOCKED, ("device_id",))
    assert await conn.fetchval("SELECT count(*) FROM license_key_index WHERE license_key_id = $1", design[1]) == 0
    assert (
        await conn.fetchval("SELECT license_key_id FROM activations WHERE id = $1", mac[1]) == (await team.primary())[1]
    )


async def test_a_deleted_sublicences_devices_need_no_other_seats_than_its_own(team: Team) -> None:
    design = await team.split("Design", RESERVED, 10)
    await team.activate(design, *[f"device {number}" for number in range(10)])

    await sublicenses.delete(team.conn, team.ctx, design, await team.primary())

    assert await team.seats() == [("all", None, 10)]


async def test_devices_go_to_a_usable_key_of_the_same_subscription(team: Team, conn: Connection) -> None:
    design, expired = await team.split("Design", RESERVED, 4), await team.split("Old", RESERVED, 1)
    other = await world.subscription(conn, team.account_id)
    elsewhere = team.account_id, await world.license_key(conn, team.account_id, other)
    await conn.execute("UPDATE license_keys SET expires_on = $1 WHERE id = $2", world.day(-1), expired[1])
    blocked = await team.split("Blocked", RESERVED, 1)
    await conn.execute("UPDATE license_keys SET blocked_at = $1 WHERE id = $2", world.NOW, blocked[1])

    refused = {
        name: (await refusal(sublicenses.delete(conn, team.ctx, design, move_to)))[0]
        for name, move_to in [("elsewhere", elsewhere), ("itself", design), ("expired", expired), ("blocked", blocked)]
    }

    assert refused == {
        "elsewhere": UserErrorCode.LICENSE_KEY_NOT_FOUND,
        "itself": UserErrorCode.INVALID_INPUT,
        "expired": UserErrorCode.KEY_EXPIRED,
        "blocked": UserErrorCode.KEY_BLOCKED,
    }


async def test_a_device_that_is_deactivated_or_blocked_frees_its_seat_once(team: Team, conn: Connection) -> None:
    mac, pc = await team.activate(await team.primary(), "mac", "pc")
    steps = [
        (activations.deactivate, mac),
        (activations.deactivate, mac),
        (activations.block, mac),
        (activations.block, pc),
        (activations.block, pc),
        (activations.deactivate, pc),
        (activations.lift_block, pc),
        (activations.lift_block, pc),
    ]

    changed = [(await step(conn, team.ctx, activation), (await team.seats())[0][2]) for step, activation in steps]

    assert changed == [
        (True, 1), (False, 1), (True, 1), (True, 0), (False, 0), (False, 0), (True, 0), (False, 0),
    ]  # fmt: skip
    assert [action for action, _, _ in await team.trail()][2:] == [
        "activation.deactivated",
        "activation.blocked",
        "activation.blocked",
        "activation.unblocked",
    ]
    assert await team.activate(await team.primary(), "pc") == [pc]


async def test_administrators_of_a_key_are_its_members_and_nobody_else(team: Team, conn: Connection) -> None:
    design = await team.split("Design", RESERVED, 1)
    people = {
        name: (team.account_id, await world.member(conn, team.account_id, await world.user(conn, name), **as_))
        for name, as_ in {
            "grace": {"role": "MEMBER"},
            "linus": {"role": "MEMBER"},
            "edsger": {"role": "ADMIN"},
            "mallory": {"role": "MEMBER", "status": "BLOCKED"},
        }.items()
    }
    invited = await world.member(conn, team.account_id, None, "MEMBER", status="INVITED", email="new@example.com")
    stranger = await world.account(conn), people["grace"][1]

    async def set_admins(*memberships: RowKey) -> bool:
        return await key_admins.set_admins(conn, team.ctx, design, memberships)

    changed = [
        await set_admins(*[people[name] for name in names.split()])
        for names in ("grace linus", "linus grace linus", "linus", "")
    ]
    refused = [
        await refusal(set_admins(people["grace"], membership))
        for membership in (people["edsger"], people["mallory"], (team.account_id, invited), stranger)
    ]

    assert changed == [True, False, True, True]
    assert refused == [
        (code, ("membership_ids", "1"))
        for code in (
            UserErrorCode.MEMBER_IS_ADMIN,
            UserErrorCode.MEMBER_BLOCKED,
            UserErrorCode.MEMBERSHIP_NOT_FOUND,
            UserErrorCode.MEMBERSHIP_NOT_FOUND,
        )
    ]
    assert await conn.fetchval("SELECT count(*) FROM license_key_grants") == 0
    before, after = (await team.trail())[2][1:]
    assert (len(before["admins"]), after) == (2, {"admins": ["mem_{}_{}".format(*people["linus"])]})


async def test_a_key_is_renamed(team: Team) -> None:
    primary = await team.primary()

    changed = [await license_keys.rename(team.conn, team.ctx, primary, name) for name in ("Everybody", "Everybody")]

    assert changed == [True, False]
    assert await team.trail() == [("license_key.renamed", {"name": "all"}, {"name": "Everybody"})]
