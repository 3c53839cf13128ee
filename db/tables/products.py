"""What is sold, and what was issued before an account registered it."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.enums import AccountKind, AutoRenewal, LicenseKeyKind, SalesChannel, StartTrigger
from db.tables.base import (
    CODE,
    MAX_GRACE_DAYS,
    Base,
    Code,
    OptionalString,
    OptionalTimestamp,
    String,
    Timestamp,
    account_fk,
    enum_check,
    product_fk,
)


class Product(Base, table=True):
    """A small reference table. The code is the key: subscriptions sort, filter and join by it without a look-up."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{0,62}$'", name="code"),
        enum_check("audience", AccountKind),
        CheckConstraint(f"grace_days BETWEEN 0 AND {MAX_GRACE_DAYS}", name="grace_days"),
        CheckConstraint("max_per_account > 0", name="max_per_account"),
    )

    code: Annotated[str, Field(sa_type=CODE, primary_key=True)]
    name: String
    edition: OptionalString = None
    audience: OptionalString = None
    grace_days: int
    max_per_account: int | None = None
    sublicenses_supported: bool = True
    dynamic_allocation_supported: bool = True


class IssuedSubscription(Base, table=True):
    """The terms fixed at issue; becomes a subscription of an account when its key is registered."""

    __tablename__ = "issued_subscriptions"
    __table_args__ = (
        product_fk(),
        UniqueConstraint("number"),
        enum_check("channel", SalesChannel),
        enum_check("start_trigger", StartTrigger),
        enum_check("auto_renewal", AutoRenewal),
        CheckConstraint("license_count > 0", name="license_count"),
        CheckConstraint("term_months >= 0", name="term_months"),
        CheckConstraint(f"grace_days BETWEEN 0 AND {MAX_GRACE_DAYS}", name="grace_days"),
    )

    id: UUID = Field(primary_key=True)
    number: String
    product_code: Code
    term_months: int
    license_count: int
    channel: String
    start_trigger: String
    starts_on: date | None = None
    is_trial: bool = False
    auto_renewal: String
    grace_days: int
    # [{"productCode": text, "quantity": integer}], copied to subscription_items on registration
    items: Annotated[list[dict[str, Any]], Field(sa_type=JSONB)]
    issued_at: Timestamp


class LicenseKeyIndex(Base, table=True):
    """Where a key is unique in the whole deployment, by keyed digest; account_id is NULL until it is registered."""

    __tablename__ = "license_key_index"
    __table_args__ = (
        account_fk(),
        UniqueConstraint("license_key_id"),
        enum_check("kind", LicenseKeyKind),
        Index("license_key_index_subscription_id_idx", "subscription_id"),
    )

    digest: bytes = Field(primary_key=True)
    lookup_secret_id: String
    account_id: UUID | None = None
    subscription_id: UUID
    license_key_id: UUID
    kind: String
    ciphertext: bytes
    encryption_secret_id: String
    tail: String
    blocked_at: OptionalTimestamp = None
