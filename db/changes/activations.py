"""Products activated on devices, each with a seat of a key, and devices deactivated, blocked and unblocked."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asyncpg import Connection, Record

from db import tables
from db.changes import registration, seats, subscriptions
from db.changes.audit import write_event
from db.changes.context import ChangeContext, RowKey
from db.changes.locks import authorize_account, lock_account, lock_activation
from db.changes.registration import Claim, KeyInput
from db.changes.rows import insert, update_changed
from db.enums import ActivationStatus, StartTrigger, SubscriptionStatus
from db.license_key_custody.keyring import Keyring
from db.user_errors import MutationRefused, UserErrorCode

_USABLE = (SubscriptionStatus.ACTIVE, SubscriptionStatus.GRACE_PERIOD)

_LOCK_SUBSCRIPTION = "SELECT FROM subscriptions WHERE account_id = $1 AND id = $2 FOR NO KEY UPDATE"
_ON_DEVICE = """
    SELECT id, license_key_id, status
      FROM activations
     WHERE account_id = $1 AND subscription_id = $2 AND device_id = $3
"""
_UPDATE_LAST_SEEN = "UPDATE activations SET last_seen_at = $3 WHERE account_id = $1 AND id = $2"
_REACTIVATE = """
    UPDATE activations
       SET license_key_id = $3, device_name = $4, status = 'ACTIVE', activated_at = $5, last_seen_at = $5
     WHERE account_id = $1 AND id = $2
