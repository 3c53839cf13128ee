"""`licet token`."""

from pathlib import Path

import typer

from db.clock import system_clock
from db.seed.people import PEOPLE
from gateway.demo import secrets as demo_secrets
from gateway.demo.sign_in import STORE, Signer
from gateway.server import preflight
from gateway.startup_errors import StartupError


def run(person: str, data_dir: Path | None) -> None:
    found = next((one for one in PEOPLE if one.subject == person), None)
    if found is None and person != STORE:
        known = ", ".join(one.subject for one in PEOPLE)
        raise StartupError(f"There is no {person} in the demo: choose one of {known}, or {STORE}.")
    kept_in = demo_secrets.resolve_data_dir(preflight.load_environment(), data_dir)
    secrets = demo_secrets.load(kept_in)
    if secrets is None:
        raise StartupError(f"There is no demo in {kept_in}: run licet demo, or name its --data-dir.")
    signer = Signer(secrets.token_private_key, system_clock)
    typer.echo((signer.token(found) if found else signer.store_token()).text)
