"""Who there is: users, accounts, and the users in an account."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.enums import AccountKind, MemberRole, MembershipStatus
from db.tables.base import Instant, OptionalString, Stored, String, of_account, one_of, references


class User(Stored, table=True):
    """A person: (issuer, subject) of a token, never an e-mail address."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: UUID = Field(primary_key=True)
    issuer: String
    subject: String
    email: OptionalString = None
    email_verified: bool = False
    name: OptionalString = None
    created_at: Instant


class Account(Stored, table=True):
    """Owner of subscriptions. A personal account has the id of its user."""

    __tablename__ = "accounts"
    __table_args__ = (one_of("kind", AccountKind),)

    id: UUID = Field(primary_key=True)
    kind: String
    name: String
    created_at: Instant


class Membership(Stored, table=True):
    """A user in an account; while INVITED, an e-mail address that may accept for 14 days."""

    __tablename__ = "memberships"
    __table_args__ = (
        of_account(),
        ForeignKeyConstraint(["user_id"], ["users.id"]),
        UniqueConstraint("account_id", "user_id"),
        one_of("role", MemberRole),
        one_of("status", MembershipStatus),
        CheckConstraint("status = 'INVITED' OR user_id IS NOT NULL", name="user_id"),
        CheckConstraint("status <> 'INVITED' OR email IS NOT NULL", name="email"),
        Index("memberships_user_id_idx", "user_id", "account_id"),
        Index(
            "memberships_account_id_invited_email_unique",
            "account_id",
            text("lower(email)"),
            unique=True,
            postgresql_where=text("status = 'INVITED'"),
        ),
        Index("memberships_invited_email_idx", text("lower(email)"), postgresql_where=text("status = 'INVITED'")),
        Index("memberships_since_idx", "account_id", "since", "id"),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    user_id: UUID | None = None
    email: OptionalString = None
    role: String
    status: String
    since: Instant


class LicenseKeyGrant(Stored, table=True):
    """A member who administers one key without being an admin of the account."""

    __tablename__ = "license_key_grants"
    __table_args__ = (
        references("memberships", "membership_id", on_delete="CASCADE"),
        references("license_keys", "license_key_id", on_delete="CASCADE"),
        Index("license_key_grants_license_key_id_idx", "account_id", "license_key_id", "membership_id"),
    )

    account_id: UUID = Field(primary_key=True)
    membership_id: UUID = Field(primary_key=True)
    license_key_id: UUID = Field(primary_key=True)
