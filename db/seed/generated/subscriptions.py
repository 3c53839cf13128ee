"""One invented subscription with its keys and devices: rows as tuples in column order, because millions are made."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from db.ids import uuid7
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring
from db.seed.catalogue import CATALOGUE, Listing
from db.seed.generated.accounts import GeneratedAccount
from db.seed.generated.fast_random import FastRandom
from db.seed.rows import RowBuffer
from db.terms import add_months

# Nothing that an account may have one of only, and trials of what nobody here buys: no rule is in the way of chance.
_PRODUCTS = tuple(
    CATALOGUE[code] for code in ("desktop-business", "desktop-pro", "toolbox", "remote-server", "file-courier")
)
_TRIAL_PRODUCT = CATALOGUE["remote-access"]
_ITEMS = tuple(CATALOGUE[code] for code in ("mobile-companion", "device-console", "priority-care"))
_STATUSES = ("ACTIVE",) * 65 + ("GRACE_PERIOD",) * 5 + ("EXPIRED",) * 22 + ("SUSPENDED",) * 4 + ("PENDING",) * 4
_CHANNELS = ("ONLINE_STORE",) * 14 + ("SALES_REP",) * 4 + ("RESELLER",) * 2
_TERMS = (1, 12, 12, 12, 12, 24, 36)
_LICENSES = (10, 20, 25, 50, 100)
_PLACES = ("Paris", "München", "Kraków", "東京", "Québec", "Lisboa", "Austin", "Ålesund")
_MOSTLY_ACTIVE = ("ACTIVE", "ACTIVE", "ACTIVE", "DEACTIVATED", "BLOCKED")


@dataclass(frozen=True, slots=True)
class GeneratedSubscription:
    """What was drawn for one subscription; `term` 0 is perpetual, `terms` how many it has run."""

    account: GeneratedAccount
    id: UUID
    number: str
    listing: Listing
    items: tuple[Listing, ...]
    status: str
    channel: str
    renewal: str
    term: int
    terms: int
    licenses: int
    started_on: date | None
    ends_on: date | None
    issued_at: datetime
    registered_at: datetime


def timestamp(day: date, random: FastRandom) -> datetime:
    """Some minute of a working day."""
    return datetime(day.year, day.month, day.day, 7 + random.below(11), random.below(60), tzinfo=UTC)


def add_subscription(
    rows: RowBuffer, account: GeneratedAccount, index: int, today: date, keyring: Keyring, random: FastRandom
) -> GeneratedSubscription:
    """The account's subscription of that index, with index % 5 devices: two on average, exactly."""
    devices = index % 5
    status = random.pick(_STATUSES)
    # What has a device has started.
    if status == "PENDING" and devices:
        status = "ACTIVE"
    drawn = _draw(account, index, status, today, random)
    _add_rows(rows, drawn, random)
    _add_keys(rows, drawn, devices, keyring, random)
    return drawn


