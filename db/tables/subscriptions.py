"""What an account holds: subscriptions, their keys, and the devices on them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.enums import ActivationStatus, Allocation, AutoRenewal, LicenseKeyKind, SalesChannel, StartTrigger
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
    tenant_fk,
)


class Subscription(Base, table=True):
    """A registered subscription. Its status is computed from these dates and never stored."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        account_fk(),
        product_fk(),
        tenant_fk("payment_methods", "payment_method_id"),
        UniqueConstraint("account_id", "number"),
        enum_check("auto_renewal", AutoRenewal),
        enum_check("channel", SalesChannel),
        enum_check("start_trigger", StartTrigger),
        CheckConstraint("license_count > 0", name="license_count"),
        CheckConstraint("term_months >= 0", name="term_months"),
        CheckConstraint(f"grace_days BETWEEN 0 AND {MAX_GRACE_DAYS}", name="grace_days"),
        CheckConstraint("auto_renewal <> 'ON' OR payment_method_id IS NOT NULL", name="auto_renewal_payment_method_id"),
        Index("subscriptions_ends_on_idx", "account_id", text("coalesce(expires_on, 'infinity'::date)"), "id"),
        Index("subscriptions_activated_on_idx", "account_id", text("coalesce(activated_on, 'infinity'::date)"), "id"),
        Index("subscriptions_name_idx", "account_id", text('lower(display_name) COLLATE "C"'), "id"),
        Index("subscriptions_product_code_idx", "account_id", "product_code", "id"),
        Index("subscriptions_license_count_idx", "account_id", "license_count", "id"),
        Index("subscriptions_payment_method_id_idx", "account_id", "payment_method_id"),
        Index(
            "subscriptions_search_idx",
            "account_id",
            text("lower(display_name || ' ' || number) gin_trgm_ops"),
            postgresql_using="gin",
        ),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    number: String
    display_name: String
    product_code: Code
    auto_renewal: String
    start_trigger: String
    channel: String
    activated_on: date | None = None
    expires_on: date | None = None
    term_months: int
    license_count: int
    grace_days: int
    is_trial: bool = False
    suspended_at: OptionalTimestamp = None
    payment_method_id: UUID | None = None
    created_at: Timestamp


class SubscriptionItem(Base, table=True):
    """An additional product included in a subscription."""

    __tablename__ = "subscription_items"
    __table_args__ = (
        tenant_fk("subscriptions", "subscription_id"),
        product_fk(),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    account_id: UUID = Field(primary_key=True)
    subscription_id: UUID = Field(primary_key=True)
    product_code: Annotated[str, Field(sa_type=CODE, primary_key=True)]
    quantity: int


class LicenseKey(Base, table=True):
    """A registered key. `used` counts its ACTIVE activations and changes in the activation's transaction."""

    __tablename__ = "license_keys"
    __table_args__ = (
        tenant_fk("subscriptions", "subscription_id"),
        UniqueConstraint("account_id", "subscription_id", "id"),
        enum_check("kind", LicenseKeyKind),
        enum_check("allocation", Allocation),
        CheckConstraint("(kind = 'PRIMARY') = (allocation IS NULL)", name="kind_allocation"),
        CheckConstraint("(kind = 'PRIMARY') = (quota IS NULL)", name="kind_quota"),
        CheckConstraint("quota > 0", name="quota"),
        CheckConstraint("used >= 0 AND used <= quota", name="used"),
        Index(
            "license_keys_account_id_subscription_id_primary_unique",
            "account_id",
            "subscription_id",
            unique=True,
            postgresql_where=text("kind = 'PRIMARY'"),
        ),
        Index("license_keys_kind_idx", "account_id", "subscription_id", "kind", "id"),
        Index("license_keys_tail_idx", "account_id", text('reverse(tail) COLLATE "C"')),
        Index(
            "license_keys_search_idx",
            "account_id",
            text("lower(name) gin_trgm_ops"),
            postgresql_using="gin",
            postgresql_where=text("name IS NOT NULL"),
        ),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    subscription_id: UUID
    kind: String
    name: OptionalString = None
    tail: String
    allocation: OptionalString = None
    quota: int | None = None
    used: int = 0
    expires_on: date | None = None
    blocked_at: OptionalTimestamp = None
    registered_at: OptionalTimestamp = None


class Activation(Base, table=True):
    """A product activated on a device; takes one seat of its key while ACTIVE."""

    __tablename__ = "activations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "subscription_id", "license_key_id"],
            ["license_keys.account_id", "license_keys.subscription_id", "license_keys.id"],
        ),
        UniqueConstraint("account_id", "subscription_id", "device_id"),
        enum_check("status", ActivationStatus),
        Index("activations_activated_at_idx", "account_id", "license_key_id", "activated_at", "id"),
        Index(
            "activations_search_idx",
            "account_id",
            text("lower(device_name || ' ' || device_id) gin_trgm_ops"),
            postgresql_using="gin",
        ),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    subscription_id: UUID
    license_key_id: UUID
    device_id: String
    device_name: String
    status: String
    activated_at: Timestamp
    last_seen_at: OptionalTimestamp = None
