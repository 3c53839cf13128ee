"""Key pairs, tokens and a clock that the tests of tokens sign with."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

ISSUER = "https://id.example"
AUDIENCE = "licet"
NOW = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
END = int(NOW.timestamp()) + 300
CLAIMS: dict[str, Any] = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": END}


@dataclass(slots=True)
class SetClock:
    """Stands still until it is moved; far from the real time, which nothing here may look at."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


async def until(reached: Callable[[], bool]) -> None:
    """Lets everything else run until then, for ten seconds at most."""
    async with asyncio.timeout(10):
        while not reached():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0)


def private_key(algorithm: str, owner: str = "issuer") -> PrivateKey:
    """One pair per owner and kind of key for the whole run."""
    return generated(f"{'RSA' if algorithm[:2] in ('RS', 'PS') else algorithm} {owner}")


@cache
def generated(name: str) -> PrivateKey:
    algorithm = name.split(maxsplit=1)[0]
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm.startswith("ES"):
        curves = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1(), "ES256K": ec.SECP256K1()}
        return ec.generate_private_key(curves[algorithm])
    return rsa.generate_private_key(65537, 1024 if algorithm == "weak" else 2048)


def private_pem(algorithm: str, owner: str = "issuer") -> str:
    key = private_key(algorithm, owner)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(algorithm: str, owner: str = "issuer") -> str:
    public = private_key(algorithm, owner).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def jwk(algorithm: str, owner: str = "issuer", *, private: bool = False, **members: Any) -> dict[str, Any]:
    """The key as an entry of a key set, without kid and alg unless they are given."""
    pair: Any = private_key(algorithm, owner)
    family = ECAlgorithm if algorithm.startswith("ES") else OKPAlgorithm if algorithm == "EdDSA" else RSAAlgorithm
    return {**family.to_jwk(pair if private else pair.public_key(), as_dict=True), **members}


def sign(algorithm: str = "ES256", owner: str = "issuer", header: dict[str, Any] | None = None, **changes: Any) -> str:
    """CLAIMS with changes, signed; a claim changed to None is left out."""
    claims = {claim: value for claim, value in (CLAIMS | changes).items() if value is not None}
    payload = json.dumps(claims).encode()
    return jwt.PyJWS().encode(payload, private_key(algorithm, owner), algorithm, headers=header)


def forged(header: dict[str, Any], signature: bytes = b"x") -> str:
    """CLAIMS under a header of the attacker's choice."""
    parts = (json.dumps(header).encode(), json.dumps(CLAIMS).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def hmac_forged(secret: str, **header: Any) -> str:
    """Signed with HS256 and public text as the secret: what PyJWT itself refuses to make."""
    content = forged({"alg": "HS256", **header}).rpartition(".")[0]
    signature = hmac.digest(secret.encode(), content.encode(), hashlib.sha256)
    return content + "." + base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


def mixed(*tokens: str) -> str:
    """Header, payload and signature, each of another token."""
    return ".".join(token.split(".")[place] for place, token in enumerate(tokens))
