"""The orders of the demo's world. Their lines add up to their total."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from db.enums import AutoRenewal, OrderKind, OrderStatus, SalesChannel
from db.seed.catalogue import CATALOGUE, Listing
from db.seed.demo.account_builder import AccountBuilder
from db.seed.demo.sales import StandaloneOrder
from db.seed.demo.subscriptions import SeededSubscription
from db.tables import Order, OrderLine
from db.terms import add_months

# Resellers and app stores keep their own books.
_BILLED_HERE = (SalesChannel.ONLINE_STORE, SalesChannel.SALES_REP)
_DAYS_TO_THE_NEXT_SEATS = 45


def add_orders(account: AccountBuilder, subscription: SeededSubscription) -> None:
    """What was paid for a subscription so far, and the renewal that failed if it has ended with renewal ON."""
    sale = subscription.sale
    if sale.channel not in _BILLED_HERE or sale.is_trial:
        return
    _order(account, subscription, subscription.issued_at, OrderKind.NEW, sale.first_order, sale.licenses - sale.added)
    if subscription.started_on is None:
        return
    if sale.added:
        placed_at = account.world.moment(subscription.started_on + timedelta(days=_DAYS_TO_THE_NEXT_SEATS))
        _order(account, subscription, placed_at, OrderKind.ADD_LICENSES, OrderStatus.PAID, sale.added)
    for term in range(1, sale.terms):
        placed_at = account.world.moment(add_months(subscription.started_on, sale.term * term))
        _order(account, subscription, placed_at, OrderKind.RENEWAL, OrderStatus.PAID, sale.licenses)
        renewed = add_months(subscription.started_on, sale.term * (term + 1))
        account.record_by_store(
            placed_at, "subscription.renewed", ("Subscription", subscription.id), {"expiresOn": str(renewed)}
        )
    if subscription.expires_on and sale.renewal is AutoRenewal.ON and subscription.expires_on < account.world.today:
        placed_at = account.world.moment(subscription.expires_on)
        _order(account, subscription, placed_at, OrderKind.RENEWAL, OrderStatus.FAILED, sale.licenses)


def add_standalone_order(
    account: AccountBuilder, order: StandaloneOrder, subscription: SeededSubscription | None
) -> None:
    """An order of nothing that is there, or one that changed nothing of `subscription`."""
    listing = CATALOGUE[order.product]
    _add_order(
        account,
        account.world.moment(account.world.day(order.placed)),
        order.kind,
        order.status,
        order.currency,
        [(listing, order.quantity)],
        12,
        subscription.id if subscription else None,
        account.methods[order.paid_by],
    )


def _order(
    account: AccountBuilder,
    subscription: SeededSubscription,
    at: datetime,
    kind: OrderKind,
    status: OrderStatus,
    quantity: int,
) -> None:
    sale = subscription.sale
    method = sale.paid_by or sale.method
    bought = [subscription.listing, *(CATALOGUE[code] for code in sale.items)]
    lines = [(listing, quantity) for listing in bought]
    _add_order(
        account,
        at,
        kind,
        status,
        sale.currency,
        lines,
        sale.term,
        subscription.id,
        account.methods[method] if method else None,
    )


def _add_order(
    account: AccountBuilder,
    at: datetime,
    kind: OrderKind,
    status: OrderStatus,
    currency: str,
    lines: list[tuple[Listing, int]],
    term: int,
    subscription_id: UUID | None,
    payment_method_id: UUID | None,
) -> None:
    rows = account.world.rows
    order = Order(
        account_id=account.account_id,
        id=account.world.id(at),
        number=f"{at:%y%m%d}-{len(rows.by_table['orders']) + 1:04}",
        placed_at=at,
        status=status,
        kind=kind,
        total=sum((listing.price(currency, term) * quantity for listing, quantity in lines), Decimal(0)),
        currency=currency,
        subscription_id=subscription_id,
        payment_method_id=payment_method_id,
    )
    if status in (OrderStatus.PAID, OrderStatus.REFUNDED):
        order.invoice_url = f"https://store.example.com/invoices/{order.number}.pdf"
    if (kind, status) == (OrderKind.RENEWAL, OrderStatus.PAID):
        order.renewed_at = at
    rows.add(order)
    for position, (listing, quantity) in enumerate(lines, 1):
        rows.add(_line(order, position, listing, quantity, term))
    after = {"number": order.number, "status": status, "total": str(order.total), "currency": currency}
    account.record_by_store(at, "order.recorded", ("Order", order.id), after)


def _line(order: Order, position: int, listing: Listing, quantity: int, term: int) -> OrderLine:
    return OrderLine(
        account_id=order.account_id,
        order_id=order.id,
        position=position,
        product_code=listing.code,
        quantity=quantity,
        unit_price=listing.price(order.currency, term),
        currency=order.currency,
    )
