"""An account's subscriptions: look-up, lists with their filters and sort keys, items and seats."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Date, FromClause, Integer, Text, func, select, union

from db.expressions import (
    INFINITY,
    ends_on,
    free_seats,
    is_expiring_soon,
    is_readable,
    matches_display,
    reserved_seats,
    status,
    used_seats,
)
from db.mapping import search
from db.mapping.declarations import (
    ID,
    Filter,
    Keys,
    PagedRelation,
    ParameterizedExpression,
    Relation,
    Rows,
    SortKey,
    by_primary_key,
    column,
    equals_any,
    on_columns,
    sql_literal,
)
from db.tables.core import accounts, license_keys, subscription_items, subscriptions

by_id = by_primary_key(subscriptions, is_readable)
"""A subscription that the viewer may read."""

of_row = on_columns(
    (license_keys.c.account_id, license_keys.c.subscription_id), (subscriptions.c.account_id, subscriptions.c.id)
)

items_of_subscription = on_columns(
    (subscriptions.c.account_id, subscriptions.c.id),
    (subscription_items.c.account_id, subscription_items.c.subscription_id),
    order=(column("product_code"),),
)


def searchable(subscription: FromClause) -> ColumnElement[str]:
    return func.lower(subscription.c.display_name + sql_literal(" ") + subscription.c.number)


def _matches_search(row: FromClause, term: Any, keys: Keys) -> ColumnElement[bool]:
    """Name, number, or the last characters of a key: one index scan each, within the account."""
    s, k = subscriptions.alias(), license_keys.alias()
    by_text = select(s.c.id).where(s.c.account_id == keys[0], search.contains(searchable(s), term))
    by_key = select(k.c.subscription_id).where(k.c.account_id == keys[0], search.ends_with(k.c.tail, term))
    matches = union(by_text.correlate_except(s), by_key.correlate_except(k))
    return row.c.id.in_(matches)


def _activated_on(subscription: FromClause) -> ColumnElement[Any]:
    return func.coalesce(subscription.c.activated_on, INFINITY)


def _sortable_name(subscription: FromClause) -> ColumnElement[str]:
    return func.lower(subscription.c.display_name).collate("C")


of_account = PagedRelation(
    on_columns((accounts.c.id,), (subscriptions.c.account_id,)),
    sort_keys={
        "ENDS_ON": SortKey(ends_on, Date()),
        "ACTIVATED_ON": SortKey(_activated_on, Date()),
        "NAME": SortKey(_sortable_name, Text()),
        "PRODUCT": SortKey(column("product_code"), Text()),
        "LICENSE_COUNT": SortKey(column("license_count"), Integer()),
    },
    tiebreaker=ID,
    default_sort="ENDS_ON",
    filters={
        "display": Filter(lambda row, value, _: matches_display(row, value), structural=True),
        "status_in": Filter(lambda row, value, _: equals_any(status(row), value), ARRAY(Text())),
        "auto_renewal": Filter(lambda row, value, _: row.c.auto_renewal == value, Text()),
        "product_id": Filter(lambda row, value, _: row.c.product_code == value, Text()),
        "expiring_within_days": Filter(lambda row, value, _: is_expiring_soon(row, value), Integer()),
        "ends_from": Filter(lambda row, value, _: ends_on(row) >= value, Date()),
        "ends_to": Filter(lambda row, value, _: ends_on(row) <= value, Date()),
        "search": Filter(_matches_search, Text()),
    },
)


def _seats(keys: Keys) -> Rows:
    """Total, used, reserved and available seats, from the counters on the subscription's unexpired keys."""
    account_id, subscription_id, license_count = keys
    k = license_keys.alias("key")
    usage = select(
        license_count.label("total"),
        used_seats(k).label("used"),
        reserved_seats(k).label("reserved"),
        free_seats(k, license_count).label("available"),
    ).where(k.c.account_id == account_id, k.c.subscription_id == subscription_id)
    return Rows(usage.correlate_except(k).subquery("usage"))


seats = Relation((subscriptions.c.account_id, subscriptions.c.id, subscriptions.c.license_count), _seats)

expiring_soon = ParameterizedExpression(is_expiring_soon, by_primary_key(subscriptions))
