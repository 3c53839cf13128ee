"""The application, as uvicorn serves it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from tests.bench.stock.loaders import Loaders, Sessions
from tests.bench.stock.types import Account, Info, Node, Subscription


@strawberry.type
class Query:
    @strawberry.field
    async def account(self, info: Info, id: strawberry.ID) -> Account | None:
        account: Account | None = await info.context.account.load(_uuids(id)[0])
        return account

    @strawberry.field
    async def subscription(self, info: Info, id: strawberry.ID) -> Subscription | None:
        subscription: Subscription | None = await info.context.subscription(*_uuids(id))
        return subscription

    @strawberry.field
    async def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        accounts: list[Node | None] = await info.context.account.load_many([_uuids(global_id)[0] for global_id in ids])
        return accounts


def _uuids(global_id: str) -> tuple[UUID, ...]:
    return tuple(UUID(part) for part in global_id.split("_")[1:])


class Endpoint(GraphQL[Loaders, None]):
    sessions: Sessions

    async def get_context(self, request: Any, response: Any) -> Any:  # noqa: ARG002 - as Strawberry calls it
        return Loaders(self.sessions)


schema = strawberry.Schema(
    query=Query,
    types=[Account],
    # Documents are parsed and validated once, as production would have it.
    extensions=[ParserCache, ValidationCache],
)


def create_app(url: str, pool_size: int) -> ASGIApp:
    """The application over the database at `url`, an address as asyncpg takes it."""
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://"), pool_size=pool_size, max_overflow=0
    )
    endpoint = Endpoint(schema, graphql_ide=None)
    endpoint.sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
    return Starlette(routes=[Mount("/graphql", endpoint)], lifespan=lambda _: _disposed(engine))


@asynccontextmanager
async def _disposed(engine: AsyncEngine) -> AsyncIterator[None]:
    yield
    await engine.dispose()


def from_environment() -> ASGIApp:
    return create_app(os.environ["DATABASE_URL"], int(os.environ["POOL_SIZE"]))
