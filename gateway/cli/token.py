"""`licet token`."""

from pathlib import Path

import typer

from db.clock import system_clock
from db.seed.demo.people import PEOPLE
from gateway.demo import secrets as demo_secrets
from gateway.demo.sign_in import STORE, Signer
from gateway.server import preflight
from gateway.startup_errors import StartupError


def run(person: str, data_dir: Path | None) -> None:
    matched = next((candidate for candidate in PEOPLE if candidate.subject == person), None)
    if matched is None and person != STORE:
        subjects = ", ".join(candidate.subject for candidate in PEOPLE)
        raise StartupError(f"There is no {person} in the demo: choose one of {subjects}, or {STORE}.")
    directory = demo_secrets.resolve_data_dir(preflight.load_environment(), data_dir)
    secrets = demo_secrets.load(directory)
    if secrets is None:
        raise StartupError(f"There is no demo in {directory}: run licet demo, or name its --data-dir.")
    signer = Signer(secrets.token_private_key, system_clock)
    typer.echo((signer.token(matched) if matched else signer.store_token()).text)
