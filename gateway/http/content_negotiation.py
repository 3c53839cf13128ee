"""What the headers of a request ask for: the type of the answer, its encoding, and proof that a page may send it."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from gateway.operations.errors import Header

GRAPHQL_JSON = b"application/graphql-response+json"
JSON = b"application/json"
UTF_8 = frozenset({b"", b"utf-8", b"utf8"})
READ = 1024  # bytes of a header; what comes after is not looked at
KEPT = 256

Headers = Mapping[bytes, bytes]


@lru_cache(KEPT)
def _media_type(accept: bytes) -> bytes | None:
    ranges = [media_range(one) for one in accept.split(b",") if one.strip()] or [(b"*/*", True, 1.0)]
    weights = {name: weight for name, in_utf_8, weight in ranges if in_utf_8}
    anything = weights.get(b"application/*", weights.get(b"*/*", 0.0))
    modern, lenient = weights.get(GRAPHQL_JSON), weights.get(JSON, anything)
    # application/json is what "*/*" gets: those who know the other type ask for it by name.
    if modern is not None and modern > 0 and modern >= lenient:
        return GRAPHQL_JSON
    return JSON if lenient > 0 else None


def media_type(headers: Headers) -> bytes | None:
    """The type of the answer by Accept and its weights; None when the client takes neither."""
    return _media_type(headers.get(b"accept", b"*/*")[:READ])


def prefers_page(headers: Headers) -> bool:
    """A person's browser: it names HTML, and nothing of ours that it wants more."""
    weights = {name: weight for name, _, weight in map(media_range, headers.get(b"accept", b"")[:READ].split(b","))}
    page = weights.get(b"text/html", 0.0)
    return page > 0 and page >= max(weights.get(GRAPHQL_JSON, 0.0), weights.get(JSON, 0.0))


def media_range(text: bytes) -> tuple[bytes, bool, float]:
    """Of one entry of an Accept header: the type, whether UTF-8 will do, and the weight."""
    name, *parameters = (part.strip().lower() for part in text.split(b";"))
    given = dict(_pair(parameter) for parameter in parameters)
    return name, given.get(b"charset", b"") in UTF_8, _weight(given.get(b"q", b"1"))


def _pair(parameter: bytes) -> tuple[bytes, bytes]:
    name, _, value = parameter.partition(b"=")
    return name.strip(), value.strip().strip(b'"')


def _weight(text: bytes) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


@lru_cache(KEPT)
def _is_json(content_type: bytes) -> bool:
    name, in_utf_8, _ = media_range(content_type)
    return name == JSON and in_utf_8


def is_json(headers: Headers) -> bool:
    """The body is JSON in UTF-8, and not packed."""
    packed = headers.get(b"content-encoding", b"identity").lower() != b"identity"
    return not packed and _is_json(headers.get(b"content-type", b"")[:READ])


@lru_cache(KEPT)
def _takes_gzip(accept_encoding: bytes) -> bool:
    weights = {name: weight for name, _, weight in map(media_range, accept_encoding.split(b","))}
    return weights.get(b"gzip", weights.get(b"*", 0.0)) > 0


def takes_gzip(headers: Headers) -> bool:
    return _takes_gzip(headers.get(b"accept-encoding", b"")[:READ])


def is_known(asked: Headers, answered: Iterable[Header]) -> bool:
    """If-None-Match names the answer with these headers: the client has it already."""
    tag = dict(answered).get(b"etag")
    if tag is None or b"if-none-match" not in asked:
        return False
    names = asked[b"if-none-match"]
    return names.strip() == b"*" or any(_opaque(name) == _opaque(tag) for name in names.split(b","))


def _opaque(tag: bytes) -> bytes:
    # If-None-Match compares weakly: a strong tag and a weak one of the same text are the same.
    return tag.strip().removeprefix(b"W/")
