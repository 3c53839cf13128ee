"""The rules of time, seats and roles, each defined once in SQL: field, filter, count and overview share it.

Every function takes the row as a FROM clause. Days are inclusive: a subscription is usable on its `expires_on`.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    and_,
    case,
    cast,
    false,
    func,
    literal_column,
    or_,
    true,
)

from db.enums import (
    Allocation,
    AutoRenewal,
    LicenseKeyStatus,
    MemberRole,
    MembershipStatus,
    PaymentMethodKind,
    SalesChannel,
    SubscriptionDisplay,
    SubscriptionStatus,
)
from db.mapping.declarations import TODAY, VIEWER, Conditions, exists_in, scalar, sql_literal
from db.tables.base import MAX_GRACE_DAYS
from db.tables.core import license_key_grants, license_keys, memberships, products, subscriptions

EXPIRING_SOON_DAYS = 30
INFINITY: ColumnElement[Any] = literal_column("'infinity'::date", Date)
ZERO: ColumnElement[int] = literal_column("0", Integer)


# Time


def ends_on(subscription: FromClause) -> ColumnElement[Any]:
    """Last day of the paid term; infinity when perpetual."""
    return func.coalesce(subscription.c.expires_on, INFINITY)


def usable_until(subscription: FromClause) -> ColumnElement[Any]:
    """Last usable day: the grace period follows the term while renewal is ON."""
    grace = case((_renews(subscription), subscription.c.grace_days), else_=ZERO)
    return func.coalesce(subscription.c.expires_on + grace, INFINITY)


def status(subscription: FromClause) -> ColumnElement[str]:
    s = subscription.c
    return case(
        (s.suspended_at.is_not(None), sql_literal(SubscriptionStatus.SUSPENDED)),
        (or_(s.activated_on.is_(None), s.activated_on > TODAY), sql_literal(SubscriptionStatus.PENDING)),
        (ends_on(subscription) >= TODAY, sql_literal(SubscriptionStatus.ACTIVE)),
        (usable_until(subscription) >= TODAY, sql_literal(SubscriptionStatus.GRACE_PERIOD)),
        else_=sql_literal(SubscriptionStatus.EXPIRED),
    )


def is_usable(subscription: FromClause) -> ColumnElement[bool]:
    """ACTIVE or GRACE_PERIOD. The first condition follows from the others and bounds the scan of the end-date index."""
    return and_(
        ends_on(subscription) >= TODAY - literal_column(str(MAX_GRACE_DAYS), Integer),
        _is_one_of(status(subscription), SubscriptionStatus.ACTIVE, SubscriptionStatus.GRACE_PERIOD),
    )


def is_expiring_soon(subscription: FromClause, days: ColumnElement[int]) -> ColumnElement[bool]:
    """ACTIVE, will not renew by itself, and ends within so many days."""
    return and_(
        subscription.c.expires_on.is_not(None),
        ends_on(subscription) <= TODAY + days,
        ~_renews(subscription),
        status(subscription) == sql_literal(SubscriptionStatus.ACTIVE),
    )


def expiring_soon_by_default(subscription: FromClause) -> ColumnElement[bool]:
    return is_expiring_soon(subscription, literal_column(str(EXPIRING_SOON_DAYS), Integer))


def renews_on(subscription: FromClause) -> ColumnElement[Any]:
    """expires_on while renewal is ON and the subscription is PENDING, ACTIVE or in its grace period; else NULL."""
    can_renew_now = _is_one_of(
        status(subscription), SubscriptionStatus.PENDING, SubscriptionStatus.ACTIVE, SubscriptionStatus.GRACE_PERIOD
    )
    return case((and_(_renews(subscription), can_renew_now), subscription.c.expires_on))


def matches_display(subscription: FromClause, display: str) -> ColumnElement[bool]:
    """The list's filter: ACTIVE includes the grace period; PENDING and SUSPENDED stand in ALL only."""
    if display == SubscriptionDisplay.ACTIVE:
        return is_usable(subscription)
    if display == SubscriptionDisplay.EXPIRING_SOON:
        return and_(ends_on(subscription) >= TODAY, expiring_soon_by_default(subscription))
    if display == SubscriptionDisplay.EXPIRED:
        return and_(ends_on(subscription) < TODAY, status(subscription) == sql_literal(SubscriptionStatus.EXPIRED))
    return true()


# Keys and seats


def is_unexpired(license_key: FromClause) -> ColumnElement[bool]:
    """A key's own date has not passed. The seats of one whose date has passed are back in the pool."""
    return func.coalesce(license_key.c.expires_on, INFINITY) >= TODAY


def used_seats(license_key: FromClause) -> ColumnElement[int]:
    """Seats in use over the unexpired keys, as an aggregate."""
    return _sum(license_key.c.used, is_unexpired(license_key))


def reserved_seats(license_key: FromClause) -> ColumnElement[int]:
    """Seats that RESERVED sublicences keep from the pool, as an aggregate."""
    return _sum(license_key.c.quota, and_(is_unexpired(license_key), _is_reserved(license_key)))


def free_seats(license_key: FromClause, license_count: ColumnElement[int]) -> ColumnElement[int]:
    """What is left of the pool that the primary key and the DYNAMIC sublicences share, as an aggregate."""
    outside = _sum(license_key.c.used, and_(is_unexpired(license_key), ~_is_reserved(license_key)))
    return license_count - reserved_seats(license_key) - outside


