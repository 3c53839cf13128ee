"""CSRF: a request is taken only when a browser would have asked the service first, with a CORS preflight."""

from gateway.http.content_negotiation import READ, Headers, media_range

# What a page of anybody's may send without being asked by the browser whether it may (Fetch, CORS-safelisted).
SIMPLE_TYPES = frozenset({b"", b"application/x-www-form-urlencoded", b"multipart/form-data", b"text/plain"})
CSRF_MESSAGE = "A GET must carry the header apollo-require-preflight, so that no other site can send it."
PREFLIGHT_HEADERS = (b"apollo-require-preflight", b"x-apollo-operation-name")


def is_preflighted(headers: Headers) -> bool:
    """A browser would have asked first: no page of somebody else's can have sent this on a reader's behalf."""
    if any(headers.get(name) for name in PREFLIGHT_HEADERS):
        return True
    return media_range(headers.get(b"content-type", b"")[:READ])[0] not in SIMPLE_TYPES
