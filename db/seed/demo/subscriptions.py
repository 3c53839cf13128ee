"""A sale of the demo's world as rows: the terms it was issued under and the subscription that came of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from db.enums import AutoRenewal, SalesChannel, StartTrigger
from db.seed.catalogue import CATALOGUE, Listing
from db.seed.demo.account_builder import AccountBuilder, World
from db.seed.demo.sales import Sale
from db.tables import IssuedSubscription, Subscription, SubscriptionItem
from db.terms import add_months

# Days before the start on which it was issued and on which its key was registered.
_ISSUED = {
    StartTrigger.ON_PURCHASE: 0,
    StartTrigger.ON_KEY_REGISTRATION: 2,
    StartTrigger.ON_FIRST_ACTIVATION: 5,
    StartTrigger.ON_FIXED_DATE: 20,
}
_REGISTERED = {
    StartTrigger.ON_PURCHASE: 0,
    StartTrigger.ON_KEY_REGISTRATION: 0,
    StartTrigger.ON_FIRST_ACTIVATION: 3,
    StartTrigger.ON_FIXED_DATE: 15,
}


@dataclass(frozen=True, slots=True)
class SeededSubscription:
    """A sale with its days worked out; the key is registered at `registered_at`."""

    sale: Sale
    listing: Listing
    id: UUID
    issued_at: datetime
    registered_at: datetime
    started_on: date | None
    expires_on: date | None

    @property
    def usable_until(self) -> date | None:
        grace_days = self.listing.grace_days if self.sale.renewal is AutoRenewal.ON else 0
        return self.expires_on and self.expires_on + timedelta(days=grace_days)


def add_subscription(account: AccountBuilder, sale: Sale) -> SeededSubscription:
    """Write the issued terms, the subscription and its items; the keys and orders follow."""
    world = account.world
    started_on, expires_on = _days(world, sale)
    issued_at, registered_at = _moments(world, sale.trigger, started_on or world.today)
    subscription = SeededSubscription(
        sale, CATALOGUE[sale.product], world.id(issued_at), issued_at, registered_at, started_on, expires_on
    )
    world.rows.add(
        _terms(subscription.id, sale, issued_at, sale.term, started_on), _subscription(account, subscription)
    )
    for code in sale.items:
        world.rows.add(
            SubscriptionItem(
                account_id=account.account_id,
                subscription_id=subscription.id,
                product_code=code,
                quantity=sale.licenses,
            )
        )
    _record(account, subscription)
    return subscription


def _days(world: World, sale: Sale) -> tuple[date | None, date | None]:
    """First and last day. The end is counted again from the start: a shorter month may put it up to three days back."""
    if sale.ends is not None:
        start = add_months(world.day(sale.ends), -sale.term * sale.terms)
        return start, add_months(start, sale.term * sale.terms)
    if sale.starts is None:
        return None, None
    start = world.day(sale.starts)
    return start, add_months(start, sale.term) if sale.term else None


def _moments(world: World, trigger: StartTrigger, start: date) -> tuple[datetime, datetime]:
    issued_at = world.moment(start - timedelta(days=_ISSUED[trigger]))
    registered_at = world.moment(start - timedelta(days=_REGISTERED[trigger]))
    return issued_at, max(registered_at, issued_at + timedelta(minutes=30))


def _terms(
    subscription_id: UUID, sale: Sale, issued_at: datetime, term: int, starts_on: date | None
) -> IssuedSubscription:
    return IssuedSubscription(
        id=subscription_id,
        number=sale.number,
        product_code=sale.product,
        term_months=term,
        license_count=sale.licenses,
        channel=sale.channel,
        start_trigger=sale.trigger,
        starts_on=starts_on if sale.trigger is StartTrigger.ON_FIXED_DATE else None,
        is_trial=sale.is_trial,
        auto_renewal=_default_renewal(sale),
        grace_days=CATALOGUE[sale.product].grace_days,
        items=[{"productCode": code, "quantity": sale.licenses} for code in sale.items],
        issued_at=issued_at,
    )


def _default_renewal(sale: Sale) -> AutoRenewal:
    """ON from the online store, OFF from people who sell; either may be switched afterwards."""
    if sale.renewal is AutoRenewal.NOT_AVAILABLE:
        return AutoRenewal.NOT_AVAILABLE
    return AutoRenewal.ON if sale.channel is SalesChannel.ONLINE_STORE else AutoRenewal.OFF


def _subscription(account: AccountBuilder, subscription: SeededSubscription) -> Subscription:
    sale = subscription.sale
    return Subscription(
        account_id=account.account_id,
        id=subscription.id,
        number=sale.number,
        display_name=sale.name or subscription.listing.name,
        product_code=sale.product,
        auto_renewal=sale.renewal,
        start_trigger=sale.trigger,
        channel=sale.channel,
        activated_on=subscription.started_on,
        expires_on=subscription.expires_on,
        term_months=sale.term,
        license_count=sale.licenses,
        grace_days=subscription.listing.grace_days,
        is_trial=sale.is_trial,
        suspended_at=None if sale.suspended is None else account.world.moment(account.world.day(-sale.suspended)),
        payment_method_id=account.methods[sale.method] if sale.method else None,
        created_at=subscription.registered_at,
    )


def _record(account: AccountBuilder, subscription: SeededSubscription) -> None:
    sale, subject = subscription.sale, ("Subscription", subscription.id)

    def change(minutes: int, action: str, name: str, before: Any, after: Any) -> None:
        at = subscription.registered_at + timedelta(minutes=minutes)
        account.record(at, action, subject, {name: before}, {name: after})

    if sale.name:
        change(5, "subscription.renamed", "displayName", subscription.listing.name, sale.name)
    if sale.renewal is not _default_renewal(sale):
        change(12, "subscription.auto_renewal_changed", "autoRenewal", _default_renewal(sale), sale.renewal)
    if sale.suspended is not None:
        at = account.world.moment(account.world.day(-sale.suspended))
        account.record(at, "subscription.suspended", subject, {"isSuspended": False}, {"isSuspended": True})
