"""From a question to its answer: parse, validate, select, run."""

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
from gateway.telemetry.request_log import Run
from schema.context import Acquire, Context, Means, Origin, Viewer, parameters
from schema.dsl.fields import declarations

# Characters of documents: what is remembered of each takes a hundred times its length and more.
REMEMBERED = 200_000
# Characters of SQL that are kept: a question of ordinary size has ten thousand.
STATEMENTS = 8_000_000
PAUSE = 0.2  # seconds; connections that broke are noticed at once, a server that takes over needs a moment


class Question(NamedTuple):
    """What a client sent."""

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = MappingProxyType({})
    read_only: bool = False
    """Of a GET: what it asks for must change nothing."""
    tell_cost: bool = False


class Asker(NamedTuple):
    """Who asks, when, over which connection, from where, and with what at hand."""

    viewer: Viewer
    now: datetime
    acquire: Acquire
    means: Means
    run: Run
    """Told what becomes known of the operation."""
    address: str | None = None

    @property
    def spender(self) -> Hashable:
        """Who pays for what is asked."""
        return self.viewer.user_id or self.viewer.subject


class Operations:
    """The operations that were asked before, as long as their documents are `REMEMBERED` characters together."""

    def __init__(self, schema: GraphQLSchema, rules: DocumentValidator, *, compiled: bool = True) -> None:
        self._schema = schema
        self._rules = rules
        self._declarations = declarations(schema) if compiled else None
        self._rate_limiter = RateLimiter(rules.limits)
        self._operations: LRUCache[tuple[str, str | None], PreparedOperation] = LRUCache(REMEMBERED)
        self._statements: StatementCache = LRUCache(STATEMENTS)
        self._kept: dict[tuple[str, str | None], PreparedOperation] = {}

    async def answer(self, question: Question, asker: Asker) -> GraphQLResult:
        run = asker.run
        bucket = self._rate_limiter.bucket(asker.spender)
        try:
            bucket.check()
            with bucket:
                check_variables(question.variables, self._rules.limits)
                operation = self.operation(question.query, question.operation_name)
                if question.read_only and not operation.is_query:
                    raise RequestError(ErrorCode.METHOD_NOT_ALLOWED, "A GET changes nothing: send mutations as POST.")
                run.operation = operation.loggable_name
                asked = operation.bind(question.variables, suggestions=self._rules.suggestions)
            run.cost = cost = asked.cost()
            available = bucket.consume(cost)
            with bucket:
                statement = asked.statement()
        except RequestError as error:
            return error_result(error)
        except GraphQLError as error:
            # What validation can not foresee and no rule named: a variable that is null in spite of its default.
            code = (error.extensions or {}).get("code", ErrorCode.BAD_VARIABLES)
            return error_result(RequestError(code, [error]))
        except RecursionError:
            return error_result(RequestError(ErrorCode.INVALID_OPERATION, "The document is nested too deeply."))
        run.prepared()
        answer = await self._run(asked, statement, question, asker)
        return with_extensions(answer, cost=bucket.as_extension(cost, available)) if question.tell_cost else answer

    def operation(self, text: str, name: str | None = None) -> PreparedOperation:
        """Parsed, validated and remembered. Raises RequestError."""
        key = (text, name)
        known = self._kept.get(key) or self._operations.get(key)
        if known is not None:
            return known
        operation = self._of(self._rules.parse_and_validate(self._schema, text), name)
        return self._operations.put(key, operation, len(text))

    def keep(self, text: str) -> None:
        """Plan the operations of a document now, and never forget them. Raises RequestError and GraphQLError."""
        document = self._rules.parse_and_validate(self._schema, text)
        names = operation_names(document)
        for name in names:
            operation = self._kept[text, name] = self._of(document, name)
            operation.plan()
        if len(names) == 1:
            self._kept[text, None] = operation

    def _of(self, document: DocumentNode, name: str | None) -> PreparedOperation:
        return PreparedOperation(self._schema, document, name, self._declarations, self._statements)

    async def _run(
        self, asked: BoundOperation, statement: CompiledStatement | None, question: Question, asker: Asker
    ) -> GraphQLResult:
        if not asked.operation.is_query:
            return await self._execute(asked, question, asker)
        try:
            return await self._read(asked, statement, question, asker)
        except Exception as error:  # noqa: BLE001 - raised again unless the database was gone
            await pause_after(error)
        return await self._read(asked, statement, question, asker)

    async def _read(
        self, asked: BoundOperation, statement: CompiledStatement | None, question: Question, asker: Asker
    ) -> GraphQLResult:
        """By one statement where the operation is made of declared fields only, by resolvers otherwise."""
        if statement is not None:
            try:
                return await _fetch(asked, statement, asker)
            except NON_NULL_VIOLATION:
                pass
        return await self._execute(asked, question, asker)

    async def _execute(self, asked: BoundOperation, question: Question, asker: Asker) -> GraphQLResult:
        """The reference path: Strawberry's resolvers, batched, run by graphql-core."""
        asker.run.via = "reference"
        async with _context(asked, asker) as context:
            result = execute(
                self._schema,
                asked.operation.document,
                context.root,
                context,
                dict(question.variables),
                question.operation_name,
            )
            finished = await result if isawaitable(result) else result
        asker.run.faults = len(finished.errors or ())
        return from_execution(finished, is_query=asked.operation.is_query)


async def _fetch(asked: BoundOperation, statement: CompiledStatement, asker: Asker) -> GraphQLResult:
    """The compiled path: one statement, whose result is the data as it goes out."""
    asker.run.via = "compiled"
    values = statement.values(asked.arguments, parameters(asker.viewer, asker.now))
    async with asker.acquire() as conn:
        asker.run.statements += 1
        began = perf_counter()
        found: bytes = await conn.fetchval(statement.text, *values)
        asker.run.database_seconds += perf_counter() - began
    return GraphQLResult(statement.response(found))


def _context(asked: BoundOperation, asker: Asker) -> Context:
    origin = Origin(REQUEST_ID.get(), asker.address)
    acquire = _counting(asker.acquire, asker.run)
    return Context(asker.viewer, asker.now, acquire, asked.tree.root, asked.arguments, asker.means, origin)


def _counting(acquire: Acquire, run: Run) -> Acquire:
    """The same connections; what is sent over them is counted."""

    def note(query: LoggedQuery) -> None:
        run.statements += 1
        run.database_seconds += query.elapsed

    @asynccontextmanager
    async def counted() -> AsyncIterator[Connection]:
        async with acquire() as conn:
            conn.add_query_logger(note)
            try:
                yield conn
            finally:
                conn.remove_query_logger(note)

    return counted


async def pause_after(error: Exception) -> None:
    """Returns when it is time for the second try; raises the error when there is none to be made."""
    if not is_database_unavailable(error):
        raise error
    structlog.get_logger().warning("retry", reason=type(error).__name__)
    await asyncio.sleep(PAUSE)
