"""Accounts opened, people invited, given roles, blocked and let go."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from db.user_errors import UserErrorCode
from tests import world
from tests.mutations.scenario import CaseRegistry, Input, Scenario

CASES = CaseRegistry()
case = CASES.register


def membership(scenario: Scenario, row: UUID, account: UUID | None = None) -> Input:
    return {"membershipId": scenario.id("mem", row, account)}


async def another(scenario: Scenario, role: str = "MEMBER", **values: Any) -> Input:
    """A member of the account besides ada and bob."""
    eve = await world.user(scenario.conn, "eve")
    return membership(scenario, await world.member(scenario.conn, scenario.account, eve, role, **values))


async def invited(scenario: Scenario, **values: Any) -> Input:
    given = {"status": "INVITED", "email": "new@example.com", **values}
    return membership(scenario, await world.member(scenario.conn, scenario.account, None, "MEMBER", **given))


async def own(scenario: Scenario) -> Input:
    found = "SELECT id FROM memberships WHERE role = 'OWNER' AND account_id = $1"
    return membership(scenario, await scenario.conn.fetchval(found, scenario.account))


async def elsewhere(scenario: Scenario) -> Input:
    account = await world.account(scenario.conn)
    eve = await world.user(scenario.conn, "eve")
    return membership(scenario, await world.member(scenario.conn, account, eve), account)


async def by_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return await another(scenario)


async def personal(scenario: Scenario) -> tuple[UUID, UUID]:
    """The account that ada has as a person, and her membership of it."""
    found = "SELECT account_id, m.id FROM memberships m JOIN accounts a ON a.id = account_id WHERE kind = 'PERSONAL'"
    row = await scenario.conn.fetchrow(f"{found} AND user_id = (SELECT id FROM users WHERE subject = 'ada')")
    assert row is not None
    return row[0], row[1]


async def in_a_personal_account(scenario: Scenario) -> Input:
    account, row = await personal(scenario)
    return membership(scenario, row, account)


# What all that name a membership share.
for mutation in ("revokeInvitation", "setMemberRole", "blockMember", "unblockMember", "removeMember"):
    role: Input = {"role": "ADMIN"} if mutation == "setMemberRole" else {}

    def with_role_of(base: Any, role: Input = role) -> Any:
        async def with_role(scenario: Scenario) -> Input:
            return {**await base(scenario), **role}

        with_role.__name__ = base.__name__
        return with_role

    case(mutation, UserErrorCode.MEMBERSHIP_NOT_FOUND)(with_role_of(elsewhere))
    case(mutation, UserErrorCode.MEMBERSHIP_NOT_FOUND)(with_role_of(by_a_member))
    case(mutation, UserErrorCode.PERSONAL_ACCOUNT)(with_role_of(in_a_personal_account))

# createBusinessAccount


@case("createBusinessAccount")
async def of_a_company(scenario: Scenario) -> Input:
    return {"name": " Example and Daughters "}


@case("createBusinessAccount", UserErrorCode.FORBIDDEN)
async def of_no_person(scenario: Scenario) -> Input:
    scenario.to, scenario.claims = "store", {"email": None, "name": None, "scopes": ("store:write",)}
    return {"name": "Example Ltd"}


# inviteMembers


@case("inviteMembers")
async def two_administrators(scenario: Scenario) -> Input:
    return {"accountId": scenario.account_id, "emails": ["eve@example.com", "Mallory@example.com"], "role": "ADMIN"}


@case("inviteMembers", UserErrorCode.ACCOUNT_NOT_FOUND)
async def into_an_account_of_others(scenario: Scenario) -> Input:
    return {"accountId": f"acc_{await world.account(scenario.conn)}", "emails": ["eve@example.com"]}


@case("inviteMembers", UserErrorCode.FORBIDDEN)
async def invited_by_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return {"accountId": scenario.account_id, "emails": ["eve@example.com"]}


@case("inviteMembers", UserErrorCode.PERSONAL_ACCOUNT)
async def into_a_personal_account(scenario: Scenario) -> Input:
    return {"accountId": f"acc_{(await personal(scenario))[0]}", "emails": ["eve@example.com"]}


# revokeInvitation


@case("revokeInvitation")
async def that_is_open(scenario: Scenario) -> Input:
    return await invited(scenario)


@case("revokeInvitation", UserErrorCode.INVITATION_NOT_FOUND)
async def that_was_accepted(scenario: Scenario) -> Input:
    return membership(scenario, scenario.bob)


# acceptInvitation


async def invitation(scenario: Scenario, **values: Any) -> Input:
    """Of eve's."""
    await scenario.client.ask("{ __typename }", to="eve")
    scenario.to = "eve"
    given = {"status": "INVITED", "email": "Eve@Example.com", **values}
    row = await world.member(scenario.conn, scenario.account, None, "MEMBER", **given)
    return {"invitationId": scenario.id("inv", row)}


