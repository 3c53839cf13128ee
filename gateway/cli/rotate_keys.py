"""`licet rotate-keys`: the secrets of licence keys change while the service runs."""

import asyncio

import typer
from rich.console import Console

from db.license_key_custody import rotation
from db.license_key_custody.rotation import RotationResult, SecretsMissing
from gateway.demo.output import ProgressReporter
from gateway.server import preflight
from gateway.server.signals import INTERRUPTED_EXIT_CODE, stop_on_signal
from gateway.settings import Settings
from gateway.startup_errors import StartupError


def run() -> None:
    settings = preflight.load_settings()
    with stop_on_signal():
        result = asyncio.run(_rotate(settings, ProgressReporter(Console(stderr=True))))
        typer.echo(
            f"{result.resealed} keys were sealed anew, {result.already_current} were sealed with the current secrets."
        )
        if result.remaining:
            raise StartupError(
                f"{result.remaining} were sealed with former secrets meanwhile: restart every server, run it again."
            )
        return
    raise typer.Exit(INTERRUPTED_EXIT_CODE)


async def _rotate(settings: Settings, reporter: ProgressReporter) -> RotationResult:
    """Seal every key with the current secrets. Raises StartupError."""
    url = settings.database_url.get_secret_value()
    await preflight.check_database(url)
    async with preflight.connect(url) as conn:
        try:
            with reporter.progress("Sealing licence keys") as progress:
                return await rotation.rotate(conn, settings.keyring(), progress)
        except SecretsMissing as missing:
            raise StartupError(
                f"Keys are encrypted with {', '.join(missing.ids)}, which LICET_ENCRYPTION_SECRETS does not have, "
                "or has with another value: list it after the current one."
            ) from None
