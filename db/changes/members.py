"""The members of a business account: their roles, and who may not come in any more."""

from uuid import UUID

from asyncpg import Connection, Record

from db import tables
from db.changes.audit import to_json, write_event
from db.changes.context import ChangeContext, RowKey
from db.changes.locks import lock_account, lock_membership
from db.changes.rows import insert, update_changed
from db.enums import AccountKind, MemberRole, MembershipStatus
from db.user_errors import MutationRefused, UserErrorCode

_OWN = "SELECT * FROM memberships WHERE account_id = $1 AND user_id = $2"
_OTHER_ADMINS = """
    SELECT EXISTS (
        SELECT FROM memberships
         WHERE account_id = $1 AND id <> $2 AND status = 'ACTIVE' AND role IN ('OWNER', 'ADMIN')
    )
"""
_REVOKE_GRANTS = "DELETE FROM license_key_grants WHERE account_id = $1 AND membership_id = $2"
_REMOVE = "DELETE FROM memberships WHERE account_id = $1 AND id = $2"


async def open_account(conn: Connection, ctx: ChangeContext, name: str) -> UUID:
    """A business account with the viewer as its owner. Raises FORBIDDEN for a service, which is nobody's colleague."""
    if ctx.user_id is None:
        raise MutationRefused(UserErrorCode.FORBIDDEN, message="A business account is opened by a person.")
    account_id, membership_id = ctx.new_id(), ctx.new_id()
    await insert(conn, tables.Account(id=account_id, kind=AccountKind.BUSINESS, name=name, created_at=ctx.now))
    await insert(
        conn,
        tables.Membership(
            account_id=account_id,
            id=membership_id,
            user_id=ctx.user_id,
            email=ctx.email,
            role=MemberRole.OWNER,
            status=MembershipStatus.ACTIVE,
            since=ctx.now,
        ),
    )
    await write_event(conn, ctx, "account.created", ("Account", (account_id, account_id)), None, {"name": name})
    return account_id


async def set_role(conn: Connection, ctx: ChangeContext, membership: RowKey, role: MemberRole) -> bool:
    """Whether it is another one now; of an open invitation, the one that comes with accepting it.

    Raises MEMBERSHIP_NOT_FOUND, PERSONAL_ACCOUNT, LAST_ADMIN.
    """
    current = await _lock_business_membership(conn, ctx, membership)
    if role == MemberRole.MEMBER:
        await _require_another_admin(conn, current)
    changed = await update_changed(conn, ctx, tables.Membership, current, "membership.role_changed", role=role)
    if changed and role != MemberRole.MEMBER:
        # Who administers everything holds no single keys, to come back with the next change of role.
        await conn.execute(_REVOKE_GRANTS, *membership)
    return changed


async def block(conn: Connection, ctx: ChangeContext, membership: RowKey) -> bool:
    """Whether they were active until now. The keys that were granted to them are granted no more.

    Raises MEMBERSHIP_NOT_FOUND, PERSONAL_ACCOUNT, CANNOT_TARGET_SELF, INVITATION_PENDING.
    """
    current = await _lock_other_membership(conn, ctx, membership)
    changed = await update_changed(
        conn, ctx, tables.Membership, current, "membership.blocked", status=MembershipStatus.BLOCKED
    )
    # Afterwards: the change waited for whoever was granting them a key.
    await conn.execute(_REVOKE_GRANTS, *membership)
    return changed


async def unblock(conn: Connection, ctx: ChangeContext, membership: RowKey) -> bool:
    """True. Raises MEMBERSHIP_NOT_FOUND, PERSONAL_ACCOUNT, MEMBER_NOT_BLOCKED."""
    current = await _lock_business_membership(conn, ctx, membership)
    if current["status"] != MembershipStatus.BLOCKED:
        raise MutationRefused(UserErrorCode.MEMBER_NOT_BLOCKED, "membership_id")
    return await update_changed(
        conn, ctx, tables.Membership, current, "membership.unblocked", status=MembershipStatus.ACTIVE
    )


async def remove(conn: Connection, ctx: ChangeContext, membership: RowKey) -> None:
    """They may be invited again.

    Raises MEMBERSHIP_NOT_FOUND, PERSONAL_ACCOUNT, CANNOT_TARGET_SELF, INVITATION_PENDING.
    """
    current = await _lock_other_membership(conn, ctx, membership)
    await _delete_membership(conn, ctx, current, "membership.removed")


async def revoke_invitation(conn: Connection, ctx: ChangeContext, membership: RowKey) -> None:
    """Raises MEMBERSHIP_NOT_FOUND, PERSONAL_ACCOUNT, INVITATION_NOT_FOUND when it was accepted."""
    current = await _lock_business_membership(conn, ctx, membership)
    if current["status"] != MembershipStatus.INVITED:
        raise MutationRefused(UserErrorCode.INVITATION_NOT_FOUND, "membership_id")
    await _delete_membership(conn, ctx, current, "membership.revoked")


async def leave(conn: Connection, ctx: ChangeContext, account_id: UUID) -> None:
    """Raises ACCOUNT_NOT_FOUND, PERSONAL_ACCOUNT, LAST_ADMIN."""
    kind = await lock_account(conn, ctx, account_id, to_change=False)
    require_business(kind, "account_id")
    current = await conn.fetchrow(_OWN, account_id, ctx.user_id)
    if current is None or current["status"] != MembershipStatus.ACTIVE:
        raise MutationRefused(UserErrorCode.ACCOUNT_NOT_FOUND, "account_id")
    await _require_another_admin(conn, current)
    await _delete_membership(conn, ctx, current, "membership.left")


def require_business(kind: AccountKind, field: str) -> None:
    """Raises PERSONAL_ACCOUNT."""
    if kind == AccountKind.PERSONAL:
        raise MutationRefused(UserErrorCode.PERSONAL_ACCOUNT, field)


async def _lock_business_membership(conn: Connection, ctx: ChangeContext, membership: RowKey) -> Record:
    current = await lock_membership(conn, ctx, membership)
    require_business(current["account_kind"], "membership_id")
    return current


async def _lock_other_membership(conn: Connection, ctx: ChangeContext, membership: RowKey) -> Record:
    """The viewer is an active administrator, so there is one left without this one."""
    current = await _lock_business_membership(conn, ctx, membership)
    if current["user_id"] == ctx.user_id:
        raise MutationRefused(UserErrorCode.CANNOT_TARGET_SELF, "membership_id")
    if current["status"] == MembershipStatus.INVITED:
        message = "This person has not accepted the invitation yet: revoke it."
        raise MutationRefused(UserErrorCode.INVITATION_PENDING, "membership_id", message=message)
    return current


async def _require_another_admin(conn: Connection, current: Record) -> None:
    administers = current["status"] == MembershipStatus.ACTIVE and current["role"] != MemberRole.MEMBER
    if administers and not await conn.fetchval(_OTHER_ADMINS, current["account_id"], current["id"]):
        raise MutationRefused(UserErrorCode.LAST_ADMIN)


async def _delete_membership(conn: Connection, ctx: ChangeContext, current: Record, action: str) -> None:
    """Delete the membership, and with it the keys that were granted to it."""
    membership = (current["account_id"], current["id"])
    await conn.execute(_REMOVE, *membership)
    before = to_json(membership[0], {name: current[name] for name in ("email", "role", "status")})
    await write_event(conn, ctx, action, ("Membership", membership), before)