"""


@dataclass(frozen=True, slots=True)
class Device:
    """`id` is stable for the device; `name` is for people."""

    id: str
    name: str


async def activate(
    conn: Connection, ctx: ChangeContext, keyring: Keyring, key: KeyInput, account_id: UUID, device: Device
) -> tuple[RowKey, RowKey]:
    """The activation and its subscription. A key that nobody has registered becomes the account's.

    Raises ACCOUNT_NOT_FOUND, TOO_MANY_ATTEMPTS, KEY_MALFORMED, KEY_NOT_FOUND, KEY_REGISTERED_TO_ANOTHER_ACCOUNT, what
    `registration.claim` raises, SUBSCRIPTION_NOT_ACTIVE, KEY_EXPIRED, KEY_BLOCKED, ACTIVATION_BLOCKED,
    NO_SEATS_AVAILABLE.
    """
    await authorize_account(conn, ctx, account_id)
    digests = key.digests(keyring)
    entry = await _claim_or_fetch_entry(conn, ctx, digests, account_id)
    subscription, license_key = (account_id, entry["subscription_id"]), (account_id, entry["license_key_id"])
    await conn.execute(_LOCK_SUBSCRIPTION, *subscription)
    # Read again: the previous holder of the lock may have blocked the member, rotated or deleted the key.
    await authorize_account(conn, ctx, account_id)
    await registration.fetch_entry(conn, digests, account_id, lock=False)
    current = await subscriptions.fetch_with_status(conn, ctx, subscription)
    starts = _waits_for_a_device(current)
    if current["status"] not in _USABLE and not starts:
        raise MutationRefused(UserErrorCode.SUBSCRIPTION_NOT_ACTIVE, "key")
    on_device = await conn.fetchrow(_ON_DEVICE, *subscription, device.id)
    await _require_usable(conn, ctx, license_key, on_device)
    if on_device and (on_device["license_key_id"], on_device["status"]) == (license_key[1], ActivationStatus.ACTIVE):
        await conn.execute(_UPDATE_LAST_SEEN, account_id, on_device["id"], ctx.now)
        return (account_id, on_device["id"]), subscription
    await _take_seat(conn, ctx, license_key, on_device)
    if starts:
        await subscriptions.start(conn, ctx, subscription, ctx.today)
    return await _write(conn, ctx, subscription, license_key, device, on_device), subscription


async def _claim_or_fetch_entry(conn: Connection, ctx: ChangeContext, digests: list[bytes], account_id: UUID) -> Record:
    """The index entry of a key of the account, claimed now if nobody had registered it."""
    entry = await registration.fetch_entry(conn, digests, account_id, lock=False)
    if entry["account_id"] is None:
        kind = await lock_account(conn, ctx, account_id, to_change=False)
        # Read again: the previous holder of these locks may have claimed it.
        entry = await registration.fetch_entry(conn, digests, account_id, lock=True)
        if entry["account_id"] is None:
            await registration.claim(conn, ctx, entry, Claim(account_id, kind, by_activation=True))
    return entry


def _waits_for_a_device(current: Record) -> bool:
    pending = current["status"] == SubscriptionStatus.PENDING and current["activated_on"] is None
    return bool(pending and current["start_trigger"] == StartTrigger.ON_FIRST_ACTIVATION)


async def _require_usable(conn: Connection, ctx: ChangeContext, license_key: RowKey, on_device: Record | None) -> None:
    seats_of_key = await seats.fetch_seats(conn, ctx, license_key)
    assert seats_of_key is not None, "its entry in the index was read under the lock"
    seats.require_usable(seats_of_key, "key")
    if on_device and on_device["status"] == ActivationStatus.BLOCKED:
        raise MutationRefused(UserErrorCode.ACTIVATION_BLOCKED, "device_id")


async def _take_seat(conn: Connection, ctx: ChangeContext, license_key: RowKey, on_device: Record | None) -> None:
    """A device that was on another key of the subscription leaves its seat there."""
    if on_device and on_device["status"] == ActivationStatus.ACTIVE:
        await seats.release(conn, (license_key[0], on_device["license_key_id"]))
    await seats.reserve(conn, ctx, license_key, 1, "key")


async def _write(
    conn: Connection,
    ctx: ChangeContext,
    subscription: RowKey,
    license_key: RowKey,
    device: Device,
    on_device: Record | None,
) -> RowKey:
    account_id = subscription[0]
    activation = (account_id, on_device["id"] if on_device else ctx.new_id())
    if on_device:
        await conn.execute(_REACTIVATE, *activation, license_key[1], device.name, ctx.now)
    else:
        await insert(conn, _new(ctx, activation, subscription[1], license_key[1], device))
    before = {"status": on_device["status"]} if on_device else None
    after: dict[str, Any] = {"status": ActivationStatus.ACTIVE, "deviceId": device.id}
    await write_event(conn, ctx, "activation.activated", ("Activation", activation), before, after)
    return activation


def _new(
    ctx: ChangeContext, activation: RowKey, subscription_id: UUID, license_key_id: UUID, device: Device
) -> tables.Activation:
    return tables.Activation(
        account_id=activation[0],
        id=activation[1],
        subscription_id=subscription_id,
        license_key_id=license_key_id,
        device_id=device.id,
        device_name=device.name,
        status=ActivationStatus.ACTIVE,
        activated_at=ctx.now,
        last_seen_at=ctx.now,
    )


async def deactivate(conn: Connection, ctx: ChangeContext, activation: RowKey) -> bool:
    """Whether it took a seat until now. Raises ACTIVATION_NOT_FOUND, FORBIDDEN."""
    from_statuses = (ActivationStatus.ACTIVE,)
    return await _set_status(
        conn, ctx, activation, from_statuses, ActivationStatus.DEACTIVATED, "activation.deactivated"
    )


async def block(conn: Connection, ctx: ChangeContext, activation: RowKey) -> bool:
    """Whether it is blocked only now, on every key of its subscription. Raises ACTIVATION_NOT_FOUND, FORBIDDEN."""
    from_statuses = (ActivationStatus.ACTIVE, ActivationStatus.DEACTIVATED)
    return await _set_status(conn, ctx, activation, from_statuses, ActivationStatus.BLOCKED, "activation.blocked")


async def lift_block(conn: Connection, ctx: ChangeContext, activation: RowKey) -> bool:
    """Whether it was blocked. It takes a seat when it activates again. Raises ACTIVATION_NOT_FOUND, FORBIDDEN."""
    from_statuses = (ActivationStatus.BLOCKED,)
    return await _set_status(conn, ctx, activation, from_statuses, ActivationStatus.DEACTIVATED, "activation.unblocked")


async def _set_status(
    conn: Connection,
    ctx: ChangeContext,
    activation: RowKey,
    from_statuses: tuple[ActivationStatus, ...],
    status: ActivationStatus,
    action: str,
) -> bool:
    current = await lock_activation(conn, ctx, activation)
    if current["status"] not in from_statuses:
        return False
    if current["status"] == ActivationStatus.ACTIVE:
        await seats.release(conn, (activation[0], current["license_key_id"]))
    return await update_changed(conn, ctx, tables.Activation, current, action, status=status)
