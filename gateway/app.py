"""The application: its routes, and what lives as long as it does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib import import_module
from importlib.resources import files
from typing import Any, cast
from uuid import UUID

import asyncpg
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from db import revisions
from db.changes.payment_methods import PaymentProcessor
from db.clock import Clock, system_clock
from db.demo_marker import DEMO_ISSUER
from db.pool import Queue, create_pool
from db.queries import accounts
from gateway.answers import Invalid, refusal
from gateway.auth import Authenticator, Claims, TokenVerifier
from gateway.errors import Code
from gateway.http import GraphQLEndpoint
from gateway.keys import KeySource, StaticKey
from gateway.observability import Observability
from gateway.operations import Operations
from gateway.pages import ForPeople, pages
from gateway.persisted import PersistedOperations, manifest
from gateway.problems import Problem
from gateway.settings import Settings
from gateway.sweeping import keep_swept
from gateway.validation import Rules
from schema.context import Acquire, Means
from schema.query import schema

READY_WITHIN = 2.0  # seconds; a probe that waits longer has been given up by whoever asked

CROSS_ORIGIN_REQUEST = [
    *("authorization", "content-type", "if-none-match", "traceparent", "tracestate", "x-licet-cost", "x-request-id"),
    *(
        "apollo-require-preflight",
        "x-apollo-operation-name",
        "apollographql-client-name",
        "apollographql-client-version",
    ),
]
CROSS_ORIGIN_ANSWER = ["etag", "retry-after", "server-timing", "traceparent", "x-request-id"]
CROSS_ORIGIN_SECONDS = 3600

_REFUSED = {
    404: (Code.NOT_FOUND, "There is nothing at this address."),
    405: (Code.METHOD_NOT_ALLOWED, "This address does not take this method."),
}


class Application(Starlette):
    """Starlette in layers that are outside of its own, the first of them outermost: one of them answers /graphql."""

    def __init__(self, layers: Sequence[Middleware], **given: Any) -> None:
        super().__init__(**given)
        self._layers = layers

    def build_middleware_stack(self) -> ASGIApp:
        app = super().build_middleware_stack()
        for layer in reversed(self._layers):
            app = layer.cls(app, *layer.args, **layer.kwargs)
        return app


class Resources:
    """What the application holds while it runs: connections, and what it fetches keys with."""

    def __init__(self, settings: Settings, clock: Clock, observability: Observability, keys: KeySource) -> None:
        self._settings = settings
        self._observability = observability
        self._keys = keys
        self._clock = clock
        self._queue: Queue | None = None
        self._spare: asyncpg.Pool | None = None

    @asynccontextmanager
    async def open(self, _: Starlette) -> AsyncIterator[None]:
        settings = self._settings
        url = settings.database_url.get_secret_value()
        async with AsyncExitStack() as held:
            held.push_async_callback(self._keys.close)
            pool = await create_pool(url, size=settings.pool_size, statement_timeout=settings.statement_timeout)
            self._queue = Queue(pool, seconds=settings.pool_timeout, places=settings.pool_queue)
            held.push_async_callback(self._queue.close)
            self._spare = await held.enter_async_context(asyncpg.create_pool(url, min_size=0, max_size=1))
            sweeping = asyncio.create_task(keep_swept(self.acquire, self._clock, settings.attempt_limits().window))
            held.callback(sweeping.cancel)
            await held.enter_async_context(self._observability.watching(self._queue.measures()))
            yield

    def acquire(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        assert self._queue is not None, "the application has not started"
        return self._queue.acquire()

    def probe(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """A connection besides: a database that has much to do is there, and its health is asked about just then."""
        assert self._spare is not None, "the application has not started"
        return cast(AbstractAsyncContextManager[asyncpg.Connection], self._spare.acquire())


def create_app(
    settings: Settings,
    clock: Clock = system_clock,
    *,
    extra_routes: Sequence[BaseRoute] = (),
    acquire: Acquire | None = None,
    processor: PaymentProcessor | None = None,
) -> Starlette:
    """The whole service; without a `processor`, payment methods can not be added.

    `acquire` gives the connections instead of a pool of its own, for tests that roll back.
    """
    observability = Observability(settings)
    keys = _keys(settings, clock, observability.hooks())
    resources = Resources(settings, clock, observability, keys)
    connections = observability.connections(acquire or resources.acquire)
    verifier = TokenVerifier(settings.token_issuer, settings.token_audience, keys, clock=clock)
    authenticator = Authenticator(verifier, _register(connections, clock), clock)
    rules = Rules(settings.limits, settings.suggestions, settings.introspection)
    operations = Operations(schema._schema, rules, compiled=settings.compiled)
    means = Means(settings.keyring(), settings.attempt_limits(), processor)
    persisted = _persisted(settings, operations)
    seconds, largest = settings.request_timeout, settings.limits.body
    endpoint = GraphQLEndpoint(operations, persisted, authenticator, connections, clock, means, seconds, largest)
    shown = pages(demo=settings.token_issuer == DEMO_ISSUER)
    layers = [*_proxies(settings), *observability.middleware(), *_cors(settings)]
    return Application(
        [*layers, Middleware(_straight, "/graphql", ForPeople(endpoint, shown.explorer))],
        routes=[
            *shown.routes(),
            Route("/schema.graphql", _sdl),
            Route("/healthz", _healthz),
            Route("/readyz", _readyz(acquire or resources.probe)),
            *extra_routes,
        ],
        exception_handlers={HTTPException: _refused},
        lifespan=resources.open if acquire is None else None,
    )


def _persisted(settings: Settings, operations: Operations) -> PersistedOperations:
    """Raises Problem for a manifest that can not be read, or that the graph does not fit."""
    trusted = {} if settings.trusted_documents is None else manifest(settings.trusted_documents)
    for identifier, text in trusted.items():
        try:
            operations.keep(text)
        except (Invalid, GraphQLError) as error:
            told = error if isinstance(error, GraphQLError) else error.errors[0]
            sentence = f"{identifier} is not an operation here: {told.message.rstrip('.')}."
            raise Problem(f"LICET_TRUSTED_DOCUMENTS: {sentence}") from error
    return PersistedOperations(
        trusted, automatic=settings.automatic_persisted_queries, only_trusted=settings.trusted_only
    )


def _straight(app: ASGIApp, path: str, endpoint: ASGIApp) -> ASGIApp:
    """One address before all routes: for a small answer, they would take a third of the endpoint's own time."""

    def answer(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        is_there = scope["type"] == "http" and scope["path"] == path
        return (endpoint if is_there else app)(scope, receive, send)

    return answer


def _proxies(settings: Settings) -> list[Middleware]:
    proxies = list(settings.trusted_proxies)
    return [Middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)] if proxies else []


