"""GraphQL over HTTP: bytes in, negotiated bytes out."""

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from db.clock import Clock
from gateway.auth.authenticator import Authenticator, Session
from gateway.auth.tokens import Unauthenticated
from gateway.auth.verification_keys import KeysUnavailable
from gateway.http import content_negotiation
from gateway.http.client_ip import client_ip
from gateway.http.content_negotiation import JSON, Headers
from gateway.http.csrf import CSRF_MESSAGE, is_preflighted
from gateway.http.deadline import BodyTimeout, DeadlineMonitor, RequestDeadline
from gateway.http.persisted_queries import PersistedOperations
from gateway.http.request import GraphQLRequest, bad_request, parse_body, parse_query_string
from gateway.http.response import ALLOW, respond, send_empty
from gateway.operations.errors import ErrorCode, Header, RequestError
from gateway.operations.executor import OperationExecutor, OperationRequest, RequestContext
from gateway.operations.result import GraphQLResult, error_result, is_complete, unexpected_error_result
from schema.context import Acquire, Services

MAX_QUERY_STRING_BYTES = 32_768  # what is longer is for a POST

COST_HEADER = b"x-licet-cost"

_UNSUPPORTED_MEDIA_TYPE = "The body must be JSON in UTF-8, with the header Content-Type: application/json."
_NOT_ACCEPTABLE = "The answer is application/graphql-response+json or application/json: allow one of them in Accept."


class GraphQLEndpoint:
    """`/graphql`, as an ASGI application. `timeout` is a request's, in seconds."""

    def __init__(
        self,
        executor: OperationExecutor,
        persisted: PersistedOperations,
        authenticator: Authenticator,
        acquire: Acquire,
        clock: Clock,
        services: Services,
        timeout: float,
        max_body_bytes: int,
    ) -> None:
        self._executor = executor
        self._persisted = persisted
        self._authenticator = authenticator
        self._acquire = acquire
        self._clock = clock
        self._services = services
        self._timeout = timeout
        self._max_body_bytes = max_body_bytes
        self._deadline_monitor = DeadlineMonitor()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await send_empty(send, 204, [ALLOW])
            return
        headers = _join_headers(scope["headers"])
        media_type = content_negotiation.negotiate_media_type(headers)
        try:
            if media_type is None:
                raise bad_request(_NOT_ACCEPTABLE, 406)
            with RequestDeadline(self._timeout, self._deadline_monitor) as deadline:
                result = await self._handle(scope, headers, receive, deadline)
        except RequestError as rejected:
            result = error_result(rejected)
        except ClientDisconnect:
            return
        except BodyTimeout:
            result = error_result(RequestError(ErrorCode.BAD_REQUEST, "The request did not arrive in time.", 408))
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets JSON
            result = unexpected_error_result(error)
        await respond(scope, headers, send, result, media_type or JSON)

    async def _handle(
        self, scope: Scope, headers: Headers, receive: Receive, deadline: RequestDeadline
    ) -> GraphQLResult:
        safe = _is_safe(scope["method"])
        authorization = headers.get(b"authorization", b"").decode("latin-1")
        session = self._authenticator.cached_session(authorization) or await self._authenticate(authorization)
        request = (
            _parse_get(scope, headers) if safe else parse_body(await _read_body(headers, receive, self._max_body_bytes))
        )
        deadline.watch_disconnect(receive)
        operation = OperationRequest(
            self._persisted.resolve(request),
            request.operation_name,
            request.variables,
            read_only=safe,
            include_cost=COST_HEADER in headers,
        )
        context = RequestContext(
            session.viewer, self._clock(), self._acquire, self._services, scope["stats"], client_ip(scope)
        )
        result = await self._executor.execute(operation, context)
        return result._replace(cacheable=is_complete(result)) if safe and request.query is None else result

    async def _authenticate(self, authorization: str) -> Session:
        try:
            return await self._authenticator.session(authorization)
        except Unauthenticated as error:
            raise RequestError(ErrorCode.UNAUTHENTICATED, str(error)) from error
        except KeysUnavailable as error:
            raise RequestError(ErrorCode.UNAVAILABLE, "Tokens can not be verified now. Try again.") from error


def _join_headers(fields: list[Header]) -> Headers:
    headers = dict(fields)
    if len(headers) == len(fields):
        return headers
    values: dict[bytes, list[bytes]] = {name: [] for name in headers}
    for name, value in fields:
        values[name].append(value)
    return {name: b", ".join(parts) for name, parts in values.items()}


def _is_safe(method: str) -> bool:
    """Whether the method promises to change nothing. Raises RequestError for one that is not served."""
    if method == "POST":
        return False
    if method in ("GET", "HEAD"):
        return True
    raise RequestError(ErrorCode.METHOD_NOT_ALLOWED, f"Send a POST, or a query with GET: {method} is not served here.")


def _parse_get(scope: Scope, headers: Headers) -> GraphQLRequest:
    if not is_preflighted(headers):
        raise bad_request(CSRF_MESSAGE)
    if len(scope["query_string"]) > MAX_QUERY_STRING_BYTES:
        raise bad_request(f"The parameters are longer than {MAX_QUERY_STRING_BYTES} bytes: send a POST.", 414)
    return parse_query_string(scope["query_string"])


async def _read_body(headers: Headers, receive: Receive, max_bytes: int) -> bytes:
    # CSRF: no other site's page can send application/json without a CORS preflight.
    if not content_negotiation.is_json(headers):
        raise bad_request(_UNSUPPORTED_MEDIA_TYPE, 415)
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body", False):
        body = await _read_rest(bytearray(body), receive, max_bytes)
    elif message["type"] == "http.disconnect":
        raise ClientDisconnect
    if len(body) > max_bytes:
        raise _too_large(max_bytes)
    return body


async def _read_rest(body: bytearray, receive: Receive, max_bytes: int) -> bytes:
    """The body whose beginning came in a piece of its own."""
    while len(body) <= max_bytes:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)
    raise _too_large(max_bytes)


def _too_large(max_bytes: int) -> RequestError:
    return bad_request(f"The body is larger than {max_bytes} bytes.", 413)
