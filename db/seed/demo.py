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
from db.seed import store
from db.seed.accounts import add_user, open_account
from db.seed.atelier import ATELIER
from db.seed.catalogue import insert_catalogue
from db.seed.customers import Customer
from db.seed.dates import mark, midnight
from db.seed.keys import add_keys
from db.seed.neighbours import COMPANIES, HOMES, REGISTRABLE, UNREGISTRABLE
from db.seed.orders import bill, bill_loosely
from db.seed.people import PEOPLE
from db.seed.selling import sell
from db.seed.world import Books, World


async def demo(conn: Connection, keyring: Keyring, now: datetime) -> None:
    """Write the demo's world and the demo's mark, in one transaction. The caller knows that the database is empty."""
    world = World(midnight(now), keyring, Random("licet demo"))
    books = _people_it(world)
    async with conn.transaction():
        await insert_catalogue(conn)
        await world.rows.copy(conn)
        for customer, kept in books:
            for sale in customer.trades:
                await store.trade(conn, kept, sale)
        for unclaimed in (*REGISTRABLE, *UNREGISTRABLE):
            await store.leave_unclaimed(conn, world, unclaimed)
        await mark(conn, now)


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


class FreeKey(NamedTuple):
    """A key that nobody has registered, as a person would type it, and the kind of account it is for; None is any."""

    key: str
    product: str
    audience: str | None


async def unregistered_keys(conn: Connection, keyring: Keyring) -> list[FreeKey]:
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
        [unclaimed.number for unclaimed in REGISTRABLE],
    )
    return [FreeKey(key_format.display(keyring.open(*row[:3])), row["name"], row["audience"]) for row in rows]


def _people_it(world: World) -> list[tuple[Customer, Books]]:
    known_for = {home.members[0].subject: home.opened for home in HOMES}
    users = {person.subject: add_user(world, person, known_for[person.subject]) for person in PEOPLE}
    return [(customer, _furnish(world, customer, users)) for customer in (ATELIER, *COMPANIES, *HOMES)]


def _furnish(world: World, customer: Customer, users: dict[str, UUID]) -> Books:
    books = open_account(world, customer, users)
    sold = {sale.number: sell(books, sale) for sale in customer.sales}
    for each in sold.values():
        add_keys(books, each)
        bill(books, each)
    for loose in customer.loose_orders:
        bill_loosely(books, loose, sold[loose.number] if loose.number else None)
    return books
