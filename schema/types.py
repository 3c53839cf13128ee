"""The entities of the graph, top to bottom. A bare annotation is the column of that name."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Optional

import strawberry
from graphql import GraphQLAbstractType, GraphQLResolveInfo
from strawberry.scalars import JSON

import db.expressions
import db.queries.accounts
import db.queries.license_keys
import db.queries.orders
import db.queries.products
import db.queries.subscriptions
import db.tables
from db.enums import (
    AccountKind,
    ActivationStatus,
    Allocation,
    AutoRenewal,
    LicenseKeyKind,
    LicenseKeyStatus,
    MemberRole,
    MembershipStatus,
    OrderKind,
    OrderStatus,
    PaymentMethodKind,
    SalesChannel,
    StartTrigger,
    SubscriptionStatus,
)
from db.ids import global_id
from db.mapping.batch_loading import Row
from db.mapping.declarations import Polymorphic, column
from schema.connections import Connection
from schema.dsl.fields import connection, embedded, expression, many, one, parameterized, polymorphic
from schema.filters import (
    ActivationFilter,
    AuditFilter,
    LicenseKeyFilter,
    OrderFilter,
    SubscriptionFilter,
    SubscriptionOrder,
)
from schema.naming import type_name
from schema.scalars import Currency


def _id(prefix: str, *columns: str) -> Any:
    return expression(lambda row: global_id(prefix, *[row.c[name] for name in columns]))


def _row_id(prefix: str) -> Any:
    return _id(prefix, "account_id", "id")


@strawberry.interface(
    description="Anything with a global id. An id that is unknown, foreign or not an id at all is null when read."
)
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque: do not take it apart.")

    @classmethod
    def is_type_of(cls, row: Any, info: GraphQLResolveInfo[Any]) -> bool:
        return isinstance(row, Row)

    @classmethod
    def resolve_type(cls, row: Row, info: GraphQLResolveInfo[Any], abstract: GraphQLAbstractType) -> str:
        return row.typename


@strawberry.type
class User:
    id: strawberry.ID = _id("usr", "id")
    email: str | None
    name: str | None


@strawberry.type(description="An open invitation whose address is the viewer's own verified e-mail.")
class Invitation:
    id: strawberry.ID = _row_id("inv")
    account_name: str = expression(db.queries.accounts.name_of_account)
    role: MemberRole
    invited_at: datetime = expression(column("since"))
    expires_at: datetime = expression(db.queries.accounts.expires_at)


@strawberry.type(description="Who is asking.")
class Viewer:
    user: User | None = one(db.queries.accounts.user_of_viewer, "Null for a service token.")
    scopes: list[str]
    accounts: list["Account"] = many(db.queries.accounts.of_viewer, "Those the viewer is an active member of.")
    invitations: list[Invitation] = many(db.queries.accounts.invitations_of_viewer)


@strawberry.type
class Account(Node):
    id: strawberry.ID = _id("acc", "id")
    kind: AccountKind
    name: str
    created_at: datetime
    viewer_role: MemberRole | None = expression(db.expressions.viewer_role, "Null for a service token.")
    product_overviews: list["ProductOverview"] = many(
        db.queries.products.product_overviews, "The dashboard: one box for each product with subscriptions."
    )
    subscriptions: Connection["Subscription"] = connection(
        db.queries.subscriptions.of_account, filter=SubscriptionFilter, order_by=SubscriptionOrder
    )
    license_keys: Connection["LicenseKey"] = connection(db.queries.license_keys.of_account, filter=LicenseKeyFilter)
    orders: Connection["Order"] | None = connection(
        db.queries.orders.of_account, "Newest first. Null for a MEMBER.", filter=OrderFilter
    )
    payment_methods: list["PaymentMethod"] | None = many(
        db.queries.orders.payment_methods_of_account, "The default one first. Null for a MEMBER."
    )
    members: Connection["Membership"] | None = connection(db.queries.accounts.members, "Null for a MEMBER.")
    audit_events: Connection["AuditEvent"] | None = connection(
        db.queries.accounts.audit_trail, "Newest first. Null for a MEMBER.", filter=AuditFilter
    )


@strawberry.type(description="What an account has of one product.")
class ProductOverview:
    product: "Product" = one(db.queries.products.by_code)
    active_subscriptions: int = strawberry.field(description="ACTIVE and GRACE_PERIOD: still usable.")
    expiring_soon: int = strawberry.field(description="As isExpiringSoon, within 30 days.")
    in_grace_period: int
    expired: int
    licenses: int = strawberry.field(description="Over the active subscriptions.")
    licenses_used: int = strawberry.field(description="Over the active subscriptions.")
    next_renewal_on: date | None
    next_expiration_on: date | None


@strawberry.type
class Product(Node):
    id: strawberry.ID = _id("prd", "code")
    code: str
    name: str
    edition: str | None
    audience: AccountKind | None
    grace_days: int
    max_per_account: int | None


@strawberry.type
class Subscription(Node):
    id: strawberry.ID = _row_id("sub")
    number: str = strawberry.field(description="Unique in the account.")
    display_name: str
    account: Account = one(db.queries.accounts.of_row)
    product: Product = one(db.queries.products.by_code)
    status: SubscriptionStatus = expression(db.expressions.status)
    is_expiring_soon: bool = parameterized(
        db.queries.subscriptions.expiring_soon,
        default=db.expressions.EXPIRING_SOON_DAYS,
        description="Active, will not renew by itself, ends within so many days.",
    )
    auto_renewal: AutoRenewal
    start_trigger: StartTrigger
    activated_on: date | None
    expires_on: date | None = strawberry.field(description="Last usable day; null is perpetual.")
    renews_on: date | None = expression(
        db.expressions.renews_on, "expiresOn while renewal is ON and the subscription can renew."
    )
    term_months: int
    license_count: int
    is_trial: bool
    channel: SalesChannel
    items: list["SubscriptionItem"] = many(
        db.queries.subscriptions.items_of_subscription, "Additional products included, with their quantity."
    )
    license_keys: Connection["LicenseKey"] = connection(
        db.queries.license_keys.of_subscription, "The primary key first.", filter=LicenseKeyFilter
    )
    orders: Connection["Order"] | None = connection(
        db.queries.orders.of_subscription, "Newest first. Null for a MEMBER.", filter=OrderFilter
    )
    payment_method: Optional["PaymentMethod"] = one(
        db.queries.orders.payment_method_of_subscription, "What the next renewal is charged to. Null for a MEMBER too."
    )
    seats: "SeatUsage" = one(db.queries.subscriptions.seats)
    viewer_can: "SubscriptionAbilities" = embedded(
        "What the viewer's role and the subscription's state allow.",
        set_auto_renewal=db.expressions.can_set_auto_renewal,
        set_payment_method=db.expressions.can_set_payment_method,
        rename=db.expressions.viewer_manages,
        create_sublicense=db.expressions.can_create_sublicense,
    )


@strawberry.type
class SubscriptionItem:
    product: Product = one(db.queries.products.by_code)
    quantity: int


@strawberry.type
class SeatUsage:
    total: int
    used: int
    reserved: int = strawberry.field(description="Kept from the pool by RESERVED sublicences.")
    available: int = strawberry.field(
        description="Free in the pool that the primary key and the DYNAMIC sublicences share."
    )


@strawberry.type
class SubscriptionAbilities:
    set_auto_renewal: bool
    set_payment_method: bool
    rename: bool
    create_sublicense: bool


@strawberry.type
class LicenseKey(Node):
    id: strawberry.ID = _row_id("key")
    name: str | None
    masked_key: str = expression(db.queries.license_keys.masked, "The last characters only.")
    kind: LicenseKeyKind
    status: LicenseKeyStatus = expression(db.expressions.license_key_status)
    allocation: Allocation | None
    quota: int | None
    used: int
    available: int = expression(db.expressions.available_seats, "Seats that this key can still take.")
    expires_on: date | None
    registered_at: datetime | None
    subscription: Subscription = one(db.queries.subscriptions.of_row)
    admins: list["Membership"] | None = many(
        db.queries.accounts.admins_of_license_key,
        "Members who administer this key without being account admins. Null for a MEMBER who is not one of them.",
    )
    activations: Connection["Activation"] = connection(
        db.queries.license_keys.activations_of_license_key, filter=ActivationFilter
    )


@strawberry.type(description="A product activated on a device; takes one seat while ACTIVE.")
class Activation(Node):
    id: strawberry.ID = _row_id("act")
    device_id: str
    device_name: str
    status: ActivationStatus
    activated_at: datetime
    last_seen_at: datetime | None
    license_key: LicenseKey = one(db.queries.license_keys.of_activation)


@strawberry.type(description="An order of the online store: immutable here.")
class Order(Node):
    id: strawberry.ID = _row_id("ord")
    number: str
    placed_at: datetime
    status: OrderStatus
    kind: OrderKind
    lines: list["OrderLine"] = many(db.queries.orders.lines_of_order)
    total: "Money" = embedded(amount=column("total"), currency=column("currency"))
    payment_method: Optional["PaymentMethod"] = one(db.queries.orders.payment_method_of_order)
    subscription: Subscription | None = one(db.queries.subscriptions.of_row)
    invoice_url: str | None


@strawberry.type
class OrderLine:
    product: Product = one(db.queries.products.by_code)
    quantity: int
    unit_price: "Money" = embedded(amount=column("unit_price"), currency=column("currency"))
    total: "Money" = embedded(amount=db.queries.orders.line_total, currency=column("currency"))


@strawberry.type
class Money:
    amount: Decimal
    currency: Currency


@strawberry.type(description="Never a card number: a processor's token, which is not shown, and what may be shown.")
class PaymentMethod(Node):
    id: strawberry.ID = _row_id("pay")
    kind: PaymentMethodKind
    brand: str | None
    last4: str | None
    expires_on: date | None
    holder_name: str | None
    is_default: bool
    can_renew: bool = expression(db.expressions.can_renew, "Not expired, not removed, able to be charged unattended.")


@strawberry.type
class Membership(Node):
    id: strawberry.ID = _row_id("mem")
    email: str | None
    user: User | None = one(db.queries.accounts.user_of_membership, "Null while INVITED.")
    role: MemberRole
    status: MembershipStatus
    since: datetime


# What has a global id, by its prefix: the class, which is also what stored events call it, and the relation.
_ENTITIES = {
    "acc": ("Account", db.queries.accounts.by_id),
    "act": ("Activation", db.queries.license_keys.activation_by_id),
    "key": ("LicenseKey", db.queries.license_keys.by_id),
    "mem": ("Membership", db.queries.accounts.membership_by_id),
    "ord": ("Order", db.queries.orders.by_id),
    "pay": ("PaymentMethod", db.queries.orders.payment_method_by_id),
    "prd": ("Product", db.queries.products.by_code),
    "sub": ("Subscription", db.queries.subscriptions.by_id),
}
NODES = {prefix: (type_name(name), relation) for prefix, (name, relation) in _ENTITIES.items()}
_events = db.tables.table(db.tables.AuditEvent)


@strawberry.type
class AuditEvent:
    id: strawberry.ID = _row_id("evt")
    occurred_at: datetime
    actor: str
    action: str
    subject: Node | None = polymorphic(
        Polymorphic(
            _events.c.subject_type,
            (_events.c.account_id, _events.c.subject_id),
            # Products are in no account, and no event is about one.
            {name: (type_name(name), relation) for name, relation in _ENTITIES.values() if name != "Product"},
        )
    )
    before: JSON | None
    after: JSON | None
    request_id: str | None
