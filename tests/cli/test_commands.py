"""Commands on a database that somebody gives: what they do with it, and what they refuse to do."""

import base64
import json
import signal
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest

from gateway.demo.secrets import generate_secrets
from tests import processes
from tests.processes import licet

OWN = {
    "LICET_TOKEN_ISSUER": "https://id.example",
    "LICET_TOKEN_AUDIENCE": "licet",
    "LICET_TOKEN_PUBLIC_KEY": generate_secrets().token_public_key(),
    "LICET_LOOKUP_SECRETS": "1:a-lookup-secret-of-more-than-32-characters",
    "LICET_ENCRYPTION_SECRETS": f"1:{base64.b64encode(bytes(range(32))).decode()}",
}
NOWHERE = "postgresql://licet:pass-word@127.0.0.1:1/licet"


async def execute(url: str, statement: str) -> object:
    conn = await asyncpg.connect(url)
    try:
        return await conn.fetchval(statement)
    finally:
        await conn.close()


def place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}{parts.path}"


@pytest.mark.parametrize("command", [["demo"], ["demo", "--reset"], ["seed"], ["seed", "--reset"]])
async def test_no_demo_touches_what_it_did_not_make(empty_database: str, tmp_path: Path, command: list[str]) -> None:
    await execute(empty_database, "CREATE TABLE users AS SELECT 'Ada' AS name")
    port = ["--port", "0"] if command[0] == "demo" else []

    done = licet(*command, *port, "--data-dir", tmp_path, DATABASE_URL=empty_database)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"licet: The database {place(empty_database)} holds what no demo put there, and stays as it is: "
        "name an empty one in DATABASE_URL, or unset it.\n"
    )
    assert await execute(empty_database, "SELECT string_agg(name, ',') FROM users") == "Ada"
    assert await execute(empty_database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 1


async def test_production_rows_outlive_a_reset(empty_database: str, tmp_path: Path) -> None:
    licet("migrate", DATABASE_URL=empty_database)
    account = "INSERT INTO accounts VALUES (gen_random_uuid(), 'BUSINESS', 'Real', now())"
    await execute(empty_database, account)

    done = licet("demo", "--reset", "--port", "0", "--data-dir", tmp_path, DATABASE_URL=empty_database)

    assert done.returncode == 1
    assert await execute(empty_database, "SELECT name FROM accounts") == "Real"


async def test_the_demo_marks_an_empty_database_and_serve_refuses_it(empty_database: str, tmp_path: Path) -> None:
    with processes.demo(tmp_path / "data", DATABASE_URL=empty_database) as running:
        secrets = json.loads((tmp_path / "data" / "secrets.json").read_text())
        assert len(running.keys()) == 2
        assert running.stop() == 0

    refused = licet("serve", "--port", "0", DATABASE_URL=empty_database, **OWN)
    with_secrets = OWN | {"LICET_LOOKUP_SECRETS": secrets["lookup"], "LICET_ENCRYPTION_SECRETS": secrets["encryption"]}
    refused_secrets = licet("serve", "--port", "0", DATABASE_URL=empty_database, **with_secrets)

    assert not (tmp_path / "data" / "postgres").exists()
    assert await execute(empty_database, "SELECT count(*) FROM demo_marks") == 1
    assert (refused.returncode, refused.stderr) == (
        1,
        f"licet: The database {place(empty_database)} is a demo's: name another one in DATABASE_URL.\n",
    )
    assert (refused_secrets.returncode, refused_secrets.stderr.splitlines()) == (
        1,
        [
            "licet: LICET_LOOKUP_SECRETS holds a secret of the demo: make one of your own.",
            "licet: LICET_ENCRYPTION_SECRETS holds a secret of the demo: make one of your own.",
        ],
    )


async def test_generated_accounts_stand_beside_the_demos(empty_database: str, tmp_path: Path) -> None:
    options = ["--accounts", "3", "--subscriptions", "30", "--data-dir", str(tmp_path)]
    first = licet("seed", *options, DATABASE_URL=empty_database)
    before = await execute(empty_database, "SELECT count(*) FROM subscriptions")

    second = licet("seed", *options, DATABASE_URL=empty_database)

    assert (first.returncode, first.stderr) == (0, "")
    assert (second.returncode, second.stderr) == (0, "")
    assert await execute(empty_database, "SELECT count(*) FROM demo_marks") == 1
    assert await execute(empty_database, f"SELECT count(*) - {before} FROM subscriptions") == 30


async def test_what_was_built_on_the_demos_tables_is_told(empty_database: str, tmp_path: Path) -> None:
    licet("seed", "--accounts", "1", "--subscriptions", "1", "--data-dir", tmp_path, DATABASE_URL=empty_database)
    await execute(empty_database, "CREATE VIEW report AS SELECT count(*) FROM subscriptions")

    done = licet("demo", "--reset", "--port", "0", "--data-dir", tmp_path, DATABASE_URL=empty_database)

    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert done.stderr.startswith(f"licet: Something in {place(empty_database)} is built on the demo's tables (")
    assert await execute(empty_database, "SELECT count(*) FROM demo_marks") == 1


async def test_a_demo_with_other_secrets_is_told_so(empty_database: str, tmp_path: Path) -> None:
    few = ["--accounts", "1", "--subscriptions", "1"]
    licet("seed", *few, "--data-dir", tmp_path / "first", DATABASE_URL=empty_database)

    done = licet("demo", "--port", "0", "--data-dir", tmp_path / "second", DATABASE_URL=empty_database)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "licet: The secrets in the data directory are not those that this database was seeded with: "
        "start with --reset, or name the --data-dir that has them.\n"
    )


