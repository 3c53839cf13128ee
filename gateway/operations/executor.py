"""From a request to its result: parse, validate, select, run."""

import asyncio
from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from inspect import isawaitable
from time import perf_counter
from types import MappingProxyType
from typing import Any, NamedTuple

import structlog
from asyncpg import Connection
from asyncpg.connection import LoggedQuery
from graphql import DocumentNode, GraphQLError, GraphQLSchema, execute

from gateway.compiler.compiled_plan import StatementCache
from gateway.compiler.sql import NON_NULL_VIOLATION, CompiledStatement
from gateway.lru_cache import LRUCache
from gateway.operations.errors import ErrorCode, RequestError, is_database_unavailable
from gateway.operations.limits import check_variables
from gateway.operations.prepared_operation import BoundOperation, PreparedOperation, operation_names
from gateway.operations.rate_limit import RateLimiter
from gateway.operations.result import GraphQLResult, error_result, from_execution, with_extensions
from gateway.operations.validation import DocumentValidator
from gateway.telemetry.logging import REQUEST_ID
from gateway.telemetry.request_log import RequestStats
from schema.context import Acquire, Context, RequestInfo, Services, Viewer, parameters
from schema.dsl.fields import declarations

# Characters of documents: what is cached of each takes a hundred times its length and more.
DOCUMENT_CACHE_CHARS = 200_000
# Characters of SQL: an ordinary operation has ten thousand.
SQL_CACHE_CHARS = 8_000_000
RETRY_DELAY = 0.2  # seconds; connections that broke are noticed at once, a server that takes over needs a moment


class OperationRequest(NamedTuple):
    """What a client sent."""

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = MappingProxyType({})
    read_only: bool = False
    """Of a GET: mutations are not allowed."""
    include_cost: bool = False


class RequestContext(NamedTuple):
    """Who asks and when, from where, and what serves the request."""

    viewer: Viewer
    now: datetime
    acquire: Acquire
    services: Services
    stats: RequestStats
    """Told what becomes known of the operation."""
    client_ip: str | None = None

    @property
    def rate_limit_key(self) -> Hashable:
        """Whose token bucket pays."""
        return self.viewer.user_id or self.viewer.subject


