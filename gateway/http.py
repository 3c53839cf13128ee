"""GraphQL over HTTP: bytes in, negotiated bytes out."""

import asyncio
import hashlib
import zlib

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from db.clock import Clock
from gateway import negotiation, sent
from gateway.addresses import client_address
from gateway.answers import Answer, fault_answer, is_whole, refusal
from gateway.auth import Authenticator, Session, Unauthenticated
from gateway.errors import Code, Header, Rejected
from gateway.keys import KeysUnavailable
from gateway.negotiation import JSON, Headers
from gateway.operations import Asker, Operations, Question
from gateway.patience import NotArrived, Patience, Rounds
from gateway.persisted import PersistedOperations
from gateway.sent import Sent, bad_request
from gateway.telemetry import Run
from schema.context import Acquire, Means

MAX_PARAMETERS = 32_768  # bytes of a GET's; what is longer is for a POST
# A smaller answer travels in one packet or two anyway.
WORTH_PACKING = 2_048
# As long as this takes to pack, other requests would wait.
PACKED_ASIDE = 131_072

TELL_COST = b"x-licet-cost"

ALLOW: Header = (b"allow", b"GET, HEAD, OPTIONS, POST")
STATUS = {
    # As Apollo has it: the request was good, and is to be sent again with its text.
    Code.PERSISTED_QUERY_NOT_FOUND: 200,
    Code.PERSISTED_QUERY_NOT_SUPPORTED: 200,
    Code.BAD_REQUEST: 400,
    Code.INVALID_OPERATION: 400,
    Code.BAD_VARIABLES: 400,
    Code.BAD_ARGUMENT: 400,
    Code.LIMIT_EXCEEDED: 400,
    Code.TOO_COSTLY: 400,
    Code.UNAUTHENTICATED: 401,
    Code.OPERATION_NOT_TRUSTED: 403,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.RATE_LIMITED: 429,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.TIMEOUT: 504,
}
# A well-formed request is a 200 in application/json whatever comes of it (GraphQL over HTTP, application/json).
LENIENT = {Code.INVALID_OPERATION, Code.BAD_VARIABLES}
_SENT_WITH: dict[Code, tuple[Header, ...]] = {
    Code.UNAUTHENTICATED: ((b"www-authenticate", b'Bearer realm="licet"'),),
    Code.METHOD_NOT_ALLOWED: (ALLOW,),
    Code.UNAVAILABLE: ((b"retry-after", b"1"),),
}
# Where others may keep answers: each belongs to whoever asked, and to the way they asked.
_VARY: Header = (b"vary", b"accept, accept-encoding, authorization")
_FORGET: Header = (b"cache-control", b"no-store")
# To be shown again only when it is still true, which a tag tells.
_ASK_AGAIN: Header = (b"cache-control", b"private, no-cache")
_UNPREFLIGHTED = "A GET must carry the header apollo-require-preflight, so that no other site can send it."
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
        self._rounds = Rounds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await _send_empty(send, 204, [ALLOW])
            return
        headers = _by_name(scope["headers"])
        media_type = negotiation.media_type(headers)
        try:
            if media_type is None:
                raise bad_request(_NOT_ACCEPTABLE, 406)
            with Patience(self._seconds, self._rounds) as patience:
                answer = await self._answer(scope, headers, receive, patience)
        except Rejected as rejected:
            answer = refusal(rejected.code, rejected.sentence, rejected.status)
        except ClientDisconnect:
            return
        except NotArrived:
            answer = refusal(Code.BAD_REQUEST, "The request did not arrive in time.", 408)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets JSON
            answer = fault_answer(error)
        await _respond(scope, headers, send, answer, media_type or JSON)

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive, patience: Patience) -> Answer:
        safe = _is_safe(scope["method"])
        authorization = headers.get(b"authorization", b"").decode("latin-1")
        session = self._authenticator.remembered(authorization) or await self._session(authorization)
        request = _from_get(scope, headers) if safe else sent.from_body(await _body(headers, receive, self._largest))
        patience.listen(receive)
        question = Question(
            self._persisted.text(request),
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


def _from_get(scope: Scope, headers: Headers) -> Sent:
    if not negotiation.is_preflighted(headers):
        raise bad_request(_UNPREFLIGHTED)
    if len(scope["query_string"]) > MAX_PARAMETERS:
        raise bad_request(f"The parameters are longer than {MAX_PARAMETERS} bytes: send a POST.", 414)
    return sent.from_parameters(scope["query_string"])


async def _body(headers: Headers, receive: Receive, largest: int) -> bytes:
    if not negotiation.is_json(headers):
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


async def _respond(scope: Scope, asked: Headers, send: Send, answer: Answer, media_type: bytes) -> None:
    try:
        body = answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body)
    except TypeError as error:
        # More than 64 bits in an integer, or text that is no UTF-8: nothing the statements return.
        answer = fault_answer(error)
        body = orjson.dumps(answer.body)
    run: Run = scope["run"]
    run.code = answer.code
    headers = [(b"content-type", media_type + b"; charset=utf-8"), *answer.headers]
    if answer.code is not None:
        headers += _SENT_WITH.get(answer.code, ())
    if scope["method"] != "POST":
        kept_by = _kept_by(answer, body)
        if negotiation.is_known(asked, kept_by):
            await _send_empty(send, 304, kept_by)
            return
        headers += kept_by
    if len(body) >= WORTH_PACKING and negotiation.takes_gzip(asked):
        body = await asyncio.to_thread(_packed, body) if len(body) >= PACKED_ASIDE else _packed(body)
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": _status(answer, media_type), "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _kept_by(answer: Answer, body: bytes) -> list[Header]:
    """What tells whoever keeps answers to a GET: by which tag, or not at all."""
    if not answer.may_be_kept or answer.code is not None:
        return [_VARY, _FORGET]
    # Weak: it is the same answer, packed or not.
    return [_VARY, _ASK_AGAIN, (b"etag", b'W/"%s"' % hashlib.sha256(body).hexdigest()[:32].encode())]


def _packed(body: bytes) -> bytes:
    """As gzip.

    Nobody can guess at what is in an answer by its packed length (BREACH): that takes a browser that signs in requests
    of somebody else's page by itself, and here nothing but a bearer token signs in.
    """
    # Level 1: a tenth of the size for half of level 6's time.
    packer = zlib.compressobj(level=1, wbits=31)
    return packer.compress(body) + packer.flush()


def _status(answer: Answer, media_type: bytes) -> int:
    if answer.code is None or (media_type == JSON and answer.code in LENIENT):
        return 200
    return answer.status or STATUS[answer.code]


async def _send_empty(send: Send, status: int, headers: list[Header]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
