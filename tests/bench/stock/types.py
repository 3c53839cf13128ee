"""The types of the graph that the benchmark asks for, and their resolvers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from db import enums, tables

# The context is the request's Loaders, which make these types.
Info = strawberry.Info[Any, None]
Key = tuple[UUID, UUID]

strawberry.enum(enums.AutoRenewal)
strawberry.enum(enums.SubscriptionStatus)


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class Money:
    amount: Decimal
    currency: str


@strawberry.type
class Product:
    code: str
    name: str
    edition: str | None
    grace_days: int


@strawberry.type
class ProductOverview:
    product_code: strawberry.Private[str]
    active_subscriptions: int
    expiring_soon: int
    in_grace_period: int
    expired: int
    licenses: int
    licenses_used: int
    next_renewal_on: date | None
    next_expiration_on: date | None

    @strawberry.field
    async def product(self, info: Info) -> Product:
        product: Product = await info.context.product.load(self.product_code)
        return product


@strawberry.type
class OrderLine:
    product_code: strawberry.Private[str]
    quantity: int
    unit_price: Money

    @strawberry.field
    async def product(self, info: Info) -> Product:
        product: Product = await info.context.product.load(self.product_code)
        return product


@strawberry.type
class Order(Node):
    key: strawberry.Private[Key]
    number: str
    placed_at: datetime
    status: str
    kind: str
    total: Money

    @strawberry.field
    async def lines(self, info: Info) -> list[OrderLine]:
        lines: list[OrderLine] = await info.context.lines.load(self.key)
        return lines


@strawberry.type
class OrderConnection:
    nodes: list[Order]


@strawberry.type
class LicenseKey(Node):
    name: str | None
    kind: str
    allocation: str | None
    quota: int | None
    used: int
    registered_at: datetime | None


@strawberry.type
class LicenseKeyConnection:
    nodes: list[LicenseKey]


@strawberry.type
class PaymentMethod(Node):
    kind: str
    brand: str | None
    last4: str | None
    expires_on: date | None


@strawberry.type
class SeatUsage:
    total: int
    used: int
    reserved: int
    available: int


@strawberry.type
class Subscription(Node):
    row: strawberry.Private[tables.Subscription]
    number: str
    display_name: str
    auto_renewal: enums.AutoRenewal
    channel: str
    activated_on: date | None
    expires_on: date | None
    term_months: int
    license_count: int
    is_trial: bool

    @property
    def _key(self) -> Key:
        return self.row.account_id, self.row.id

    @strawberry.field
    def status(self) -> enums.SubscriptionStatus:
        return status(self.row)

    @strawberry.field
    async def account(self, info: Info) -> "Account":
        account: Account = await info.context.account.load(self.row.account_id)
        return account

    @strawberry.field
    async def product(self, info: Info) -> Product:
        product: Product = await info.context.product.load(self.row.product_code)
        return product

    @strawberry.field
    async def license_keys(self, info: Info, first: int = 20) -> LicenseKeyConnection:
        return LicenseKeyConnection(nodes=await info.context.license_keys(first).load(self._key))

    @strawberry.field
    async def orders(self, info: Info, first: int = 20) -> OrderConnection | None:
        return OrderConnection(nodes=await info.context.orders(first).load(self._key))

    @strawberry.field
    async def payment_method(self, info: Info) -> PaymentMethod | None:
        method = self.row.payment_method_id
        return None if method is None else await info.context.payment_method.load((self.row.account_id, method))

    @strawberry.field
    async def seats(self, info: Info) -> SeatUsage:
        used, reserved, taken = await info.context.seats.load(self._key)
        total = self.license_count
        return SeatUsage(total=total, used=used, reserved=reserved, available=total - taken)


@strawberry.input
class SubscriptionFilter:
    auto_renewal: enums.AutoRenewal | None = None


@strawberry.type
class SubscriptionConnection:
    account_id: strawberry.Private[UUID]
    renewal: strawberry.Private[enums.AutoRenewal | None]
    nodes: list[Subscription]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        total: int = await info.context.total(self.account_id, self.renewal)
        return total


@strawberry.type
class Account(Node):
    row_id: strawberry.Private[UUID]
    name: str

    @strawberry.field
    async def product_overviews(self, info: Info) -> list[ProductOverview]:
        overviews: list[ProductOverview] = await info.context.overviews(self.row_id)
        return overviews

    @strawberry.field
    async def subscriptions(
        self, info: Info, first: int = 20, filter: SubscriptionFilter | None = None
    ) -> SubscriptionConnection:
        renewal = filter.auto_renewal if filter else None
        nodes = await info.context.subscriptions(first, renewal).load(self.row_id)
        return SubscriptionConnection(account_id=self.row_id, renewal=renewal, nodes=nodes)


def status(row: tables.Subscription) -> enums.SubscriptionStatus:
    today = datetime.now(UTC).date()
    if row.suspended_at is not None:
        return enums.SubscriptionStatus.SUSPENDED
    if row.activated_on is None or row.activated_on > today:
        return enums.SubscriptionStatus.PENDING
    if row.expires_on is None or row.expires_on >= today:
        return enums.SubscriptionStatus.ACTIVE
    in_grace = row.auto_renewal == "ON" and row.expires_on + timedelta(days=row.grace_days) >= today
    return enums.SubscriptionStatus.GRACE_PERIOD if in_grace else enums.SubscriptionStatus.EXPIRED
