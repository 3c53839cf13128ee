"""GraphQL over HTTP: bytes in, negotiated bytes out."""

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from db.clock import Clock
from gateway.auth.authenticator import Authenticator, Session
from gateway.auth.tokens import Unauthenticated
from gateway.auth.verification_keys import KeysUnavailable
from gateway.http import content_negotiation
from gateway.http.client_ip import client_address
from gateway.http.content_negotiation import JSON, Headers
from gateway.http.csrf import CSRF_MESSAGE, is_preflighted
from gateway.http.deadline import BodyTimeout, DeadlineMonitor, RequestDeadline
from gateway.http.persisted_queries import PersistedOperations
from gateway.http.request import GraphQLRequest, bad_request, parse_body, parse_query_string
from gateway.http.response import ALLOW, respond, send_empty
from gateway.operations.errors import Code, Header, Rejected
from gateway.operations.executor import Asker, Operations, Question
from gateway.operations.result import Answer, fault_answer, is_whole, refusal
from schema.context import Acquire, Means

MAX_QUERY_STRING_BYTES = 32_768  # what is longer is for a POST

TELL_COST = b"x-licet-cost"

_NO_JSON = "The body must be JSON in UTF-8, with the header Content-Type: application/json."
_NOT_ACCEPTABLE = "The answer is application/graphql-response+json or application/json: allow one of them in Accept."


class GraphQLEndpoint:
    """`/graphql`, as an ASGI application. `seconds` is how long a request may take, `largest` the bytes of a body."""

    def __init__(
        self,
        operations: Operations,
        persisted: PersistedOperations,
        authenticator: Authenticator,
        acquire: Acquire,
        clock: Clock,
        means: Means,
        seconds: float,
        largest: int,
    ) -> None:
        self._operations = operations
        self._persisted = persisted
        self._authenticator = authenticator
        self._acquire = acquire
        self._clock = clock
        self._means = means
        self._seconds = seconds
        self._largest = largest
        self._deadline_monitor = DeadlineMonitor()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await send_empty(send, 204, [ALLOW])
            return
        headers = _by_name(scope["headers"])
        media_type = content_negotiation.media_type(headers)
        try:
            if media_type is None:
                raise bad_request(_NOT_ACCEPTABLE, 406)
            with RequestDeadline(self._seconds, self._deadline_monitor) as deadline:
                answer = await self._answer(scope, headers, receive, deadline)
        except Rejected as rejected:
            answer = refusal(rejected.code, rejected.sentence, rejected.status)
        except ClientDisconnect:
            return
        except BodyTimeout:
            answer = refusal(Code.BAD_REQUEST, "The request did not arrive in time.", 408)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets JSON
            answer = fault_answer(error)
        await respond(scope, headers, send, answer, media_type or JSON)

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive, deadline: RequestDeadline) -> Answer:
        safe = _is_safe(scope["method"])
        authorization = headers.get(b"authorization", b"").decode("latin-1")
        session = self._authenticator.remembered(authorization) or await self._session(authorization)
        request = _from_get(scope, headers) if safe else parse_body(await _body(headers, receive, self._largest))
        deadline.watch_disconnect(receive)
        question = Question(
            self._persisted.resolve(request),
            request.operation_name,
            request.variables,
            read_only=safe,
            tell_cost=TELL_COST in headers,
        )
        asker = Asker(session.viewer, self._clock(), self._acquire, self._means, scope["run"], client_address(scope))
        answer = await self._operations.answer(question, asker)
        return answer._replace(may_be_kept=is_whole(answer)) if safe and request.query is None else answer

    async def _session(self, authorization: str) -> Session:
        try:
            return await self._authenticator.session(authorization)
        except Unauthenticated as reason:
            raise Rejected(Code.UNAUTHENTICATED, str(reason)) from reason
        except KeysUnavailable as reason:
            raise Rejected(Code.UNAVAILABLE, "Tokens can not be verified now. Try again.") from reason


def _by_name(lines: list[Header]) -> Headers:
    headers = dict(lines)
    if len(headers) == len(lines):
        return headers
    values: dict[bytes, list[bytes]] = {name: [] for name in headers}
    for name, value in lines:
        values[name].append(value)
    return {name: b", ".join(together) for name, together in values.items()}


def _is_safe(method: str) -> bool:
    """Whether the method promises to change nothing. Raises Rejected for one that is not served."""
    if method == "POST":
        return False
    if method in ("GET", "HEAD"):
        return True
    raise Rejected(Code.METHOD_NOT_ALLOWED, f"Send a POST, or a query with GET: {method} is not served here.")


def _from_get(scope: Scope, headers: Headers) -> GraphQLRequest:
    if not is_preflighted(headers):
        raise bad_request(CSRF_MESSAGE)
    if len(scope["query_string"]) > MAX_QUERY_STRING_BYTES:
        raise bad_request(f"The parameters are longer than {MAX_QUERY_STRING_BYTES} bytes: send a POST.", 414)
    return parse_query_string(scope["query_string"])


async def _body(headers: Headers, receive: Receive, largest: int) -> bytes:
    if not content_negotiation.is_json(headers):
        raise bad_request(_NO_JSON, 415)
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body", False):
        body = await _rest(bytearray(body), receive, largest)
    elif message["type"] == "http.disconnect":
        raise ClientDisconnect
    if len(body) > largest:
        raise _too_large(largest)
    return body


async def _rest(body: bytearray, receive: Receive, largest: int) -> bytes:
    """The body whose beginning came in a piece of its own."""
    while len(body) <= largest:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)
    raise _too_large(largest)


def _too_large(largest: int) -> Rejected:
    return bad_request(f"The body is larger than {largest} bytes.", 413)
