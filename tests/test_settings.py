"""What the environment may say, and what is said about it when it is wrong."""

import base64
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway import settings
from gateway.demo.secrets import generate_secrets
from gateway.operations.limits import Limits
from gateway.settings import Environment, Settings

PUBLIC_KEY = generate_secrets().token_public_key()
LOOKUP = "a-lookup-secret-of-more-than-32-characters"
ENCRYPTION = base64.b64encode(bytes(range(32))).decode()
COMPLETE = {
    "DATABASE_URL": "postgresql://licet:pass-word@db.example/licet",
    "LICET_TOKEN_ISSUER": "https://id.example",
    "LICET_TOKEN_AUDIENCE": "licet",
    "LICET_TOKEN_PUBLIC_KEY": PUBLIC_KEY,
    "LICET_LOOKUP_SECRETS": f"1:{LOOKUP}",
    "LICET_ENCRYPTION_SECRETS": f"1:{ENCRYPTION}",
}

LIMITS = (
    "LICET_LIMITS must look like depth=20,tokens=4000; the names are body, length, tokens, definitions, arguments, "
    "directives, spreads, aliases, depth, root_fields, fields, values, nesting, cost, capacity, restore."
)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name == "DATABASE_URL" or name.startswith("LICET_")]:
        monkeypatch.delenv(name)


