"""Custody of licence keys: a digest to look a key up, a ciphertext to show it again, each under its own secret."""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class SealedKey:
    """What is stored of a licence key."""

    digest: bytes
    lookup_secret_id: str
    ciphertext: bytes
    encryption_secret_id: str


@dataclass(frozen=True, slots=True)
class Keyring:
    """Secrets by id, the current one first. Old ones stay until every key is sealed with the current one."""

    lookup: Mapping[str, bytes] = field(repr=False)
    encryption: Mapping[str, bytes] = field(repr=False)

    def seal(self, key: str, license_key_id: UUID) -> SealedKey:
        """Digest and ciphertext of a canonical key, under the current secrets, bound to the id of its row."""
        lookup_id, lookup = next(iter(self.lookup.items()))
        encryption_id, encryption = next(iter(self.encryption.items()))
        nonce = os.urandom(_NONCE_BYTES)
        ciphertext = nonce + AESGCM(encryption).encrypt(nonce, key.encode(), license_key_id.bytes)
        return SealedKey(_digest(lookup, key), lookup_id, ciphertext, encryption_id)

    def digests(self, key: str) -> list[bytes]:
        """The digests a canonical key may be stored under, one for each secret in use."""
        return [_digest(secret, key) for secret in self.lookup.values()]

    def open(self, ciphertext: bytes, encryption_secret_id: str, license_key_id: UUID) -> str:
        """The canonical key. Raises KeyError for an unknown secret and InvalidTag for a ciphertext of another row."""
        cipher = AESGCM(self.encryption[encryption_secret_id])
        return cipher.decrypt(ciphertext[:_NONCE_BYTES], ciphertext[_NONCE_BYTES:], license_key_id.bytes).decode()


def _digest(secret: bytes, key: str) -> bytes:
    return hmac.digest(secret, key.encode(), sha256().name)
