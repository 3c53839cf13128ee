"""What a browser gets: the console and the explorer, each with the headers that keep it from doing anything else."""

import gzip
import hashlib
import re
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.http import content_negotiation

MEDIA_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
# The console draws with its own code alone: no other host, no inline code, no markup made from text.
CONSOLE_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
# The explorer's editor comes from another host, which its page names with a hash of each file; it makes markup.
CDN_URL = re.compile(r'"(https://[^"]+)" integrity="sha384-')
EXPLORER_POLICY = {name: sources for name, sources in CONSOLE_POLICY.items() if "trusted-types" not in name} | {
    "style-src-attr": "'unsafe-inline'",
    "font-src": "data:",
    "img-src": "'self' data:",
}
SECURITY_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable"}
REVALIDATE = {"Cache-Control": "no-cache"}
# Every path that the console has a view for.
SPA_ROUTES = ("/", "/sign-in", "/accounts/{account}", "/accounts/{account}/{view:path}")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; compressed once, not for each request."""

    body: bytes
    gzipped: bytes
    headers: Mapping[str, str]

    def response(self, request: Request) -> Response:
        request_headers = dict(request.headers.raw)
        if content_negotiation.matches_etag(request_headers, [(b"etag", self.headers["ETag"].encode())]):
            return Response(status_code=304, headers=self.headers)
        if not content_negotiation.accepts_gzip(request_headers):
            return Response(self.body, headers=self.headers)
        return Response(self.gzipped, headers={**self.headers, "Content-Encoding": "gzip"})


def create_asset(name: str, body: bytes, headers: Mapping[str, str]) -> Asset:
    base_headers = {
        "Content-Type": f"{MEDIA_TYPES[name.rpartition('.')[2]]}; charset=utf-8",
        "ETag": f'"{_digest(body)}"',
        "Vary": "Accept, Accept-Encoding",
    }
    return Asset(body, gzip.compress(body, 9, mtime=0), {**base_headers, **SECURITY_HEADERS, **headers})


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _policy_header(directives: Mapping[str, str]) -> Mapping[str, str]:
    return {"Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in directives.items())}


def explorer_policy(page: str) -> Mapping[str, str]:
    """The explorer's, with the files that its page takes from elsewhere, and only those."""
    urls = CDN_URL.findall(page)
    scripts = [url for url in urls if url.endswith(".js")]
    styles = [url for url in urls if url.endswith(".css")]
    return EXPLORER_POLICY | {
        "script-src": " ".join(["'self'", *scripts]),
        "style-src": " ".join(["'self'", *styles]),
    }


@dataclass(frozen=True, slots=True)
class ConsoleFiles:
    """The two pages and their files. A file's address holds a digest of them all: it is cached for good, and never
    met by those of another version.
    """

    console: Asset
    explorer: Asset
    files: Mapping[str, Asset]
    version: str

    def routes(self) -> Sequence[BaseRoute]:
        return [
            *(Route(path, self._console) for path in SPA_ROUTES),
            Route("/console/{version}/{name:path}", self._file),
        ]

    async def _console(self, request: Request) -> Response:
        return self.console.response(request)

    async def _file(self, request: Request) -> Response:
        asset = self.files.get(request.path_params["name"])
        if asset is None or request.path_params["version"] != self.version:
            return Response(status_code=404, headers=SECURITY_HEADERS)
        return asset.response(request)


@dataclass(frozen=True, slots=True)
class ExplorerForBrowsers:
    """The endpoint; for a browser that navigates to it, the explorer."""

    endpoint: ASGIApp
    explorer: Asset

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["method"] in ("GET", "HEAD") and not scope["query_string"]:
            request = Request(scope)
            if content_negotiation.prefers_html(dict(request.headers.raw)):
                return self.explorer.response(request)(scope, receive, send)
        return self.endpoint(scope, receive, send)


def _contents(directory: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """The path of every file beneath, as modules import each other by it, with its content."""
    for entry in directory.iterdir():
        if entry.is_dir():
            yield from _contents(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_bytes()


@cache
def load_console_files(*, demo: bool) -> ConsoleFiles:
    """`demo` says that one can sign in as somebody without an identity provider."""
    contents = dict(_contents(files("gateway").joinpath("console")))
    version = _digest(b"".join(contents[name] for name in sorted(contents)))

    def page(name: str) -> str:
        text = contents.pop(name).decode().replace('"/console/', f'"/console/{version}/')
        return text.replace('<html lang="en">', '<html lang="en" data-demo>') if demo else text

    console, explorer = page("index.html"), page("explorer/index.html")
    return ConsoleFiles(
        create_asset("index.html", console.encode(), {**REVALIDATE, **_policy_header(CONSOLE_POLICY)}),
        create_asset(
            "explorer/index.html", explorer.encode(), {**REVALIDATE, **_policy_header(explorer_policy(explorer))}
        ),
        {name: create_asset(name, body, IMMUTABLE) for name, body in contents.items()},
        version,
    )
