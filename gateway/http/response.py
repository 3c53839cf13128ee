"""What goes out: status, headers, compression, and what tells caches what they may keep."""

import asyncio
import hashlib
import zlib

import orjson
from starlette.types import Scope, Send

from gateway.http import content_negotiation
from gateway.http.content_negotiation import JSON, Headers
from gateway.operations.errors import Code, Header
from gateway.operations.result import Answer, fault_answer
from gateway.telemetry.request_log import Run

# A smaller answer travels in one packet or two anyway.
WORTH_PACKING = 2_048
# As long as this takes to pack, other requests would wait.
PACKED_ASIDE = 131_072
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


async def respond(scope: Scope, asked: Headers, send: Send, answer: Answer, media_type: bytes) -> None:
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
        if content_negotiation.is_known(asked, kept_by):
            await send_empty(send, 304, kept_by)
            return
        headers += kept_by
    if len(body) >= WORTH_PACKING and content_negotiation.takes_gzip(asked):
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


async def send_empty(send: Send, status: int, headers: list[Header]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
