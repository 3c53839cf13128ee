"""What generated examples share: the rows that are there before the first of them."""

from uuid import UUID

import pytest
from asyncpg import Connection

from gateway.operations.limits import Limits
from gateway.settings import Settings
from tests import world


@pytest.fixture(scope="session")
def settings(settings: Settings) -> Settings:
    """Limits that let a test select everything there is."""
    endless = 1_000_000_000
    limits = Limits(tokens=20_000, fields=10_000, aliases=1_000, cost=endless, capacity=endless, restore=endless)
    return settings.model_copy(update={"limits": limits})


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
