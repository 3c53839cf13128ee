"""The command line: what a person types, and one sentence when it can not be done."""

import asyncio
import socket
import sys
from contextlib import aclosing
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.text import Text

from db.clock import system_clock
from db.seed.people import PEOPLE
from gateway import demo_secrets, demo_world, production, rotation, serving, telemetry
from gateway.app import create_app
from gateway.demo import LIFETIME, STORE, Signer, routes
from gateway.demo_payments import DemoProcessor
from gateway.demo_world import Amount
from gateway.doctor import examine
from gateway.problems import Problem
from gateway.settings import Environment
from gateway.version import VERSION
from gateway.welcome import Card, Narrator

app = typer.Typer(
    name="licet",
    help="A GraphQL gateway over PostgreSQL for software subscriptions and licence keys.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

INTERRUPTED = 130  # as shells report a command that Ctrl-C ended

Host = Annotated[str | None, typer.Option(help="Where to listen; LICET_HOST or 127.0.0.1 when not given.")]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="0 is any free one; LICET_PORT or 8000 when not given.")
]
DataDir = Annotated[
    Path | None, typer.Option(help="Where the demo keeps its database and secrets; LICET_DATA_DIR when not given.")
]
Reset = Annotated[bool, typer.Option("--reset", help="Begin anew: drop what a demo made, and only that.")]


@app.command()
def demo(host: Host = None, port: Port = None, data_dir: DataDir = None, reset: Reset = False) -> None:
    """Run a small world on this machine: its own database, people, subscriptions and keys."""
    environment = production.environment()
    telemetry.configure(environment.log_format)
    host = host or environment.host
    with serving.until_stopped(), serving.bind(host, environment.port if port is None else port) as listener:
        _run_demo(environment, _demo_dir(environment, data_dir), host, listener, reset=reset)


def _run_demo(environment: Environment, data_dir: Path, host: str, listener: socket.socket, *, reset: bool) -> None:
    narrator = Narrator(Console())
    secrets = demo_secrets.keep(data_dir)
    with demo_world.database(environment, data_dir, narrator) as url:
        settings = demo_world.demo_settings(url, host, listener.getsockname()[1], secrets)
        to_try = asyncio.run(demo_world.prepare(url, settings.keyring(), system_clock, narrator, reset=reset))
        signer = Signer(secrets.token_private_key, system_clock)
        served = create_app(
            settings,
            system_clock,
            extra_routes=routes(PEOPLE, signer, settings.demo_hosts),
            processor=DemoProcessor(system_clock),
        )
        narrator.show(
            Card(
                version=VERSION,
                origin=serving.origin(host, listener),
                people=PEOPLE,
                token=signer.token(PEOPLE[0]).text,
                token_days=LIFETIME.days,
                account_id=f"acc_{to_try.account_id}",
                keys=to_try.keys,
                made_on=to_try.made_on,
                data_dir=data_dir if environment.database_url is None else None,
            )
        )
        serving.run(served, listener, longest=settings.request_timeout)


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Serve the database in DATABASE_URL: production."""
    settings = production.own_settings()
    telemetry.configure(settings.log_format)
    host = host or settings.host
    with serving.until_stopped(), serving.bind(host, settings.port if port is None else port) as listener:
        asyncio.run(production.require_ready(settings.database_url.get_secret_value()))
        structlog.get_logger().info("serving", version=VERSION, origin=serving.origin(host, listener))
        serving.run(create_app(settings), listener, longest=settings.request_timeout)


@app.command()
def migrate() -> None:
    """Bring the database in DATABASE_URL to this version."""
    revision = asyncio.run(production.migrate(production.database_url()))
    typer.echo(f"The database is at revision {revision}.")


@app.command()
def seed(
    accounts: Annotated[int, typer.Option(min=1, help="How many business accounts.")] = 100,
    subscriptions: Annotated[int, typer.Option(min=1, help="How many subscriptions, shared among them.")] = 10_000,
    large_account: Annotated[bool, typer.Option(help="And one account with 50,000 subscriptions.")] = False,
    data_dir: DataDir = None,
    reset: Reset = False,
) -> None:
    """Add generated accounts to the demo's database, to measure with."""
    environment = production.environment()
    telemetry.configure(environment.log_format)
    kept_in = _demo_dir(environment, data_dir)
    amount = Amount(accounts, subscriptions, large_account)
    narrator = Narrator(Console())
    secrets = demo_secrets.keep(kept_in)
    with serving.until_stopped(), demo_world.database(environment, kept_in, narrator) as url:
        keyring = demo_world.demo_settings(url, environment.host, environment.port, secrets).keyring()
        asyncio.run(demo_world.prepare(url, keyring, system_clock, narrator, reset=reset))
        asyncio.run(demo_world.generate(url, keyring, system_clock, narrator, amount))
        return
    raise typer.Exit(INTERRUPTED)


@app.command("rotate-keys")
def rotate_keys() -> None:
    """Seal every licence key with the current secrets, while the service runs."""
    settings = production.own_settings()
    with serving.until_stopped():
        rotated = asyncio.run(rotation.rotate_keys(settings, Narrator(Console(stderr=True))))
        typer.echo(f"{rotated.sealed} keys were sealed anew, {rotated.current} were sealed with the current secrets.")
        if rotated.left:
            raise Problem(
                f"{rotated.left} were sealed with former secrets meanwhile: restart every server, run it again."
            )
        return
    raise typer.Exit(INTERRUPTED)


@app.command()
def token(
    person: Annotated[str, typer.Argument(help="One of the demo's people, or its store.")], data_dir: DataDir = None
) -> None:
    """Print a token of one of the demo's people, or of its store."""
    found = next((one for one in PEOPLE if one.subject == person), None)
    if found is None and person != STORE:
        known = ", ".join(one.subject for one in PEOPLE)
        raise Problem(f"There is no {person} in the demo: choose one of {known}, or {STORE}.")
    kept_in = _demo_dir(production.environment(), data_dir)
    secrets = demo_secrets.read(kept_in)
    if secrets is None:
        raise Problem(f"There is no demo in {kept_in}: run licet demo, or name its --data-dir.")
    signer = Signer(secrets.token_private_key, system_clock)
    typer.echo((signer.token(found) if found else signer.store_token()).text)


@app.command()
def schema() -> None:
    """Print the graph in SDL."""
    typer.echo(files("schema").joinpath("schema.graphql").read_text(encoding="utf-8"), nl=False)


@app.command()
def doctor() -> None:
    """Look for what would keep `licet serve` from serving."""
    if not asyncio.run(_tell_findings(Console())):
        raise typer.Exit(1)


async def _tell_findings(console: Console) -> bool:
    """True when all is well."""
    well = True
    async with aclosing(examine(system_clock)) as findings:
        async for finding in findings:
            well = well and finding.advice is None
            mark, said = ("✓", "") if finding.advice is None else ("✗", f": {finding.advice}")
            console.print(Text(f"{mark} {finding.subject}{said}"), style="green" if not said else "red", soft_wrap=True)
    return well


def _demo_dir(environment: Environment, chosen: Path | None) -> Path:
    return (chosen or environment.data_dir).expanduser().absolute()


def main() -> None:
    """The command `licet`. Ends the process: 0, or 1 after a sentence for whoever typed it."""
    for stream in (sys.stdout, sys.stderr):
        # People of the demo have names that an old terminal can not show: a question mark is better than a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except Problem as problem:
        for line in str(problem).splitlines():
            typer.echo(f"licet: {line}", err=True)
        sys.exit(1)
