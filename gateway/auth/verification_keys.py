"""The public keys that tokens are checked with, and where they come from."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

RSA_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
CURVE_ALGORITHMS = {"secp256r1": ("ES256",), "secp384r1": ("ES384",), "secp521r1": ("ES512",)}
ALGORITHMS = ("ES256", "ES384", "ES512", "EdDSA", *RSA_ALGORITHMS)
KEY_ERRORS = (jwt.PyJWTError, UnsupportedAlgorithm, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

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

    async def close(self) -> None:
        """Nobody will ask again."""


def allowed_algorithms(public: object) -> tuple[str, ...]:
    """Empty for private and symmetric keys, RSA under 2048 bits, and types that verify nothing here."""
    if isinstance(public, RSAPublicKey):
        return RSA_ALGORITHMS if public.key_size >= 2048 else ()
    if isinstance(public, EllipticCurvePublicKey):
        return CURVE_ALGORITHMS.get(public.curve.name, ())
    return ("EdDSA",) if isinstance(public, Ed25519PublicKey) else ()


def verification_key(public: object, algorithm: str | None = None) -> VerificationKey | None:
    """`algorithm` is the one its publisher reserves the key for; None is any that fits."""
    algorithms = tuple(allowed for allowed in allowed_algorithms(public) if algorithm in (None, allowed))
    return VerificationKey(public, algorithms) if algorithms and isinstance(public, PublicKey) else None


class StaticKey:
    """One public key; the kid of a token is ignored."""

    def __init__(self, pem: str) -> None:
        """Raises ValueError when the PEM is no public key that can verify a token."""
        key = None
        with suppress(*KEY_ERRORS):
            key = verification_key(load_pem_public_key(pem.encode()))
        if key is None:
            raise ValueError("The key must be a public RSA (2048 bits or more), EC or Ed25519 key in PEM form.")
        self._key = key

    async def key(self, _kid: str | None, /) -> VerificationKey | None:
        return self._key

    async def close(self) -> None:
        """Nothing is open."""
