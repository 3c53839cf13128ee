"""The application: its routes, middleware and error handlers."""

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
from gateway.operations.errors import ErrorCode, RequestError
from gateway.operations.executor import OperationExecutor
from gateway.operations.result import error_result
from gateway.operations.validation import DocumentValidator
from gateway.server.health import create_readyz, healthz
from gateway.server.lifespan import Resources
from gateway.server.observability import Observability
from gateway.server.static_files import ExplorerForBrowsers, load_console_files
from gateway.settings import Settings
from gateway.startup_errors import StartupError
from schema.context import Acquire, Services
from schema.query import schema

CORS_REQUEST_HEADERS = [
    *("authorization", "content-type", "if-none-match", "traceparent", "tracestate", "x-licet-cost", "x-request-id"),
    *(
        "apollo-require-preflight",
        "x-apollo-operation-name",
        "apollographql-client-name",
        "apollographql-client-version",
    ),
]
CORS_EXPOSED_HEADERS = ["etag", "retry-after", "server-timing", "traceparent", "x-request-id"]
CORS_MAX_AGE = 3600

_HTTP_ERRORS = {
    404: (ErrorCode.NOT_FOUND, "There is nothing at this address."),
    405: (ErrorCode.METHOD_NOT_ALLOWED, "This address does not take this method."),
}


class Application(Starlette):
    """Starlette inside middleware that wraps even its own, outermost first: one of them serves /graphql."""

    def __init__(self, outer_middleware: Sequence[Middleware], **options: Any) -> None:
        super().__init__(**options)
        self._outer_middleware = outer_middleware

    def build_middleware_stack(self) -> ASGIApp:
        app = super().build_middleware_stack()
        for middleware in reversed(self._outer_middleware):
            app = middleware.cls(app, *middleware.args, **middleware.kwargs)
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
    key_source = _key_source(settings, clock, observability.httpx_hooks())
    resources = Resources(settings, clock, observability, key_source)
    traced_acquire = observability.trace_connections(acquire or resources.acquire)
    verifier = TokenVerifier(settings.token_issuer, settings.token_audience, key_source, clock=clock)
    authenticator = Authenticator(verifier, _upsert_user(traced_acquire, clock), clock)
    validator = DocumentValidator(settings.limits, settings.suggestions, settings.introspection)
    executor = OperationExecutor(schema._schema, validator, compiled=settings.compiled)
    services = Services(settings.keyring(), settings.attempt_limits(), processor)
    persisted = _persisted_operations(settings, executor)
    timeout, max_bytes = settings.request_timeout, settings.limits.body
    endpoint = GraphQLEndpoint(executor, persisted, authenticator, traced_acquire, clock, services, timeout, max_bytes)
    console = load_console_files(demo=settings.token_issuer == DEMO_ISSUER)
    middleware = [*_proxy_middleware(settings), *observability.middleware(), *_cors_middleware(settings)]
    return Application(
        [*middleware, Middleware(_bypass_router, "/graphql", ExplorerForBrowsers(endpoint, console.explorer))],
        routes=[
            *console.routes(),
            Route("/schema.graphql", _sdl),
            Route("/healthz", healthz),
            Route("/readyz", create_readyz(acquire or resources.acquire_for_health_check)),
            *extra_routes,
        ],
        exception_handlers={HTTPException: _http_exception_handler},
        lifespan=resources.lifespan if acquire is None else None,
    )


def _persisted_operations(settings: Settings, executor: OperationExecutor) -> PersistedOperations:
    """Raises StartupError for a manifest that can not be read, or that the graph does not fit."""
    trusted = {} if settings.trusted_documents is None else load_manifest(settings.trusted_documents)
    for document_id, text in trusted.items():
        try:
            executor.preload(text)
        except (RequestError, GraphQLError) as error:
            reason = error if isinstance(error, GraphQLError) else error.errors[0]
            message = f"{document_id} is not an operation here: {reason.message.rstrip('.')}."
            raise StartupError(f"LICET_TRUSTED_DOCUMENTS: {message}") from error
    return PersistedOperations(
        trusted, automatic=settings.automatic_persisted_queries, only_trusted=settings.trusted_only
    )


def _bypass_router(app: ASGIApp, path: str, endpoint: ASGIApp) -> ASGIApp:
    """Serve one path without the router: for a small response, routing takes a third of the endpoint's own time."""

    def dispatch(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        matches = scope["type"] == "http" and scope["path"] == path
        return (endpoint if matches else app)(scope, receive, send)

    return dispatch


def _proxy_middleware(settings: Settings) -> list[Middleware]:
    proxies = list(settings.trusted_proxies)
    return [Middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)] if proxies else []


def _cors_middleware(settings: Settings) -> list[Middleware]:
    if not settings.cors_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=CORS_REQUEST_HEADERS,
            expose_headers=CORS_EXPOSED_HEADERS,
            max_age=CORS_MAX_AGE,
        )
    ]


async def _http_exception_handler(_: Request, error: Exception) -> Response:
    """Starlette's errors for an unknown path or method, in the shape of every other error."""
    assert isinstance(error, HTTPException)
    code, message = _HTTP_ERRORS.get(
        error.status_code, (ErrorCode.BAD_REQUEST, "This address does not take such a request.")
    )
    return JSONResponse(error_result(RequestError(code, message)).body, error.status_code, error.headers)


def _key_source(settings: Settings, clock: Clock, hooks: Sequence[Any]) -> KeySource:
    if settings.jwks_url is None:
        return StaticKey(settings.token_public_key or "")
    # An HTTP client is much to load for those who fetch nothing.
    keys: KeySource = import_module("gateway.auth.jwks").JWKSClient.create(settings.jwks_url, clock, hooks)
    return keys


def _upsert_user(acquire: Acquire, clock: Clock) -> Callable[[Claims], Awaitable[UUID]]:
    async def register(claims: Claims) -> UUID:
        async with acquire() as conn:
            return await accounts.upsert_user(
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
