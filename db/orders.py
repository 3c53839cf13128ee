"""Orders, their lines, and the payment methods of an account."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, DateTime, FromClause, Text, Uuid

from db import tables
from db.expressions import manages
from db.relations import Filter, Keys, Paged, SortKey, any_of, column, match

accounts = tables.table(tables.Account)
subscriptions = tables.table(tables.Subscription)
orders = tables.table(tables.Order)
order_lines = tables.table(tables.OrderLine)
payment_methods = tables.table(tables.PaymentMethod)

INSTANT = DateTime(timezone=True)


def _manageable(row: FromClause) -> ColumnElement[bool]:
    return manages(row.c.account_id)


def _of_managed(keys: Keys) -> ColumnElement[bool]:
    return manages(keys[0])


by_id = match((orders.c.account_id, orders.c.id), (orders.c.account_id, orders.c.id), _manageable)
"""An order that the viewer may read."""

payment_method_by_id = match(
    (payment_methods.c.account_id, payment_methods.c.id),
    (payment_methods.c.account_id, payment_methods.c.id),
    _manageable,
)
payment_method_of_order = match(
    (orders.c.account_id, orders.c.payment_method_id), (payment_methods.c.account_id, payment_methods.c.id)
)
payment_method_of_subscription = match(
    (subscriptions.c.account_id, subscriptions.c.payment_method_id),
    (payment_methods.c.account_id, payment_methods.c.id),
    guard=_of_managed,
)
payment_methods_of_account = match(
    (accounts.c.id,),
    (payment_methods.c.account_id,),
    lambda row: row.c.removed_at.is_(None),
    order=(lambda row: ~row.c.is_default, column("created_at"), column("id")),
    guard=_of_managed,
)

lines_of = match(
    (orders.c.account_id, orders.c.id), (order_lines.c.account_id, order_lines.c.order_id), order=(column("position"),)
)


def line_total(line: FromClause) -> ColumnElement[Any]:
    return line.c.unit_price * line.c.quantity


_PAGES: dict[str, Any] = {
    "sort_keys": {"PLACED_AT": SortKey(column("placed_at"), INSTANT)},
    "tie": SortKey(column("id"), Uuid()),
    "default_sort": "PLACED_AT",
    "default_descending": True,
    "filters": {
        "status_in": Filter(lambda row, value, _: any_of(row.c.status, value), ARRAY(Text())),
        "kind": Filter(lambda row, value, _: row.c.kind == value, Text()),
        "placed_from": Filter(lambda row, value, _: row.c.placed_at >= value, INSTANT),
        "placed_to": Filter(lambda row, value, _: row.c.placed_at <= value, INSTANT),
    },
}

of_account = Paged(match((accounts.c.id,), (orders.c.account_id,), guard=_of_managed), **_PAGES)

of_subscription = Paged(
    match(
        (subscriptions.c.account_id, subscriptions.c.id),
        (orders.c.account_id, orders.c.subscription_id),
        guard=_of_managed,
    ),
    **_PAGES,
)
