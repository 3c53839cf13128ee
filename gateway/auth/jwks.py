"""An issuer's key set (JWKS), fetched from a URL and cached."""

import asyncio
import ipaddress
import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from math import inf
from typing import Any

import httpx
import jwt
import orjson

from db.clock import Clock, system_clock
from gateway.auth.single_flight import SingleFlight
from gateway.auth.verification_keys import KEY_ERRORS, KeysUnavailable, VerificationKey, verification_key

FETCH_ERRORS = (httpx.HTTPError, httpx.StreamError, OSError, ValueError)

RequestHook = Callable[[httpx.Request], Awaitable[None]]


def parse_jwk(entry: Any) -> VerificationKey | None:
    """An entry of a key set (RFC 7517, section 4); None when nothing may be verified with it."""
    # RecursionError: what is wrong is told with the entry's own words, nested as they may be.
    with suppress(*KEY_ERRORS, RecursionError):
        if entry.get("use", "sig") == "sig" and "verify" in entry.get("key_ops", ["verify"]):
            # What the key is decides what it can do; its alg may only narrow that.
            return verification_key(jwt.PyJWK(entry | {"alg": None}).key, entry.get("alg"))
    return None


def parse_jwk_set(body: bytes) -> dict[str | None, VerificationKey]:
    """The usable keys by kid, the first of each. Raises ValueError when there is none."""
    # orjson, which bounds nesting by itself: what json takes follows from the stack, and so from Python's version.
    document = orjson.loads(body)
    entries = document.get("keys") if isinstance(document, dict) else None
    keys: dict[str | None, VerificationKey] = {}
    for entry in entries if isinstance(entries, list) else ():
        key = parse_jwk(entry)
        if key is not None and isinstance(kid := entry.get("kid"), str | None):
            keys.setdefault(kid, key)
    if not keys:
        raise ValueError("no usable key in the answer")
    return keys


@cache
def _ssl_context() -> ssl.SSLContext:
    """The trusted certificates: a tenth of a second to read, so once for every application in the process."""
    return httpx.create_ssl_context()


def is_https_or_loopback(url: str) -> bool:
    """True for https, and for http that does not leave this machine."""
    with suppress(httpx.InvalidURL, ValueError):
        # Parsed by the library that will fetch it: two parsers may disagree about the host.
        parsed = httpx.URL(url)
        if parsed.scheme == "https" or parsed.host == "localhost":
            return parsed.scheme in ("http", "https") and parsed.host != ""
        return parsed.scheme == "http" and ipaddress.ip_address(parsed.host).is_loopback
    return False


@dataclass(slots=True)
class JWKSClient:
    """An issuer's key set (JWKS), cached; periods are in seconds. Raises ValueError for a URL that is not safe.

    It is fetched when it is older than `ttl` or a kid is unknown, and never within `cooldown` of the last attempt:
    random kids make no traffic. While fetching fails the last set serves, until it is `max_stale` old.
    """

    url: str
    client: httpx.AsyncClient
    clock: Clock = system_clock
    ttl: float = 600
    cooldown: float = 5
    max_stale: float = 86_400
    timeout: float = 5
    max_bytes: int = 262_144
    failure: str | None = field(default=None, init=False)
    """Why the last fetch failed; None when it did not."""
    _keys: dict[str | None, VerificationKey] = field(default_factory=dict, init=False, repr=False)
    _fetched_at: float = field(default=-inf, init=False, repr=False)
    _attempted_at: float = field(default=-inf, init=False, repr=False)
    _flight: SingleFlight[None, None] = field(default_factory=SingleFlight, init=False, repr=False)

    def __post_init__(self) -> None:
        if not is_https_or_loopback(self.url):
            raise ValueError("The key set's URL must be https, or http on a loopback address.")

    @classmethod
    def create(cls, url: str, clock: Clock, hooks: Sequence[RequestHook]) -> "JWKSClient":
        """With an HTTP client of its own, which calls the hooks with each request."""
        client = httpx.AsyncClient(follow_redirects=False, verify=_ssl_context(), event_hooks={"request": [*hooks]})
        return cls(url, client, clock)

    async def key(self, kid: str | None) -> VerificationKey | None:
        if self._needs_refresh(kid):
            await self._flight.run(None, self._refresh)
        if self._now() - self._fetched_at >= self.max_stale:
            raise KeysUnavailable(f"The key set can not be fetched: {self.failure}")
        return self._find(kid)

    async def close(self) -> None:
        await self.client.aclose()

    def _now(self) -> float:
        return self.clock().timestamp()

    def _needs_refresh(self, kid: str | None) -> bool:
        # A clock that was set back makes ages negative: then fetch, rather than wait for it to catch up.
        stale = self._find(kid) is None or not 0 <= self._now() - self._fetched_at < self.ttl
        return stale and not 0 <= self._now() - self._attempted_at < self.cooldown

    def _find(self, kid: str | None) -> VerificationKey | None:
        """Without a kid only a set of one key is unambiguous."""
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid)

    async def _refresh(self) -> None:
        try:
            # The client's own limit is for each read: a server that drips bytes would hold us for ever.
            async with asyncio.timeout(self.timeout):
                self._keys = parse_jwk_set(await self._fetch())
            self._fetched_at, self.failure = self._now(), None
        except FETCH_ERRORS as error:
            self.failure = f"{type(error).__name__} {error}".strip()
        finally:
            self._attempted_at = self._now()

    async def _fetch(self) -> bytes:
        body = b""
        # No redirects (they may lead to http) and no encoding (few bytes may unpack to many).
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        async with self.client.stream("GET", self.url, headers=headers, follow_redirects=False) as response:
            if response.status_code != 200:
                raise ValueError(f"status {response.status_code}")
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > self.max_bytes:
                    raise ValueError(f"more than {self.max_bytes} bytes")
        return body
