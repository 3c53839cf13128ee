"""`licet rotate-keys`, as somebody types it."""

import asyncpg

from db import pool
from db.license_key_custody.keyring import Keyring
from tests import world
from tests.cli.test_commands import OWN
from tests.db.test_rotation import issued, secrets
from tests.processes import licet

LOOKUP, ENCRYPTION = OWN["LICET_LOOKUP_SECRETS"], OWN["LICET_ENCRYPTION_SECRETS"]
NEW_LOOKUP, NEW_ENCRYPTION = f"2:{'n' * 40}", f"2:{'A' * 43}="
FORMER = Keyring({"1": LOOKUP[2:].encode()}, {"1": bytes(range(32))})


async def test_keys_are_sealed_anew_and_counted(empty_database: str) -> None:
    licet("migrate", DATABASE_URL=empty_database)
    conn = await asyncpg.connect(empty_database)
    await pool.register_codecs(conn)
    await world.product(conn)
    await issued(conn, FORMER, 3)
    settings = OWN | {"DATABASE_URL": empty_database}
    examined = licet("doctor", **settings | {"LICET_LOOKUP_SECRETS": NEW_LOOKUP})
    both = {"LICET_LOOKUP_SECRETS": f"{NEW_LOOKUP},{LOOKUP}"}
    refused = licet("rotate-keys", **settings | both | {"LICET_ENCRYPTION_SECRETS": NEW_ENCRYPTION})
    rings = both | {"LICET_ENCRYPTION_SECRETS": f"{NEW_ENCRYPTION},{ENCRYPTION}"}
    done, again = (licet("rotate-keys", **settings | rings) for _ in range(2))

    assert examined.stdout.splitlines()[-1] == (
        "✗ every licence key can be found and opened: "
        "LICET_LOOKUP_SECRETS lacks 1: list what is lacking after the current one."
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith(
        "licet: Keys are encrypted with 1, which LICET_ENCRYPTION_SECRETS does not have, or has with another value: "
        "list it after the current one.\n"
    )
    assert (done.returncode, done.stdout) == (
        0,
        "3 keys were sealed anew, 0 were sealed with the current secrets.\n",
    )
    assert (again.returncode, again.stdout) == (
        0,
        "0 keys were sealed anew, 3 were sealed with the current secrets.\n",
    )
    assert await secrets(conn) == [("2", "2", 3)]
    await conn.close()
