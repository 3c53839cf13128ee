"""The demo's own secrets: random, kept in its data directory for nobody else to read, recognisable to `licet serve`."""

import base64
import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from gateway.settings import DEMO_PREFIX, Environment
from gateway.startup_errors import StartupError, error_reason

FILE_NAME = "secrets.json"


@dataclass(frozen=True, slots=True)
class DemoSecrets:
    """`lookup` and `encryption` as the settings want them, id:value; the key (PEM, P-256) signs the demo's tokens."""

    lookup: str = field(repr=False)
    encryption: str = field(repr=False)
    token_private_key: str = field(repr=False)

    def token_public_key(self) -> str:
        private = load_pem_private_key(self.token_private_key.encode(), password=None)
        return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def resolve_data_dir(environment: Environment, override: Path | None) -> Path:
    """The data directory of a demo."""
    return (override or environment.data_dir).expanduser().absolute()


def generate_secrets() -> DemoSecrets:
    # An id of its own each time: a database sealed with other secrets is told apart from a damaged one.
    secret_id = f"{DEMO_PREFIX}{secrets.token_hex(4)}"
    private = generate_private_key(SECP256R1())
    return DemoSecrets(
        lookup=f"{secret_id}:{DEMO_PREFIX}{secrets.token_urlsafe(32)}",
        encryption=f"{secret_id}:{DEMO_PREFIX}{base64.b64encode(secrets.token_bytes(32)).decode()}",
        token_private_key=private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    )


def load(data_dir: Path) -> DemoSecrets | None:
    """None when there are none yet. Raises StartupError when the file is not ours or can not be read."""
    path = data_dir / FILE_NAME
    try:
        return DemoSecrets(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StartupError(
            f"{path} can not be read ({error_reason(error)}): start as its owner, or use --data-dir."
        ) from error
    except (ValueError, TypeError) as error:
        raise StartupError(f"{path} is damaged: move it away and start the demo with --reset.") from error


def load_or_create(data_dir: Path) -> DemoSecrets:
    """The secrets of this directory, made when there are none. Raises StartupError."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not (data_dir / FILE_NAME).exists():
            _write(data_dir, generate_secrets())
    except OSError as error:
        raise StartupError(
            f"{data_dir} can not be written to ({error_reason(error)}): choose another with --data-dir."
        ) from error
    loaded = load(data_dir)
    if loaded is None:
        raise StartupError(f"{data_dir / FILE_NAME} was removed while it was read: start again.")
    return loaded


def _write(data_dir: Path, generated: DemoSecrets) -> None:
    """Whole or not at all, and never over the file of another process that was quicker."""
    draft = data_dir / f".{FILE_NAME}-{secrets.token_hex(8)}"
    try:
        with open(draft, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            json.dump(asdict(generated), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, data_dir / FILE_NAME)
    finally:
        draft.unlink(missing_ok=True)
