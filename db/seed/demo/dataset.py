"""The demo's world: the same people, companies and subscriptions each time, dated relative to the day it is made."""

from datetime import datetime
from random import Random
from typing import NamedTuple
from uuid import UUID

from asyncpg import Connection

from db.demo_marker import DEMO_ISSUER
from db.enums import AccountKind, MemberRole
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring
from db.seed.catalogue import insert_catalogue
from db.seed.dates import mark_as_demo, midnight
from db.seed.demo import store
from db.seed.demo.account_builder import AccountBuilder, World
from db.seed.demo.accounts import add_user, open_account
from db.seed.demo.atelier import ATELIER
from db.seed.demo.customers import Customer
from db.seed.demo.license_keys import add_keys
from db.seed.demo.neighbours import COMPANIES, HOMES, REGISTRABLE, UNREGISTRABLE
from db.seed.demo.orders import add_orders, add_standalone_order
from db.seed.demo.people import PEOPLE
from db.seed.demo.subscriptions import add_subscription


async def create_demo(conn: Connection, keyring: Keyring, now: datetime) -> None:
    """Write the demo's world and the demo's mark, in one transaction. The caller knows that the database is empty."""
    world = World(midnight(now), keyring, Random("licet demo"))
    accounts = _add_people(world)
    async with conn.transaction():
        await insert_catalogue(conn)
        await world.rows.copy(conn)
        for customer, account in accounts:
            for sale in customer.store_sales:
                await store.sell_through_store(conn, account, sale)
        for key_spec in (*REGISTRABLE, *UNREGISTRABLE):
            await store.add_unregistered_key(conn, world, key_spec)
        await mark_as_demo(conn, now)


async def business_account(conn: Connection) -> UUID:
    """The first person's own company: the oldest, should they have opened others."""
    account_id: UUID = await conn.fetchval(
        """
        SELECT a.id
          FROM users u
          JOIN memberships m ON m.user_id = u.id AND m.role = $3
          JOIN accounts a ON a.id = m.account_id AND a.kind = $4
         WHERE u.issuer = $1 AND u.subject = $2
         ORDER BY a.created_at, a.id
         LIMIT 1
        """,
        DEMO_ISSUER,
        PEOPLE[0].subject,
        MemberRole.OWNER,
        AccountKind.BUSINESS,
    )
    return account_id


class RegistrableKey(NamedTuple):
    """A key that nobody has registered, as a person would type it, and the kind of account it is for; None is any."""

    key: str
    product: str
    audience: str | None


async def registrable_keys(conn: Connection, keyring: Keyring) -> list[RegistrableKey]:
    """The demo's keys that can be registered and that nobody has registered yet."""
    rows = await conn.fetch(
        """
        SELECT k.ciphertext, k.encryption_secret_id, k.license_key_id, p.name, p.audience
          FROM issued_subscriptions s
          JOIN license_key_index k ON k.subscription_id = s.id
          JOIN products p ON p.code = s.product_code
         WHERE s.number = ANY ($1) AND k.account_id IS NULL AND k.blocked_at IS NULL
         ORDER BY s.number
        """,
        [key_spec.number for key_spec in REGISTRABLE],
    )
    return [RegistrableKey(key_format.display(keyring.open(*row[:3])), row["name"], row["audience"]) for row in rows]


def _add_people(world: World) -> list[tuple[Customer, AccountBuilder]]:
    known_for = {home.members[0].subject: home.opened for home in HOMES}
    users = {person.subject: add_user(world, person, known_for[person.subject]) for person in PEOPLE}
    return [(customer, _fill_account(world, customer, users)) for customer in (ATELIER, *COMPANIES, *HOMES)]


def _fill_account(world: World, customer: Customer, users: dict[str, UUID]) -> AccountBuilder:
    account = open_account(world, customer, users)
    subscription = {sale.number: add_subscription(account, sale) for sale in customer.sales}
    for each in subscription.values():
        add_keys(account, each)
        add_orders(account, each)
    for order in customer.standalone_orders:
        add_standalone_order(account, order, subscription[order.number] if order.number else None)
    return account