def _draw(account: GeneratedAccount, index: int, status: str, today: date, random: FastRandom) -> GeneratedSubscription:
    trial = status == "SUSPENDED"
    perpetual = status == "ACTIVE" and random.random() < 0.05
    listing = _TRIAL_PRODUCT if trial else random.pick(_PRODUCTS)
    term = 1 if trial else 0 if perpetual else random.pick(_TERMS)
    terms = 1 if trial or perpetual else 1 + random.below(min(4, 48 // term))
    channel = "ONLINE_STORE" if trial else random.pick(_CHANNELS)
    started_on, ends_on = _days(status, term, terms, listing.grace_days, today, random)
    registered_at = timestamp(min(started_on or today, today - timedelta(days=1)), random)
    issued_at = registered_at - timedelta(days=1 + random.below(20))
    return GeneratedSubscription(
        account=account,
        id=uuid7(issued_at, random),
        number=f"{account.number_prefix}-{index:06}",
        listing=listing,
        items=_ITEMS[: 1 + random.below(3)],
        status=status,
        channel=channel,
        renewal=_renewal(status, term, channel, random),
        term=term,
        terms=terms,
        licenses=random.pick(_LICENSES),
        started_on=started_on,
        ends_on=ends_on,
        issued_at=issued_at,
        registered_at=registered_at,
    )


def _days(
    status: str, term: int, terms: int, grace_days: int, today: date, random: FastRandom
) -> tuple[date | None, date | None]:
    """First and last day, whole terms apart: a shorter month may put the last one up to three days back."""
    if status == "PENDING":
        return None, None
    if term == 0:
        return today - timedelta(days=1 + random.below(1500)), None
    if status == "ACTIVE":
        start = add_months(today - timedelta(days=1 + random.below(28 * term - 1)), -term * (terms - 1))
    elif status == "GRACE_PERIOD":
        start = add_months(today - timedelta(days=1 + random.below(grace_days - 4)), -term * terms)
    else:
        start = add_months(today - timedelta(days=grace_days + 1 + random.below(900)), -term * terms)
    return start, add_months(start, term * terms)


def _renewal(status: str, term: int, channel: str, random: FastRandom) -> str:
    if term == 0 or status == "SUSPENDED":
        return "NOT_AVAILABLE"
    likely = 0.75 if channel == "ONLINE_STORE" else 0.25
    return "ON" if status == "GRACE_PERIOD" or random.random() < likely else "OFF"


def _add_rows(rows: RowBuffer, drawn: GeneratedSubscription, random: FastRandom) -> None:
    account_id, listing, trial = drawn.account.account_id, drawn.listing, drawn.status == "SUSPENDED"
    trigger = "ON_FIRST_ACTIVATION" if drawn.status == "PENDING" else "ON_KEY_REGISTRATION"
    default = "ON" if drawn.channel == "ONLINE_STORE" else "OFF"
    rows.by_table["issued_subscriptions"].append((
        drawn.id, drawn.number, listing.code, drawn.term, drawn.licenses, drawn.channel, trigger, None, trial,
        drawn.renewal if drawn.renewal == "NOT_AVAILABLE" else default, listing.grace_days,
        [{"productCode": item.code, "quantity": drawn.licenses} for item in drawn.items], drawn.issued_at,
    ))  # fmt: skip
    rows.by_table["subscriptions"].append((
        account_id, drawn.id, drawn.number, f"{listing.name}, {random.pick(_PLACES)} {random.below(1000)}",
        listing.code, drawn.renewal, trigger, drawn.channel, drawn.started_on, drawn.ends_on, drawn.term,
        drawn.licenses, listing.grace_days, trial, drawn.registered_at + timedelta(days=9) if trial else None,
        drawn.account.card if drawn.renewal == "ON" else None, drawn.registered_at,
    ))  # fmt: skip
    rows.by_table["subscription_items"] += [(account_id, drawn.id, item.code, drawn.licenses) for item in drawn.items]


def _add_keys(
    rows: RowBuffer, drawn: GeneratedSubscription, devices: int, keyring: Keyring, random: FastRandom
) -> None:
    """The primary key and, where the product can be split, four to six sublicences."""
    sublicenses = 4 + random.below(3) if drawn.listing.sublicenses else 0
    ids = [uuid7(drawn.registered_at, random) for _ in range(1 + sublicenses)]
    used = _add_activations(rows, drawn, ids, devices, random)
    account_id = drawn.account.account_id
    for position, license_key_id in enumerate(ids):
        key = key_format.generate(random)
        sealed, tail = keyring.seal(key, license_key_id), key_format.tail(key)
        kind, name, allocation, quota = _split(drawn, position)
        rows.by_table["license_key_index"].append((
            sealed.digest, sealed.lookup_secret_id, account_id, drawn.id, license_key_id, kind, sealed.ciphertext,
            sealed.encryption_secret_id, tail, None,
        ))  # fmt: skip
        rows.by_table["license_keys"].append((
            account_id, license_key_id, drawn.id, kind, name, tail, allocation, quota, used[position], None, None,
            drawn.registered_at,
        ))  # fmt: skip


def _split(drawn: GeneratedSubscription, position: int) -> tuple[str, str | None, str | None, int | None]:
    """Kind, name, allocation, quota: a fifth of the licences reserved twice, the rest shared or reserved one by one."""
    if position == 0:
        return "PRIMARY", None, None, None
    name = f"Team {position}"
    if position > 2 and drawn.listing.dynamic:
        return "SUBLICENSE", name, "DYNAMIC", drawn.licenses // 2
    return "SUBLICENSE", name, "RESERVED", drawn.licenses // 5 if position <= 2 else 1


def _add_activations(
    rows: RowBuffer, drawn: GeneratedSubscription, keys: list[UUID], devices: int, random: FastRandom
) -> list[int]:
    """Devices spread over the keys; how many of them are ACTIVE on each."""
    used = [0] * len(keys)
    for device in range(devices):
        position = device % len(keys)
        status = random.pick(_MOSTLY_ACTIVE)
        used[position] += status == "ACTIVE"
        at = drawn.registered_at + timedelta(minutes=10 * device + 5)
        rows.by_table["activations"].append((
            drawn.account.account_id, uuid7(at, random), drawn.id, keys[position], f"{random.getrandbits(64):016x}",
            f"{random.pick(_PLACES)} ws-{random.below(100000):05}", status, at,
            at + timedelta(minutes=random.below(120)),
        ))  # fmt: skip
    return used
