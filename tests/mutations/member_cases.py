"""Accounts opened, people invited, given roles, blocked and let go."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from db.errors import UserErrorCode
from tests import world
from tests.mutations.scenario import Input, Scene, case


def membership(scene: Scene, row: UUID, account: UUID | None = None) -> Input:
    return {"membershipId": scene.id("mem", row, account)}


async def another(scene: Scene, role: str = "MEMBER", **values: Any) -> Input:
    """A member of the account besides ada and bob."""
    eve = await world.user(scene.conn, "eve")
    return membership(scene, await world.member(scene.conn, scene.account, eve, role, **values))


async def invited(scene: Scene, **values: Any) -> Input:
    given = {"status": "INVITED", "email": "new@example.com", **values}
    return membership(scene, await world.member(scene.conn, scene.account, None, "MEMBER", **given))


async def own(scene: Scene) -> Input:
    found = "SELECT id FROM memberships WHERE role = 'OWNER' AND account_id = $1"
    return membership(scene, await scene.conn.fetchval(found, scene.account))


async def elsewhere(scene: Scene) -> Input:
    account = await world.account(scene.conn)
    eve = await world.user(scene.conn, "eve")
    return membership(scene, await world.member(scene.conn, account, eve), account)


async def by_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return await another(scene)


async def personal(scene: Scene) -> tuple[UUID, UUID]:
    """The account that ada has as a person, and her membership of it."""
    found = "SELECT account_id, m.id FROM memberships m JOIN accounts a ON a.id = account_id WHERE kind = 'PERSONAL'"
    row = await scene.conn.fetchrow(f"{found} AND user_id = (SELECT id FROM users WHERE subject = 'ada')")
    assert row is not None
    return row[0], row[1]


async def in_a_personal_account(scene: Scene) -> Input:
    account, row = await personal(scene)
    return membership(scene, row, account)


# What all that name a membership share.
for mutation in ("revokeInvitation", "setMemberRole", "blockMember", "unblockMember", "removeMember"):
    role: Input = {"role": "ADMIN"} if mutation == "setMemberRole" else {}

    def noted(made: Any, role: Input = role) -> Any:
        async def with_role(scene: Scene) -> Input:
            return {**await made(scene), **role}

        with_role.__name__ = made.__name__
        return with_role

    case(mutation, UserErrorCode.MEMBERSHIP_NOT_FOUND)(noted(elsewhere))
    case(mutation, UserErrorCode.MEMBERSHIP_NOT_FOUND)(noted(by_a_member))
    case(mutation, UserErrorCode.PERSONAL_ACCOUNT)(noted(in_a_personal_account))

# createBusinessAccount


@case("createBusinessAccount")
async def of_a_company(scene: Scene) -> Input:
    return {"name": " Example and Daughters "}


@case("createBusinessAccount", UserErrorCode.FORBIDDEN)
async def of_no_person(scene: Scene) -> Input:
    scene.to, scene.claims = "store", {"email": None, "name": None, "scopes": ("store:write",)}
    return {"name": "Example Ltd"}


# inviteMembers


@case("inviteMembers")
async def two_administrators(scene: Scene) -> Input:
    return {"accountId": scene.account_id, "emails": ["eve@example.com", "Mallory@example.com"], "role": "ADMIN"}


@case("inviteMembers", UserErrorCode.ACCOUNT_NOT_FOUND)
async def into_an_account_of_others(scene: Scene) -> Input:
    return {"accountId": f"acc_{await world.account(scene.conn)}", "emails": ["eve@example.com"]}


@case("inviteMembers", UserErrorCode.FORBIDDEN)
async def invited_by_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return {"accountId": scene.account_id, "emails": ["eve@example.com"]}


@case("inviteMembers", UserErrorCode.PERSONAL_ACCOUNT)
async def into_a_personal_account(scene: Scene) -> Input:
    return {"accountId": f"acc_{(await personal(scene))[0]}", "emails": ["eve@example.com"]}


# revokeInvitation


@case("revokeInvitation")
async def that_is_open(scene: Scene) -> Input:
    return await invited(scene)


@case("revokeInvitation", UserErrorCode.INVITATION_NOT_FOUND)
async def that_was_accepted(scene: Scene) -> Input:
    return membership(scene, scene.bob)


# acceptInvitation


async def invitation(scene: Scene, **values: Any) -> Input:
    """Of eve's."""
    await scene.client.ask("{ __typename }", to="eve")
    scene.to = "eve"
    given = {"status": "INVITED", "email": "Eve@Example.com", **values}
    row = await world.member(scene.conn, scene.account, None, "MEMBER", **given)
    return {"invitationId": scene.id("inv", row)}


