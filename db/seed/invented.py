"""One invented subscription with its keys and devices: rows as tuples in column order, because millions are made."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from db.ids import uuid7
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring
from db.seed.buyers import Buyer
from db.seed.catalogue import CATALOGUE, Listing
from db.seed.dice import Dice
from db.seed.rows import Rows
from db.terms import add_months

# Nothing that an account may have one of only, and trials of what nobody here buys: no rule is in the way of chance.
_SOLD = tuple(
    CATALOGUE[code] for code in ("desktop-business", "desktop-pro", "toolbox", "remote-server", "file-courier")
)
_TRIED = CATALOGUE["remote-access"]
_ITEMS = tuple(CATALOGUE[code] for code in ("mobile-companion", "device-console", "priority-care"))
_STATUSES = ("ACTIVE",) * 65 + ("GRACE_PERIOD",) * 5 + ("EXPIRED",) * 22 + ("SUSPENDED",) * 4 + ("PENDING",) * 4
_CHANNELS = ("ONLINE_STORE",) * 14 + ("SALES_REP",) * 4 + ("RESELLER",) * 2
_TERMS = (1, 12, 12, 12, 12, 24, 36)
_LICENSES = (10, 20, 25, 50, 100)
_PLACES = ("Paris", "München", "Kraków", "東京", "Québec", "Lisboa", "Austin", "Ålesund")
_MOSTLY_ACTIVE = ("ACTIVE", "ACTIVE", "ACTIVE", "DEACTIVATED", "BLOCKED")


@dataclass(frozen=True, slots=True)
class Invented:
    """What was drawn for one subscription; `term` 0 is perpetual, `terms` how many it has run."""

    buyer: Buyer
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


def instant(day: date, dice: Dice) -> datetime:
    """Some minute of a working day."""
    return datetime(day.year, day.month, day.day, 7 + dice.below(11), dice.below(60), tzinfo=UTC)


def add_subscription(rows: Rows, buyer: Buyer, index: int, today: date, keyring: Keyring, dice: Dice) -> Invented:
    """The account's subscription of that index, with index % 5 devices: two on average, exactly."""
    devices = index % 5
    status = dice.pick(_STATUSES)
    # What has a device has started.
    if status == "PENDING" and devices:
        status = "ACTIVE"
    drawn = _draw(buyer, index, status, today, dice)
    _add_rows(rows, drawn, dice)
    _add_keys(rows, drawn, devices, keyring, dice)
    return drawn


