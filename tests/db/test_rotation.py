"""The secrets of licence keys are rotated while keys are issued, registered and shown."""

import asyncio
import time
from collections.abc import Sequence
from threading import Event
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from asyncpg import Connection

from db.changes import issuing, license_keys, registration, sublicenses
from db.changes.context import ChangeContext, RowKey
from db.changes.issuing import Terms
from db.changes.registration import KeyInput
from db.enums import SalesChannel, StartTrigger
from db.license_key_custody import rotation
from db.license_key_custody.keyring import Keyring, SealedKey
from db.license_key_custody.rotation import RotationResult, SecretsMissing
from db.pool import register_codecs
from tests import world
from tests.committed import Acquire, connections

STORE = ChangeContext(None, "store", world.NOW, as_store=True)
OLD = Keyring({"l1": b"a look-up secret for tests, 32 characters"}, {"e1": b"0123456789abcdef0123456789abcdef"})
NEW = Keyring({"l2": b"another look-up secret, as long as that"}, {"e2": b"fedcba9876543210fedcba9876543210"})
BOTH = Keyring({**NEW.lookup, **OLD.lookup}, {**NEW.encryption, **OLD.encryption})
SECRETS = "SELECT lookup_secret_id, encryption_secret_id, count(*) FROM license_key_index GROUP BY 1, 2 ORDER BY 1, 2"


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


async def issued(conn: Connection, keyring: Keyring, count: int) -> list[str]:
    """Keys that nobody has registered."""
    keys = []
    for _ in range(count):
        taken = await conn.fetchval("SELECT count(*) FROM issued_subscriptions")
        given = Terms(f"N-{taken}", "desktop", 1, 12, SalesChannel.RESELLER, StartTrigger.ON_KEY_REGISTRATION)
        made = await issuing.issue(conn, STORE, keyring, given, None)
        keys.append(await license_keys.decrypt(conn, keyring, made.license_key_id))
    return keys


async def secrets(conn: Connection) -> list[tuple[str, str, int]]:
    return [tuple(row) for row in await conn.fetch(SECRETS)]


async def register(acquire: Acquire, account_id: UUID, keys: Sequence[str]) -> None:
    ctx = ChangeContext(None, "ada", world.NOW, as_store=True)
    for key in keys:
        async with acquire() as conn, conn.transaction():
            await registration.register(conn, ctx, BOTH, KeyInput(key), account_id, name=None, suspend_trial=False)


async def test_keys_are_registered_while_their_secrets_are_rotated(empty_database: str) -> None:
    async with connections(empty_database, 9) as acquire, acquire() as conn:
        await world.product(conn)
        accounts = [await world.account(conn) for _ in range(8)]
        keys = await issued(conn, OLD, 320)

        async with asyncio.TaskGroup() as group:
            rotating = group.create_task(rotation.rotate(conn, BOTH, silent, batch=20))
            for position, account_id in enumerate(accounts):
                group.create_task(register(acquire, account_id, keys[position::8]))

        rows = await conn.fetch("SELECT license_key_id, account_id, digest FROM license_key_index")
        found = {await license_keys.decrypt(conn, NEW, row["license_key_id"]): row for row in rows}
        assert (rotating.result(), await secrets(conn)) == (RotationResult(320, 0), [("l2", "e2", 320)])
        assert {key: row["account_id"] for key, row in found.items()} == {
            key: accounts[position % 8] for position, key in enumerate(keys)
        }
        assert all([row["digest"]] == KeyInput(key).digests(NEW) for key, row in found.items())


class SlowKeyring(Keyring):
    """Leaves others time between the reading of a key and the writing of it."""

    def seal(self, key: str, license_key_id: UUID) -> SealedKey:
        time.sleep(0.002)
        return super().seal(key, license_key_id)


async def replace(url: str, rows: Sequence[RowKey], has_begun: Event) -> None:
    conn = await asyncpg.connect(url)
    await register_codecs(conn)
    for row in rows:
        async with conn.transaction():
            await sublicenses.rotate(conn, STORE, BOTH, row)
        has_begun.set()
    await conn.close()


