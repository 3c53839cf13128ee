"""What goes out: status, headers, compression, and what tells caches what they may keep."""

import asyncio
import hashlib
import zlib

import orjson
from starlette.types import Scope, Send

from gateway.http import content_negotiation
from gateway.http.content_negotiation import JSON, Headers
from gateway.operations.errors import ErrorCode, Header
from gateway.operations.result import GraphQLResult, unexpected_error_result
from gateway.telemetry.request_log import RequestStats

# A smaller response travels in one packet or two anyway.
GZIP_MIN_BYTES = 2_048
# Compressing more than this would block the event loop: do it in a thread.
GZIP_IN_THREAD_BYTES = 131_072
ALLOW: Header = (b"allow", b"GET, HEAD, OPTIONS, POST")
STATUS = {
    # As Apollo has it: the request was good, and is to be sent again with its text.
    ErrorCode.PERSISTED_QUERY_NOT_FOUND: 200,
    ErrorCode.PERSISTED_QUERY_NOT_SUPPORTED: 200,
    ErrorCode.BAD_REQUEST: 400,
    ErrorCode.INVALID_OPERATION: 400,
    ErrorCode.BAD_VARIABLES: 400,
    ErrorCode.BAD_ARGUMENT: 400,
    ErrorCode.LIMIT_EXCEEDED: 400,
    ErrorCode.TOO_COSTLY: 400,
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.OPERATION_NOT_TRUSTED: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.METHOD_NOT_ALLOWED: 405,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.INTERNAL: 500,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.TIMEOUT: 504,
}
# A well-formed request is a 200 in application/json whatever comes of it (GraphQL over HTTP, application/json).
STATUS_200_IN_LEGACY_JSON = {ErrorCode.INVALID_OPERATION, ErrorCode.BAD_VARIABLES}
_ERROR_HEADERS: dict[ErrorCode, tuple[Header, ...]] = {
    ErrorCode.UNAUTHENTICATED: ((b"www-authenticate", b'Bearer realm="licet"'),),
    ErrorCode.METHOD_NOT_ALLOWED: (ALLOW,),
    ErrorCode.UNAVAILABLE: ((b"retry-after", b"1"),),
}
# Shared caches must key on credentials and negotiated headers.
_VARY: Header = (b"vary", b"accept, accept-encoding, authorization")
_NO_STORE: Header = (b"cache-control", b"no-store")
# A cached response is used again only when its ETag still matches.
_REVALIDATE: Header = (b"cache-control", b"private, no-cache")


async def respond(scope: Scope, request_headers: Headers, send: Send, result: GraphQLResult, media_type: bytes) -> None:
    try:
        body = result.body if isinstance(result.body, bytes) else orjson.dumps(result.body)
    except TypeError as error:
        # More than 64 bits in an integer, or text that is no UTF-8: nothing the statements return.
        result = unexpected_error_result(error)
        body = orjson.dumps(result.body)
    stats: RequestStats = scope["stats"]
    stats.code = result.code
    headers = [(b"content-type", media_type + b"; charset=utf-8"), *result.headers]
    if result.code is not None:
        headers += _ERROR_HEADERS.get(result.code, ())
    if scope["method"] != "POST":
        cache_headers = _cache_headers(result, body)
        if content_negotiation.matches_etag(request_headers, cache_headers):
            await send_empty(send, 304, cache_headers)
            return
        headers += cache_headers
    if len(body) >= GZIP_MIN_BYTES and content_negotiation.accepts_gzip(request_headers):
        body = await asyncio.to_thread(_gzip, body) if len(body) >= GZIP_IN_THREAD_BYTES else _gzip(body)
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": _status(result, media_type), "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _cache_headers(result: GraphQLResult, body: bytes) -> list[Header]:
    """Whether a response to GET may be stored, and its ETag."""
    if not result.cacheable or result.code is not None:
        return [_VARY, _NO_STORE]
    # Weak: it is the same response, compressed or not.
    return [_VARY, _REVALIDATE, (b"etag", b'W/"%s"' % hashlib.sha256(body).hexdigest()[:32].encode())]


def _gzip(body: bytes) -> bytes:
    """The body, compressed.

    Nobody can guess at what is in an answer by its compressed length (BREACH): that takes a browser that signs in
    requests of somebody else's page by itself, and here nothing but a bearer token signs in.
    """
    # Level 1: a tenth of the size for half of level 6's time.
    compressor = zlib.compressobj(level=1, wbits=31)
    return compressor.compress(body) + compressor.flush()


def _status(result: GraphQLResult, media_type: bytes) -> int:
    if result.code is None or (media_type == JSON and result.code in STATUS_200_IN_LEGACY_JSON):
        return 200
    return result.status or STATUS[result.code]


async def send_empty(send: Send, status: int, headers: list[Header]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
