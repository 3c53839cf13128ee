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
ELSEWHERE = re.compile(r'"(https://[^"]+)" integrity="sha384-')
EXPLORER_POLICY = {name: sources for name, sources in CONSOLE_POLICY.items() if "trusted-types" not in name} | {
    "style-src-attr": "'unsafe-inline'",
    "font-src": "data:",
    "img-src": "'self' data:",
}
GUARDS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
ASK_AGAIN = {"Cache-Control": "no-cache"}
# Every address that the console gives a view.
VIEWS = ("/", "/sign-in", "/accounts/{account}", "/accounts/{account}/{view:path}")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; packed once, and not for each request."""

    body: bytes
    packed: bytes
    headers: Mapping[str, str]

    def response(self, request: Request) -> Response:
        asked = dict(request.headers.raw)
        if content_negotiation.matches_etag(asked, [(b"etag", self.headers["ETag"].encode())]):
            return Response(status_code=304, headers=self.headers)
        if not content_negotiation.accepts_gzip(asked):
            return Response(self.body, headers=self.headers)
        return Response(self.packed, headers={**self.headers, "Content-Encoding": "gzip"})


def asset(name: str, body: bytes, headers: Mapping[str, str]) -> Asset:
    known = {
        "Content-Type": f"{MEDIA_TYPES[name.rpartition('.')[2]]}; charset=utf-8",
        "ETag": f'"{_digest(body)}"',
        "Vary": "Accept, Accept-Encoding",
    }
    return Asset(body, gzip.compress(body, 9, mtime=0), {**known, **GUARDS, **headers})


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _policy(directives: Mapping[str, str]) -> Mapping[str, str]:
    return {"Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in directives.items())}


def explorer_policy(page: str) -> Mapping[str, str]:
    """The explorer's, with the files that its page takes from elsewhere, and only those."""
    named = ELSEWHERE.findall(page)
    scripts = [url for url in named if url.endswith(".js")]
    styles = [url for url in named if url.endswith(".css")]
    return EXPLORER_POLICY | {
        "script-src": " ".join(["'self'", *scripts]),
        "style-src": " ".join(["'self'", *styles]),
    }


@dataclass(frozen=True, slots=True)
class Pages:
    """The two pages and their files. A file's address holds a digest of them all: it is cached for good, and never
    met by those of another version.
    """

    console: Asset
    explorer: Asset
    files: Mapping[str, Asset]
    version: str

    def routes(self) -> Sequence[BaseRoute]:
        return [
            *(Route(path, self._console) for path in VIEWS),
            Route("/console/{version}/{name:path}", self._file),
        ]

    async def _console(self, request: Request) -> Response:
        return self.console.response(request)

    async def _file(self, request: Request) -> Response:
        found = self.files.get(request.path_params["name"])
        if found is None or request.path_params["version"] != self.version:
            return Response(status_code=404, headers=GUARDS)
        return found.response(request)


@dataclass(frozen=True, slots=True)
class ForPeople:
    """The endpoint; to a person's browser that is pointed at it, the explorer."""

    endpoint: ASGIApp
    explorer: Asset

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["method"] in ("GET", "HEAD") and not scope["query_string"]:
            request = Request(scope)
            if content_negotiation.prefers_html(dict(request.headers.raw)):
                return self.explorer.response(request)(scope, receive, send)
        return self.endpoint(scope, receive, send)


def _contents(directory: Traversable, within: str = "") -> Iterator[tuple[str, bytes]]:
    """The path of every file beneath, as modules import each other by it, with its content."""
    for entry in directory.iterdir():
        if entry.is_dir():
            yield from _contents(entry, f"{within}{entry.name}/")
        else:
            yield f"{within}{entry.name}", entry.read_bytes()


@cache
def pages(*, demo: bool) -> Pages:
    """`demo` says that one can sign in as somebody without an identity provider."""
    contents = dict(_contents(files("gateway").joinpath("console")))
    version = _digest(b"".join(contents[name] for name in sorted(contents)))

    def page(name: str) -> str:
        text = contents.pop(name).decode().replace('"/console/', f'"/console/{version}/')
        return text.replace('<html lang="en">', '<html lang="en" data-demo>') if demo else text

    console, explorer = page("index.html"), page("explorer/index.html")
    return Pages(
        asset("index.html", console.encode(), {**ASK_AGAIN, **_policy(CONSOLE_POLICY)}),
        asset("explorer/index.html", explorer.encode(), {**ASK_AGAIN, **_policy(explorer_policy(explorer))}),
        {name: asset(name, body, FOREVER) for name, body in contents.items()},
        version,
    )
