"""Users and the accounts they are in: members, invitations, what they did."""

from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Connection
from sqlalchemy import ColumnElement, FromClause, Interval, Text, Uuid, func, literal_column
from sqlalchemy import column as parameter

from db.enums import AccountKind, MemberRole, MembershipStatus
from db.expressions import active_membership, administers_key, manages, viewer_manages
from db.ids import uuid7
from db.mapping.declarations import (
    ID,
    NOW,
    TIMESTAMP,
    Filter,
    Keys,
    PagedRelation,
    Relation,
    Rows,
    SortKey,
    by_primary_key,
    column,
    exists_in,
    on_columns,
    scalar,
    sql_literal,
)
from db.tables.core import accounts, audit_events, license_key_grants, license_keys, memberships, users

INVITATION_DAYS = 14
# What a request knows of the viewer stands above all rows, as columns of the root.
VIEWER_ID: Any = parameter("viewer", Uuid)
VIEWER_EMAIL: Any = parameter("email", Text)

by_id = by_primary_key(accounts, lambda row: active_membership(row.c.id))
"""An account that the viewer may read: the root of all reading."""

of_row = on_columns((memberships.c.account_id,), (accounts.c.id,))

membership_by_id = by_primary_key(memberships, viewer_manages)

user_of_viewer = on_columns((VIEWER_ID,), (users.c.id,))
user_of_membership = on_columns((memberships.c.user_id,), (users.c.id,))


def _of_viewer(keys: Keys) -> Rows:
    a, m = accounts.alias(), memberships.alias()
    mine = (m.c.account_id == a.c.id, m.c.user_id == keys[0], m.c.status == sql_literal(MembershipStatus.ACTIVE))
    return Rows(a, (exists_in(m, where=mine),))


def _personal_last(account: FromClause) -> ColumnElement[bool]:
    return account.c.kind == sql_literal(AccountKind.PERSONAL)


of_viewer = Relation((VIEWER_ID,), _of_viewer, order=(_personal_last, column("name"), column("id")))


def expires_at(invitation: FromClause) -> ColumnElement[Any]:
    return invitation.c.since + literal_column(f"interval '{INVITATION_DAYS} days'", Interval)


def name_of_account(invitation: FromClause) -> ColumnElement[str]:
    a = accounts.alias()
    return scalar(a, value=a.c.name, where=(a.c.id == invitation.c.account_id,))


def _open_invitations(keys: Keys) -> Rows:
    m = memberships.alias()
    addressed = (m.c.status == sql_literal(MembershipStatus.INVITED), func.lower(m.c.email) == keys[0])
    return Rows(m, (*addressed, expires_at(m) > NOW))


invitations_of_viewer = Relation((VIEWER_EMAIL,), _open_invitations, order=(column("since"), column("id")))

members = PagedRelation(
    on_columns((accounts.c.id,), (memberships.c.account_id,), permission=lambda keys: manages(keys[0])),
    sort_keys={"SINCE": SortKey(column("since"), TIMESTAMP)},
    tiebreaker=ID,
    default_sort="SINCE",
)


def _admins(keys: Keys) -> Rows:
    m, g = memberships.alias(), license_key_grants.alias()
    granted = (g.c.account_id == m.c.account_id, g.c.membership_id == m.c.id, g.c.license_key_id == keys[1])
    # Who became an admin of the account, or was blocked, is no longer one by the grant.
    by_grant = (m.c.role == sql_literal(MemberRole.MEMBER), m.c.status == sql_literal(MembershipStatus.ACTIVE))
    return Rows(m, (m.c.account_id == keys[0], *by_grant, exists_in(g, where=granted)))


admins_of_license_key = Relation(
    (license_keys.c.account_id, license_keys.c.id),
    _admins,
    order=(column("since"), column("id")),
    permission=lambda keys: administers_key(keys[0], keys[1]),
)

audit_trail = PagedRelation(
    on_columns((accounts.c.id,), (audit_events.c.account_id,), permission=lambda keys: manages(keys[0])),
    sort_keys={"OCCURRED_AT": SortKey(column("occurred_at"), TIMESTAMP)},
    tiebreaker=ID,
    default_sort="OCCURRED_AT",
    default_descending=True,
    filters={
        "action": Filter(lambda row, value, _: row.c.action == value, Text()),
        "from": Filter(lambda row, value, _: row.c.occurred_at >= value, TIMESTAMP),
        "to": Filter(lambda row, value, _: row.c.occurred_at <= value, TIMESTAMP),
    },
)
_UPSERT_USER = """
    INSERT INTO users AS known (id, issuer, subject, email, email_verified, name, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (issuer, subject) DO UPDATE
            SET email = excluded.email, email_verified = excluded.email_verified, name = excluded.name
      RETURNING known.id
"""

_OPEN_PERSONAL_ACCOUNT = """
    WITH account AS (
        INSERT INTO accounts (id, kind, name, created_at)
             VALUES ($1, 'PERSONAL', $2, $3)
        ON CONFLICT (id) DO NOTHING
          RETURNING id
    )
    INSERT INTO memberships (account_id, id, user_id, email, role, status, since)
         SELECT id, $4, id, $5, 'OWNER', 'ACTIVE', $3 FROM account
"""


async def upsert_user(
    conn: Connection,
    *,
    issuer: str,
    subject: str,
    email: str | None,
    email_verified: bool,
    name: str | None,
    now: datetime,
) -> UUID:
    """The id of the user (issuer, subject); the first call creates the user, the personal account and its owner.

    The account's id is the user's id, so two first requests at once create one account. Later calls update e-mail
    and name from the token. One transaction of its own.
    """
    row = (uuid7(now), issuer, subject, email, email_verified, name, now)
    async with conn.transaction():
        user_id: UUID = await conn.fetchval(_UPSERT_USER, *row)
        await conn.execute(_OPEN_PERSONAL_ACCOUNT, user_id, name or email or "Personal", now, uuid7(now), email)
    return user_id
