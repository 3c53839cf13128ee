"""Orders, their lines, and the payment methods of an account."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, FromClause, Text

from db import tables
from db.expressions import is_for_managers, manages
from db.mapping.declarations import ID, INSTANT, Filter, Keys, Paged, SortKey, any_of, column, itself, match

accounts = tables.table(tables.Account)
subscriptions = tables.table(tables.Subscription)
orders = tables.table(tables.Order)
order_lines = tables.table(tables.OrderLine)
payment_methods = tables.table(tables.PaymentMethod)


def _of_managed(keys: Keys) -> ColumnElement[bool]:
    return manages(keys[0])


by_id = itself(orders, is_for_managers)
"""An order that the viewer may read."""

payment_method_by_id = itself(payment_methods, is_for_managers)
payment_method_of_order = match(
    (orders.c.account_id, orders.c.payment_method_id),
    (payment_methods.c.account_id, payment_methods.c.id),
    small=True,
)
payment_method_of_subscription = match(
    (subscriptions.c.account_id, subscriptions.c.payment_method_id),
    (payment_methods.c.account_id, payment_methods.c.id),
    # Orders show what paid them for ever; a subscription only what can still be charged.
    lambda row: row.c.removed_at.is_(None),
    guard=_of_managed,
    small=True,
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
    "tie": ID,
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
