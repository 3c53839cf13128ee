"""The application: its routes, and what lives as long as it does."""

from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from importlib.resources import files
from typing import Any
from uuid import UUID

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

from db.changes.payment_methods import PaymentProcessor
from db.clock import Clock, system_clock
from db.demo_marker import DEMO_ISSUER
from db.queries import accounts
from gateway.auth.authenticator import Authenticator
from gateway.auth.tokens import Claims, TokenVerifier
from gateway.auth.verification_keys import KeySource, StaticKey
from gateway.http.endpoint import GraphQLEndpoint
from gateway.http.persisted_queries import PersistedOperations, load_manifest
from gateway.operations.errors import Code
from gateway.operations.executor import Operations
from gateway.operations.result import Invalid, refusal
from gateway.operations.validation import Rules
from gateway.server.health import healthz, readyz
from gateway.server.lifespan import Resources
from gateway.server.observability import Observability
from gateway.server.static_files import ForPeople, pages
from gateway.settings import Settings
from gateway.startup_errors import StartupError
from schema.context import Acquire, Means
from schema.query import schema

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
            Route("/healthz", healthz),
            Route("/readyz", readyz(acquire or resources.probe)),
            *extra_routes,
        ],
        exception_handlers={HTTPException: _refused},
        lifespan=resources.open if acquire is None else None,
    )


def _persisted(settings: Settings, operations: Operations) -> PersistedOperations:
    """Raises StartupError for a manifest that can not be read, or that the graph does not fit."""
    trusted = {} if settings.trusted_documents is None else load_manifest(settings.trusted_documents)
    for identifier, text in trusted.items():
        try:
            operations.keep(text)
        except (Invalid, GraphQLError) as error:
            told = error if isinstance(error, GraphQLError) else error.errors[0]
            sentence = f"{identifier} is not an operation here: {told.message.rstrip('.')}."
            raise StartupError(f"LICET_TRUSTED_DOCUMENTS: {sentence}") from error
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
    keys: KeySource = import_module("gateway.auth.jwks").KeySetUrl.asked(settings.jwks_url, clock, hooks)
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