def _draw(buyer: Buyer, index: int, status: str, today: date, dice: Dice) -> Invented:
    trial = status == "SUSPENDED"
    perpetual = status == "ACTIVE" and dice.random() < 0.05
    listing = _TRIED if trial else dice.pick(_SOLD)
    term = 1 if trial else 0 if perpetual else dice.pick(_TERMS)
    terms = 1 if trial or perpetual else 1 + dice.below(min(4, 48 // term))
    channel = "ONLINE_STORE" if trial else dice.pick(_CHANNELS)
    started_on, ends_on = _days(status, term, terms, listing.grace_days, today, dice)
    registered_at = instant(min(started_on or today, today - timedelta(days=1)), dice)
    issued_at = registered_at - timedelta(days=1 + dice.below(20))
    return Invented(
        buyer=buyer,
        id=uuid7(issued_at, dice),
        number=f"{buyer.number_prefix}-{index:06}",
        listing=listing,
        items=_ITEMS[: 1 + dice.below(3)],
        status=status,
        channel=channel,
        renewal=_renewal(status, term, channel, dice),
        term=term,
        terms=terms,
        licenses=dice.pick(_LICENSES),
        started_on=started_on,
        ends_on=ends_on,
        issued_at=issued_at,
        registered_at=registered_at,
    )


def _days(
    status: str, term: int, terms: int, grace_days: int, today: date, dice: Dice
) -> tuple[date | None, date | None]:
    """First and last day, whole terms apart: a shorter month may put the last one up to three days back."""
    if status == "PENDING":
        return None, None
    if term == 0:
        return today - timedelta(days=1 + dice.below(1500)), None
    if status == "ACTIVE":
        start = add_months(today - timedelta(days=1 + dice.below(28 * term - 1)), -term * (terms - 1))
    elif status == "GRACE_PERIOD":
        start = add_months(today - timedelta(days=1 + dice.below(grace_days - 4)), -term * terms)
    else:
        start = add_months(today - timedelta(days=grace_days + 1 + dice.below(900)), -term * terms)
    return start, add_months(start, term * terms)


def _renewal(status: str, term: int, channel: str, dice: Dice) -> str:
    if term == 0 or status == "SUSPENDED":
        return "NOT_AVAILABLE"
    likely = 0.75 if channel == "ONLINE_STORE" else 0.25
    return "ON" if status == "GRACE_PERIOD" or dice.random() < likely else "OFF"


def _add_rows(rows: Rows, drawn: Invented, dice: Dice) -> None:
    account_id, listing, trial = drawn.buyer.account_id, drawn.listing, drawn.status == "SUSPENDED"
    trigger = "ON_FIRST_ACTIVATION" if drawn.status == "PENDING" else "ON_KEY_REGISTRATION"
    default = "ON" if drawn.channel == "ONLINE_STORE" else "OFF"
    rows.of["issued_subscriptions"].append((
        drawn.id, drawn.number, listing.code, drawn.term, drawn.licenses, drawn.channel, trigger, None, trial,
        drawn.renewal if drawn.renewal == "NOT_AVAILABLE" else default, listing.grace_days,
        [{"productCode": item.code, "quantity": drawn.licenses} for item in drawn.items], drawn.issued_at,
    ))  # fmt: skip
    rows.of["subscriptions"].append((
        account_id, drawn.id, drawn.number, f"{listing.name}, {dice.pick(_PLACES)} {dice.below(1000)}",
        listing.code, drawn.renewal, trigger, drawn.channel, drawn.started_on, drawn.ends_on, drawn.term,
        drawn.licenses, listing.grace_days, trial, drawn.registered_at + timedelta(days=9) if trial else None,
        drawn.buyer.card if drawn.renewal == "ON" else None, drawn.registered_at,
    ))  # fmt: skip
    rows.of["subscription_items"] += [(account_id, drawn.id, item.code, drawn.licenses) for item in drawn.items]


def _add_keys(rows: Rows, drawn: Invented, devices: int, keyring: Keyring, dice: Dice) -> None:
    """The primary key and, where the product can be split, four to six sublicences."""
    sublicenses = 4 + dice.below(3) if drawn.listing.sublicenses else 0
    ids = [uuid7(drawn.registered_at, dice) for _ in range(1 + sublicenses)]
    used = _add_activations(rows, drawn, ids, devices, dice)
    account_id = drawn.buyer.account_id
    for position, license_key_id in enumerate(ids):
        key = key_format.generate(dice)
        sealed, tail = keyring.seal(key, license_key_id), key_format.tail(key)
        kind, name, allocation, quota = _split(drawn, position)
        rows.of["license_key_index"].append((
            sealed.digest, sealed.lookup_secret_id, account_id, drawn.id, license_key_id, kind, sealed.ciphertext,
            sealed.encryption_secret_id, tail, None,
        ))  # fmt: skip
        rows.of["license_keys"].append((
            account_id, license_key_id, drawn.id, kind, name, tail, allocation, quota, used[position], None, None,
            drawn.registered_at,
        ))  # fmt: skip


def _split(drawn: Invented, position: int) -> tuple[str, str | None, str | None, int | None]:
    """Kind, name, allocation, quota: a fifth of the licences reserved twice, the rest shared or reserved one by one."""
    if position == 0:
        return "PRIMARY", None, None, None
    name = f"Team {position}"
    if position > 2 and drawn.listing.dynamic:
        return "SUBLICENSE", name, "DYNAMIC", drawn.licenses // 2
    return "SUBLICENSE", name, "RESERVED", drawn.licenses // 5 if position <= 2 else 1


def _add_activations(rows: Rows, drawn: Invented, keys: list[UUID], devices: int, dice: Dice) -> list[int]:
    """Devices spread over the keys; how many of them are ACTIVE on each."""
    used = [0] * len(keys)
    for device in range(devices):
        position = device % len(keys)
        status = dice.pick(_MOSTLY_ACTIVE)
        used[position] += status == "ACTIVE"
        at = drawn.registered_at + timedelta(minutes=10 * device + 5)
        rows.of["activations"].append((
            drawn.buyer.account_id, uuid7(at, dice), drawn.id, keys[position], f"{dice.getrandbits(64):016x}",
            f"{dice.pick(_PLACES)} ws-{dice.below(100000):05}", status, at, at + timedelta(minutes=dice.below(120)),
        ))  # fmt: skip
    return used
