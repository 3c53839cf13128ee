"""What clients may filter and sort by, and the enums of the graph."""

from datetime import date, datetime

import strawberry

from db import enums
from db.enums import (
    ActivationStatus,
    AutoRenewal,
    LicenseKeyKind,
    LicenseKeyStatus,
    OrderDirection,
    OrderKind,
    OrderStatus,
    SubscriptionDisplay,
    SubscriptionOrderField,
    SubscriptionStatus,
)

_DESCRIPTIONS = {
    enums.SubscriptionDisplay: "ACTIVE includes the grace period. PENDING and SUSPENDED stand in ALL only.",
    enums.SubscriptionStatus: "Computed from the dates, never stored.",
    enums.AutoRenewal: "NOT_AVAILABLE: bought once, a trial, or billed by an app store.",
    enums.Allocation: "RESERVED keeps its quota from the pool; DYNAMIC shares the pool up to a cap.",
}

for _enum in (
    enums.AccountKind,
    enums.MemberRole,
    enums.MembershipStatus,
    enums.SubscriptionStatus,
    enums.SubscriptionDisplay,
    enums.AutoRenewal,
    enums.StartTrigger,
    enums.SalesChannel,
    enums.LicenseKeyKind,
    enums.LicenseKeyStatus,
    enums.Allocation,
    enums.ActivationStatus,
    enums.OrderStatus,
    enums.OrderKind,
    enums.PaymentMethodKind,
    enums.SubscriptionOrderField,
    enums.OrderDirection,
):
    strawberry.enum(_enum, description=_DESCRIPTIONS.get(_enum))


@strawberry.input
class SubscriptionFilter:
    display: SubscriptionDisplay | None = SubscriptionDisplay.ALL
    status_in: list[SubscriptionStatus] | None = strawberry.UNSET
    auto_renewal: AutoRenewal | None = strawberry.UNSET
    product_id: strawberry.ID | None = strawberry.UNSET
    expiring_within_days: int | None = strawberry.field(
        default=strawberry.UNSET, description="Active, will not renew by itself, ends within so many days; 0 to 3650."
    )
    ends_from: date | None = strawberry.UNSET
    ends_to: date | None = strawberry.UNSET
    search: str | None = strawberry.field(
        default=strawberry.UNSET, description="Name, number, or the last characters of a key (three or more)."
    )


@strawberry.input
class SubscriptionOrder:
    field: SubscriptionOrderField = SubscriptionOrderField.ENDS_ON
    direction: OrderDirection = OrderDirection.ASC


@strawberry.input
class LicenseKeyFilter:
    kind: LicenseKeyKind | None = strawberry.UNSET
    status_in: list[LicenseKeyStatus] | None = strawberry.UNSET
    search: str | None = strawberry.field(
        default=strawberry.UNSET, description="Name, or the last characters (three or more)."
    )


@strawberry.input
class ActivationFilter:
    status: ActivationStatus | None = strawberry.UNSET
    search: str | None = strawberry.field(default=strawberry.UNSET, description="Name or id of the device.")


@strawberry.input
class OrderFilter:
    status_in: list[OrderStatus] | None = strawberry.UNSET
    kind: OrderKind | None = strawberry.UNSET
    placed_from: datetime | None = strawberry.UNSET
    placed_to: datetime | None = strawberry.UNSET


@strawberry.input
class AuditFilter:
    action: str | None = strawberry.UNSET
    from_: datetime | None = strawberry.field(name="from", default=strawberry.UNSET)
    to: datetime | None = strawberry.UNSET
