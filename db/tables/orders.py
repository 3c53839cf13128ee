"""What an account ordered and pays with."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.enums import OrderKind, OrderStatus, PaymentMethodKind
from db.tables.base import (
    Amount,
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


class PaymentMethod(Base, table=True):
    """What a processor's token stands for. Removal is soft, because orders refer to it."""

    __tablename__ = "payment_methods"
    __table_args__ = (
        account_fk(),
        enum_check("kind", PaymentMethodKind),
        CheckConstraint("last4 ~ '^[0-9]{4}$'", name="last4"),
        Index(
            "payment_methods_account_id_default_unique",
            "account_id",
            unique=True,
            postgresql_where=text("is_default AND removed_at IS NULL"),
        ),
        Index(
            "payment_methods_account_id_token_unique",
            "account_id",
            "token",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    kind: String
    token: String
    brand: OptionalString = None
    last4: OptionalString = None
    expires_on: date | None = None
    holder_name: OptionalString = None
    is_default: bool = False
    removed_at: OptionalTimestamp = None
    created_at: Timestamp


class Order(Base, table=True):
    """An order of the online store: written by the store only, immutable but for its status."""

    __tablename__ = "orders"
    __table_args__ = (
        account_fk(),
        tenant_fk("subscriptions", "subscription_id"),
        tenant_fk("payment_methods", "payment_method_id"),
        UniqueConstraint("account_id", "number"),
        enum_check("status", OrderStatus),
        enum_check("kind", OrderKind),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("total >= 0 AND scale(total) <= 4", name="total"),
        Index("orders_placed_at_idx", "account_id", "placed_at", "id"),
        Index("orders_subscription_id_idx", "account_id", "subscription_id", "placed_at", "id"),
        Index("orders_payment_method_id_idx", "account_id", "payment_method_id"),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    number: String
    placed_at: Timestamp
    status: String
    kind: String
    total: Amount
    currency: String
    subscription_id: UUID | None = None
    payment_method_id: UUID | None = None
    invoice_url: OptionalString = None
    # When the renewal that it paid for was recorded: at most once.
    renewed_at: OptionalTimestamp = None


class OrderLine(Base, table=True):
    """One product of an order, in the order's currency; `position` counts from 1."""

    __tablename__ = "order_lines"
    __table_args__ = (
        tenant_fk("orders", "order_id"),
        product_fk(),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_price >= 0 AND scale(unit_price) <= 4", name="unit_price"),
    )

    account_id: UUID = Field(primary_key=True)
    order_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    product_code: Code
    quantity: int
    unit_price: Amount
    currency: String
