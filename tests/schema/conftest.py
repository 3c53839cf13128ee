"""What generated examples share: the rows that are there before the first of them."""

from uuid import UUID

import pytest
from asyncpg import Connection

from tests import world


@pytest.fixture
async def company(conn: Connection) -> UUID:
    """An account of ada's that stays while examples come and go, with the products desktop and toolbox."""
    account = await world.company(conn)
    await world.product(conn, "toolbox")
    return account


@pytest.fixture
async def card(conn: Connection, company: UUID) -> UUID:
    """A payment method of that account."""
    return await world.payment_method(conn, company)
