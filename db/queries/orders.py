"""Orders, their lines, and the payment methods of an account."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, FromClause, Text

from db.expressions import manages, viewer_manages
from db.mapping.declarations import (
    ID,
    TIMESTAMP,
    Filter,
    Keys,
    PagedRelation,
    SortKey,
    by_primary_key,
    column,
    equals_any,
    on_columns,
)
from db.tables.core import accounts, order_lines, orders, payment_methods, subscriptions


def _of_managed(keys: Keys) -> ColumnElement[bool]:
    return manages(keys[0])


by_id = by_primary_key(orders, viewer_manages)
"""An order that the viewer may read."""

payment_method_by_id = by_primary_key(payment_methods, viewer_manages)
payment_method_of_order = on_columns(
    (orders.c.account_id, orders.c.payment_method_id),
    (payment_methods.c.account_id, payment_methods.c.id),
    few_rows=True,
)
payment_method_of_subscription = on_columns(
    (subscriptions.c.account_id, subscriptions.c.payment_method_id),
    (payment_methods.c.account_id, payment_methods.c.id),
    # Orders show what paid them for ever; a subscription only what can still be charged.
    lambda row: row.c.removed_at.is_(None),
    permission=_of_managed,
    few_rows=True,
)
payment_methods_of_account = on_columns(
    (accounts.c.id,),
    (payment_methods.c.account_id,),
    lambda row: row.c.removed_at.is_(None),
    order=(lambda row: ~row.c.is_default, column("created_at"), column("id")),
    permission=_of_managed,
)

lines_of_order = on_columns(
    (orders.c.account_id, orders.c.id), (order_lines.c.account_id, order_lines.c.order_id), order=(column("position"),)
)


def line_total(line: FromClause) -> ColumnElement[Any]:
    return line.c.unit_price * line.c.quantity


_PAGES: dict[str, Any] = {
    "sort_keys": {"PLACED_AT": SortKey(column("placed_at"), TIMESTAMP)},
    "tiebreaker": ID,
    "default_sort": "PLACED_AT",
    "default_descending": True,
    "filters": {
        "status_in": Filter(lambda row, value, _: equals_any(row.c.status, value), ARRAY(Text())),
        "kind": Filter(lambda row, value, _: row.c.kind == value, Text()),
        "placed_from": Filter(lambda row, value, _: row.c.placed_at >= value, TIMESTAMP),
        "placed_to": Filter(lambda row, value, _: row.c.placed_at <= value, TIMESTAMP),
    },
}

of_account = PagedRelation(on_columns((accounts.c.id,), (orders.c.account_id,), permission=_of_managed), **_PAGES)

of_subscription = PagedRelation(
    on_columns(
        (subscriptions.c.account_id, subscriptions.c.id),
        (orders.c.account_id, orders.c.subscription_id),
        permission=_of_managed,
    ),
    **_PAGES,
)
