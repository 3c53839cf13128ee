"""Who asks, and the secrets of the benchmark's own deployment: nothing else is ever sealed or signed with them."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from db.license_key_custody.keyring import Keyring
from gateway.demo.signing import issue_token

ISSUER = "https://id.bench.example"
AUDIENCE = "licet"
SUBJECT = "benchmark"
_LOOKUP = b"the benchmark's own look-up secret"
_ENCRYPTION = sha256(b"the benchmark's own encryption secret").digest()
KEYRING = Keyring({"bench": _LOOKUP}, {"bench": _ENCRYPTION})


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who may sign in: the key that signs tokens, and the settings of a deployment that accepts them."""

    private_key: str = field(repr=False)
    settings: dict[str, str] = field(repr=False)

    def token(self, subject: str = SUBJECT) -> str:
        return issue_token(
            self.private_key,
            issuer=ISSUER,
            audience=AUDIENCE,
            subject=subject,
            now=datetime.now(UTC),
            lifetime=timedelta(days=1),
            email=f"{subject}@example.org",
        )


def issue() -> Credentials:
    """With a key pair of this run."""
    private = generate_private_key(SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    settings = {
        # Counted as ever, but the whole load comes from one viewer.
        "LICET_LIMITS": "capacity=1000000000,restore=1000000000",
        "LICET_TOKEN_ISSUER": ISSUER,
        "LICET_TOKEN_AUDIENCE": AUDIENCE,
        "LICET_TOKEN_PUBLIC_KEY": public,
        "LICET_LOOKUP_SECRETS": f"bench:{_LOOKUP.decode()}",
        "LICET_ENCRYPTION_SECRETS": f"bench:{base64.b64encode(_ENCRYPTION).decode()}",
    }
    return Credentials(pem, settings)
