"""Creates an account's subscription with its items and its primary key, from the terms it was issued under."""

from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Connection, Record
from sqlalchemy import Text, bindparam, func, select

from db import tables
from db.changes import subscriptions as changes
from db.changes.context import ChangeContext
from db.changes.locks import ACCOUNT_ID
from db.changes.rows import insert
from db.enums import AccountKind, AutoRenewal, LicenseKeyKind, StartTrigger, SubscriptionStatus
from db.expressions import can_renew, status
from db.mapping.batch_sql import render
from db.mapping.declarations import sql_literal
from db.tables.core import payment_methods, subscriptions
from db.terms import end_of_term
from db.user_errors import MutationRefused, UserErrorCode

_PRODUCT: Any = bindparam("product_code", type_=Text)
_OF_PRODUCT = (subscriptions.c.account_id == ACCOUNT_ID, subscriptions.c.product_code == _PRODUCT)
_COUNTED = (SubscriptionStatus.PENDING, SubscriptionStatus.ACTIVE, SubscriptionStatus.GRACE_PERIOD)

_ACTIVE_TRIALS = render(
    select(subscriptions.c.id)
    .where(
        *_OF_PRODUCT,
        subscriptions.c.is_trial,
        status(subscriptions) == sql_literal(SubscriptionStatus.ACTIVE),
    )
    .order_by(subscriptions.c.id)
)
_COUNT_SUBSCRIPTIONS = render(
    select(func.count()).where(
        *_OF_PRODUCT,
        ~subscriptions.c.is_trial,
        status(subscriptions).in_([sql_literal(each) for each in _COUNTED]),
    )
)
_DEFAULT_PAYMENT_METHOD = render(
    select(payment_methods.c.id)
    .where(payment_methods.c.account_id == ACCOUNT_ID, payment_methods.c.is_default, can_renew(payment_methods))
    .with_for_update(read=True)
)
# The product's own rules, beside the terms of a subscription of it.
_TERMS = """
    SELECT i.*, p.name AS product_name, p.audience, p.max_per_account
      FROM issued_subscriptions i
      JOIN products p ON p.code = i.product_code
     WHERE i.id = $1
"""


async def terms_of(conn: Connection, subscription_id: UUID) -> Record:
    """What a subscription was issued with, and its product's `product_name`, `audience` and `max_per_account`."""
    terms = await conn.fetchrow(_TERMS, subscription_id)
    assert terms is not None, "a key is issued with the terms of its subscription"
    return terms


def first_day(terms: Record, today: date) -> date | None:
    """When the first term of a subscription begins that is registered today; None when it waits for a device.

    Issued to nobody, it was bought elsewhere, and its purchase was when it was issued.
    """
    days: dict[StartTrigger, date | None] = {
        StartTrigger.ON_PURCHASE: terms["issued_at"].date(),
        StartTrigger.ON_KEY_REGISTRATION: today,
        StartTrigger.ON_FIRST_ACTIVATION: None,
        StartTrigger.ON_FIXED_DATE: terms["starts_on"],
    }
    return days[StartTrigger(terms["start_trigger"])]


def require_audience(audience: str | None, kind: AccountKind) -> None:
    """Raises ACCOUNT_KIND_MISMATCH. A product without an audience is for both."""
    if audience not in (None, kind):
        raise MutationRefused(UserErrorCode.ACCOUNT_KIND_MISMATCH, "account_id")


async def require_within_product_limit(conn: Connection, ctx: ChangeContext, terms: Record, account_id: UUID) -> None:
    """Raises PRODUCT_LIMIT_REACHED. The caller holds the account's lock. Trials are neither counted nor limited."""
    if terms["is_trial"] or terms["max_per_account"] is None:
        return
    parameters = ctx.parameters(account_id=account_id, product_code=terms["product_code"])
    (count,) = await _COUNT_SUBSCRIPTIONS.run(conn, parameters)
    if count[0] >= terms["max_per_account"]:
        raise MutationRefused(UserErrorCode.PRODUCT_LIMIT_REACHED)


async def end_trials(
    conn: Connection, ctx: ChangeContext, terms: Record, account_id: UUID, *, suspend_trial: bool
) -> None:
    """A purchase ends the active trials of its product; raises TRIAL_CONFLICT unless `suspend`.

    The caller holds the account's lock.
    """
    if terms["is_trial"]:
        return
    parameters = ctx.parameters(account_id=account_id, product_code=terms["product_code"])
    trials = await _ACTIVE_TRIALS.run(conn, parameters)
    if trials and not suspend_trial:
        raise MutationRefused(UserErrorCode.TRIAL_CONFLICT, "suspend_trial")
    for trial in trials:
        await changes.suspend(conn, ctx, (account_id, trial["id"]))


async def create_subscription(
    conn: Connection,
    ctx: ChangeContext,
    terms: Record,
    account_id: UUID,
    *,
    starts_on: date | None,
    name: str | None = None,
) -> None:
    """Write the subscription and its items. The caller holds the account's lock and writes the audit event."""
    auto_renewal, payment_method_id = await _renewal(conn, ctx, terms, account_id)
    copied = ("id", "number", "product_code", "start_trigger", "channel", "term_months", "license_count", "is_trial")
    await insert(
        conn,
        tables.Subscription(
            account_id=account_id,
            display_name=name or terms["product_name"],
            auto_renewal=auto_renewal,
            payment_method_id=payment_method_id,
            activated_on=starts_on,
            expires_on=starts_on and end_of_term(starts_on, terms["term_months"]),
            grace_days=terms["grace_days"],
            created_at=ctx.now,
            **{column: terms[column] for column in copied},
        ),
    )
    for item in terms["items"]:
        item_key = {"account_id": account_id, "subscription_id": terms["id"], "product_code": item["productCode"]}
        await insert(conn, tables.SubscriptionItem(**item_key, quantity=item["quantity"]))


async def create_primary_key(
    conn: Connection, ctx: ChangeContext, terms: Record, account_id: UUID, license_key_id: UUID, tail: str
) -> None:
    """Write the primary key of a subscription that the account holds."""
    await insert(
        conn,
        tables.LicenseKey(
            account_id=account_id,
            id=license_key_id,
            subscription_id=terms["id"],
            kind=LicenseKeyKind.PRIMARY,
            tail=tail,
            registered_at=ctx.now,
        ),
    )


async def _renewal(
    conn: Connection, ctx: ChangeContext, terms: Record, account_id: UUID
) -> tuple[AutoRenewal, UUID | None]:
    """Terms that renew need something to charge: the account's default method, or renewal begins switched off."""
    if terms["auto_renewal"] != AutoRenewal.ON:
        return AutoRenewal(terms["auto_renewal"]), None
    methods = await _DEFAULT_PAYMENT_METHOD.run(conn, ctx.parameters(account_id=account_id))
    return (AutoRenewal.ON, methods[0]["id"]) if methods else (AutoRenewal.OFF, None)
