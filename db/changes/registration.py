"""Registers licence keys: an account claims a key, and with it the issued subscription."""

from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection, Record

from db.changes.audit import transfer_issued_events, write_event
from db.changes.context import ChangeContext, RowKey
from db.changes.locks import lock_account
from db.changes.provisioning import (
    create_primary_key,
    create_subscription,
    end_trials,
    first_day,
    require_audience,
    require_within_product_limit,
    terms_of,
)
from db.enums import AccountKind, LicenseKeyKind
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring
from db.terms import end_of_term
from db.user_errors import MutationRefused, UserErrorCode

_FIND = """
    SELECT account_id, subscription_id, license_key_id, kind, tail, blocked_at
      FROM license_key_index
     WHERE digest = ANY ($1)
"""
_CLAIM = """
    UPDATE license_key_index SET account_id = $2 WHERE license_key_id = $1 AND account_id IS NULL AND blocked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class KeyInput:
    """A licence key as the client sent it, and whether the viewer has an attempt left."""

    text: str
    allowed: bool = True

    def digests(self, keyring: Keyring) -> list[bytes]:
        """Raises TOO_MANY_ATTEMPTS, KEY_MALFORMED."""
        if not self.allowed:
            raise MutationRefused(UserErrorCode.TOO_MANY_ATTEMPTS, "key")
        key = key_format.normalize(self.text)
        if not key_format.is_well_formed(key):
            raise MutationRefused(UserErrorCode.KEY_MALFORMED, "key")
        return keyring.digests(key)


@dataclass(frozen=True, slots=True)
class Claim:
    """An account that claims an unregistered key, with the options of the registration."""

    account_id: UUID
    kind: AccountKind
    name: str | None = None
    suspend_trial: bool = False
    by_activation: bool = False
    """By a device that is being activated. What companies use is registered by their administrators before."""


async def fetch_entry(conn: Connection, digests: list[bytes], account_id: UUID, *, lock: bool) -> Record:
    """The key's entry, when it is free or the account's. Raises KEY_NOT_FOUND, KEY_REGISTERED_TO_ANOTHER_ACCOUNT."""
    entry = await conn.fetchrow(f"{_FIND} FOR NO KEY UPDATE" if lock else _FIND, digests)
    if entry is None:
        raise MutationRefused(UserErrorCode.KEY_NOT_FOUND, "key")
    if entry["account_id"] not in (None, account_id):
        raise MutationRefused(UserErrorCode.KEY_REGISTERED_TO_ANOTHER_ACCOUNT, "key")
    return entry


async def register(
    conn: Connection,
    ctx: ChangeContext,
    keyring: Keyring,
    key: KeyInput,
    account_id: UUID,
    *,
    name: str | None,
    suspend_trial: bool,
) -> tuple[RowKey, RowKey]:
    """The subscription and the licence key. `suspend` says that an active trial of the product ends with this.

    Raises ACCOUNT_NOT_FOUND, FORBIDDEN, TOO_MANY_ATTEMPTS, KEY_MALFORMED, KEY_NOT_FOUND,
    KEY_REGISTERED_TO_ANOTHER_ACCOUNT, KEY_NOT_PRIMARY, KEY_ALREADY_REGISTERED, and what `claim` raises.
    """
    kind = await lock_account(conn, ctx, account_id)
    entry = await fetch_entry(conn, key.digests(keyring), account_id, lock=True)
    if entry["kind"] != LicenseKeyKind.PRIMARY:
        raise MutationRefused(UserErrorCode.KEY_NOT_PRIMARY, "key")
    subscription, license_key = (account_id, entry["subscription_id"]), (account_id, entry["license_key_id"])
    if entry["account_id"] is not None:
        related = {"subscription": subscription, "license_key": license_key}
        raise MutationRefused(UserErrorCode.KEY_ALREADY_REGISTERED, "key", related=related)
    await claim(conn, ctx, entry, Claim(account_id, kind, name, suspend_trial))
    return subscription, license_key


async def claim(conn: Connection, ctx: ChangeContext, entry: Record, by: Claim) -> None:
    """Make the account the key's. The caller holds the locks of both.

    Raises KEY_BLOCKED, SUBSCRIPTION_EXPIRED, REGISTRATION_REQUIRED, ACCOUNT_KIND_MISMATCH, TRIAL_CONFLICT,
    PRODUCT_LIMIT_REACHED.
    """
    if entry["blocked_at"] is not None:
        raise MutationRefused(UserErrorCode.KEY_BLOCKED, "key")
    terms = await terms_of(conn, entry["subscription_id"])
    starts_on = first_day(terms, ctx.today)
    ends_on = starts_on and end_of_term(starts_on, terms["term_months"])
    if ends_on is not None and ends_on < ctx.today:
        raise MutationRefused(UserErrorCode.SUBSCRIPTION_EXPIRED, "key")
    if by.by_activation and (terms["audience"] or by.kind) == AccountKind.BUSINESS:
        raise MutationRefused(UserErrorCode.REGISTRATION_REQUIRED, "key")
    require_audience(terms["audience"], by.kind)
    await end_trials(conn, ctx, terms, by.account_id, suspend_trial=by.suspend_trial)
    await require_within_product_limit(conn, ctx, terms, by.account_id)
    await conn.execute(_CLAIM, entry["license_key_id"], by.account_id)
    await create_subscription(conn, ctx, terms, by.account_id, starts_on=starts_on, name=by.name)
    await create_primary_key(conn, ctx, terms, by.account_id, entry["license_key_id"], entry["tail"])
    await transfer_issued_events(conn, terms["id"], by.account_id)
    subject = ("LicenseKey", (by.account_id, entry["license_key_id"]))
    await write_event(conn, ctx, "license_key.registered", subject, None, {"number": terms["number"]})
