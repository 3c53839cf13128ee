"""What a server holds in its memory: the code that it runs, and what a setting asks for."""

import re
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from gateway.demo.secrets import generate_secrets
from gateway.demo.signing import issue_token
from tests import processes
from tests.cli.test_commands import OWN
from tests.processes import Running, licet

SECRETS = generate_secrets()
# Commands, the demo and its world, and what libraries take along where they find it: a server runs nothing of these.
NEVER = {
    *("alembic.command", "db.embedded_postgres", "db.migrations", "db.seed", "gateway.demo", "mako.template"),
    *("greenlet._greenlet", "pygments.lexer", "rich.console", "typer.rich_utils"),
}
ASKED_FOR = {
    "httpx": ("LICET_JWKS_URL", "http://127.0.0.1:1/jwks"),
    "opentelemetry": ("LICET_TRACES_URL", "http://127.0.0.1:1/v1/traces"),
    "prometheus_client": ("LICET_METRICS_PORT", "0"),
}


def ask(running: Running) -> httpx.Response:
    token = issue_token(
        SECRETS.token_private_key,
        issuer=OWN["LICET_TOKEN_ISSUER"],
        audience=OWN["LICET_TOKEN_AUDIENCE"],
        subject="ada",
        now=datetime.now(UTC),
        lifetime=timedelta(minutes=5),
    )
    headers = {"authorization": f"Bearer {token}"}
    query = "{ viewer { accounts { name } } }"
    return httpx.post(f"{running.origin}/graphql", json={"query": query}, headers=headers)


def loaded(running: Running) -> set[str]:
    """The modules that Python, told by PYTHONPROFILEIMPORTTIME, said it imported."""
    return set(re.findall(r"^import time: .*\| +(\S+)$", running.stderr.read_text(), re.MULTILINE))


async def test_a_server_loads_nothing_that_it_never_runs(empty_database: str, tmp_path: Path) -> None:
    licet("migrate", DATABASE_URL=empty_database)
    settings = OWN | {"DATABASE_URL": empty_database, "LICET_TOKEN_PUBLIC_KEY": SECRETS.token_public_key()}

    with processes.serving(tmp_path, "serve", PYTHONPROFILEIMPORTTIME="1", **settings) as running:
        answer = ask(running)
        running.stop(signal.SIGKILL)

    assert answer.json() == {"data": {"viewer": {"accounts": [{"name": "Personal"}]}}}
    assert loaded(running) & (NEVER | ASKED_FOR.keys()) == set()
    assert loaded(running) >= {"gateway.server.app", "sqlalchemy", "strawberry"}


async def test_a_server_loads_what_a_setting_asks_for(empty_database: str, tmp_path: Path) -> None:
    licet("migrate", DATABASE_URL=empty_database)
    settings = OWN | {"DATABASE_URL": empty_database, "LICET_TOKEN_PUBLIC_KEY": ""} | dict(ASKED_FOR.values())

    with processes.serving(tmp_path, "serve", PYTHONPROFILEIMPORTTIME="1", **settings) as running:
        answer = ask(running)
        running.stop(signal.SIGKILL)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert loaded(running) >= ASKED_FOR.keys()
    assert loaded(running) & NEVER == set()
