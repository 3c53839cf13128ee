"""What the headers of a request ask for: the type of the answer, its encoding, and whether it has changed."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from gateway.operations.errors import Header

GRAPHQL_JSON = b"application/graphql-response+json"
JSON = b"application/json"
UTF_8 = frozenset({b"", b"utf-8", b"utf8"})
MAX_HEADER_VALUE_BYTES = 1024  # what comes after is ignored
CACHE_SIZE = 256

Headers = Mapping[bytes, bytes]


@lru_cache(CACHE_SIZE)
def _negotiate_media_type(accept: bytes) -> bytes | None:
    ranges = [parse_media_range(entry) for entry in accept.split(b",") if entry.strip()] or [(b"*/*", True, 1.0)]
    weights = {name: weight for name, in_utf_8, weight in ranges if in_utf_8}
    wildcard_weight = weights.get(b"application/*", weights.get(b"*/*", 0.0))
    graphql_weight, json_weight = weights.get(GRAPHQL_JSON), weights.get(JSON, wildcard_weight)
    # application/json is what "*/*" gets: those who know the other type ask for it by name.
    if graphql_weight is not None and graphql_weight > 0 and graphql_weight >= json_weight:
        return GRAPHQL_JSON
    return JSON if json_weight > 0 else None


def negotiate_media_type(headers: Headers) -> bytes | None:
    """The type of the answer by Accept and its weights; None when the client takes neither."""
    return _negotiate_media_type(headers.get(b"accept", b"*/*")[:MAX_HEADER_VALUE_BYTES])


def prefers_html(headers: Headers) -> bool:
    """A person's browser: it names HTML, and nothing of ours that it wants more."""
    weights = {
        name: weight
        for name, _, weight in map(parse_media_range, headers.get(b"accept", b"")[:MAX_HEADER_VALUE_BYTES].split(b","))
    }
    html_weight = weights.get(b"text/html", 0.0)
    return html_weight > 0 and html_weight >= max(weights.get(GRAPHQL_JSON, 0.0), weights.get(JSON, 0.0))


def parse_media_range(text: bytes) -> tuple[bytes, bool, float]:
    """Of one entry of an Accept header: the type, whether UTF-8 will do, and the weight."""
    name, *parameters = (part.strip().lower() for part in text.split(b";"))
    values = dict(_parse_parameter(parameter) for parameter in parameters)
    return name, values.get(b"charset", b"") in UTF_8, _parse_weight(values.get(b"q", b"1"))


def _parse_parameter(parameter: bytes) -> tuple[bytes, bytes]:
    name, _, value = parameter.partition(b"=")
    return name.strip(), value.strip().strip(b'"')


def _parse_weight(text: bytes) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


@lru_cache(CACHE_SIZE)
def _is_json(content_type: bytes) -> bool:
    name, in_utf_8, _ = parse_media_range(content_type)
    return name == JSON and in_utf_8


def is_json(headers: Headers) -> bool:
    """The body is JSON in UTF-8, and not packed."""
    encoded = headers.get(b"content-encoding", b"identity").lower() != b"identity"
    return not encoded and _is_json(headers.get(b"content-type", b"")[:MAX_HEADER_VALUE_BYTES])


@lru_cache(CACHE_SIZE)
def _accepts_gzip(accept_encoding: bytes) -> bool:
    weights = {name: weight for name, _, weight in map(parse_media_range, accept_encoding.split(b","))}
    return weights.get(b"gzip", weights.get(b"*", 0.0)) > 0


def accepts_gzip(headers: Headers) -> bool:
    return _accepts_gzip(headers.get(b"accept-encoding", b"")[:MAX_HEADER_VALUE_BYTES])


def matches_etag(request_headers: Headers, response_headers: Iterable[Header]) -> bool:
    """If-None-Match names the ETag of these response headers: the client has the response already."""
    etag = dict(response_headers).get(b"etag")
    if etag is None or b"if-none-match" not in request_headers:
        return False
    if_none_match = request_headers[b"if-none-match"]
    return if_none_match.strip() == b"*" or any(
        _opaque_tag(candidate) == _opaque_tag(etag) for candidate in if_none_match.split(b",")
    )


def _opaque_tag(etag: bytes) -> bytes:
    # If-None-Match compares weakly: a strong tag and a weak one of the same text are the same.
    return etag.strip().removeprefix(b"W/")
