"""The errors of a request, drawn once.

refusal   an expected verdict of a mutation: `userErrors` in its payload, HTTP 200
request   the request can not be answered as it is: a Code, no data, HTTP 4xx
fault     everything else: INTERNAL and the request id, nothing more; the log has the trace
"""

from enum import StrEnum
from typing import Any

import asyncpg
from graphql import GraphQLError, Node

from db.pool import Busy

Header = tuple[bytes, bytes]


class Code(StrEnum):
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
_UNREACHABLE = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that broke in the middle of a statement, before its end is noticed
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
_FAULTS = {
    Code.TIMEOUT: "This took too long. Ask for less at once, or try again.",
    Code.UNAVAILABLE: "The database can not be reached. Try again.",
    Code.INTERNAL: "Internal error",
}


def is_gone(error: BaseException | None) -> bool:
    """The database is not there, or was not for long enough to answer."""
    too_late = isinstance(error, asyncpg.QueryCanceledError | TimeoutError)
    return isinstance(error, _UNREACHABLE) and not isinstance(error, ValueError) and not too_late


def fault(error: BaseException) -> tuple[Code, str]:
    """The code of a fault, and all that its caller may read of it."""
    if isinstance(error, Busy):
        return Code.UNAVAILABLE, "Too many requests wait for the database. Try again."
    code = Code.INTERNAL
    if isinstance(error, asyncpg.QueryCanceledError | asyncpg.LockNotAvailableError | TimeoutError):
        code = Code.TIMEOUT
    elif is_gone(error):
        code = Code.UNAVAILABLE
    return code, _FAULTS[code]


def request_error(code: Code, message: str, node: Node | None = None, **extensions: Any) -> GraphQLError:
    return GraphQLError(message, node, extensions={"code": code, **extensions})


class Rejected(Exception):
    """A request that comes to no operation. `status` says which, where the code has several."""

    def __init__(self, code: Code, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.status = code, sentence, status
