"""The errors of a request, drawn once.

refusal   an expected verdict of a mutation: `userErrors` in its payload, HTTP 200
request   the request can not be answered as it is: a RequestError, no data, HTTP 4xx
fault     everything else: INTERNAL and the request id, nothing more; the log has the trace
"""

from enum import StrEnum
from typing import Any

import asyncpg
from graphql import GraphQLError, Node

from db.pool import PoolExhausted

Header = tuple[bytes, bytes]


class ErrorCode(StrEnum):
    """`errors[].extensions.code`."""

    BAD_REQUEST = "BAD_REQUEST"
    """The body is not a GraphQL request in JSON."""
    INVALID_OPERATION = "INVALID_OPERATION"
    """The document does not parse or validate, or has no operation of that name."""
    BAD_VARIABLES = "BAD_VARIABLES"
    """A variable is missing or of another type than declared."""
    BAD_ARGUMENT = "BAD_ARGUMENT"
    """An argument is out of its bounds; `extensions.argument` names it."""
    UNAUTHENTICATED = "UNAUTHENTICATED"
    """There is no token, or no good one."""
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    """The document or its variables are larger than allowed; `extensions.limit` names how."""
    TOO_COSTLY = "TOO_COSTLY"
    """The operation may touch more rows than one operation may."""
    RATE_LIMITED = "RATE_LIMITED"
    """The viewer has asked for too much of late; Retry-After says when there will be enough."""
    NOT_FOUND = "NOT_FOUND"
    """There is nothing at this address."""
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    """The address does not take this method, or a GET asks for a mutation."""
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    """No operation is known by this identifier: send its text along, once."""
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    """Operations are not kept for clients here: send the text."""
    OPERATION_NOT_TRUSTED = "OPERATION_NOT_TRUSTED"
    """Only operations of the manifest are answered, and this is none."""
    TIMEOUT = "TIMEOUT"
    """The request took longer than it may; its statement is cancelled."""
    UNAVAILABLE = "UNAVAILABLE"
    """The database is busy or can not be reached, or the issuer's keys can not; worth another try."""
    INTERNAL = "INTERNAL"
    """A fault of ours; `extensions.requestId` finds it in the log."""


# What asyncpg raises when the server is gone, going, full or refusing; its own DataError, a ValueError, is a mistake.
_UNAVAILABLE_ERRORS = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that broke in the middle of a statement, before its end is noticed
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
_MESSAGES = {
    ErrorCode.TIMEOUT: "This took too long. Ask for less at once, or try again.",
    ErrorCode.UNAVAILABLE: "The database can not be reached. Try again.",
    ErrorCode.INTERNAL: "Internal error",
}


def is_database_unavailable(error: BaseException | None) -> bool:
    """The database is not there, or was not for long enough to answer."""
    timed_out = isinstance(error, asyncpg.QueryCanceledError | TimeoutError)
    return isinstance(error, _UNAVAILABLE_ERRORS) and not isinstance(error, ValueError) and not timed_out


def classify_exception(error: BaseException) -> tuple[ErrorCode, str]:
    """The code of a fault, and all that its caller may read of it."""
    if isinstance(error, PoolExhausted):
        return ErrorCode.UNAVAILABLE, "Too many requests wait for the database. Try again."
    code = ErrorCode.INTERNAL
    if isinstance(error, asyncpg.QueryCanceledError | asyncpg.LockNotAvailableError | TimeoutError):
        code = ErrorCode.TIMEOUT
    elif is_database_unavailable(error):
        code = ErrorCode.UNAVAILABLE
    return code, _MESSAGES[code]


def graphql_error(code: ErrorCode, message: str, node: Node | None = None, **extensions: Any) -> GraphQLError:
    return GraphQLError(message, node, extensions={"code": code, **extensions})


class RequestError(Exception):
    """The request is not executed: there is no data, and every error has the same code.

    `status` says which, where the code has several. A single error may be a message.
    """

    def __init__(
        self,
        code: ErrorCode,
        errors: str | list[GraphQLError],
        status: int | None = None,
        headers: tuple[Header, ...] = (),
    ) -> None:
        self.code, self.status, self.headers = code, status, headers
        self.errors = [graphql_error(code, errors)] if isinstance(errors, str) else errors
        super().__init__(code, *[error.message for error in self.errors])
