"""What the rules of time and seats answer, written a second time in Python, for tests to compare the product with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Term:
    """The part of a subscription that its status is computed from; no end is perpetual."""

    activated_on: date | None
    expires_on: date | None
    auto_renewal: str
    grace_days: int
    suspended: bool

    def usable_until(self) -> date | None:
        """None is for ever."""
        if self.expires_on is None or self.auto_renewal != "ON":
            return self.expires_on
        return self.expires_on + timedelta(days=self.grace_days)

    def status(self, today: date) -> str:
        if self.suspended:
            return "SUSPENDED"
        if self.activated_on is None or today < self.activated_on:
            return "PENDING"
        if self.expires_on is None or today <= self.expires_on:
            return "ACTIVE"
        in_grace = self.auto_renewal == "ON" and (today - self.expires_on).days <= self.grace_days
        return "GRACE_PERIOD" if in_grace else "EXPIRED"

    def is_usable(self, today: date) -> bool:
        return self.status(today) in {"ACTIVE", "GRACE_PERIOD"}

    def is_expiring_soon(self, today: date, days: int) -> bool:
        if self.status(today) != "ACTIVE" or self.auto_renewal == "ON" or self.expires_on is None:
            return False
        return (self.expires_on - today).days <= days

    def renews_on(self, today: date) -> date | None:
        renews = self.auto_renewal == "ON" and self.status(today) not in {"EXPIRED", "SUSPENDED"}
        return self.expires_on if renews else None

    def is_displayed(self, display: str, today: date) -> bool:
        """Whether the list's filter shows it."""
        if display == "EXPIRING_SOON":
            return self.is_expiring_soon(today, 30)
        return {"ALL": True, "ACTIVE": self.is_usable(today), "EXPIRED": self.status(today) == "EXPIRED"}[display]


@dataclass(frozen=True, slots=True)
class Key:
    """A licence key; without an allocation it is the primary one, which has no quota."""

    allocation: str | None
    quota: int | None
    used: int
    expires_on: date | None
    blocked: bool

    def is_live(self, today: date) -> bool:
        return self.expires_on is None or today <= self.expires_on

    def status(self, term: Term, today: date) -> str:
        if self.blocked:
            return "BLOCKED"
        ends = [end for end in (self.expires_on, term.usable_until()) if end is not None]
        return "ACTIVE" if all(today <= end for end in ends) else "EXPIRED"


def seats(total: int, keys: Iterable[Key], today: date) -> dict[str, int]:
    """What SeatUsage shows: only live keys hold seats, and the pool is what no live RESERVED sublicence keeps."""
    live = [key for key in keys if key.is_live(today)]
    reserved = sum(key.quota or 0 for key in live if key.allocation == "RESERVED")
    shared = sum(key.used for key in live if key.allocation != "RESERVED")
    used = sum(key.used for key in live)
    return {"total": total, "used": used, "reserved": reserved, "available": total - reserved - shared}


def available(key: Key, free: int, term: Term, today: date) -> int:
    """Seats that the key can still take when the pool has so many free."""
    if key.status(term, today) != "ACTIVE":
        return 0
    if key.quota is None:
        return free
    own = key.quota - key.used
    return own if key.allocation == "RESERVED" else min(free, own)
