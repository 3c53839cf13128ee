"""Who there is: users, accounts, and the users in an account."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.enums import AccountKind, MemberRole, MembershipStatus
from db.tables.base import Base, OptionalString, String, Timestamp, account_fk, enum_check, tenant_fk


class User(Base, table=True):
    """A person: (issuer, subject) of a token, never an e-mail address."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: UUID = Field(primary_key=True)
    issuer: String
    subject: String
    email: OptionalString = None
    email_verified: bool = False
    name: OptionalString = None
    created_at: Timestamp


class Account(Base, table=True):
    """Owner of subscriptions. A personal account has the id of its user."""

    __tablename__ = "accounts"
    __table_args__ = (enum_check("kind", AccountKind),)

    id: UUID = Field(primary_key=True)
    kind: String
    name: String
    created_at: Timestamp


class Membership(Base, table=True):
    """A user in an account; while INVITED, an e-mail address that may accept for 14 days."""

    __tablename__ = "memberships"
    __table_args__ = (
        account_fk(),
        ForeignKeyConstraint(["user_id"], ["users.id"]),
        UniqueConstraint("account_id", "user_id"),
        enum_check("role", MemberRole),
        enum_check("status", MembershipStatus),
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
    since: Timestamp


class LicenseKeyGrant(Base, table=True):
    """A member who administers one key without being an admin of the account."""

    __tablename__ = "license_key_grants"
    __table_args__ = (
        tenant_fk("memberships", "membership_id", on_delete="CASCADE"),
        tenant_fk("license_keys", "license_key_id", on_delete="CASCADE"),
        Index("license_key_grants_license_key_id_idx", "account_id", "license_key_id", "membership_id"),
    )

    account_id: UUID = Field(primary_key=True)
    membership_id: UUID = Field(primary_key=True)
    license_key_id: UUID = Field(primary_key=True)
