"""The orders of the demo's world. Their lines add up to their total."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from db.enums import AutoRenewal, OrderKind, OrderStatus, SalesChannel
from db.seed.catalogue import CATALOGUE, Listing
from db.seed.sales import LooseOrder
from db.seed.selling import Sold
from db.seed.world import Books
from db.tables import Order, OrderLine
from db.terms import add_months

# Resellers and app stores keep their own books.
_BILLED_HERE = (SalesChannel.ONLINE_STORE, SalesChannel.SALES_REP)
_DAYS_TO_THE_NEXT_SEATS = 45


def bill(books: Books, sold: Sold) -> None:
    """What was paid for a subscription so far, and the renewal that failed if it has ended with renewal ON."""
    sale = sold.sale
    if sale.channel not in _BILLED_HERE or sale.is_trial:
        return
    _order(books, sold, sold.issued_at, OrderKind.NEW, sale.first_order, sale.licenses - sale.added)
    if sold.started_on is None:
        return
    if sale.added:
        placed_at = books.world.moment(sold.started_on + timedelta(days=_DAYS_TO_THE_NEXT_SEATS))
        _order(books, sold, placed_at, OrderKind.ADD_LICENSES, OrderStatus.PAID, sale.added)
    for term in range(1, sale.terms):
        placed_at = books.world.moment(add_months(sold.started_on, sale.term * term))
        _order(books, sold, placed_at, OrderKind.RENEWAL, OrderStatus.PAID, sale.licenses)
        renewed = add_months(sold.started_on, sale.term * (term + 1))
        books.record_by_store(placed_at, "subscription.renewed", ("Subscription", sold.id), {"expiresOn": str(renewed)})
    if sold.expires_on and sale.renewal is AutoRenewal.ON and sold.expires_on < books.world.today:
        placed_at = books.world.moment(sold.expires_on)
        _order(books, sold, placed_at, OrderKind.RENEWAL, OrderStatus.FAILED, sale.licenses)


def bill_loosely(books: Books, loose: LooseOrder, sold: Sold | None) -> None:
    """An order of nothing that is there, or one that changed nothing of `sold`."""
    listing = CATALOGUE[loose.product]
    _add_order(
        books,
        books.world.moment(books.world.day(loose.placed)),
        loose.kind,
        loose.status,
        loose.currency,
        [(listing, loose.quantity)],
        12,
        sold.id if sold else None,
        books.methods[loose.paid_by],
    )


def _order(books: Books, sold: Sold, at: datetime, kind: OrderKind, status: OrderStatus, quantity: int) -> None:
    sale = sold.sale
    method = sale.paid_by or sale.method
    bought = [sold.listing, *(CATALOGUE[code] for code in sale.items)]
    lines = [(listing, quantity) for listing in bought]
    _add_order(
        books, at, kind, status, sale.currency, lines, sale.term, sold.id, books.methods[method] if method else None
    )


def _add_order(
    books: Books,
    at: datetime,
    kind: OrderKind,
    status: OrderStatus,
    currency: str,
    lines: list[tuple[Listing, int]],
    term: int,
    subscription_id: UUID | None,
    payment_method_id: UUID | None,
) -> None:
    rows = books.world.rows
    order = Order(
        account_id=books.account_id,
        id=books.world.id(at),
        number=f"{at:%y%m%d}-{len(rows.of['orders']) + 1:04}",
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
    shown = {"number": order.number, "status": status, "total": str(order.total), "currency": currency}
    books.record_by_store(at, "order.recorded", ("Order", order.id), shown)


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
