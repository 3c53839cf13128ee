"""The public keys that tokens are checked with: one from a PEM, or an issuer's key set behind a URL."""

import asyncio
import ipaddress
import json
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from typing import Any, Generic, Protocol, TypeVar

import httpx
import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from db.clock import Clock, system_clock

RSA_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
CURVE_ALGORITHMS = {"secp256r1": ("ES256",), "secp384r1": ("ES384",), "secp521r1": ("ES512",)}
ALGORITHMS = ("ES256", "ES384", "ES512", "EdDSA", *RSA_ALGORITHMS)
BAD_KEY = (jwt.PyJWTError, UnsupportedAlgorithm, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
FAILED_FETCH = (httpx.HTTPError, httpx.StreamError, OSError, ValueError, RecursionError)

K = TypeVar("K")
V = TypeVar("V")
PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey


class KeysUnavailable(Exception):
    """The key set can not be fetched and no recent one is known: no token can be checked now."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key and the only algorithms it may verify."""

    public: PublicKey
    algorithms: tuple[str, ...]


class KeySource(Protocol):
    async def key(self, kid: str | None, /) -> VerificationKey | None:
        """None when no key has that id. Raises KeysUnavailable when no key is known at all."""


class SingleFlight(Generic[K, V]):
    """One call per key at a time; whoever asks meanwhile gets its outcome."""

    def __init__(self) -> None:
        self._running: dict[K, asyncio.Task[V]] = {}

    async def run(self, key: K, call: Callable[[], Coroutine[Any, Any, V]]) -> V:
        if key not in self._running:
            self._running[key] = asyncio.create_task(call())
            self._running[key].add_done_callback(lambda done: self._land(key, done))
        # A caller who hangs up must not end the call for those who wait beside it.
        return await asyncio.shield(self._running[key])

    def _land(self, key: K, done: asyncio.Task[V]) -> None:
        del self._running[key]
        if not done.cancelled():
            done.exception()  # looked at, or asyncio reports a failure that nobody waited for


def fitting_algorithms(public: object) -> tuple[str, ...]:
    """Empty for private and symmetric keys, RSA under 2048 bits, and types that verify nothing here."""
    if isinstance(public, RSAPublicKey):
        return RSA_ALGORITHMS if public.key_size >= 2048 else ()
    if isinstance(public, EllipticCurvePublicKey):
        return CURVE_ALGORITHMS.get(public.curve.name, ())
    return ("EdDSA",) if isinstance(public, Ed25519PublicKey) else ()


def verification_key(public: object, algorithm: str | None = None) -> VerificationKey | None:
    """`algorithm` is the one its publisher reserves the key for; None is any that fits."""
    algorithms = tuple(fitting for fitting in fitting_algorithms(public) if algorithm in (None, fitting))
    return VerificationKey(public, algorithms) if algorithms and isinstance(public, PublicKey) else None


def published_key(entry: Any) -> VerificationKey | None:
    """An entry of a key set (RFC 7517, section 4); None when nothing may be verified with it."""
    with suppress(*BAD_KEY):
        if entry.get("use", "sig") == "sig" and "verify" in entry.get("key_ops", ["verify"]):
            # What the key is decides what it can do; its alg may only narrow that.
            return verification_key(jwt.PyJWK(entry | {"alg": None}).key, entry.get("alg"))
    return None


def parse_key_set(body: bytes) -> dict[str | None, VerificationKey]:
    """The usable keys by kid, the first of each. Raises ValueError when there is none."""
    document = json.loads(body)
    entries = document.get("keys") if isinstance(document, dict) else None
    found: dict[str | None, VerificationKey] = {}
    for entry in entries if isinstance(entries, list) else ():
        key = published_key(entry)
        if key is not None and isinstance(kid := entry.get("kid"), str | None):
            found.setdefault(kid, key)
    if not found:
        raise ValueError("no usable key in the answer")
    return found


class StaticKey:
    """One public key; the kid of a token is not looked at."""

    def __init__(self, pem: str) -> None:
        """Raises ValueError when the PEM is no public key that can verify a token."""
        key = None
        with suppress(*BAD_KEY):
            key = verification_key(load_pem_public_key(pem.encode()))
        if key is None:
            raise ValueError("The key must be a public RSA (2048 bits or more), EC or Ed25519 key in PEM form.")
        self._key = key

    async def key(self, _kid: str | None, /) -> VerificationKey | None:
        return self._key


def is_safe_way(url: str) -> bool:
    """True for https, and for http that does not leave this machine."""
    with suppress(httpx.InvalidURL, ValueError):
        # Parsed by the library that will fetch it: two parsers may disagree about the host.
        parsed = httpx.URL(url)
        if parsed.scheme == "https" or parsed.host == "localhost":
            return parsed.scheme in ("http", "https") and parsed.host != ""
        return parsed.scheme == "http" and ipaddress.ip_address(parsed.host).is_loopback
    return False


@dataclass(slots=True)
class KeySetUrl:
    """An issuer's published key set (JWKS), kept; periods are in seconds. Raises ValueError for a URL that is not safe.

    It is fetched when it is older than `ttl` or a kid is unknown, and never within `pause` of the last attempt: random
    kids are no way to make traffic. While fetching fails the last set serves, until it is `max_stale` old.
    """

    url: str
    client: httpx.AsyncClient
    clock: Clock = system_clock
    ttl: float = 600
    pause: float = 5
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
        if not is_safe_way(self.url):
            raise ValueError("The key set's URL must be https, or http on a loopback address.")

    async def key(self, kid: str | None) -> VerificationKey | None:
        if self._is_due(kid):
            await self._flight.run(None, self._refresh)
        if self._now() - self._fetched_at >= self.max_stale:
            raise KeysUnavailable(f"The key set can not be fetched: {self.failure}")
        return self._find(kid)

    def _now(self) -> float:
        return self.clock().timestamp()

    def _is_due(self, kid: str | None) -> bool:
        # A clock that was set back makes ages negative: then fetch, rather than wait for it to catch up.
        wanted = self._find(kid) is None or not 0 <= self._now() - self._fetched_at < self.ttl
        return wanted and not 0 <= self._now() - self._attempted_at < self.pause

    def _find(self, kid: str | None) -> VerificationKey | None:
        """Without a kid only a set of one key is unambiguous."""
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid)

    async def _refresh(self) -> None:
        try:
            # The client's own limit is for each read: a server that drips bytes would hold us for ever.
            async with asyncio.timeout(self.timeout):
                self._keys = parse_key_set(await self._fetch())
            self._fetched_at, self.failure = self._now(), None
        except FAILED_FETCH as error:
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
