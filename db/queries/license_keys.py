"""Registered licence keys and the devices on them: look-up, lists and their filters."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, FromClause, Text, func, select, union

from db.expressions import is_readable, license_key_status
from db.mapping import search
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
    sql_literal,
)
from db.tables.core import accounts, activations, license_keys, subscriptions

by_id = by_primary_key(license_keys, is_readable)
"""A key that the viewer may read, masked."""

activation_by_id = by_primary_key(activations, is_readable)
of_activation = on_columns(
    (activations.c.account_id, activations.c.license_key_id), (license_keys.c.account_id, license_keys.c.id)
)


def masked(license_key: FromClause) -> ColumnElement[str]:
    """The last group; the others as stars."""
    return sql_literal("*****-*****-*****-*****-") + license_key.c.tail


def _matches_search(row: FromClause, term: Any, keys: Keys) -> ColumnElement[bool]:
    """Name, or last characters: one index scan each, within the account."""
    k, other = license_keys.alias(), license_keys.alias()
    by_name = select(k.c.id).where(k.c.account_id == keys[0], search.contains(func.lower(k.c.name), term))
    by_tail = select(other.c.id).where(other.c.account_id == keys[0], search.ends_with(other.c.tail, term))
    return row.c.id.in_(union(by_name.correlate_except(k), by_tail.correlate_except(other)))


_FILTERS = {
    "kind": Filter(lambda row, value, _: row.c.kind == value, Text()),
    "status_in": Filter(lambda row, value, _: equals_any(license_key_status(row), value), ARRAY(Text())),
    "search": Filter(_matches_search, Text()),
}

of_account = PagedRelation(
    on_columns((accounts.c.id,), (license_keys.c.account_id,)),
    sort_keys={"ID": ID},
    tiebreaker=ID,
    default_sort="ID",
    filters=_FILTERS,
)

# By kind, which puts the primary key before its sublicences.
of_subscription = PagedRelation(
    on_columns(
        (subscriptions.c.account_id, subscriptions.c.id), (license_keys.c.account_id, license_keys.c.subscription_id)
    ),
    sort_keys={"KIND": SortKey(column("kind"), Text())},
    tiebreaker=ID,
    default_sort="KIND",
    filters=_FILTERS,
)


def _device(activation: FromClause) -> ColumnElement[str]:
    return func.lower(activation.c.device_name + sql_literal(" ") + activation.c.device_id)


activations_of_license_key = PagedRelation(
    on_columns(
        (license_keys.c.account_id, license_keys.c.id), (activations.c.account_id, activations.c.license_key_id)
    ),
    sort_keys={"ACTIVATED_AT": SortKey(column("activated_at"), TIMESTAMP)},
    tiebreaker=ID,
    default_sort="ACTIVATED_AT",
    filters={
        "status": Filter(lambda row, value, _: row.c.status == value, Text()),
        "search": Filter(lambda row, value, _: search.contains(_device(row), value), Text()),
    },
)
