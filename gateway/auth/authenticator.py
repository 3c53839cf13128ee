"""From an Authorization header to a viewer; sessions are cached by the digest of their token."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from db.clock import Clock
from gateway.auth.single_flight import SingleFlight
from gateway.auth.tokens import Claims, TokenVerifier, bearer_token
from gateway.lru_cache import LRUCache
from schema.context import Viewer

SERVICE_SCOPES = frozenset({"store:write", "reporting:read"})


@dataclass(frozen=True, slots=True)
class Session:
    """A viewer, and the epoch second at which the token behind it ends."""

    viewer: Viewer
    expires_at: int


class Authenticator:
    """Sessions by token, `max_sessions` of them cached. `register` turns the claims of a user into an id."""

    def __init__(
        self,
        verifier: TokenVerifier,
        upsert_user: Callable[[Claims], Awaitable[UUID]],
        clock: Clock,
        max_sessions: int = 10_000,
    ) -> None:
        self._verifier, self._upsert_user, self._clock = verifier, upsert_user, clock
        self._sessions: LRUCache[bytes, Session] = LRUCache(max_sessions)
        self._flights: SingleFlight[bytes, Session] = SingleFlight()

    async def session(self, authorization: str | None) -> Session:
        """Raises Unauthenticated, KeysUnavailable, and whatever `register` raises."""
        if authorization and (session := self.cached_session(authorization)):
            return session
        token, digest = bearer_token(authorization), _digest(authorization or "")
        return await self._flights.run(digest, lambda: self._sign_in(token, digest))

    def cached_session(self, authorization: str) -> Session | None:
        """The session of a token that was verified before and has not expired."""
        session = self._sessions.get(_digest(authorization))
        return session if session is not None and self._clock().timestamp() < session.expires_at else None

    async def _sign_in(self, token: str, digest: bytes) -> Session:
        claims = await self._verifier.verify(token)
        return self._sessions.put(digest, Session(await self._viewer(claims), claims.expires_at))

    async def _viewer(self, claims: Claims) -> Viewer:
        if claims.scopes & SERVICE_SCOPES and claims.email is None and claims.name is None:
            return Viewer(user_id=None, email=None, scopes=claims.scopes, subject=claims.subject)
        email = claims.email.lower() if claims.email is not None and claims.email_verified else None
        return Viewer(await self._upsert_user(claims), email, claims.scopes, claims.subject)


def _digest(authorization: str) -> bytes:
    """Memory that is dumped or swapped then shows nothing to sign in with."""
    return hashlib.sha256(authorization.encode(errors="surrogatepass")).digest()