@case("acceptInvitation")
async def of_ones_own_address(scene: Scene) -> Input:
    return await invitation(scene)


@case("acceptInvitation", UserErrorCode.INVITATION_NOT_FOUND)
async def of_another_address(scene: Scene) -> Input:
    return await invitation(scene, email="mallory@example.com")


@case("acceptInvitation", UserErrorCode.INVITATION_EXPIRED)
async def after_two_weeks(scene: Scene) -> Input:
    return await invitation(scene, since=world.NOW - timedelta(days=14))


@case("acceptInvitation", UserErrorCode.ALREADY_MEMBER)
async def twice_under_two_addresses(scene: Scene) -> Input:
    given = await invitation(scene)
    eve = await scene.conn.fetchval("SELECT id FROM users WHERE subject = 'eve'")
    await world.member(scene.conn, scene.account, eve, "MEMBER", status="BLOCKED")
    return given


# setMemberRole


@case("setMemberRole")
async def to_administrator(scene: Scene) -> Input:
    return {**membership(scene, scene.bob), "role": "ADMIN"}


@case("setMemberRole")
async def of_an_open_invitation(scene: Scene) -> Input:
    return {**await invited(scene), "role": "OWNER"}


@case("setMemberRole", UserErrorCode.LAST_ADMIN)
async def of_the_only_administrator(scene: Scene) -> Input:
    return {**await own(scene), "role": "MEMBER"}


# blockMember


@case("blockMember")
async def another_owner(scene: Scene) -> Input:
    return await another(scene, "OWNER")


@case("blockMember", UserErrorCode.CANNOT_TARGET_SELF)
async def oneself_to_block(scene: Scene) -> Input:
    return await own(scene)


@case("blockMember", UserErrorCode.INVITATION_PENDING)
async def who_has_not_come_yet(scene: Scene) -> Input:
    return await invited(scene)


# unblockMember


@case("unblockMember")
async def who_is_blocked(scene: Scene) -> Input:
    return await another(scene, status="BLOCKED")


@case("unblockMember", UserErrorCode.MEMBER_NOT_BLOCKED)
async def who_is_active(scene: Scene) -> Input:
    return membership(scene, scene.bob)


# removeMember


@case("removeMember")
async def a_blocked_member(scene: Scene) -> Input:
    return await another(scene, status="BLOCKED")


@case("removeMember", UserErrorCode.CANNOT_TARGET_SELF)
async def oneself_to_remove(scene: Scene) -> Input:
    return await own(scene)


@case("removeMember", UserErrorCode.INVITATION_PENDING)
async def who_was_only_invited(scene: Scene) -> Input:
    return await invited(scene)


# leaveAccount


@case("leaveAccount")
async def as_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return {"accountId": scene.account_id}


@case("leaveAccount", UserErrorCode.ACCOUNT_NOT_FOUND)
async def that_one_is_not_in(scene: Scene) -> Input:
    return {"accountId": f"acc_{await world.account(scene.conn)}"}


@case("leaveAccount", UserErrorCode.PERSONAL_ACCOUNT)
async def ones_own(scene: Scene) -> Input:
    return {"accountId": f"acc_{(await personal(scene))[0]}"}


@case("leaveAccount", UserErrorCode.LAST_ADMIN)
async def as_the_only_administrator(scene: Scene) -> Input:
    return {"accountId": scene.account_id}
