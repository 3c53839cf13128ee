"""A company's subscription, and what is done with its keys, seats and devices."""

from copy import copy
from typing import Any, Self
from uuid import UUID

import pytest
from asyncpg import Connection

from db.changes import activations, license_keys, sublicenses
from db.changes.activations import Device
from db.changes.context import ChangeContext, RowKey
from db.changes.registration import KeyInput
from db.changes.sublicenses import SeatAllocation
from db.enums import Allocation, LicenseKeyKind
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring
from db.user_errors import MutationRefused, UserErrorCode
from tests import world

RESERVED, DYNAMIC = Allocation.RESERVED, Allocation.DYNAMIC
SEATS = "SELECT name, quota, used FROM license_keys WHERE account_id = $1 ORDER BY kind, name"


class Team:
    """A company of ada's with a subscription of ten licences, and what she does with it."""

    def __init__(self, conn: Connection, keyring: Keyring, account_id: UUID, subscription_id: UUID, user_id: UUID):
        self.conn, self.keyring = conn, keyring
        self.account_id = account_id
        self.subscription: RowKey = (account_id, subscription_id)
        self.ctx = ChangeContext(user_id, "ada", world.NOW, "request")

    def on(self, conn: Connection) -> Self:
        """The same over another connection."""
        other = copy(self)
        other.conn = conn
        return other

    def by(self, ctx: ChangeContext) -> Self:
        """The same, done by somebody else."""
        other = copy(self)
        other.ctx = ctx
        return other

    async def split(self, name: str, allocation: Allocation, quota: int, **others: Any) -> RowKey:
        own = SeatAllocation(allocation, quota, **others)
        return await sublicenses.create(self.conn, self.ctx, self.keyring, self.subscription, name, own)

    async def activate(self, license_key: RowKey, *names: str) -> list[RowKey]:
        key = await self.key_of(license_key)
        return [await self.activate_with(key, name) for name in names]

    async def key_of(self, license_key: RowKey) -> str:
        sealed = "SELECT ciphertext, encryption_secret_id FROM license_key_index WHERE license_key_id = $1"
        row = await self.conn.fetchrow(sealed, license_key[1])
        assert row is not None
        return key_format.display(self.keyring.open(row[0], row[1], license_key[1]))

    async def activate_with(self, key: str, device: str) -> RowKey:
        of = (KeyInput(key), self.account_id, Device(device, device))
        return (await activations.activate(self.conn, self.ctx, self.keyring, *of))[0]

    async def primary(self) -> RowKey:
        query = "SELECT id FROM license_keys WHERE account_id = $1 AND kind = 'PRIMARY'"
        return self.account_id, await self.conn.fetchval(query, self.account_id)

    async def seats(self) -> list[tuple[str, int | None, int]]:
        return [tuple(row) for row in await self.conn.fetch(SEATS, self.account_id)]

    async def trail(self) -> list[tuple[str, Any, Any]]:
        rows = await self.conn.fetch("SELECT action, before, after FROM audit_events ORDER BY cmin::text::bigint")
        return [tuple(row) for row in rows]


async def create_team(conn: Connection, keyring: Keyring, **subscription: Any) -> Team:
    account_id = await world.company(conn)
    user_id = await conn.fetchval("SELECT user_id FROM memberships WHERE account_id = $1", account_id)
    subscription_id = await world.subscription(conn, account_id, **subscription)
    ctx = ChangeContext(user_id, "ada", world.NOW)
    key = await license_keys.create_key(conn, ctx, keyring, LicenseKeyKind.PRIMARY, subscription_id, account_id)
    await world.license_key(conn, account_id, subscription_id, id=key.id, tail=key.tail, name="all")
    return Team(conn, keyring, account_id, subscription_id, user_id)


async def refusal(call: Any) -> tuple[UserErrorCode, tuple[str, ...]]:
    with pytest.raises(MutationRefused) as refused:
        await call
    return refused.value.code, refused.value.field