async def test_serve_waits_for_migrations_and_then_serves(empty_database: str, tmp_path: Path) -> None:
    early = licet("serve", "--port", "0", DATABASE_URL=empty_database, **OWN)
    migrated = licet("migrate", DATABASE_URL=empty_database)

    with processes.serving(tmp_path, "serve", DATABASE_URL=empty_database, **OWN) as running:
        async with httpx.AsyncClient() as client:
            sign_in = await client.post(f"{running.origin}/demo/sign-in", json={"person": "nadia"})
        exit_code = running.stop(signal.SIGTERM)

    lines = [json.loads(line) for line in running.stderr.read_text().splitlines()]
    assert (early.returncode, early.stderr) == (
        1,
        f"licet: The database {place(empty_database)} is behind this version: run licet migrate.\n",
    )
    assert (migrated.returncode, migrated.stderr) == (0, "")
    assert (sign_in.status_code, exit_code) == (404, 0)
    assert [(line["event"], line.get("path")) for line in lines] == [("serving", None), ("request", "/demo/sign-in")]


def test_serve_tells_everything_that_is_missing() -> None:
    done = licet("serve")

    assert (done.returncode, done.stdout) == (1, "")
    assert [line.split()[1] for line in done.stderr.splitlines()] == [
        "DATABASE_URL",
        "LICET_TOKEN_ISSUER",
        "LICET_TOKEN_AUDIENCE",
        "LICET_JWKS_URL",
        "LICET_LOOKUP_SECRETS",
        "LICET_ENCRYPTION_SECRETS",
    ]


@pytest.mark.parametrize(
    "command", [["demo", "--port", "0"], ["serve", "--port", "0"], ["migrate"], ["seed"]], ids=lambda words: words[0]
)
def test_a_database_out_of_reach_is_one_sentence(tmp_path: Path, command: list[str]) -> None:
    done = licet(*command, DATABASE_URL=NOWHERE, LICET_DATA_DIR=str(tmp_path), **OWN)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "licet: PostgreSQL at 127.0.0.1:1/licet can not be reached (Connection refused): "
        "start it, or correct DATABASE_URL.\n"
    )


async def test_a_wrong_password_is_one_sentence(server_url: str) -> None:
    parts = urlsplit(server_url)
    url = urlunsplit(parts._replace(netloc=f"{parts.username}:wrong-password@{parts.hostname}:{parts.port}"))

    done = licet("migrate", DATABASE_URL=url)

    assert (done.returncode, done.stderr) == (
        1,
        f"licet: PostgreSQL at {place(server_url)} refuses the user or the password: correct DATABASE_URL.\n",
    )


async def test_a_missing_database_is_one_sentence(server_url: str) -> None:
    url = urlunsplit(urlsplit(server_url)._replace(path="/licet_nothing"))

    done = licet("migrate", DATABASE_URL=url)

    assert (done.returncode, done.stderr) == (
        1,
        f"licet: There is no database {place(url)}: create it, or correct DATABASE_URL.\n",
    )


@pytest.mark.parametrize("url", ["postgresql://licet:pass-word@db:port/licet", "mysql://licet:pass-word@db/licet"])
def test_an_address_that_can_not_be_read_is_not_repeated(url: str) -> None:
    done = licet("migrate", DATABASE_URL=url)

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert done.stderr.startswith("licet: DATABASE_URL ")
    assert "pass-word" not in done.stderr


async def test_a_database_of_a_newer_version_is_left_alone(empty_database: str) -> None:
    await execute(empty_database, "CREATE TABLE alembic_version AS SELECT 'from-the-future' AS version_num")

    done = licet("migrate", DATABASE_URL=empty_database)

    assert (done.returncode, done.stderr) == (
        1,
        f"licet: The database {place(empty_database)} was migrated by a newer licet: install that version.\n",
    )


async def test_the_doctor_finds_nothing_wrong(empty_database: str) -> None:
    licet("migrate", DATABASE_URL=empty_database)

    done = licet("doctor", DATABASE_URL=empty_database, **OWN)

    assert (done.returncode, done.stderr) == (0, "")
    assert [line[0] for line in done.stdout.splitlines()] == ["✓"] * 7


async def test_the_doctor_tells_what_to_do(empty_database: str) -> None:
    done = licet("doctor", DATABASE_URL=empty_database, **{**OWN, "LICET_TOKEN_ISSUER": "urn:licet:demo"})

    assert (done.returncode, done.stderr) == (1, "")
    assert [line for line in done.stdout.splitlines() if not line.startswith("✓")] == [
        "✗ settings: LICET_TOKEN_ISSUER is the demo's: name your identity provider.",
        "✗ migrations are complete: run licet migrate.",
    ]


def test_the_doctor_says_so_when_there_is_no_database() -> None:
    done = licet("doctor", DATABASE_URL=NOWHERE, **OWN)

    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "✓ settings",
        (
            "✗ database can be reached: PostgreSQL at 127.0.0.1:1/licet can not be reached (Connection refused): "
            "start it, or correct DATABASE_URL."
        ),
    ]


def test_the_schema_is_printed_as_it_is_served() -> None:
    done = licet("schema")

    assert done.returncode == 0
    assert done.stdout == files("schema").joinpath("schema.graphql").read_text(encoding="utf-8")


def test_the_version_is_that_of_the_package() -> None:
    done = licet("--version")

    assert (done.returncode, done.stdout, done.stderr) == (0, f"licet {version('licet')}\n", "")


@pytest.mark.parametrize(
    ("person", "sentence"),
    [("nobody", "There is no nobody in the demo: choose one of nadia, "), ("nadia", "There is no demo in ")],
)
def test_a_token_of_nobody_is_one_sentence(tmp_path: Path, person: str, sentence: str) -> None:
    done = licet("token", person, "--data-dir", tmp_path / "nothing")

    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert done.stderr.startswith(f"licet: {sentence}")
