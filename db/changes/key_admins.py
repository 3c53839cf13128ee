"""Members who administer single keys without being administrators of the account."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection, Record

from db.changes.audit import write_event
from db.changes.context import ChangeContext, RowKey
from db.changes.locks import lock_sublicense
from db.enums import MemberRole, MembershipStatus
from db.user_errors import MutationRefused, UserErrorCode

# Locked until the end: a member who is blocked or removed meanwhile loses the grants made here.
_SHARE_LOCK_MEMBERS = """
    SELECT id, role, status FROM memberships WHERE account_id = $1 AND id = ANY ($2) ORDER BY id FOR SHARE
"""
_GRANTED = "SELECT membership_id FROM license_key_grants WHERE account_id = $1 AND license_key_id = $2"
_REVOKE = "DELETE FROM license_key_grants WHERE account_id = $1 AND license_key_id = $2 AND membership_id = ANY ($3)"
_GRANT = """
    INSERT INTO license_key_grants (account_id, license_key_id, membership_id)
         SELECT $1, $2, membership_id FROM unnest($3::uuid[]) AS membership_id
"""


async def set_admins(conn: Connection, ctx: ChangeContext, license_key: RowKey, memberships: Sequence[RowKey]) -> bool:
    """Whether others administer the key now: these members, and nobody else but the account's admins.

    Raises LICENSE_KEY_NOT_FOUND, FORBIDDEN, MEMBERSHIP_NOT_FOUND, MEMBER_IS_ADMIN, MEMBER_BLOCKED.
    """
    await lock_sublicense(conn, ctx, license_key)
    chosen = await _share_lock_members(conn, license_key[0], memberships)
    granted = {row["membership_id"] for row in await conn.fetch(_GRANTED, *license_key)}
    if chosen == granted:
        return False
    await conn.execute(_REVOKE, *license_key, granted - chosen)
    await conn.execute(_GRANT, *license_key, chosen - granted)
    before, after = ({"admins": sorted(f"mem_{license_key[0]}_{id_}" for id_ in ids)} for ids in (granted, chosen))
    await write_event(conn, ctx, "license_key.admins_changed", ("LicenseKey", license_key), before, after)
    return True


async def _share_lock_members(conn: Connection, account_id: UUID, memberships: Sequence[RowKey]) -> set[UUID]:
    """Their ids, in the account, when every one of them may be given a key."""
    own = [row_id for owner_id, row_id in memberships if owner_id == account_id]
    rows = {(account_id, row["id"]): row for row in await conn.fetch(_SHARE_LOCK_MEMBERS, account_id, own)}
    codes = [_refusal_code(rows.get(membership)) for membership in memberships]
    for code in (UserErrorCode.MEMBERSHIP_NOT_FOUND, UserErrorCode.MEMBER_IS_ADMIN, UserErrorCode.MEMBER_BLOCKED):
        if code in codes:
            raise MutationRefused(code, "membership_ids", str(codes.index(code)))
    return {row_id for _, row_id in rows}


def _refusal_code(member: Record | None) -> UserErrorCode | None:
    if member is None or member["status"] == MembershipStatus.INVITED:
        return UserErrorCode.MEMBERSHIP_NOT_FOUND
    if member["role"] != MemberRole.MEMBER:
        return UserErrorCode.MEMBER_IS_ADMIN
    return UserErrorCode.MEMBER_BLOCKED if member["status"] == MembershipStatus.BLOCKED else None
