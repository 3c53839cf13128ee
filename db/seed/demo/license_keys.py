"""The keys of a subscription of the demo's world, and the devices on them."""

from datetime import UTC, datetime, time, timedelta
from itertools import repeat
from uuid import UUID

from db.enums import ActivationStatus, LicenseKeyKind
from db.seed.demo.account_builder import AccountBuilder
from db.seed.demo.sales import Devices, Sublicense
from db.seed.demo.subscriptions import SeededSubscription
from db.tables import Activation, LicenseKey, LicenseKeyGrant

_DEVICES = ("atelier-ws-{:02}", "Poste {:02}", "会議室PC-{}", "LAPTOP-{:03}", "Büro-{:02}", "stół-{}", "étage-2-{:02}")
_BLOCKED_DAYS_AGO = 15


def add_keys(account: AccountBuilder, subscription: SeededSubscription) -> None:
    """The primary key, made at issue, and its sublicences, made after it was registered."""
    sale = subscription.sale
    primary = _add_key(
        account,
        subscription,
        subscription.issued_at,
        subscription.registered_at,
        sale.devices,
        None,
        sale.is_key_blocked,
    )
    account.record(subscription.registered_at, "license_key.registered", primary, None, {"number": sale.number})
    for position, split in enumerate(sale.split, 1):
        made_at = subscription.registered_at + timedelta(minutes=15 * position)
        subject = _add_key(account, subscription, made_at, made_at, split.devices, split, split.is_blocked)
        after = {"name": split.name, "allocation": split.allocation, "quota": split.quota}
        account.record(made_at, "license_key.created", subject, None, after)
        _grant(account, split, subject[1], made_at)
    if sale.split:
        account.record(subscription.registered_at + timedelta(hours=3), "license_key.revealed", primary)


def _add_key(
    account: AccountBuilder,
    subscription: SeededSubscription,
    made_at: datetime,
    registered_at: datetime,
    devices: Devices,
    split: Sublicense | None,
    is_blocked: bool,
) -> tuple[str, UUID]:
    world = account.world
    license_key_id = world.id(made_at)
    blocked_at = world.moment(world.day(-_BLOCKED_DAYS_AGO)) if is_blocked else None
    kind = LicenseKeyKind.SUBLICENSE if split else LicenseKeyKind.PRIMARY
    world.rows.add(
        LicenseKey(
            account_id=account.account_id,
            id=license_key_id,
            subscription_id=subscription.id,
            kind=kind,
            name=split.name if split else None,
            tail=world.index_key(license_key_id, subscription.id, kind, account.account_id, blocked_at),
            allocation=split.allocation if split else None,
            quota=split.quota if split else None,
            used=devices.active,
            expires_on=world.day(split.ends) if split and split.ends is not None else None,
            blocked_at=blocked_at,
            registered_at=registered_at,
        )
    )
    if blocked_at:
        account.record_by_store(blocked_at, "license_key.blocked", ("LicenseKey", license_key_id), {"reason": "leaked"})
    _add_devices(account, subscription, license_key_id, devices)
    return "LicenseKey", license_key_id


def _grant(account: AccountBuilder, split: Sublicense, license_key_id: UUID, at: datetime) -> None:
    for subject in split.admins:
        membership_id = account.members[subject]
        account.world.rows.add(
            LicenseKeyGrant(account_id=account.account_id, membership_id=membership_id, license_key_id=license_key_id)
        )
        account.record(at, "license_key.admins_changed", ("LicenseKey", license_key_id), None, {"admins": [subject]})


def _add_devices(
    account: AccountBuilder, subscription: SeededSubscription, license_key_id: UUID, devices: Devices
) -> None:
    statuses = (
        *repeat(ActivationStatus.ACTIVE, devices.active),
        *repeat(ActivationStatus.DEACTIVATED, devices.deactivated),
        *repeat(ActivationStatus.BLOCKED, devices.blocked),
    )
    for position, status in enumerate(statuses):
        _add_device(account, subscription, license_key_id, position, status)


def _add_device(
    account: AccountBuilder,
    subscription: SeededSubscription,
    license_key_id: UUID,
    position: int,
    status: ActivationStatus,
) -> None:
    """The first one on the day the subscription started: it may have been what started it."""
    world = account.world
    first, last = _span(account, subscription)
    at = first + (last - first) * (world.random.random() * 0.6 if position else 0)
    # Devices in use were seen lately, the others at any time.
    seen_at = at + (last - at) * world.random.random() ** (0.1 if status is ActivationStatus.ACTIVE else 1)
    activation_id = world.id(at)
    world.rows.add(
        Activation(
            account_id=account.account_id,
            id=activation_id,
            subscription_id=subscription.id,
            license_key_id=license_key_id,
            device_id=f"{world.random.getrandbits(64):016x}",
            device_name=world.random.choice(_DEVICES).format(position + 1),
            status=status,
            activated_at=at.replace(microsecond=0),
            last_seen_at=seen_at.replace(microsecond=0) + timedelta(seconds=1),
        )
    )
    if status is not ActivationStatus.ACTIVE:
        action = f"activation.{status.lower()}"
        change = {"status": ActivationStatus.ACTIVE}, {"status": status}
        account.record(seen_at, action, ("Activation", activation_id), *change)


def _span(account: AccountBuilder, subscription: SeededSubscription) -> tuple[datetime, datetime]:
    """From the day it started, all keys made, to the end of the last day it could be used."""
    started = datetime.combine(subscription.started_on or account.world.today, time(), UTC)
    first = max(started, subscription.registered_at) + timedelta(hours=4)
    until = subscription.usable_until
    end = datetime.combine(until, time(), UTC) if until else account.world.midnight
    return first, max(first, min(end, account.world.midnight) - timedelta(minutes=1))