def _cors(settings: Settings) -> list[Middleware]:
    if not settings.cors_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=CROSS_ORIGIN_REQUEST,
            expose_headers=CROSS_ORIGIN_ANSWER,
            max_age=CROSS_ORIGIN_SECONDS,
        )
    ]


async def _refused(_: Request, error: Exception) -> Response:
    """What the routes say to an address or a method they do not know, as everything else is said."""
    assert isinstance(error, HTTPException)
    code, sentence = _REFUSED.get(error.status_code, (Code.BAD_REQUEST, "This address does not take such a request."))
    return JSONResponse(refusal(code, sentence).body, error.status_code, error.headers)


def _keys(settings: Settings, clock: Clock, hooks: Sequence[Any]) -> KeySource:
    if settings.jwks_url is None:
        return StaticKey(settings.token_public_key or "")
    # An HTTP client is much to load for those who fetch nothing.
    keys: KeySource = import_module("gateway.jwks").KeySetUrl.asked(settings.jwks_url, clock, hooks)
    return keys


def _register(acquire: Acquire, clock: Clock) -> Callable[[Claims], Awaitable[UUID]]:
    async def register(claims: Claims) -> UUID:
        async with acquire() as conn:
            return await accounts.first_sight(
                conn,
                issuer=claims.issuer,
                subject=claims.subject,
                email=claims.email,
                email_verified=claims.email_verified,
                name=claims.name,
                now=clock(),
            )

    return register


async def _sdl(_: Request) -> Response:
    return PlainTextResponse(files("schema").joinpath("schema.graphql").read_text(encoding="utf-8"))


async def _healthz(_: Request) -> Response:
    """The process answers. Whether it can do its work is /readyz's question."""
    return JSONResponse({"status": "ok"})


def _readyz(acquire: Acquire) -> Callable[[Request], Awaitable[Response]]:
    async def readyz(_: Request) -> Response:
        """The database answers, and its tables are those of this code."""
        try:
            async with asyncio.timeout(READY_WITHIN), acquire() as conn:
                behind = await revisions.is_behind(conn)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return JSONResponse({"status": "unavailable", "reason": "The database does not answer."}, 503)
        if behind:
            return JSONResponse({"status": "unavailable", "reason": "Run `licet migrate`."}, 503)
        return JSONResponse({"status": "ok"})

    return readyz
