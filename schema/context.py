"""The context of a request: its viewer, its selection, its connection, and the data loaders on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, TypeVar
from uuid import UUID

import strawberry
from aiodataloader import DataLoader
from asyncpg import Connection
from graphql import GraphQLObjectType, GraphQLOutputType
from graphql.pyutils import Path

from db.changes.key_attempts import AttemptLimits
from db.changes.payment_methods import PaymentProcessor
from db.license_key_custody.keyring import Keyring
from db.mapping import batch_loading
from db.mapping.batch_loading import Key, Row, RowPage
from db.mapping.batch_sql import Projection
from db.mapping.declarations import PageArguments, PagedRelation, ParameterizedExpression, Relation


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking. Roles are not here: every statement joins the membership."""

    user_id: UUID | None
    """None for a service token."""
    email: str | None
    """Lower case, and only when the issuer verified it."""
    scopes: frozenset[str]
    subject: str


@dataclass(frozen=True, slots=True)
class Selection:
    """A selected field: where its checked arguments are, and the fields below it by concrete type and response key."""

    field: str
    site: int | None
    """The position of its arguments among the request's; None when it has none."""
    children: Mapping[str, Mapping[str, Selection]]


Acquire = Callable[[], AbstractAsyncContextManager[Connection]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """What mutations need besides a connection."""

    keyring: Keyring
    attempt_limits: AttemptLimits
    """Of attempts at licence keys."""
    payment_processor: PaymentProcessor | None = None
    """None when payment methods can not be added here."""


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """The id of a request and the address of its client, for the audit trail and the limits."""

    request_id: str
    client_ip: str | None = None
    """None when it is unknown. For IPv6 the network, which is what one customer has."""


def parameters(viewer: Viewer, now: datetime) -> dict[str, Any]:
    """What every statement may use, by the names of the parameters in db.mapping.declarations."""
    return {
        "viewer": viewer.user_id,
        "email": viewer.email,
        "scopes": sorted(viewer.scopes),
        "now": now,
        "today": now.date(),
    }


class Context:
    """One request: `async with` it. The connection is taken at the first statement and given back at the end."""

    def __init__(
        self,
        viewer: Viewer,
        now: datetime,
        acquire: Acquire,
        selection: Selection,
        arguments: Sequence[Any],
        services: Services,
        request_info: RequestInfo,
    ) -> None:
        self.viewer = viewer
        self.now = now
        self.selection = selection
        self.arguments = arguments
        self.services = services
        self.request_info = request_info
        self.parameters = parameters(viewer, now)
        self._acquire = acquire
        self._exit_stack = AsyncExitStack()
        self._lock = asyncio.Lock()
        self._closed = False
        self._conn: Connection | None = None
        self._task: asyncio.Task[Any] | None = None
        self._loaders: dict[Hashable, DataLoader[Key, Any]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._closed = True
        if kind is asyncio.CancelledError and self._task is not None:
            # Nobody waits for the answer: the connection is freed now, not when the statement is done.
            self._task.cancel()
        # A fault in one field ends the request while loaders of others still run on the connection.
        async with self._lock:
            await self._exit_stack.aclose()

    @property
    def root(self) -> Row:
        """The row above all others: what the request knows of its viewer."""
        known = self.parameters
        return Row("Query", {"viewer": Row("Viewer", {"scopes": known["scopes"]}, known)}, known)

    async def load_many(self, relation: Relation, projection: Projection, key: Key) -> list[Row] | None:
        """The rows of one key; None where the relation denies permission. A key with a NULL in it leads nowhere."""
        if None in key:
            return []

        def batch(conn: Connection, keys: Sequence[Key]) -> Awaitable[list[Any]]:
            return batch_loading.load_rows(conn, relation, projection, keys, self.parameters)

        rows: list[Row] | None = await self._load((relation, projection), batch, key)
        return rows

    async def load_one(self, relation: Relation, projection: Projection, key: Key) -> Row | None:
        rows = await self.load_many(relation, projection, key)
        return rows[0] if rows else None

    async def load_page(
        self, paged: PagedRelation, projection: Projection, arguments: PageArguments, key: Key
    ) -> RowPage | None:
        """One page of one key; None where the relation denies permission."""

        def batch(conn: Connection, keys: Sequence[Key]) -> Awaitable[list[Any]]:
            return batch_loading.load_pages(conn, paged, projection, arguments, keys, self.parameters)

        page: RowPage | None = await self._load((paged, projection, arguments), batch, key)
        return page

    async def load_value(self, expression: ParameterizedExpression, days: int, key: Key) -> Any:
        def batch(conn: Connection, keys: Sequence[Key]) -> Awaitable[list[Any]]:
            return batch_loading.load_values(conn, expression, days, keys, self.parameters)

        return await self._load((expression, days), batch, key)

    async def _load(
        self, loader_key: Hashable, batch: Callable[[Connection, Sequence[Key]], Awaitable[list[Any]]], key: Key
    ) -> Any:
        async def run(keys: list[Key]) -> list[Any]:
            return await self.with_connection(lambda conn: batch(conn, keys))

        if loader_key not in self._loaders:
            self._loaders[loader_key] = DataLoader(run)
        future = self._loaders[loader_key].load(key)
        future.add_done_callback(_consume_exception)
        # Use asyncio.wait, not await: cancelling one field must not cancel the shared future.
        await asyncio.wait((future,))
        return future.result()

    async def with_connection(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run `work` with the connection, one at a time: siblings are resolved together and share it."""
        async with self._lock:
            if self._closed:
                raise RuntimeError("The request is over.")
            self._task = asyncio.current_task()
            try:
                return await work(await self._connection())
            finally:
                self._task = None

    def clear_loaders(self) -> None:
        """Drop the cached rows, so that what is read after a mutation is its outcome."""
        self._loaders.clear()

    async def _connection(self) -> Connection:
        if self._conn is None:
            self._conn = await self._exit_stack.enter_async_context(self._acquire())
        return self._conn


def _consume_exception(future: asyncio.Future[Any]) -> None:
    """Mark the exception as retrieved: asyncio logs one that nobody awaits any more."""
    if not future.cancelled():
        future.exception()


class Info(strawberry.Info[Context, Row]):
    """Strawberry's Info, with what was selected at this field and the concrete type that it leads to."""

    @property
    def selection(self) -> Selection:
        return _at(self.context.selection, self._raw_info.path)

    @property
    def arguments(self) -> Any:
        """The checked arguments of this field."""
        site = self.selection.site
        return None if site is None else self.context.arguments[site]

    @property
    def field_type(self) -> GraphQLOutputType:
        return self._raw_info.return_type

    def object_type(self, name: str) -> GraphQLObjectType:
        type_ = self._raw_info.schema.get_type(name)
        assert isinstance(type_, GraphQLObjectType)
        return type_


def _at(root: Selection, path: Path) -> Selection:
    """The selection at a response path; list positions do not count."""
    steps = []
    step: Path | None = path
    while step is not None:
        if step.typename is not None:
            steps.append((step.typename, str(step.key)))
        step = step.prev
    for typename, key in reversed(steps):
        root = root.children[typename][key]
    return root
