"""Tokens issued by the demo, and by tests."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import jwt


def issue_token(
    private_key_pem: str,
    *,
    issuer: str,
    audience: str,
    subject: str,
    now: datetime,
    lifetime: timedelta,
    email: str | None = None,
    name: str | None = None,
    scopes: Collection[str] = (),
    kid: str | None = None,
    algorithm: str = "ES256",
) -> str:
    """A signed token, good from `now` on; an e-mail goes in as verified. Claims that are None are left out."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": audience,
        "sub": subject,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "email": email,
        "email_verified": None if email is None else True,
        "name": name,
        "scope": " ".join(sorted(scopes)) or None,
    }
    present = {claim: value for claim, value in claims.items() if value is not None}
    return jwt.encode(present, private_key_pem, algorithm, headers=None if kid is None else {"kid": kid})
