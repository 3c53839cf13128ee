"""GraphQL over HTTP: bytes in, negotiated bytes out."""

from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from db.clock import Clock
from gateway.answers import Answer, fault_answer, refusal
from gateway.auth import Authenticator, KeysUnavailable, Unauthenticated
from gateway.errors import Code
from gateway.operations import Asker, Operations, Question
from schema.context import Acquire

MAX_BODY = 1_048_576  # bytes
GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"

_STATUS = {
    Code.BAD_REQUEST: 400,
    Code.INVALID_OPERATION: 400,
    Code.BAD_VARIABLES: 400,
    Code.BAD_ARGUMENT: 400,
    Code.UNAUTHENTICATED: 401,
    Code.TIMEOUT: 504,
    Code.UNAVAILABLE: 503,
    Code.INTERNAL: 500,
}
# A well-formed request is a 200 in application/json whatever comes of it (GraphQL over HTTP, application/json).
_LENIENT = {Code.INVALID_OPERATION, Code.BAD_VARIABLES}


class BadRequest(Exception):
    """The status, and a sentence for the caller."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class GraphQLEndpoint:
    """`POST /graphql`, as an ASGI application."""

    def __init__(self, operations: Operations, authenticator: Authenticator, acquire: Acquire, clock: Clock) -> None:
        self._operations = operations
        self._authenticator = authenticator
        self._acquire = acquire
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except BadRequest as bad:
            response = _response(request, refusal(Code.BAD_REQUEST, str(bad)), bad.status)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets JSON
            response = _response(request, fault_answer(error))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        try:
            viewer = await self._authenticator.viewer(request.headers.get("authorization"))
        except Unauthenticated as reason:
            response = _response(request, refusal(Code.UNAUTHENTICATED, str(reason)))
            response.headers["www-authenticate"] = 'Bearer realm="licet"'
            return response
        except KeysUnavailable:
            return _response(request, refusal(Code.UNAVAILABLE, "Tokens can not be verified now. Try again."))
        question = _question(await _body(request))
        answer = await self._operations.answer(question, Asker(viewer, self._clock(), self._acquire))
        return _response(request, answer)


async def _body(request: Request) -> bytes:
    content_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if content_type.strip().lower() != JSON or charset not in ("", "utf-8", "utf8"):
        raise BadRequest(415, "The body must be JSON in UTF-8, with the header Content-Type: application/json.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise BadRequest(413, f"The body is larger than {MAX_BODY} bytes.")
    return bytes(body)


def _question(body: bytes) -> Question:
    try:
        given: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(400, "The body is not JSON.") from None
    if not isinstance(given, Mapping) or not isinstance(given.get("query"), str):
        raise BadRequest(400, 'The body must be a JSON object with the text of the operation as "query".')
    name, variables = given.get("operationName"), given.get("variables")
    if name is not None and not isinstance(name, str):
        raise BadRequest(400, '"operationName" must be a string.')
    if not isinstance(variables, Mapping | None):
        raise BadRequest(400, '"variables" must be an object.')
    if not isinstance(given.get("extensions"), Mapping | None):
        raise BadRequest(400, '"extensions" must be an object.')
    return Question(given["query"], name or None, variables or {})


def _response(request: Request, answer: Answer, status: int | None = None) -> Response:
    media_type = GRAPHQL_JSON if GRAPHQL_JSON in request.headers.get("accept", "") else JSON
    if status is None:
        status = 200 if answer.code is None else _STATUS[answer.code]
        if media_type == JSON and answer.code in _LENIENT:
            status = 200
    try:
        body = answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body)
    except TypeError:
        # More than 64 bits in an integer, or text that is no UTF-8: nothing the statements return.
        structlog.get_logger().exception("fault")
        return _response(request, refusal(Code.INTERNAL, "Internal error"))
    return Response(body, status, media_type=f"{media_type}; charset=utf-8")
