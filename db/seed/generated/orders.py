"""The orders of an invented subscription: none from a reseller or for a trial, about six for the others."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from db.ids import uuid7
from db.seed.catalogue import CATALOGUE, CURRENCIES, TERMS
from db.seed.generated.fast_random import FastRandom
from db.seed.generated.subscriptions import GeneratedSubscription, timestamp
from db.seed.rows import RowBuffer
from db.terms import add_months

# Ten million lines are priced: a look-up costs a tenth of the arithmetic.
_PRICES = {
    (code, currency, term): listing.price(currency, term)
    for code, listing in CATALOGUE.items()
    for currency in CURRENCIES
    for term in TERMS
}
_MOSTLY_PAID = ("PAID",) * 16 + ("FAILED", "CANCELLED", "REFUNDED", "PENDING")


def add_orders(rows: RowBuffer, drawn: GeneratedSubscription, today: date, random: FastRandom) -> None:
    """The purchase, a renewal for each further term, and licences bought one at a time until there are enough."""
    if drawn.channel == "RESELLER" or drawn.status == "SUSPENDED":
        return
    yesterday = today - timedelta(days=1)
    start = drawn.started_on or drawn.issued_at.date()
    renewals = [min(add_months(start, drawn.term * term), yesterday) for term in range(1, drawn.terms)]
    additions = [random.pick(_MOSTLY_PAID) for _ in range(max(0, 3 + random.below(5) - len(renewals)))]
    first = drawn.licenses - additions.count("PAID")
    orders = [("NEW", "PAID", drawn.issued_at, first)]
    orders += [("RENEWAL", "PAID", timestamp(day, random), first) for day in renewals]
    if drawn.status == "GRACE_PERIOD" and drawn.ends_on:
        orders.append(("RENEWAL", "FAILED", timestamp(drawn.ends_on, random), drawn.licenses))
    days = max((min(drawn.ends_on or today, today) - start).days, 1)
    for status in additions:
        placed_on = min(start + timedelta(days=random.below(days)), yesterday)
        orders.append(("ADD_LICENSES", status, timestamp(placed_on, random), 1))
    _add_orders(rows, drawn, orders, random)


def _add_orders(
    rows: RowBuffer, drawn: GeneratedSubscription, orders: Sequence[tuple[str, str, datetime, int]], random: FastRandom
) -> None:
    account_id, currency, card = drawn.account.account_id, drawn.account.currency, drawn.account.card
    for position, (kind, status, placed_at, quantity) in enumerate(orders, 1):
        order_id = uuid7(placed_at, random)
        total = Decimal(0)
        for line, listing in enumerate((drawn.listing, *drawn.items[: random.below(3)]), 1):
            price = _PRICES[listing.code, currency, drawn.term]
            total += price * quantity
            rows.by_table["order_lines"].append((account_id, order_id, line, listing.code, quantity, price, currency))
        rows.by_table["orders"].append((
            account_id, order_id, f"{drawn.number}-{position}", placed_at, status, kind, total, currency, drawn.id,
            card, None, placed_at if (kind, status) == ("RENEWAL", "PAID") else None,
        ))  # fmt: skip
