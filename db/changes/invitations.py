"""Invitations into a business account: open for some days, accepted by whoever proves to have the address."""

import re
from collections.abc import Container, Sequence
from datetime import timedelta
from uuid import UUID

from asyncpg import Connection, Record
from sqlalchemy import Select, func, select

from db.changes.audit import write_event, write_events
from db.changes.context import ChangeContext, RowKey
from db.changes.locks import key_parameters, lock_account, where_key
from db.changes.members import require_business
from db.enums import MemberRole, MembershipStatus
from db.mapping.batch_sql import Statement, render
from db.mapping.declarations import EMAIL, NOW, VIEWER, exists_in, sql_literal
from db.queries.accounts import INVITATION_DAYS, expires_at
from db.tables.core import accounts, memberships
from db.user_errors import MutationRefused, UserErrorCode

MAX_ADDRESS = 254
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")

# An address is known as the one that was invited, or as the one that the member's own issuer verified.
_KNOWN = """
    WITH known AS (
        SELECT lower(email) AS address, id, status, since FROM memberships WHERE account_id = $1
         UNION ALL
        SELECT lower(u.email), m.id, m.status, m.since
          FROM memberships m JOIN users u ON u.id = m.user_id AND u.email_verified
         WHERE m.account_id = $1
    )
    SELECT input.address,
           coalesce(bool_or(k.status <> 'INVITED'), false) AS is_member,
           coalesce(bool_or(k.status = 'INVITED' AND k.since > $3), false) AS is_open,
           (array_agg(k.id) FILTER (WHERE k.status = 'INVITED'))[1] AS expired_id
      FROM (SELECT lower(email) AS address, position FROM unnest($2::text[]) WITH ORDINALITY AS a (email, position))
        AS input
      LEFT JOIN known k ON k.address = input.address
     GROUP BY input.position, input.address
     ORDER BY input.position
"""
# A new one, or one that has expired, open again.
_INVITE = """
    INSERT INTO memberships (account_id, id, email, role, status, since)
         VALUES ($1, $2, $3, $4, 'INVITED', $5)
    ON CONFLICT (account_id, id) DO UPDATE SET email = excluded.email, role = excluded.role, since = excluded.since
"""
_ACCEPT = """
    UPDATE memberships SET user_id = $3, status = 'ACTIVE', since = $4 WHERE account_id = $1 AND id = $2
"""


def _addressed() -> Select[tuple[MemberRole, bool, bool]]:
    m, own = memberships, memberships.alias()
    is_member = exists_in(own, where=(own.c.account_id == m.c.account_id, own.c.user_id == VIEWER))
    return select(m.c.role, (expires_at(m) > NOW).label("is_open"), is_member.label("is_member")).where(
        *where_key(m),
        m.c.status == sql_literal(MembershipStatus.INVITED),
        func.lower(m.c.email) == EMAIL,
        accounts.c.id == m.c.account_id,
    )


_LOCK = render(_addressed().with_for_update(key_share=True, of=accounts))
_READ = render(_addressed())


async def invite(
    conn: Connection, ctx: ChangeContext, account_id: UUID, emails: Sequence[str], role: MemberRole
) -> list[RowKey | MutationRefused]:
    """For each address, in order, the invitation or why there is none.

    Raises ACCOUNT_NOT_FOUND, FORBIDDEN, PERSONAL_ACCOUNT. Of an address: EMAIL_INVALID, ALREADY_MEMBER,
    INVITATION_PENDING.
    """
    require_business(await lock_account(conn, ctx, account_id), "account_id")
    open_since = ctx.now - timedelta(days=INVITATION_DAYS)
    known = await conn.fetch(_KNOWN, account_id, list(emails), open_since)
    results: list[RowKey | MutationRefused] = []
    invited: dict[str, tuple[RowKey, str]] = {}
    for email, known_address in zip(emails, known, strict=True):
        if code := _refusal_code(email, known_address, invited):
            results.append(MutationRefused(code, "emails", str(len(results))))
        else:
            membership = (account_id, known_address["expired_id"] or ctx.new_id())
            invited[known_address["address"]] = (membership, email)
            results.append(membership)
    await _write(conn, ctx, role, list(invited.values()))
    return results


async def accept(conn: Connection, ctx: ChangeContext, invitation: RowKey) -> UUID:
    """The account that the viewer is in now.

    Raises INVITATION_NOT_FOUND, also when it is not for the viewer's verified address, ALREADY_MEMBER,
    INVITATION_EXPIRED.
    """
    await _addressed_to_viewer(conn, ctx, _LOCK, invitation)
    # The previous holder of the account's lock may have revoked it.
    current = await _addressed_to_viewer(conn, ctx, _READ, invitation)
    if current["is_member"]:
        raise MutationRefused(UserErrorCode.ALREADY_MEMBER, "invitation_id", message="You are in this account already.")
    if not current["is_open"]:
        raise MutationRefused(UserErrorCode.INVITATION_EXPIRED, "invitation_id")
    await conn.execute(_ACCEPT, *invitation, ctx.user_id, ctx.now)
    after = {"status": MembershipStatus.ACTIVE, "role": current["role"]}
    before = {"status": MembershipStatus.INVITED}
    await write_event(conn, ctx, "membership.accepted", ("Membership", invitation), before, after)
    return invitation[0]


def _refusal_code(email: str, known: Record, invited: Container[str]) -> UserErrorCode | None:
    if len(email) > MAX_ADDRESS or not _ADDRESS.fullmatch(email):
        return UserErrorCode.EMAIL_INVALID
    if known["is_member"]:
        return UserErrorCode.ALREADY_MEMBER
    if known["is_open"] or known["address"] in invited:
        return UserErrorCode.INVITATION_PENDING
    return None


async def _write(conn: Connection, ctx: ChangeContext, role: MemberRole, invited: Sequence[tuple[RowKey, str]]) -> None:
    await conn.executemany(_INVITE, [(*membership, email, role, ctx.now) for membership, email in invited])
    after_by_subject = {("Membership", membership): {"email": email, "role": role} for membership, email in invited}
    await write_events(conn, ctx, "membership.invited", after_by_subject)


async def _addressed_to_viewer(
    conn: Connection, ctx: ChangeContext, statement: Statement, invitation: RowKey
) -> Record:
    rows = await statement.run(conn, ctx.parameters(**key_parameters(invitation)))
    if not rows:
        raise MutationRefused(UserErrorCode.INVITATION_NOT_FOUND, "invitation_id")
    return rows[0]