@case("acceptInvitation")
async def of_ones_own_address(scenario: Scenario) -> Input:
    return await invitation(scenario)


@case("acceptInvitation", UserErrorCode.INVITATION_NOT_FOUND)
async def of_another_address(scenario: Scenario) -> Input:
    return await invitation(scenario, email="mallory@example.com")


@case("acceptInvitation", UserErrorCode.INVITATION_EXPIRED)
async def after_two_weeks(scenario: Scenario) -> Input:
    return await invitation(scenario, since=world.NOW - timedelta(days=14))


@case("acceptInvitation", UserErrorCode.ALREADY_MEMBER)
async def twice_under_two_addresses(scenario: Scenario) -> Input:
    given = await invitation(scenario)
    eve = await scenario.conn.fetchval("SELECT id FROM users WHERE subject = 'eve'")
    await world.member(scenario.conn, scenario.account, eve, "MEMBER", status="BLOCKED")
    return given


# setMemberRole


@case("setMemberRole")
async def to_administrator(scenario: Scenario) -> Input:
    return {**membership(scenario, scenario.bob), "role": "ADMIN"}


@case("setMemberRole")
async def of_an_open_invitation(scenario: Scenario) -> Input:
    return {**await invited(scenario), "role": "OWNER"}


@case("setMemberRole", UserErrorCode.LAST_ADMIN)
async def of_the_only_administrator(scenario: Scenario) -> Input:
    return {**await own(scenario), "role": "MEMBER"}


# blockMember


@case("blockMember")
async def another_owner(scenario: Scenario) -> Input:
    return await another(scenario, "OWNER")


@case("blockMember", UserErrorCode.CANNOT_TARGET_SELF)
async def oneself_to_block(scenario: Scenario) -> Input:
    return await own(scenario)


@case("blockMember", UserErrorCode.INVITATION_PENDING)
async def who_has_not_come_yet(scenario: Scenario) -> Input:
    return await invited(scenario)


# unblockMember


@case("unblockMember")
async def who_is_blocked(scenario: Scenario) -> Input:
    return await another(scenario, status="BLOCKED")


@case("unblockMember", UserErrorCode.MEMBER_NOT_BLOCKED)
async def who_is_active(scenario: Scenario) -> Input:
    return membership(scenario, scenario.bob)


# removeMember


@case("removeMember")
async def a_blocked_member(scenario: Scenario) -> Input:
    return await another(scenario, status="BLOCKED")


@case("removeMember", UserErrorCode.CANNOT_TARGET_SELF)
async def oneself_to_remove(scenario: Scenario) -> Input:
    return await own(scenario)


@case("removeMember", UserErrorCode.INVITATION_PENDING)
async def who_was_only_invited(scenario: Scenario) -> Input:
    return await invited(scenario)


# leaveAccount


@case("leaveAccount")
async def as_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return {"accountId": scenario.account_id}


@case("leaveAccount", UserErrorCode.ACCOUNT_NOT_FOUND)
async def that_one_is_not_in(scenario: Scenario) -> Input:
    return {"accountId": f"acc_{await world.account(scenario.conn)}"}


@case("leaveAccount", UserErrorCode.PERSONAL_ACCOUNT)
async def ones_own(scenario: Scenario) -> Input:
    return {"accountId": f"acc_{(await personal(scenario))[0]}"}


@case("leaveAccount", UserErrorCode.LAST_ADMIN)
async def as_the_only_administrator(scenario: Scenario) -> Input:
    return {"accountId": scenario.account_id}
