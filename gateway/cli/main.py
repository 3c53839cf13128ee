"""The command line: what a person types, and one sentence when it can not be done."""

import sys
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.startup_errors import StartupError
from gateway.version import VERSION

app = typer.Typer(
    name="licet",
    help="A GraphQL gateway over PostgreSQL for software subscriptions and licence keys.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

# Libraries load these where they find them. A server has no use for them, and twelve megabytes of memory for others.
BLOCKED_IMPORTS = ("greenlet", "pygments", "rich")

Host = Annotated[str | None, typer.Option(help="Where to listen; LICET_HOST or 127.0.0.1 when not given.")]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="0 is any free one; LICET_PORT or 8000 when not given.")
]
DataDir = Annotated[
    Path | None, typer.Option(help="Where the demo keeps its database and secrets; LICET_DATA_DIR when not given.")
]
Reset = Annotated[bool, typer.Option("--reset", help="Begin anew: drop what a demo made, and only that.")]


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"licet {VERSION}")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", callback=_print_version, help="Print the version.")]


@app.callback()
def before_commands(version: Version = False) -> None:
    """What is asked without a command."""


@app.command()
def demo(host: Host = None, port: Port = None, data_dir: DataDir = None, reset: Reset = False) -> None:
    """Run a small world on this machine: its own database, people, subscriptions and keys."""
    _run("demo", host, port, data_dir, reset=reset)


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Serve the database in DATABASE_URL: production."""
    for name in BLOCKED_IMPORTS:
        # How Python is told that a module can not be imported.
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    _run("serve", host, port)


@app.command()
def migrate() -> None:
    """Bring the database in DATABASE_URL to this version."""
    _run("migrate")


@app.command()
def seed(
    accounts: Annotated[int, typer.Option(min=1, help="How many business accounts.")] = 100,
    subscriptions: Annotated[int, typer.Option(min=1, help="How many subscriptions, shared among them.")] = 10_000,
    large_account: Annotated[
        bool, typer.Option("--large-account", help="And one account with 50,000 subscriptions.")
    ] = False,
    data_dir: DataDir = None,
    reset: Reset = False,
) -> None:
    """Add generated accounts to the demo's database, to measure with."""
    _run("seed", accounts, subscriptions, data_dir, large_account=large_account, reset=reset)


@app.command("rotate-keys")
def rotate_keys() -> None:
    """Seal every licence key with the current secrets, while the service runs."""
    _run("rotate_keys")


@app.command()
def token(
    person: Annotated[str, typer.Argument(help="One of the demo's people, or its store.")], data_dir: DataDir = None
) -> None:
    """Print a token of one of the demo's people, or of its store."""
    _run("token", person, data_dir)


@app.command()
def schema() -> None:
    """Print the graph in SDL."""
    typer.echo(files("schema").joinpath("schema.graphql").read_text(encoding="utf-8"), nl=False)


@app.command()
def doctor() -> None:
    """Look for what would keep `licet serve` from serving."""
    _run("doctor")


def _run(command: str, *arguments: Any, **options: Any) -> None:
    """Loaded now: most of what a command needs, no other does."""
    import_module(f"gateway.cli.{command}").run(*arguments, **options)


def main() -> None:
    """The command `licet`. Ends the process: 0, or 1 after a sentence for whoever typed it."""
    for stream in (sys.stdout, sys.stderr):
        # People of the demo have names that an old terminal can not show: a question mark is better than a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except StartupError as error:
        for line in str(error).splitlines():
            typer.echo(f"licet: {line}", err=True)
        sys.exit(1)
