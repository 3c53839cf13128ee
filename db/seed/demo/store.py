"""The demo's store at work: what it issued, billed, renewed and blocked, by the changes that mutations make too."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from asyncpg import Connection

from db.changes import activations, issuing, license_keys, orders, renewals, subscriptions
from db.changes.activations import Device
from db.changes.context import ChangeContext, RowKey
from db.changes.issuing import Issued, Terms
from db.changes.orders import NewOrder, NewOrderLine
from db.changes.registration import KeyInput
from db.enums import AutoRenewal, OrderKind, OrderStatus, StartTrigger
from db.seed.catalogue import CATALOGUE
from db.seed.demo.account_builder import AccountBuilder, World
from db.seed.demo.sales import Sale, UnregisteredKey
from db.terms import add_months

_UNREGISTERED_DAYS = 10  # days, when the first day of its term is not fixed


async def add_unregistered_key(conn: Connection, world: World, key_spec: UnregisteredKey) -> None:
    """Issue a key that nobody registers."""
    is_fixed = key_spec.trigger is StartTrigger.ON_FIXED_DATE
    starts_on = None if key_spec.starts is None else world.day(key_spec.starts)
    issued_at = world.moment((starts_on or world.day(-_UNREGISTERED_DAYS)) - timedelta(days=20 if is_fixed else 0))
    terms = Terms(
        number=key_spec.number,
        product_code=key_spec.product,
        license_count=key_spec.licenses,
        term_months=12,
        channel=key_spec.channel,
        start_trigger=key_spec.trigger,
        starts_on=starts_on,
        items=[(code, key_spec.licenses) for code in key_spec.items],
    )
    issued = await issuing.issue(conn, _store(world, issued_at), world.keyring, terms, None)
    if key_spec.is_blocked:
        key = await _typed(conn, world, issued)
        ctx = _store(world, world.moment(world.day(-1)))
        await license_keys.block(conn, ctx, world.keyring, key, reason="leaked", blocked=True)


async def sell_through_store(conn: Connection, account: AccountBuilder, sale: Sale) -> None:
    """A subscription from the online store: issued into the account, paid, on its devices, renewed term after term."""
    world = account.world
    assert sale.ends is not None
    start = add_months(world.day(sale.ends), -sale.term * sale.terms)
    bought_at = world.moment(start)
    issued = await issuing.issue(conn, _store(world, bought_at), world.keyring, _terms(sale), account.account_id)
    assert issued.subscription is not None
    await _order(conn, account, sale, issued.subscription, bought_at, OrderKind.NEW)
    owner = replace(_store(world, bought_at + timedelta(hours=1)), user_id=account.owner.user_id, as_store=False)
    if sale.name:
        await subscriptions.rename(conn, owner, issued.subscription, sale.name)
    key = await _typed(conn, world, issued)
    for position in range(sale.devices.active):
        device = Device(f"{world.random.getrandbits(64):016x}", f"store-{position + 1:02}")
        await activations.activate(conn, owner, world.keyring, key, account.account_id, device)
    for term in range(1, sale.terms):
        await _renew(conn, account, sale, issued.subscription, add_months(start, sale.term * term))


def _terms(sale: Sale) -> Terms:
    return Terms(
        number=sale.number,
        product_code=sale.product,
        license_count=sale.licenses,
        term_months=sale.term,
        channel=sale.channel,
        start_trigger=sale.trigger,
        auto_renewal=sale.renewal is AutoRenewal.ON,
        items=[(code, sale.licenses) for code in sale.items],
    )


async def _renew(conn: Connection, account: AccountBuilder, sale: Sale, subscription: RowKey, day: date) -> None:
    paid_at = account.world.moment(day)
    order = await _order(conn, account, sale, subscription, paid_at, OrderKind.RENEWAL)
    ctx = _store(account.world, paid_at)
    await renewals.record_renewal(conn, ctx, subscription, paid_on=ctx.today, order=order)


async def _order(
    conn: Connection, account: AccountBuilder, sale: Sale, subscription: RowKey, at: datetime, kind: OrderKind
) -> RowKey:
    """Of the subscription and its items, paid by the card or account that renewals are charged to."""
    listings = [CATALOGUE[code] for code in (sale.product, *sale.items)]
    lines = [NewOrderLine(each.code, sale.licenses, each.price(sale.currency, sale.term)) for each in listings]
    method = (account.account_id, account.methods[sale.method]) if sale.method else None
    number = f"{at:%y%m%d}-{sale.number}"
    new = NewOrder(
        account_id=account.account_id,
        number=number,
        placed_at=at,
        kind=kind,
        status=OrderStatus.PAID,
        currency=sale.currency,
        lines=lines,
        total=orders.total_of(lines),
        subscription=subscription,
        payment_method=method,
        invoice_url=f"https://store.example.com/invoices/{number}.pdf",
    )
    return await orders.record_order(conn, _store(account.world, at), new)


async def _typed(conn: Connection, world: World, issued: Issued) -> KeyInput:
    return KeyInput(await license_keys.decrypt(conn, world.keyring, issued.license_key_id))


def _store(world: World, at: datetime) -> ChangeContext:
    return ChangeContext(None, "store", at, f"{world.random.getrandbits(64):016x}", as_store=True, random=world.random)
