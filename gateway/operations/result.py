"""What goes back: data, or errors as far as the caller may know them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
import structlog
from graphql import ExecutionResult, GraphQLError

from db.pool import Busy
from gateway.operations.errors import Code, Header, fault, is_gone, request_error
from gateway.telemetry.logging import REQUEST_ID

MESSAGE = 400  # characters


class Answer(NamedTuple):
    """`body` is the JSON itself where the database wrote it. `code` is set when nothing could be answered at all.

    `status` says which, where the code has several. What `may_be_kept` is still true when asking again gives the same.
    """

    body: Mapping[str, Any] | bytes
    code: Code | None = None
    status: int | None = None
    headers: tuple[Header, ...] = ()
    may_be_kept: bool = False


class Invalid(Exception):
    """A question that can not be answered as it is."""

    def __init__(self, code: Code, errors: list[GraphQLError], headers: tuple[Header, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors
        self.headers = headers


def unanswerable(sentence: str) -> Invalid:
    return Invalid(Code.INVALID_OPERATION, [GraphQLError(sentence)])


def refuse(code: Code, errors: list[GraphQLError], headers: tuple[Header, ...] = ()) -> Answer:
    """A request error: no data, the same code on every error."""
    return Answer({"errors": [_told(code, error) for error in errors]}, code, headers=headers)


def refusal(code: Code, sentence: str, status: int | None = None) -> Answer:
    return refuse(code, [request_error(code, sentence)])._replace(status=status)


def fault_answer(error: Exception) -> Answer:
    """What is told of a fault that no field is to blame for. It is logged."""
    code, sentence = fault(error)
    if isinstance(error, Busy | TimeoutError):
        # There are as many of these as clients too many, and a trace tells nothing of the others.
        structlog.get_logger().warning("overload", code=code)
    else:
        structlog.get_logger().exception("fault", code=code)
    return refuse(code, [request_error(code, sentence, requestId=REQUEST_ID.get())])


def is_whole(answer: Answer) -> bool:
    return isinstance(answer.body, bytes) or "errors" not in answer.body


def executed(result: ExecutionResult, *, is_query: bool) -> Answer:
    """Raises what took the database away, when that left nothing to tell: all of a query, or all of its changes."""
    if not result.errors:
        return Answer({"data": result.data})
    gone = next((cause for cause in map(_cause, result.errors) if isinstance(cause, Busy) or is_gone(cause)), None)
    if gone is not None and (is_query or not any((result.data or {}).values())):
        raise gone
    return Answer({"data": result.data, "errors": [_masked(error) for error in result.errors]})


def with_extensions(answer: Answer, **extensions: Any) -> Answer:
    """Data and what is told about it."""
    if isinstance(answer.body, bytes):
        return answer._replace(body=answer.body[:-1] + b',"extensions":' + orjson.dumps(extensions) + b"}")
    return answer._replace(body={**answer.body, "extensions": extensions})


def _told(code: Code, error: GraphQLError) -> dict[str, Any]:
    message = error.message
    if len(message) > MESSAGE:
        # It quotes what was sent, which is not worth sending back.
        message = message[:MESSAGE] + "…"
    return {**error.formatted, "message": message, "extensions": {**(error.extensions or {}), "code": code}}


def _masked(error: GraphQLError) -> dict[str, Any]:
    """What the caller may know of a fault: where, what kind, and the id under which the log tells the rest."""
    cause = _cause(error)
    code, sentence = fault(cause)
    structlog.get_logger().error("fault", path=error.path, code=code, exc_info=cause)
    shown = {key: value for key, value in error.formatted.items() if key in ("locations", "path")}
    return {"message": sentence, **shown, "extensions": {"code": code, "requestId": REQUEST_ID.get()}}


def _cause(error: GraphQLError) -> Exception:
    return error.original_error or error
