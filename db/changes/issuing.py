"""A subscription issued by the store: its terms and its key, in an account or waiting to be registered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from asyncpg import Connection, Record

from db import tables
from db.changes import license_keys
from db.changes.audit import write_event, write_issued_event
from db.changes.context import ChangeContext, RowKey
from db.changes.license_keys import NewKey
from db.changes.locks import lock_account
from db.changes.products import require_products
from db.changes.provisioning import (
    create_primary_key,
    create_subscription,
    end_trials,
    first_day,
    require_audience,
    require_within_product_limit,
    terms_of,
)
from db.changes.rows import insert
from db.enums import AutoRenewal, LicenseKeyKind, SalesChannel, StartTrigger
from db.license_key_custody.keyring import Keyring
from db.user_errors import MutationRefused, UserErrorCode

# With the columns that the rules of `provisioning` need.
_PRODUCT = """
    SELECT code AS product_code, audience, max_per_account, grace_days, $2::boolean AS is_trial
      FROM products
     WHERE code = $1
"""
_NUMBER_EXISTS = """
    SELECT EXISTS (SELECT FROM issued_subscriptions WHERE number = $1)
        OR EXISTS (SELECT FROM subscriptions WHERE account_id = $2 AND number = $1)
"""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the store sold. `auto_renewal` None is what the channel begins with."""

    number: str
    product_code: str
    license_count: int
    term_months: int
    channel: SalesChannel
    start_trigger: StartTrigger
    starts_on: date | None = None
    is_trial: bool = False
    auto_renewal: bool | None = None
    items: Sequence[tuple[str, int]] = ()

    @property
    def can_renew(self) -> bool:
        """Not a trial, not bought once for all, not billed elsewhere."""
        return not self.is_trial and self.term_months > 0 and self.channel != SalesChannel.APP_STORE

    @property
    def renewal(self) -> AutoRenewal:
        """ON from the online store, OFF from people who sell, unless said otherwise."""
        if not self.can_renew:
            return AutoRenewal.NOT_AVAILABLE
        wanted = self.channel == SalesChannel.ONLINE_STORE if self.auto_renewal is None else self.auto_renewal
        return AutoRenewal.ON if wanted else AutoRenewal.OFF


@dataclass(frozen=True, slots=True)
class Issued:
    """`subscription` is None while nobody has registered the key, which `license_keys.decrypt` returns."""

    license_key_id: UUID
    subscription: RowKey | None


async def issue(
    conn: Connection, ctx: ChangeContext, keyring: Keyring, terms: Terms, account_id: UUID | None
) -> Issued:
    """An account gets it straight away: what starts with a purchase still waits for the order to be paid.

    Raises PRODUCT_NOT_FOUND, ACCOUNT_NOT_FOUND, ACCOUNT_KIND_MISMATCH, PRODUCT_LIMIT_REACHED, DUPLICATE_NUMBER.
    """
    product = await _product(conn, terms)
    if account_id is not None:
        kind = await lock_account(conn, ctx, account_id)
        require_audience(product["audience"], kind)
        await require_within_product_limit(conn, ctx, product, account_id)
    if await conn.fetchval(_NUMBER_EXISTS, terms.number, account_id):
        raise MutationRefused(UserErrorCode.DUPLICATE_NUMBER, "number")
    subscription_id = ctx.new_id()
    await insert(conn, _row(ctx, subscription_id, terms, product["grace_days"]))
    new_key = await license_keys.create_key(conn, ctx, keyring, LicenseKeyKind.PRIMARY, subscription_id, account_id)
    if account_id is None:
        subject = ("Subscription", (subscription_id, subscription_id))
        await write_issued_event(conn, ctx, "subscription.issued", subject, {"number": terms.number})
        return Issued(new_key.id, None)
    await end_trials(conn, ctx, product, account_id, suspend_trial=True)
    await _provision(conn, ctx, await terms_of(conn, subscription_id), account_id, new_key)
    return Issued(new_key.id, (account_id, subscription_id))


async def _product(conn: Connection, terms: Terms) -> Record:
    items = [(("items", str(position), "product_code"), code) for position, (code, _) in enumerate(terms.items)]
    await require_products(conn, [(("product_code",), terms.product_code), *items])
    product = await conn.fetchrow(_PRODUCT, terms.product_code, terms.is_trial)
    assert product is not None
    return product


async def _provision(conn: Connection, ctx: ChangeContext, terms: Record, account_id: UUID, key: NewKey) -> None:
    begins_with_order = terms["start_trigger"] == StartTrigger.ON_PURCHASE
    starts_on = None if begins_with_order else first_day(terms, ctx.today)
    await create_subscription(conn, ctx, terms, account_id, starts_on=starts_on)
    await create_primary_key(conn, ctx, terms, account_id, key.id, key.tail)
    subject = ("Subscription", (account_id, terms["id"]))
    await write_event(conn, ctx, "subscription.issued", subject, None, {"number": terms["number"]})


def _row(ctx: ChangeContext, subscription_id: UUID, terms: Terms, grace_days: int) -> tables.IssuedSubscription:
    return tables.IssuedSubscription(
        id=subscription_id,
        number=terms.number,
        product_code=terms.product_code,
        term_months=terms.term_months,
        license_count=terms.license_count,
        channel=terms.channel,
        start_trigger=terms.start_trigger,
        starts_on=terms.starts_on,
        is_trial=terms.is_trial,
        auto_renewal=terms.renewal,
        grace_days=grace_days,
        items=[{"productCode": code, "quantity": quantity} for code, quantity in terms.items],
        issued_at=ctx.now,
    )