def told(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    """What is said about these variables; empty when nothing is wrong."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    try:
        Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        return settings.error_messages(error)
    return []


def test_a_complete_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    origins = "https://Shop.example.com,http://localhost:5173, http://[::1]"
    lists = {"LICET_DEMO_HOSTS": "Demo.Example, other.example", "LICET_CORS_ORIGINS": origins}
    said = told(monkeypatch, **COMPLETE, LICET_POOL_SIZE="3", **lists)

    read = Settings()  # type: ignore[call-arg]

    assert said == []
    assert read.database_url.get_secret_value() == "postgresql://licet:pass-word@db.example/licet"
    assert (read.token_issuer, read.token_audience) == ("https://id.example", "licet")
    assert (read.token_public_key, read.jwks_url) == (PUBLIC_KEY, None)
    assert (read.pool_size, read.statement_timeout, read.host, read.port) == (3, 5.0, "127.0.0.1", 8000)
    assert (read.log_format, read.demo_hosts) == ("auto", ("demo.example", "other.example"))
    assert read.cors_origins == ("https://shop.example.com", "http://localhost:5173", "http://[::1]")


def test_limits_that_are_not_named_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    said = told(monkeypatch, **COMPLETE, LICET_LIMITS="depth=20, Root_Fields = 5,")

    read = Settings()  # type: ignore[call-arg]

    assert said == []
    assert read.limits == Limits(depth=20, root_fields=5)


def test_everything_that_is_missing_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said = told(monkeypatch)

    assert said == [
        "DATABASE_URL is missing: set it to postgresql://user:password@host:5432/name.",
        "LICET_TOKEN_ISSUER is missing: set it to the iss claim of your identity provider's tokens.",
        "LICET_TOKEN_AUDIENCE is missing: set it to the aud claim that tokens for this service carry.",
        "LICET_JWKS_URL or LICET_TOKEN_PUBLIC_KEY (a PEM or its path) is missing: one of them must be set.",
        "LICET_LOOKUP_SECRETS is missing: set it to id:value, the value from: openssl rand -hex 32.",
        "LICET_ENCRYPTION_SECRETS is missing: set it to id:value, the value from: openssl rand -base64 32.",
    ]


def test_an_empty_variable_is_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    said = told(monkeypatch, **{**COMPLETE, "LICET_TOKEN_ISSUER": ""})

    assert said == ["LICET_TOKEN_ISSUER is missing: set it to the iss claim of your identity provider's tokens."]


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://root:pass-word@db", "DATABASE_URL must start with postgresql://."),
        (
            "LICET_LOOKUP_SECRETS",
            "1:pass-word",
            "LICET_LOOKUP_SECRETS has a value under 32 characters; make one with: openssl rand -hex 32.",
        ),
        (
            "LICET_LOOKUP_SECRETS",
            LOOKUP,
            "LICET_LOOKUP_SECRETS must look like id:value or id:value,id:value, the current one first.",
        ),
        (
            "LICET_LOOKUP_SECRETS",
            f"1:{LOOKUP},1:{LOOKUP}",
            "LICET_LOOKUP_SECRETS has the same id twice; give every value an id of its own.",
        ),
        (
            "LICET_ENCRYPTION_SECRETS",
            "1:cGFzcy13b3Jk",
            (
                "LICET_ENCRYPTION_SECRETS has a value that is not 32 bytes in base64; "
                "make one with: openssl rand -base64 32."
            ),
        ),
        (
            "LICET_TOKEN_PUBLIC_KEY",
            "/no/such/file",
            "LICET_TOKEN_PUBLIC_KEY is neither a PEM public key nor the path of a readable file with one.",
        ),
        (
            "LICET_TOKEN_PUBLIC_KEY",
            generate_secrets().token_private_key,
            "LICET_TOKEN_PUBLIC_KEY holds no public key (-----BEGIN PUBLIC KEY-----: RSA of 2048 bits, EC or Ed25519).",
        ),
        (
            "LICET_JWKS_URL",
            "http://id.example/jwks",
            "LICET_JWKS_URL must start with https:// (http:// only on this machine).",
        ),
        (
            "LICET_JWKS_URL",
            "https://id.example/jwks",
            "LICET_JWKS_URL and LICET_TOKEN_PUBLIC_KEY are both set: keep the one that signs your tokens.",
        ),
        *(
            (
                "LICET_CORS_ORIGINS",
                origins,
                (
                    "LICET_CORS_ORIGINS must list origins as browsers send them, https://shop.example.com, "
                    "without a path or a *."
                ),
            )
            for origins in ("*", "shop.example.com", "https://shop.example.com/", "https://*.example.com", "null")
        ),
        *(("LICET_LIMITS", given, LIMITS) for given in ("depth", "20", "depth=x", "depth=-1", "height=3", "depth=1=2")),
        ("LICET_LIMITS", "depth=0", "LICET_LIMITS has depth out of its bounds: it is from 1 to 1000000000."),
        (
            "LICET_LIMITS",
            "capacity=5",
            "LICET_LIMITS has a capacity under the cost of one operation: no such operation could ever run.",
        ),
        (
            "LICET_TRACES_URL",
            "localhost:4318",
            ("LICET_TRACES_URL must be where a collector takes OTLP over HTTP, as in http://localhost:4318/v1/traces."),
        ),
        (
            "LICET_TRUSTED_ONLY",
            "true",
            "LICET_TRUSTED_ONLY needs LICET_TRUSTED_DOCUMENTS, the manifest of what is trusted.",
        ),
        (
            "LICET_PORT",
            "many",
            "LICET_PORT is not usable: input should be a valid integer, unable to parse string as an integer.",
        ),
        (
            "LICET_STATEMENT_TIMEOUT",
            "0.0009",
            "LICET_STATEMENT_TIMEOUT is not usable: input should be greater than or equal to 0.001.",
        ),
        (
            "LICET_LOG_FORMAT",
            "xml",
            "LICET_LOG_FORMAT is not usable: input should be 'json', 'console' or 'auto'.",
        ),
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    said = told(monkeypatch, **{**COMPLETE, variable: value})

    assert said == [sentence]
    assert "pass-word" not in str(said)


def test_a_public_key_may_be_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(PUBLIC_KEY)

    said = told(monkeypatch, **{**COMPLETE, "LICET_TOKEN_PUBLIC_KEY": str(tmp_path / "key.pem")})

    assert said == []
    assert Settings().token_public_key == PUBLIC_KEY  # type: ignore[call-arg]


def test_a_public_key_may_be_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    said = told(monkeypatch, **{**COMPLETE, "LICET_TOKEN_PUBLIC_KEY": PUBLIC_KEY.replace("\n", "\\n")})

    assert said == []
    assert Settings().token_public_key == PUBLIC_KEY  # type: ignore[call-arg]


def test_no_secret_is_ever_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, **COMPLETE)

    printed = repr(Settings()) + str(Settings()) + repr(Settings().keyring())  # type: ignore[call-arg]

    assert [secret for secret in ("pass-word", LOOKUP, ENCRYPTION) if secret in printed] == []


def test_the_first_secret_is_the_current_one(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, **{**COMPLETE, "LICET_LOOKUP_SECRETS": f"2:{LOOKUP[::-1]}, 1:{LOOKUP}"})

    keyring = Settings().keyring()  # type: ignore[call-arg]

    assert list(keyring.lookup.items()) == [("2", LOOKUP[::-1].encode()), ("1", LOOKUP.encode())]
    assert keyring.encryption == {"1": bytes(range(32))}


def test_settings_do_not_change_after_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, **COMPLETE)
    read = Settings()  # type: ignore[call-arg]

    with pytest.raises(ValidationError, match="frozen"):
        read.port = 1


def test_what_comes_from_a_demo_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = generate_secrets()
    told(
        monkeypatch,
        **{
            **COMPLETE,
            "LICET_TOKEN_ISSUER": "urn:licet:demo",
            "LICET_LOOKUP_SECRETS": f"1:{LOOKUP},old:{demo.lookup.partition(':')[2]}",
            "LICET_ENCRYPTION_SECRETS": demo.encryption,
        },
    )

    traces = settings.find_demo_values(Settings())  # type: ignore[call-arg]

    assert traces == [
        "LICET_LOOKUP_SECRETS holds a secret of the demo: make one of your own.",
        "LICET_ENCRYPTION_SECRETS holds a secret of the demo: make one of your own.",
        "LICET_TOKEN_ISSUER is the demo's: name your identity provider.",
    ]


def test_loaded_settings_have_no_value_of_a_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, **COMPLETE)

    assert settings.find_demo_values(Settings()) == []  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("home", "directory"),
    [
        ("/var/data", "/var/data/licet"),
        ("relative", "/home/ada/.local/share/licet"),
        ("", "/home/ada/.local/share/licet"),
    ],
)
def test_the_demo_lives_where_the_system_keeps_such_things(
    monkeypatch: pytest.MonkeyPatch, home: str, directory: str
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("XDG_DATA_HOME", home)

    assert Environment().data_dir == Path(directory)


def test_on_a_mac_the_demo_lives_in_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setenv("HOME", "/Users/ada")

    assert Environment().data_dir == Path("/Users/ada/Library/Application Support/licet")