async def test_a_sublicense_that_is_rotated_while_its_secrets_are_keeps_its_new_key(empty_database: str) -> None:
    async with connections(empty_database, 1) as acquire, acquire() as conn:
        account_id = await world.company(conn)
        subscription = await world.subscription(conn, account_id, license_count=200)
        terms: dict[str, Any] = {"allocation": "RESERVED", "quota": 1}
        rows = [(account_id, await world.license_key(conn, account_id, subscription, **terms)) for _ in range(60)]
        for row in rows:
            await world.index_key(conn, OLD, (account_id, subscription, row[1]), "SUBLICENSE")

        # In a thread of their own, they go on while this one seals.
        has_begun = Event()
        replacing = asyncio.create_task(asyncio.to_thread(asyncio.run, replace(empty_database, rows, has_begun)))
        assert await asyncio.to_thread(has_begun.wait, 30)
        await rotation.rotate(conn, SlowKeyring(BOTH.lookup, BOTH.encryption), silent, batch=60)
        await replacing

        found = await conn.fetch(
            "SELECT i.license_key_id, i.digest, i.tail, k.tail AS shown FROM license_key_index i"
            "  JOIN license_keys k ON k.id = i.license_key_id"
        )
        keys = [(await license_keys.decrypt(conn, NEW, row["license_key_id"]), row) for row in found]
        assert await secrets(conn) == [("l2", "e2", 60)]
        assert all(
            ([row["digest"]], row["tail"], row["shown"]) == (KeyInput(key).digests(NEW), key[-5:], key[-5:])
            for key, row in keys
        )


async def test_a_rotation_that_was_stopped_goes_on_where_it_was(conn: Connection) -> None:
    await world.product(conn)
    await issued(conn, OLD, 30)
    await issued(conn, BOTH, 3)
    seen: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rotation.rotate(conn, BOTH, stop, batch=10)
    halfway = await secrets(conn)
    finished = await rotation.rotate(conn, BOTH, silent, batch=10)

    assert seen == [(0, 30), (10, 30), (20, 30)]
    assert halfway == [("l1", "e1", 10), ("l2", "e2", 23)]
    assert (finished, await secrets(conn)) == (RotationResult(10, 23), [("l2", "e2", 33)])


async def test_a_key_that_is_sealed_with_a_former_secret_behind_its_back_is_told(conn: Connection) -> None:
    await world.product(conn)
    await issued(conn, OLD, 1)
    # It stands where the pass has been already.
    await conn.execute("UPDATE license_key_index SET license_key_id = $1", UUID(int=0))
    await issued(conn, OLD, 2)

    assert await rotation.rotate(conn, BOTH, silent) == RotationResult(resealed=2, already_current=0, remaining=1)


async def test_only_the_secret_that_changed_is_another_one_afterwards(conn: Connection) -> None:
    await world.product(conn)
    [key] = await issued(conn, OLD, 1)
    ring = Keyring(BOTH.lookup, OLD.encryption)

    assert await rotation.rotate(conn, ring, silent) == RotationResult(1, 0)

    assert await secrets(conn) == [("l2", "e1", 1)]
    assert await conn.fetchval("SELECT digest FROM license_key_index") == KeyInput(key).digests(NEW)[0]


# The secret is not there, or there is another one under its id.
@pytest.mark.parametrize("encryption", [NEW.encryption, {**NEW.encryption, "e1": b"x" * 32}])
async def test_without_a_secret_that_is_needed_nothing_changes(conn: Connection, encryption: dict[str, bytes]) -> None:
    await world.product(conn)
    await issued(conn, OLD, 3)
    before = await conn.fetch("SELECT * FROM license_key_index ORDER BY license_key_id")

    with pytest.raises(SecretsMissing) as missing:
        await rotation.rotate(conn, Keyring(BOTH.lookup, encryption), silent)

    assert missing.value.ids == ["e1"]
    assert await conn.fetch("SELECT * FROM license_key_index ORDER BY license_key_id") == before
