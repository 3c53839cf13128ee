"""The members of a business account: their roles, and who may not come in any more."""

from uuid import UUID

from asyncpg import Connection, Record

from db import tables
from db.changes.audit import to_json, write_event
from db.changes.context import ChangeContext, RowKey
from db.changes.locks import hold_membership, lock_account
from db.changes.rows import insert, update_changed
from db.enums import AccountKind, MemberRole, MembershipStatus
from db.errors import MutationRefused, UserErrorCode

_OWN = "SELECT * FROM memberships WHERE account_id = $1 AND user_id = $2"
_OTHER_ADMINS = """
    SELECT EXISTS (
        SELECT FROM memberships
         WHERE account_id = $1 AND id <> $2 AND status = 'ACTIVE' AND role IN ('OWNER', 'ADMIN')
    )
"""
_TAKE_KEYS_BACK = "DELETE FROM license_key_grants WHERE account_id = $1 AND membership_id = $2"
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
    now = await _held(conn, ctx, membership)
    if role == MemberRole.MEMBER:
        await _require_another_admin(conn, now)
    changed = await update_changed(conn, ctx, tables.Membership, now, "membership.role_changed", role=role)
    if changed and role != MemberRole.MEMBER:
        # Who administers everything holds no single keys, to come back with the next change of role.
        await conn.execute(_TAKE_KEYS_BACK, *membership)
    return changed


async def block(conn: Connection, ctx: ChangeContext, membership: RowKey) -> bool:
    """Whether they were active until now. The keys that were granted to them are granted no more.

    Raises MEMBERSHIP_NOT_FOUND, PERSONAL_ACCOUNT, CANNOT_TARGET_SELF, INVITATION_PENDING.
    """
    now = await _held_of_another(conn, ctx, membership)
    changed = await update_changed(
        conn, ctx, tables.Membership, now, "membership.blocked", status=MembershipStatus.BLOCKED
    )
    # Afterwards: the change waited for whoever was granting them a key.
    await conn.execute(_TAKE_KEYS_BACK, *membership)
    return changed


async def unblock(conn: Connection, ctx: ChangeContext, membership: RowKey) -> bool:
    """True. Raises MEMBERSHIP_NOT_FOUND, PERSONAL_ACCOUNT, MEMBER_NOT_BLOCKED."""
    now = await _held(conn, ctx, membership)
    if now["status"] != MembershipStatus.BLOCKED:
        raise MutationRefused(UserErrorCode.MEMBER_NOT_BLOCKED, "membership_id")
    return await update_changed(
        conn, ctx, tables.Membership, now, "membership.unblocked", status=MembershipStatus.ACTIVE
    )


async def remove(conn: Connection, ctx: ChangeContext, membership: RowKey) -> None:
    """They may be invited again.

    Raises MEMBERSHIP_NOT_FOUND, PERSONAL_ACCOUNT, CANNOT_TARGET_SELF, INVITATION_PENDING.
    """
    now = await _held_of_another(conn, ctx, membership)
    await _end(conn, ctx, now, "membership.removed")


async def revoke_invitation(conn: Connection, ctx: ChangeContext, membership: RowKey) -> None:
    """Raises MEMBERSHIP_NOT_FOUND, PERSONAL_ACCOUNT, INVITATION_NOT_FOUND when it was accepted."""
    now = await _held(conn, ctx, membership)
    if now["status"] != MembershipStatus.INVITED:
        raise MutationRefused(UserErrorCode.INVITATION_NOT_FOUND, "membership_id")
    await _end(conn, ctx, now, "membership.revoked")


async def leave(conn: Connection, ctx: ChangeContext, account_id: UUID) -> None:
    """Raises ACCOUNT_NOT_FOUND, PERSONAL_ACCOUNT, LAST_ADMIN."""
    kind = await lock_account(conn, ctx, account_id, to_change=False)
    require_business(kind, "account_id")
    now = await conn.fetchrow(_OWN, account_id, ctx.user_id)
    if now is None or now["status"] != MembershipStatus.ACTIVE:
        raise MutationRefused(UserErrorCode.ACCOUNT_NOT_FOUND, "account_id")
    await _require_another_admin(conn, now)
    await _end(conn, ctx, now, "membership.left")


def require_business(kind: AccountKind, field: str) -> None:
    """Raises PERSONAL_ACCOUNT."""
    if kind == AccountKind.PERSONAL:
        raise MutationRefused(UserErrorCode.PERSONAL_ACCOUNT, field)


async def _held(conn: Connection, ctx: ChangeContext, membership: RowKey) -> Record:
    now = await hold_membership(conn, ctx, membership)
    require_business(now["account_kind"], "membership_id")
    return now


async def _held_of_another(conn: Connection, ctx: ChangeContext, membership: RowKey) -> Record:
    """The viewer is an active administrator, so there is one left without this one."""
    now = await _held(conn, ctx, membership)
    if now["user_id"] == ctx.user_id:
        raise MutationRefused(UserErrorCode.CANNOT_TARGET_SELF, "membership_id")
    if now["status"] == MembershipStatus.INVITED:
        message = "This person has not accepted the invitation yet: revoke it."
        raise MutationRefused(UserErrorCode.INVITATION_PENDING, "membership_id", message=message)
    return now


async def _require_another_admin(conn: Connection, now: Record) -> None:
    administers = now["status"] == MembershipStatus.ACTIVE and now["role"] != MemberRole.MEMBER
    if administers and not await conn.fetchval(_OTHER_ADMINS, now["account_id"], now["id"]):
        raise MutationRefused(UserErrorCode.LAST_ADMIN)


async def _end(conn: Connection, ctx: ChangeContext, now: Record, action: str) -> None:
    """Delete the membership, and with it the keys that were granted to it."""
    membership = (now["account_id"], now["id"])
    await conn.execute(_REMOVE, *membership)
    before = to_json(membership[0], {name: now[name] for name in ("email", "role", "status")})
    await write_event(conn, ctx, action, ("Membership", membership), before)
