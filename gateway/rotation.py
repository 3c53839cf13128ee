"""Rotating the secrets of licence keys while the service runs: what `licet rotate-keys` does."""

from db import custody
from db.custody import Rotated, SecretsMissing
from gateway.problems import Problem
from gateway.production import connected, require_ready
from gateway.settings import Settings
from gateway.welcome import Narrator


async def rotate_keys(settings: Settings, narrator: Narrator) -> Rotated:
    """Seal every key with the current secrets. Raises Problem."""
    url = settings.database_url.get_secret_value()
    await require_ready(url)
    async with connected(url) as conn:
        try:
            with narrator.progress("Sealing licence keys") as progress:
                return await custody.rotate(conn, settings.keyring(), progress)
        except SecretsMissing as missing:
            raise Problem(
                f"Keys are encrypted with {', '.join(missing.ids)}, which LICET_ENCRYPTION_SECRETS does not have, "
                "or has with another value: list it after the current one."
            ) from None
