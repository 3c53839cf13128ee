"""What goes back: data, or errors as far as the caller may know them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
import structlog
from graphql import ExecutionResult, GraphQLError

from db.pool import PoolExhausted
from gateway.operations.errors import (
    ErrorCode,
    Header,
    RequestError,
    classify_exception,
    graphql_error,
    is_database_unavailable,
)
from gateway.telemetry.logging import REQUEST_ID

MAX_MESSAGE = 400  # characters


class GraphQLResult(NamedTuple):
    """`body` is the JSON itself where the database wrote it. `code` is set when nothing could be answered at all.

    `status` says which, where the code has several. `cacheable`: it may be stored and revalidated by ETag.
    """

    body: Mapping[str, Any] | bytes
    code: ErrorCode | None = None
    status: int | None = None
    headers: tuple[Header, ...] = ()
    cacheable: bool = False


def invalid_operation(message: str) -> RequestError:
    return RequestError(ErrorCode.INVALID_OPERATION, message)


def error_result(error: RequestError) -> GraphQLResult:
    errors = [_format_error(error.code, each) for each in error.errors]
    return GraphQLResult({"errors": errors}, error.code, error.status, error.headers)


def unexpected_error_result(error: Exception) -> GraphQLResult:
    """The result of an exception outside of any field, which is logged."""
    code, message = classify_exception(error)
    if isinstance(error, PoolExhausted | TimeoutError):
        # There are as many of these as clients too many, and a trace tells nothing of the others.
        structlog.get_logger().warning("overload", code=code)
    else:
        structlog.get_logger().exception("fault", code=code)
    return error_result(RequestError(code, [graphql_error(code, message, requestId=REQUEST_ID.get())]))


def is_complete(result: GraphQLResult) -> bool:
    return isinstance(result.body, bytes) or "errors" not in result.body


def from_execution(result: ExecutionResult, *, is_query: bool) -> GraphQLResult:
    """Raises what took the database away, when that left nothing to tell: all of a query, or all of its changes."""
    if not result.errors:
        return GraphQLResult({"data": result.data})
    unavailable = next(
        (
            cause
            for cause in map(_cause, result.errors)
            if isinstance(cause, PoolExhausted) or is_database_unavailable(cause)
        ),
        None,
    )
    if unavailable is not None and (is_query or not any((result.data or {}).values())):
        raise unavailable
    return GraphQLResult({"data": result.data, "errors": [_mask_error(error) for error in result.errors]})


def with_extensions(result: GraphQLResult, **extensions: Any) -> GraphQLResult:
    """With `extensions`; the result must have data."""
    if isinstance(result.body, bytes):
        return result._replace(body=result.body[:-1] + b',"extensions":' + orjson.dumps(extensions) + b"}")
    return result._replace(body={**result.body, "extensions": extensions})


def _format_error(code: ErrorCode, error: GraphQLError) -> dict[str, Any]:
    message = error.message
    if len(message) > MAX_MESSAGE:
        # It quotes what was sent, which is not worth sending back.
        message = message[:MAX_MESSAGE] + "…"
    return {**error.formatted, "message": message, "extensions": {**(error.extensions or {}), "code": code}}


def _mask_error(error: GraphQLError) -> dict[str, Any]:
    """What the caller may know of a fault: where, what kind, and the id under which the log tells the rest."""
    cause = _cause(error)
    code, message = classify_exception(cause)
    structlog.get_logger().error("fault", path=error.path, code=code, exc_info=cause)
    location = {key: value for key, value in error.formatted.items() if key in ("locations", "path")}
    return {"message": message, **location, "extensions": {"code": code, "requestId": REQUEST_ID.get()}}


def _cause(error: GraphQLError) -> Exception:
    return error.original_error or error