def license_key_status(license_key: FromClause) -> ColumnElement[str]:
    """BLOCKED, or ACTIVE until the earlier of its own date and the subscription's last usable day."""
    s = subscriptions.alias()
    usable = scalar(s, value=usable_until(s), where=_of_subscription(s, license_key))
    return case(
        (license_key.c.blocked_at.is_not(None), sql_literal(LicenseKeyStatus.BLOCKED)),
        (or_(~is_unexpired(license_key), usable < TODAY), sql_literal(LicenseKeyStatus.EXPIRED)),
        else_=sql_literal(LicenseKeyStatus.ACTIVE),
    )


def available_seats(license_key: FromClause) -> ColumnElement[int]:
    """Seats that this key can still take: of its own if RESERVED, of the pool and up to its cap otherwise."""
    s, other = subscriptions.alias(), license_keys.alias()
    siblings = (other.c.account_id == s.c.account_id, other.c.subscription_id == s.c.id)
    pool = scalar(
        s,
        other,
        value=free_seats(other, func.max(s.c.license_count)),
        where=(*_of_subscription(s, license_key), *siblings),
    )
    own = license_key.c.quota - license_key.c.used
    return case(
        (license_key_status(license_key) != sql_literal(LicenseKeyStatus.ACTIVE), ZERO),
        (_is_reserved(license_key), own),
        # LEAST ignores NULL: the primary key has no cap of its own.
        else_=func.greatest(func.least(pool, own), ZERO),
    )


# Roles. The viewer is a parameter of every statement, so a role is never older than the statement.


def active_membership(account_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The viewer may read the account."""
    m = memberships.alias()
    return exists_in(m, where=_of_viewer(m, account_id))


def manages(account_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The viewer is an active OWNER or ADMIN of the account."""
    m = memberships.alias()
    return exists_in(m, where=(*_of_viewer(m, account_id), m.c.role != sql_literal(MemberRole.MEMBER)))


def is_readable(row: FromClause) -> ColumnElement[bool]:
    return active_membership(row.c.account_id)


def viewer_manages(row: FromClause) -> ColumnElement[bool]:
    return manages(row.c.account_id)


def administers_key(account_id: ColumnElement[Any], license_key_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The viewer manages the account, or is a member to whom the key was granted."""
    m, g = memberships.alias(), license_key_grants.alias()
    granted = (g.c.account_id == m.c.account_id, g.c.membership_id == m.c.id, g.c.license_key_id == license_key_id)
    return or_(manages(account_id), exists_in(m, g, where=(*_of_viewer(m, account_id), *granted)))


def viewer_role(account: FromClause) -> ColumnElement[str | None]:
    m = memberships.alias()
    return scalar(m, value=m.c.role, where=_of_viewer(m, account.c.id))


# Abilities: they agree with what the mutation of that name would answer.


def can_set_auto_renewal(subscription: FromClause) -> ColumnElement[bool]:
    return and_(
        subscription.c.auto_renewal != sql_literal(AutoRenewal.NOT_AVAILABLE),
        can_set_payment_method(subscription),
    )


def can_set_payment_method(subscription: FromClause) -> ColumnElement[bool]:
    return and_(
        subscription.c.channel != sql_literal(SalesChannel.APP_STORE),
        status(subscription) != sql_literal(SubscriptionStatus.EXPIRED),
        manages(subscription.c.account_id),
    )


def can_create_sublicense(subscription: FromClause) -> ColumnElement[bool]:
    p = products.alias()
    supported = exists_in(p, where=(p.c.code == subscription.c.product_code, p.c.sublicenses_supported))
    return and_(is_usable(subscription), supported, manages(subscription.c.account_id))


def can_renew(payment_method: FromClause) -> ColumnElement[bool]:
    """Not expired, not removed, and able to be charged unattended."""
    by_hand = (PaymentMethodKind.WIRE_TRANSFER, PaymentMethodKind.INVOICE, PaymentMethodKind.APP_STORE)
    return and_(
        payment_method.c.removed_at.is_(None),
        func.coalesce(payment_method.c.expires_on, INFINITY) >= TODAY,
        ~_is_one_of(payment_method.c.kind, *by_hand),
    )


def _renews(subscription: FromClause) -> ColumnElement[bool]:
    return subscription.c.auto_renewal == sql_literal(AutoRenewal.ON)


def _is_reserved(license_key: FromClause) -> ColumnElement[bool]:
    # The primary key has no allocation: without coalesce, "not reserved" would be NULL for it.
    return func.coalesce(license_key.c.allocation == sql_literal(Allocation.RESERVED), false())


def _is_one_of(expression: ColumnElement[str], *values: str) -> ColumnElement[bool]:
    return expression.in_([sql_literal(value) for value in values])


def _sum(summand: ColumnElement[int], condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(summand).filter(condition), ZERO), Integer)


def _of_subscription(subscription: FromClause, license_key: FromClause) -> Conditions:
    return (
        subscription.c.account_id == license_key.c.account_id,
        subscription.c.id == license_key.c.subscription_id,
    )


def _of_viewer(membership: FromClause, account_id: ColumnElement[Any]) -> Conditions:
    return (
        membership.c.account_id == account_id,
        membership.c.user_id == VIEWER,
        membership.c.status == sql_literal(MembershipStatus.ACTIVE),
    )
