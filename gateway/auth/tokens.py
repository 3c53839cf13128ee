"""Bearer tokens: verified, their claims read strictly."""

import json
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt

from db.clock import Clock, system_clock
from db.tables.base import NOT_STORABLE
from gateway.auth.verification_keys import ALGORITHMS, KeySource, VerificationKey

MAX_TOKEN = 8192
MAX_SUBJECT, MAX_NAME, MAX_EMAIL = 255, 255, 320
MAX_NUMERIC_DATE = 253_402_300_799  # of the year 9999; NaN and infinity fail a comparison with it too
TOKEN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){2}")
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749, section 3.3
JWS = jwt.PyJWS(algorithms=ALGORITHMS, options={"verify_signature": True, "enforce_minimum_key_length": True})


class Unauthenticated(Exception):
    """There is no token, or no good one. The message may be told to the caller: it repeats nothing of what was sent."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. `name` may be the preferred_username; `expires_at` is in epoch seconds."""

    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None
    scopes: frozenset[str]
    expires_at: int


def bearer_token(authorization: str | None) -> str:
    """What an Authorization header has for a token. Raises Unauthenticated when it has none."""
    if not authorization:
        raise Unauthenticated("The Authorization header is missing.")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("The Authorization header must use the Bearer scheme.")
    return token.strip(" ")


def invalid_claim(claim: str) -> Unauthenticated:
    return Unauthenticated(f"The token's {claim} claim is missing or not valid.")


def string_claim(payload: Mapping[str, Any], claim: str, max_length: int) -> str | None:
    """None when it is absent or empty; `max_length` counts characters."""
    value = payload.get(claim, "")
    if not isinstance(value, str) or len(value) > max_length or NOT_STORABLE.search(value):
        raise invalid_claim(claim)
    return value or None


def list_claim(payload: Mapping[str, Any], claim: str, separator: str | None = None) -> list[str]:
    """Empty when it is absent; one string is a list of one, or of what stands between separators."""
    value = payload.get(claim, [])
    if isinstance(value, str):
        return value.split(separator) if separator else [value]
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise invalid_claim(claim)
    return value


def scopes_claim(payload: Mapping[str, Any]) -> frozenset[str]:
    claim = "scope" if "scope" in payload else "scp"
    scopes = frozenset(list_claim(payload, claim, " ")) - {""}
    if not all(SCOPE.fullmatch(scope) for scope in scopes):
        raise invalid_claim(claim)
    return scopes


def numeric_date_claim(payload: Mapping[str, Any], claim: str, default: float | None = None) -> float:
    """A NumericDate (RFC 7519, section 2): epoch seconds. A claim that may be absent has a default."""
    value = payload.get(claim, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_NUMERIC_DATE:
        raise invalid_claim(claim)
    return value


@dataclass(frozen=True, slots=True)
class TokenVerifier:
    """Checks tokens of one issuer for one audience; `algorithms` may narrow ALGORITHMS, not widen it (ValueError).

    `leeway` is for an issuer whose clock is ahead: it admits nbf and iat, and never prolongs exp.
    """

    issuer: str
    audience: str
    keys: KeySource
    algorithms: Collection[str] = ALGORITHMS
    leeway: timedelta = timedelta(seconds=30)
    clock: Clock = system_clock

    def __post_init__(self) -> None:
        if not self.algorithms or not set(self.algorithms) <= set(ALGORITHMS):
            raise ValueError(f"Algorithms must be some of {', '.join(ALGORITHMS)}.")
        if not self.issuer or not self.audience:
            raise ValueError("Issuer and audience must not be empty.")

    async def verify(self, token: str) -> Claims:
        """Raises Unauthenticated, and KeysUnavailable when there is no key to check with."""
        if len(token) > MAX_TOKEN or not TOKEN.fullmatch(token):
            raise Unauthenticated(f"The token is malformed, or longer than {MAX_TOKEN} characters.")
        header: dict[str, Any] = {}
        with suppress(jwt.PyJWTError):
            header = JWS.get_unverified_header(token)
        # A list, not a set: alg may be anything JSON has, also what can not be hashed.
        if header.get("alg") not in list(self.algorithms):
            raise Unauthenticated("The token is malformed, or signed with an algorithm that is not accepted.")
        key = await self.keys.key(header.get("kid"))
        if key is None:
            raise Unauthenticated("The token is signed with an unknown key.")
        return self._claims(self._signed_payload(token, key))

    def _signed_payload(self, token: str, key: VerificationKey) -> dict[str, Any]:
        payload = None
        # Suppressed and not chained: the library's errors hold parts of the token.
        with suppress(jwt.PyJWTError, TypeError, ValueError, RecursionError):
            allowed = [algorithm for algorithm in self.algorithms if algorithm in key.algorithms]
            payload = json.loads(JWS.decode(token, key.public, algorithms=allowed))
        if not isinstance(payload, dict):
            raise Unauthenticated("The token's signature is not valid.")
        return {claim: value for claim, value in payload.items() if value is not None}

    def _claims(self, payload: dict[str, Any]) -> Claims:
        if payload.get("iss") != self.issuer:
            raise Unauthenticated("The token is not from the issuer that is trusted here.")
        if self.audience not in list_claim(payload, "aud"):
            raise Unauthenticated("The token is meant for another audience.")
        expires_at = self._validate_expiry(payload)
        subject = string_claim(payload, "sub", MAX_SUBJECT)
        if subject is None:
            raise invalid_claim("sub")
        email_verified = payload.get("email_verified", False)
        if not isinstance(email_verified, bool):
            raise invalid_claim("email_verified")
        name = string_claim(payload, "name", MAX_NAME) or string_claim(payload, "preferred_username", MAX_NAME)
        email = string_claim(payload, "email", MAX_EMAIL)
        return Claims(self.issuer, subject, email, email_verified, name, scopes_claim(payload), expires_at)

    def _validate_expiry(self, payload: dict[str, Any]) -> int:
        now = self.clock().timestamp()
        expires_at = int(numeric_date_claim(payload, "exp"))
        if now >= expires_at:
            raise Unauthenticated("The token has expired.")
        if (
            max(numeric_date_claim(payload, "nbf", 0), numeric_date_claim(payload, "iat", 0))
            > now + self.leeway.total_seconds()
        ):
            raise Unauthenticated("The token is not valid yet.")
        return expires_at
