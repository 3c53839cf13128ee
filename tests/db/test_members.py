"""The people in an account: who comes in, what they may do, how they go, and that somebody always administers it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from asyncpg import Connection

from db.changes import invitations, members
from db.changes.context import ChangeContext, RowKey
from db.enums import MemberRole
from db.user_errors import MutationRefused, UserErrorCode
from tests import world

ROLES = "SELECT email, role, status FROM memberships WHERE account_id = $1 ORDER BY since, id"


def ctx(user_id: UUID, name: str = "ada", *, later: timedelta = timedelta(0)) -> ChangeContext:
    return ChangeContext(user_id, name, world.NOW + later, "request", email=f"{name}@example.com")


class Company:
    """A business account that ada owns, and the people in it by name."""

    def __init__(self, conn: Connection, account_id: UUID, ada: UUID) -> None:
        self.conn, self.account_id, self.ada = conn, account_id, ada

    async def person(self, name: str, role: str = "MEMBER", **values: Any) -> tuple[ChangeContext, RowKey]:
        user_id = await world.user(self.conn, name)
        values = {"email": f"{name}@example.com", **values}
        return ctx(user_id, name), (
            self.account_id,
            await world.member(self.conn, self.account_id, user_id, role, **values),
        )

    async def own(self) -> RowKey:
        found = "SELECT id FROM memberships WHERE account_id = $1 AND user_id = $2"
        return self.account_id, await self.conn.fetchval(found, self.account_id, self.ada)

    async def roles(self) -> dict[str, tuple[str, str]]:
        rows = await self.conn.fetch(ROLES, self.account_id)
        return {str(row["email"]).partition("@")[0]: (row["role"], row["status"]) for row in rows}

    async def trail(self) -> list[tuple[str, Any, Any]]:
        rows = await self.conn.fetch("SELECT action, before, after FROM audit_events ORDER BY cmin::text::bigint")
        return [tuple(row) for row in rows]


@pytest.fixture
async def company(conn: Connection) -> Company:
    ada = await world.user(conn, "ada")
    account_id = await members.open_account(conn, ctx(ada), "Example Ltd")
    await conn.execute("DELETE FROM audit_events")
    return Company(conn, account_id, ada)


async def refusal(call: Any) -> UserErrorCode:
    with pytest.raises(MutationRefused) as refused:
        await call
    return refused.value.code


async def test_who_opens_a_business_account_owns_it(conn: Connection) -> None:
    ada = await world.user(conn, "ada")

    account_id = await members.open_account(conn, ctx(ada), "Example Ltd")

    company = Company(conn, account_id, ada)
    assert tuple(await conn.fetchrow("SELECT kind, name FROM accounts") or ()) == ("BUSINESS", "Example Ltd")
    assert await company.roles() == {"ada": ("OWNER", "ACTIVE")}
    assert await company.trail() == [("account.created", None, {"name": "Example Ltd"})]


async def test_an_invitation_is_accepted_by_who_has_the_address(company: Company, conn: Connection) -> None:
    grace = await world.user(conn, "grace")
    [invitation] = await invitations.invite(
        conn, ctx(company.ada), company.account_id, ["Grace@Example.com"], MemberRole.ADMIN
    )
    assert not isinstance(invitation, MutationRefused)

    stranger = await refusal(invitations.accept(conn, ctx(await world.user(conn, "eve"), "eve"), invitation))
    unverified = await refusal(invitations.accept(conn, ChangeContext(grace, "grace", world.NOW), invitation))
    account_id = await invitations.accept(conn, ctx(grace, "grace", later=timedelta(days=13)), invitation)

    assert (stranger, unverified) == (UserErrorCode.INVITATION_NOT_FOUND, UserErrorCode.INVITATION_NOT_FOUND)
    assert account_id == company.account_id
    assert await company.roles() == {"ada": ("OWNER", "ACTIVE"), "Grace": ("ADMIN", "ACTIVE")}
    assert await company.trail() == [
        ("membership.invited", None, {"email": "Grace@Example.com", "role": "ADMIN"}),
        ("membership.accepted", {"status": "INVITED"}, {"status": "ACTIVE", "role": "ADMIN"}),
    ]
    assert await refusal(invitations.accept(conn, ctx(grace, "grace"), invitation)) == stranger


async def test_good_addresses_are_invited_beside_bad_ones(company: Company, conn: Connection) -> None:
    await company.person("grace", status="BLOCKED")
    edsger, _ = await company.person("edsger", email="old@example.com")
    await world.member(conn, company.account_id, None, "MEMBER", status="INVITED", email="Linus@example.com")
    expired = await world.member(
        conn, company.account_id, None, "MEMBER", status="INVITED", email="late@example.com",
        since=world.NOW - timedelta(days=14),
    )  # fmt: skip
    assert edsger.user_id
    emails = [
        "grace@example.com",
        "EDSGER@example.com",
        "old@example.com",
        "linus@EXAMPLE.com",
        "LATE@example.com",
        "new@example.com",
        "New@example.com",
        "no address",
        "a@b@example.com",
        f"{'x' * 250}@example.com",
    ]

    results = await invitations.invite(conn, ctx(company.ada), company.account_id, emails, MemberRole.MEMBER)

    codes = [result.code if isinstance(result, MutationRefused) else None for result in results]
    member, pending, invalid = (
        UserErrorCode.ALREADY_MEMBER,
        UserErrorCode.INVITATION_PENDING,
        UserErrorCode.EMAIL_INVALID,
    )
    nobody = [
        await invitations.invite(conn, ctx(company.ada), company.account_id, addresses, MemberRole.MEMBER)
        for addresses in ([], ["no address"])
    ]

    assert [len(results) for results in nobody] == [0, 1]
    assert codes == [member, member, member, pending, None, None, pending, invalid, invalid, invalid]
    assert results[4] == (company.account_id, expired)
    assert (await company.roles())["LATE"] == ("MEMBER", "INVITED")
    assert [after["email"] for _, _, after in await company.trail()] == ["LATE@example.com", "new@example.com"]


async def test_an_invitation_expires_and_an_account_has_everybody_once(company: Company, conn: Connection) -> None:
    grace, linus = await company.person("grace", email="other@example.com"), await world.user(conn, "linus")
    rows = [
        await world.member(conn, company.account_id, None, "ADMIN", status="INVITED", email=f"{name}@example.com")
        for name in ("grace", "linus")
    ]
    later = timedelta(days=14)

    twice = await refusal(invitations.accept(conn, grace[0], (company.account_id, rows[0])))
    expired = await refusal(invitations.accept(conn, ctx(linus, "linus", later=later), (company.account_id, rows[1])))

    assert (twice, expired) == (UserErrorCode.ALREADY_MEMBER, UserErrorCode.INVITATION_EXPIRED)


async def test_a_blocked_or_removed_member_loses_the_keys_and_may_come_back_without_them(
    company: Company, conn: Connection
) -> None:
    await world.product(conn)
    subscription = await world.subscription(conn, company.account_id)
    key = await world.license_key(conn, company.account_id, subscription)
    people = {name: await company.person(name) for name in ("grace", "linus", "edsger")}
    for _, membership in people.values():
        await world.grant(conn, company.account_id, membership[1], key)
    admin = ctx(company.ada)

    changed = [
        await members.block(conn, admin, people["grace"][1]),
        await members.block(conn, admin, people["grace"][1]),
        await members.unblock(conn, admin, people["grace"][1]),
        await members.set_role(conn, admin, people["edsger"][1], MemberRole.ADMIN),
        await members.set_role(conn, admin, people["edsger"][1], MemberRole.MEMBER),
        await members.set_role(conn, admin, people["edsger"][1], MemberRole.MEMBER),
    ]
    await members.remove(conn, admin, people["linus"][1])
    await members.leave(conn, people["edsger"][0], company.account_id)
    again = await invitations.invite(conn, admin, company.account_id, ["linus@example.com"], MemberRole.MEMBER)

    assert changed == [True, False, True, True, True, False]
    assert not isinstance(again[0], MutationRefused)
    assert await conn.fetchval("SELECT count(*) FROM license_key_grants") == 0
    assert await company.roles() == {
        "ada": ("OWNER", "ACTIVE"),
        "grace": ("MEMBER", "ACTIVE"),
        "linus": ("MEMBER", "INVITED"),
    }
    assert [action for action, _, _ in await company.trail()] == [
        "membership.blocked",
        "membership.unblocked",
        "membership.role_changed",
        "membership.role_changed",
        "membership.removed",
        "membership.left",
        "membership.invited",
    ]


async def test_there_is_always_an_active_administrator(company: Company, conn: Connection) -> None:
    admin, own = ctx(company.ada), await company.own()
    await company.person("grace")
    await company.person("mallory", "ADMIN", status="BLOCKED")
    await world.member(conn, company.account_id, None, "ADMIN", status="INVITED", email="new@example.com")

    alone = [
        await refusal(members.leave(conn, admin, company.account_id)),
        await refusal(members.set_role(conn, admin, own, MemberRole.MEMBER)),
        await refusal(members.block(conn, admin, own)),
        await refusal(members.remove(conn, admin, own)),
    ]
    await members.set_role(conn, admin, own, MemberRole.ADMIN)
    await company.person("linus", "ADMIN")
    await members.set_role(conn, admin, own, MemberRole.MEMBER)
    await members.leave(conn, admin, company.account_id)

    assert alone == [
        UserErrorCode.LAST_ADMIN,
        UserErrorCode.LAST_ADMIN,
        UserErrorCode.CANNOT_TARGET_SELF,
        UserErrorCode.CANNOT_TARGET_SELF,
    ]
    assert "ada" not in await company.roles()


async def test_only_those_who_manage_the_account_change_its_members(company: Company, conn: Connection) -> None:
    grace, membership = await company.person("grace")
    blocked, _ = await company.person("mallory", "ADMIN", status="BLOCKED")
    _, target = await company.person("linus")
    stranger = ctx(await world.user(conn, "eve"), "eve")

    refused = [
        await refusal(change)
        for who in (grace, blocked, stranger)
        for change in (
            members.set_role(conn, who, target, MemberRole.ADMIN),
            members.block(conn, who, target),
            members.remove(conn, who, target),
            members.set_role(conn, who, membership, MemberRole.ADMIN),
        )
    ]
    invited = [
        await refusal(invitations.invite(conn, who, company.account_id, ["a@example.com"], MemberRole.MEMBER))
        for who in (grace, blocked, stranger)
    ]

    assert set(refused) == {UserErrorCode.MEMBERSHIP_NOT_FOUND}
    assert invited == [UserErrorCode.FORBIDDEN, UserErrorCode.ACCOUNT_NOT_FOUND, UserErrorCode.ACCOUNT_NOT_FOUND]


async def test_an_open_invitation_is_revoked_and_nothing_else(company: Company, conn: Connection) -> None:
    admin = ctx(company.ada)
    _, grace = await company.person("grace")
    invited = {"status": "INVITED", "email": "new@example.com"}
    invitation = company.account_id, await world.member(conn, company.account_id, None, "MEMBER", **invited)

    refused = [
        await refusal(members.revoke_invitation(conn, admin, grace)),
        await refusal(members.block(conn, admin, invitation)),
        await refusal(members.remove(conn, admin, invitation)),
        await refusal(members.unblock(conn, admin, invitation)),
    ]
    promoted = await members.set_role(conn, admin, invitation, MemberRole.ADMIN)
    await members.revoke_invitation(conn, admin, invitation)

    assert refused == [
        UserErrorCode.INVITATION_NOT_FOUND,
        UserErrorCode.INVITATION_PENDING,
        UserErrorCode.INVITATION_PENDING,
        UserErrorCode.MEMBER_NOT_BLOCKED,
    ]
    assert promoted
    assert await refusal(members.revoke_invitation(conn, admin, invitation)) == UserErrorCode.MEMBERSHIP_NOT_FOUND
    assert (await company.trail())[-1] == (
        "membership.revoked",
        {"email": "new@example.com", "role": "ADMIN", "status": "INVITED"},
        None,
    )


async def test_a_personal_account_stays_one_persons(conn: Connection) -> None:
    ada = await world.user(conn, "ada")
    account_id = await world.account(conn, "Ada", "PERSONAL", id=ada)
    own = account_id, await world.member(conn, account_id, ada)
    admin = ctx(ada)

    refused = [
        await refusal(change)
        for change in (
            invitations.invite(conn, admin, account_id, ["a@example.com"], MemberRole.MEMBER),
            members.set_role(conn, admin, own, MemberRole.MEMBER),
            members.block(conn, admin, own),
            members.unblock(conn, admin, own),
            members.remove(conn, admin, own),
            members.revoke_invitation(conn, admin, own),
            members.leave(conn, admin, account_id),
        )
    ]

    assert refused == [UserErrorCode.PERSONAL_ACCOUNT] * 7
