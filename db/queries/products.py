"""The catalogue, and product overviews for the dashboard: an account's subscriptions grouped by product."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, cast, func, literal_column, select

from db.enums import AutoRenewal, SubscriptionStatus
from db.expressions import expiring_soon_by_default, is_usable, renews_on, status, used_seats
from db.mapping.declarations import TODAY, Keys, PagedRelation, Relation, Rows, SortKey, column, on_columns, sql_literal
from db.tables.core import accounts, license_keys, products, subscriptions

CODE = SortKey(column("code"), Text())

# Subscriptions, items, order lines and overviews all name their product by the same column, so they share a loader.
by_code = on_columns((subscriptions.c.product_code,), (products.c.code,), few_rows=True)


def _catalogue(keys: Keys) -> Rows:
    return Rows(products.alias())


catalogue = PagedRelation(Relation((), _catalogue), {"CODE": CODE}, CODE, "CODE")


def _product_overviews(keys: Keys) -> Rows:
    """One row for each product that the account has subscriptions of, from one pass over them and their keys."""
    state = _subscription_states(keys[0]).subquery("state")
    used = _used_seats(keys[0]).subquery("used")
    ends = and_(
        state.c.status == sql_literal(SubscriptionStatus.ACTIVE), state.c.auto_renewal != sql_literal(AutoRenewal.ON)
    )
    overview = (
        select(
            state.c.product_code,
            _count(state.c.usable).label("active_subscriptions"),
            _count(state.c.expiring_soon).label("expiring_soon"),
            _count(state.c.status == sql_literal(SubscriptionStatus.GRACE_PERIOD)).label("in_grace_period"),
            _count(state.c.status == sql_literal(SubscriptionStatus.EXPIRED)).label("expired"),
            _sum(state.c.license_count, state.c.usable).label("licenses"),
            _sum(used.c.used, state.c.usable).label("licenses_used"),
            func.min(state.c.renews_on).filter(state.c.renews_on >= TODAY).label("next_renewal_on"),
            func.min(state.c.expires_on).filter(ends).label("next_expiration_on"),
        )
        .select_from(state.outerjoin(used, used.c.subscription_id == state.c.id))
        .group_by(state.c.product_code)
    )
    return Rows(overview.subquery("box"))


product_overviews = Relation((accounts.c.id,), _product_overviews, order=(column("product_code"),))


def _subscription_states(account_id: ColumnElement[Any]) -> Select[Any]:
    s = subscriptions.alias("s")
    return (
        select(
            *(s.c.id, s.c.product_code, s.c.license_count, s.c.auto_renewal, s.c.expires_on),
            status(s).label("status"),
            is_usable(s).label("usable"),
            expiring_soon_by_default(s).label("expiring_soon"),
            renews_on(s).label("renews_on"),
        )
        .where(s.c.account_id == account_id)
        .correlate_except(s)
    )


def _used_seats(account_id: ColumnElement[Any]) -> Select[Any]:
    k = license_keys.alias("key")
    used = used_seats(k).label("used")
    of_account = select(k.c.subscription_id, used).where(k.c.account_id == account_id)
    return of_account.group_by(k.c.subscription_id).correlate_except(k)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.count().filter(condition), Integer)


def _sum(summand: ColumnElement[int], condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(summand).filter(condition), literal_column("0", Integer)), Integer)
