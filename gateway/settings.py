"""What the process is told from outside: environment variables, read once, checked whole, and never printed."""

import base64
import binascii
import os
import re
import sys
from dataclasses import fields
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from db.changes import key_attempts
from db.demo_marker import DEMO_ISSUER
from db.license_key_custody.keyring import Keyring
from gateway.auth.verification_keys import StaticKey
from gateway.http.client_ip import validate_proxies
from gateway.operations.limits import Limits

DEMO_PREFIX = "demo-"
DEMO_AUDIENCE = "licet"

SECRET_ID = re.compile(r"[A-Za-z0-9._-]{1,32}")
ORIGIN = re.compile(r"https?://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
MIN_LOOKUP_SECRET_CHARACTERS = 32
ENCRYPTION_SECRET_BYTES = 32


def split_secrets(value: str) -> list[tuple[str, str]]:
    """Pairs of `id:value[,id:value]`; the first is the current one. Raises ValueError, never with a value in it."""
    pairs = [entry.strip().partition(":") for entry in value.split(",")]
    if not all(SECRET_ID.fullmatch(secret_id) and value for secret_id, _, value in pairs):
        raise ValueError("must look like id:value or id:value,id:value, the current one first")
    if len({secret_id for secret_id, _, _ in pairs}) < len(pairs):
        raise ValueError("has the same id twice; give every value an id of its own")
    return [(secret_id, value) for secret_id, _, value in pairs]


def parse_lookup_secret(value: str) -> bytes:
    if len(value) < MIN_LOOKUP_SECRET_CHARACTERS:
        raise ValueError(
            f"has a value under {MIN_LOOKUP_SECRET_CHARACTERS} characters; make one with: openssl rand -hex 32"
        )
    return value.encode()


def parse_encryption_secret(value: str) -> bytes:
    try:
        decoded = base64.b64decode(value.removeprefix(DEMO_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if len(decoded) != ENCRYPTION_SECRET_BYTES:
        raise ValueError("has a value that is not 32 bytes in base64; make one with: openssl rand -base64 32")
    return decoded


def lookup_secrets_by_id(secrets: SecretStr) -> dict[str, bytes]:
    return {secret_id: parse_lookup_secret(value) for secret_id, value in _secret_pairs(secrets)}


def encryption_secrets_by_id(secrets: SecretStr) -> dict[str, bytes]:
    return {secret_id: parse_encryption_secret(value) for secret_id, value in _secret_pairs(secrets)}


def validate_lookup_secrets(secrets: SecretStr) -> SecretStr:
    lookup_secrets_by_id(secrets)
    return secrets


def validate_encryption_secrets(secrets: SecretStr) -> SecretStr:
    encryption_secrets_by_id(secrets)
    return secrets


def validate_database_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("must start with postgresql://")
    return url


def validate_jwks_url(url: str) -> str:
    # An HTTP client is much to load for those who have no such URL.
    if not import_module("gateway.auth.jwks").is_https_or_loopback(url):
        # Whoever can change the key set on its way here can sign in as anybody.
        raise ValueError("must start with https:// (http:// only on this machine)")
    return url


def validate_traces_url(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError("must be where a collector takes OTLP over HTTP, as in http://localhost:4318/v1/traces")
    return url


def read_public_key(value: str) -> str:
    """The PEM itself, from a PEM or from the path of a file that holds one."""
    text = value.replace("\\n", "\n")
    if "-----BEGIN" in text:
        return text
    try:
        return Path(value).expanduser().read_text(encoding="utf-8")
    except (OSError, RuntimeError, ValueError):
        raise ValueError("is neither a PEM public key nor the path of a readable file with one") from None


def validate_public_key(value: str) -> str:
    pem = read_public_key(value)
    try:
        StaticKey(pem)
    except ValueError:
        raise ValueError("holds no public key (-----BEGIN PUBLIC KEY-----: RSA of 2048 bits, EC or Ed25519)") from None
    return pem


def default_data_dir() -> Path:
    """Where the demo keeps its database and its secrets, by the custom of the system."""
    if sys.platform == "darwin":
        return Path("~/Library/Application Support/licet").expanduser()
    xdg = os.environ.get("XDG_DATA_HOME", "")
    # A relative XDG_DATA_HOME is to be ignored, says the XDG Base Directory Specification.
    return Path(xdg) / "licet" if xdg.startswith("/") else Path(os.path.expanduser("~")) / ".local/share/licet"  # noqa: PTH111 - answers ~ where Path.home() raises


def split_names(value: object) -> Any:
    return tuple(name.strip().lower() for name in value.split(",") if name.strip()) if isinstance(value, str) else value


def validate_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    if not all(ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError("must list origins as browsers send them, https://shop.example.com, without a path or a *")
    return origins


def parse_limits(value: object) -> object:
    """`name=number[,name=number]`; what is not named stays as it is."""
    if not isinstance(value, str):
        return value
    pairs = [entry.partition("=") for entry in split_names(value)]
    names = [limit.name for limit in fields(Limits)]
    if not all(name.strip() in names and re.fullmatch(r"\d{1,10}", number.strip()) for name, _, number in pairs):
        raise ValueError(f"must look like depth=20,tokens=4000; the names are {', '.join(names)}")
    return Limits(**{name.strip(): int(number) for name, _, number in pairs})


DatabaseUrl = Annotated[SecretStr, AfterValidator(validate_database_url)]


class Environment(BaseSettings):
    """What every command may be told, and needs nothing of."""

    model_config = SettingsConfigDict(
        env_prefix="LICET_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        validate_default=True,
    )

    database_url: DatabaseUrl | None = Field(default=None, validation_alias="DATABASE_URL")
    pool_size: int = Field(default=10, ge=1, le=500)
    pool_timeout: float = Field(default=1.0, gt=0, le=60, description="seconds")
    pool_queue: int = Field(default=500, ge=1, le=100_000)
    # PostgreSQL counts in milliseconds, and 0 of them are no limit.
    statement_timeout: float = Field(default=5.0, ge=0.001, le=3600, description="seconds")
    request_timeout: float = Field(default=10.0, gt=0, le=3600, description="seconds")
    key_attempts_per_user: int = Field(default=10, ge=1, le=1_000_000)
    key_attempts_per_address: int = Field(default=100, ge=1, le=1_000_000)
    key_attempts_minutes: int = Field(default=15, ge=1, le=1440)
    trusted_proxies: Annotated[tuple[str, ...], NoDecode, AfterValidator(validate_proxies)] = ()
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    log_format: Literal["json", "console", "auto"] = "auto"
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    traces_url: Annotated[str, AfterValidator(validate_traces_url)] | None = None
    introspection: bool = False
    suggestions: bool = False
    limits: Annotated[Limits, NoDecode, BeforeValidator(parse_limits)] = Limits()
    cors_origins: Annotated[tuple[str, ...], NoDecode, AfterValidator(validate_origins)] = ()
    trusted_documents: Path | None = None
    trusted_only: bool = False
    automatic_persisted_queries: bool = True
    demo_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    data_dir: Path = Field(default_factory=default_data_dir)

    @field_validator("trusted_only")
    @classmethod
    def _requires_manifest(cls, trusted_only: bool, info: ValidationInfo) -> bool:
        if trusted_only and info.data.get("trusted_documents") is None:
            raise ValueError("needs LICET_TRUSTED_DOCUMENTS, the manifest of what is trusted")
        return trusted_only

    @field_validator("cors_origins", "demo_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        return split_names(value)


class Settings(Environment):
    """What an application is made from. A field without a default is one that `licet serve` must be told."""

    database_url: DatabaseUrl = Field(
        validation_alias="DATABASE_URL", description="set it to postgresql://user:password@host:5432/name"
    )
    token_issuer: str = Field(min_length=1, description="set it to the iss claim of your identity provider's tokens")
    token_audience: str = Field(min_length=1, description="set it to the aud claim that tokens for this service carry")
    token_public_key: Annotated[str, AfterValidator(validate_public_key)] | None = None
    jwks_url: Annotated[str, AfterValidator(validate_jwks_url)] | None = None
    lookup_secrets: Annotated[SecretStr, AfterValidator(validate_lookup_secrets)] = Field(
        description="set it to id:value, the value from: openssl rand -hex 32"
    )
    encryption_secrets: Annotated[SecretStr, AfterValidator(validate_encryption_secrets)] = Field(
        description="set it to id:value, the value from: openssl rand -base64 32"
    )

    compiled: bool = True
    server_timing: bool = False
    access_log: bool = True

    @field_validator("jwks_url")
    @classmethod
    def _requires_one_key_source(cls, url: str | None, info: ValidationInfo) -> str | None:
        # Not a model validator: that one stays silent when a field is missing, and everything is to be told at once.
        if url is None and "token_public_key" in info.data and info.data["token_public_key"] is None:
            raise ValueError("or LICET_TOKEN_PUBLIC_KEY (a PEM or its path) is missing: one of them must be set")
        if url is not None and info.data.get("token_public_key") is not None:
            raise ValueError("and LICET_TOKEN_PUBLIC_KEY are both set: keep the one that signs your tokens")
        return url

    def attempt_limits(self) -> key_attempts.AttemptLimits:
        window = timedelta(minutes=self.key_attempts_minutes)
        return key_attempts.AttemptLimits(self.key_attempts_per_user, self.key_attempts_per_address, window)

    def keyring(self) -> Keyring:
        return Keyring(lookup_secrets_by_id(self.lookup_secrets), encryption_secrets_by_id(self.encryption_secrets))


def env_name(field: str) -> str:
    """The environment variable a field is read from."""
    return "DATABASE_URL" if field.upper() == "DATABASE_URL" else f"LICET_{field.upper()}"


def error_messages(error: ValidationError) -> list[str]:
    """A message for each setting that is missing or wrong: the variable and what to do, never the value."""
    return [_error_message(str(detail["loc"][0]), detail["type"], detail["msg"]) for detail in error.errors()]


def _error_message(field: str, error_type: str, message: str) -> str:
    if error_type == "missing":
        advice = Settings.model_fields[field.lower()].description
        return f"{env_name(field)} is missing: {advice}."
    if error_type == "value_error":
        return f"{env_name(field)} {message.removeprefix('Value error, ')}."
    return f"{env_name(field)} is not usable: {message[0].lower()}{message[1:]}."


def find_demo_values(settings: Settings) -> list[str]:
    """A message for each of these settings that comes from a demo, where anybody may have seen it."""
    secrets_by_field = {"lookup_secrets": settings.lookup_secrets, "encryption_secrets": settings.encryption_secrets}
    messages = [
        f"{env_name(field)} holds a secret of the demo: make one of your own."
        for field, secrets in secrets_by_field.items()
        if any(DEMO_PREFIX in (secret_id[:5], value[:5]) for secret_id, value in _secret_pairs(secrets))
    ]
    if settings.token_issuer == DEMO_ISSUER:
        messages.append("LICET_TOKEN_ISSUER is the demo's: name your identity provider.")
    return messages


def _secret_pairs(secrets: SecretStr) -> list[tuple[str, str]]:
    return split_secrets(secrets.get_secret_value())