class OperationExecutor:
    """Runs operations, and caches them prepared: DOCUMENT_CACHE_CHARS of documents together."""

    def __init__(self, schema: GraphQLSchema, validator: DocumentValidator, *, compiled: bool = True) -> None:
        self._schema = schema
        self._validator = validator
        self._declarations = declarations(schema) if compiled else None
        self._rate_limiter = RateLimiter(validator.limits)
        self._operations: LRUCache[tuple[str, str | None], PreparedOperation] = LRUCache(DOCUMENT_CACHE_CHARS)
        self._statements: StatementCache = LRUCache(SQL_CACHE_CHARS)
        self._preloaded: dict[tuple[str, str | None], PreparedOperation] = {}

    async def execute(self, request: OperationRequest, context: RequestContext) -> GraphQLResult:
        stats = context.stats
        bucket = self._rate_limiter.bucket(context.rate_limit_key)
        try:
            bucket.check()
            with bucket:
                check_variables(request.variables, self._validator.limits)
                operation = self.prepare(request.query, request.operation_name)
                if request.read_only and not operation.is_query:
                    raise RequestError(ErrorCode.METHOD_NOT_ALLOWED, "A GET changes nothing: send mutations as POST.")
                stats.operation = operation.loggable_name
                bound = operation.bind(request.variables, suggestions=self._validator.suggestions)
            stats.cost = cost = bound.cost()
            available = bucket.consume(cost)
            with bucket:
                statement = bound.statement()
        except RequestError as error:
            return error_result(error)
        except GraphQLError as error:
            # What validation cannot foresee: a variable that is null in spite of its default.
            code = (error.extensions or {}).get("code", ErrorCode.BAD_VARIABLES)
            return error_result(RequestError(code, [error]))
        except RecursionError:
            return error_result(RequestError(ErrorCode.INVALID_OPERATION, "The document is nested too deeply."))
        stats.mark_prepared()
        result = await self._run(bound, statement, request, context)
        return with_extensions(result, cost=bucket.as_extension(cost, available)) if request.include_cost else result

    def prepare(self, text: str, name: str | None = None) -> PreparedOperation:
        """Parsed, validated and cached. Raises RequestError."""
        key = (text, name)
        cached = self._preloaded.get(key) or self._operations.get(key)
        if cached is not None:
            return cached
        operation = self._prepare_named(self._validator.parse_and_validate(self._schema, text), name)
        return self._operations.put(key, operation, len(text))

    def preload(self, text: str) -> None:
        """Prepare the operations of a document now, and never evict them. Raises RequestError and GraphQLError."""
        document = self._validator.parse_and_validate(self._schema, text)
        names = operation_names(document)
        for name in names:
            operation = self._preloaded[text, name] = self._prepare_named(document, name)
            operation.warm_up()
        if len(names) == 1:
            self._preloaded[text, None] = operation

    def _prepare_named(self, document: DocumentNode, name: str | None) -> PreparedOperation:
        return PreparedOperation(self._schema, document, name, self._declarations, self._statements)

    async def _run(
        self,
        bound: BoundOperation,
        statement: CompiledStatement | None,
        request: OperationRequest,
        context: RequestContext,
    ) -> GraphQLResult:
        if not bound.operation.is_query:
            return await self._run_resolvers(bound, request, context)
        try:
            return await self._run_query(bound, statement, request, context)
        except Exception as error:  # noqa: BLE001 - raised again unless the database was gone
            await wait_before_retry(error)
        return await self._run_query(bound, statement, request, context)

    async def _run_query(
        self,
        bound: BoundOperation,
        statement: CompiledStatement | None,
        request: OperationRequest,
        context: RequestContext,
    ) -> GraphQLResult:
        """By one statement where the operation is made of declared fields only, by resolvers otherwise."""
        if statement is not None:
            try:
                return await _run_compiled(bound, statement, context)
            except NON_NULL_VIOLATION:
                pass
        return await self._run_resolvers(bound, request, context)

    async def _run_resolvers(
        self, bound: BoundOperation, request: OperationRequest, context: RequestContext
    ) -> GraphQLResult:
        """The reference path: Strawberry's resolvers, batched, run by graphql-core."""
        context.stats.execution_path = "reference"
        async with _resolver_context(bound, context) as resolver_context:
            result = execute(
                self._schema,
                bound.operation.document,
                resolver_context.root,
                resolver_context,
                dict(request.variables),
                request.operation_name,
            )
            execution_result = await result if isawaitable(result) else result
        context.stats.field_errors = len(execution_result.errors or ())
        return from_execution(execution_result, is_query=bound.operation.is_query)


async def _run_compiled(bound: BoundOperation, statement: CompiledStatement, context: RequestContext) -> GraphQLResult:
    """The compiled path: one statement, whose result is the response as it is sent."""
    context.stats.execution_path = "compiled"
    values = statement.values(bound.arguments, parameters(context.viewer, context.now))
    async with context.acquire() as conn:
        context.stats.statements += 1
        began = perf_counter()
        data: bytes = await conn.fetchval(statement.text, *values)
        context.stats.database_seconds += perf_counter() - began
    return GraphQLResult(statement.response(data))


def _resolver_context(bound: BoundOperation, context: RequestContext) -> Context:
    request_info = RequestInfo(REQUEST_ID.get(), context.client_ip)
    acquire = _count_statements(context.acquire, context.stats)
    return Context(
        context.viewer, context.now, acquire, bound.tree.root, bound.arguments, context.services, request_info
    )


def _count_statements(acquire: Acquire, stats: RequestStats) -> Acquire:
    """The same connections, with their statements counted."""

    def log_query(query: LoggedQuery) -> None:
        stats.statements += 1
        stats.database_seconds += query.elapsed

    @asynccontextmanager
    async def counted() -> AsyncIterator[Connection]:
        async with acquire() as conn:
            conn.add_query_logger(log_query)
            try:
                yield conn
            finally:
                conn.remove_query_logger(log_query)

    return counted


async def wait_before_retry(error: Exception) -> None:
    """Waits before the only retry; raises the error again when it is not worth one."""
    if not is_database_unavailable(error):
        raise error
    structlog.get_logger().warning("retry", reason=type(error).__name__)
    await asyncio.sleep(RETRY_DELAY)
