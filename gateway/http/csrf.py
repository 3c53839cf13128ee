"""CSRF: a request is taken only when a browser would have asked the service first, with a CORS preflight."""

from gateway.http.content_negotiation import MAX_HEADER_VALUE_BYTES, Headers, parse_media_range

# Content types that any site's page may send without a CORS preflight (Fetch: CORS-safelisted request-header).
CORS_SAFELISTED_TYPES = frozenset({b"", b"application/x-www-form-urlencoded", b"multipart/form-data", b"text/plain"})
CSRF_MESSAGE = "A GET must carry the header apollo-require-preflight, so that no other site can send it."
CSRF_HEADERS = (b"apollo-require-preflight", b"x-apollo-operation-name")


def is_preflighted(headers: Headers) -> bool:
    """A browser would have sent a preflight first, so no other site's page can have sent this for its visitor."""
    if any(headers.get(name) for name in CSRF_HEADERS):
        return True
    return parse_media_range(headers.get(b"content-type", b"")[:MAX_HEADER_VALUE_BYTES])[0] not in CORS_SAFELISTED_TYPES
