"""A subscription with its keys and devices in plain Python: what each change comes to, for tests to compare with."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from db.terms import end_of_term, renewed
from tests.schema.model import Key, Term, available, seats

PRIMARY = "primary"
ACTIVE, DEACTIVATED, BLOCKED = "ACTIVE", "DEACTIVATED", "BLOCKED"
# What a change of a device leaves of its status; of another status than these it changes nothing.
BECOMES = {
    "deactivate": {ACTIVE: DEACTIVATED},
    "block": {ACTIVE: BLOCKED, DEACTIVATED: BLOCKED},
    "lift_block": {BLOCKED: DEACTIVATED},
}


@dataclass(slots=True)
class SeatModel:
    """Every change returns the code of its refusal, or None when it happened."""

    total: int
    term: Term
    term_months: int
    today: date
    keys: dict[str, Key] = field(default_factory=lambda: {PRIMARY: Key(None, None, 0, None, blocked=False)})
    devices: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Status, and the key it is on."""

    def key(self, name: str) -> Key:
        used = sum(on == (ACTIVE, name) for on in self.devices.values())
        return replace(self.keys[name], used=used)

    def usage(self, *, without: str | None = None) -> dict[str, int]:
        return seats(self.total, [self.key(name) for name in self.keys if name != without], self.today)

    def available(self, name: str) -> int:
        return available(self.key(name), self.usage()["available"], self.term, self.today)

    def pass_days(self, days: int) -> None:
        self.today += timedelta(days=days)

    def switch_renewal(self, *, enabled: bool, confirmed: bool) -> str | None:
        status = self.term.status(self.today)
        if status == "EXPIRED":
            return "SUBSCRIPTION_EXPIRED"
        if status == "GRACE_PERIOD" and not enabled and not confirmed:
            return "GRACE_LOSS_UNCONFIRMED"
        self.term = replace(self.term, auto_renewal="ON" if enabled else "OFF")
        return None

    def renew(self) -> None:
        assert self.term.expires_on is not None
        assert self.term.activated_on is not None
        if self.term.status(self.today) == "EXPIRED":
            end = end_of_term(self.today, self.term_months)
        else:
            end = renewed(self.term.expires_on, self.term_months, self.term.activated_on)
        self.term = replace(self.term, expires_on=end)

    def activate(self, name: str, device: str) -> str | None:
        key, before = self.key(name), self.devices.get(device)
        starts = self.term.activated_on is None
        refused = (None if starts else self._not_usable()) or _not_usable(key, self.today)
        if refused or before == (ACTIVE, name):
            return refused
        if before is not None and before[0] == BLOCKED:
            return "ACTIVATION_BLOCKED"
        if before is not None:
            self.devices[device] = (DEACTIVATED, before[1])
        if self.available(name) < 1:
            if before is not None:
                self.devices[device] = before
            return "NO_SEATS_AVAILABLE"
        self.devices[device] = (ACTIVE, name)
        if starts:
            end = end_of_term(self.today, self.term_months)
            self.term = replace(self.term, activated_on=self.today, expires_on=end)
        return None

    def change_device(self, device: str, how: str) -> bool:
        status, name = self.devices[device]
        if status not in BECOMES[how]:
            return False
        self.devices[device] = (BECOMES[how][status], name)
        return True

    def create(self, name: str, key: Key) -> str | None:
        refused = self._not_usable() or self._no_room(key, None)
        if refused is None:
            self.keys[name] = key
        return refused

    def update(self, name: str, values: dict[str, Any]) -> str | None:
        changed = replace(self.key(name), **values)
        refused = self._not_usable() or _primary(name) or self._no_room(changed, name)
        if refused is None:
            self.keys[name] = changed
        return refused

    def block(self, name: str, *, blocked: bool) -> None:
        self.keys[name] = replace(self.keys[name], blocked=blocked)

    def rotate(self, name: str) -> str | None:
        refused = self._not_usable() or _primary(name)
        return refused or ("KEY_BLOCKED" if self.keys[name].blocked else None)

    def delete(self, name: str, move_to: str | None) -> str | None:
        if move_to == name:
            return "INVALID_INPUT"
        used = self.key(name).used
        refused = self._not_usable() or _primary(name)
        refused = refused or (
            _not_usable(self.keys[move_to], self.today) if move_to else "KEY_IN_USE" if used else None
        )
        if refused:
            return refused
        target = self.key(move_to or PRIMARY)
        room = available(target, self.usage(without=name)["available"], self.term, self.today)
        if used > room:
            return "NO_SEATS_AVAILABLE"
        del self.keys[name]
        self.devices = {
            device: (status, (move_to or PRIMARY) if on == name else on)
            for device, (status, on) in self.devices.items()
        }
        return None

    def _not_usable(self) -> str | None:
        return None if self.term.is_usable(self.today) else "SUBSCRIPTION_NOT_ACTIVE"

    def _no_room(self, key: Key, instead_of: str | None) -> str | None:
        assert key.quota is not None
        end = self.term.expires_on
        needed = key.quota if key.allocation == "RESERVED" else key.used
        broken = {
            "QUOTA_INVALID": key.quota < 1,
            "QUOTA_BELOW_USED": key.quota < key.used,
            "QUOTA_EXCEEDS_POOL": needed > self.usage(without=instead_of)["available"],
            "EXPIRATION_IN_PAST": not key.is_live(self.today),
            "EXPIRATION_AFTER_SUBSCRIPTION": key.expires_on is not None and end is not None and key.expires_on > end,
        }
        return next((code for code, is_broken in broken.items() if is_broken), None)


def _primary(name: str) -> str | None:
    return "CANNOT_MODIFY_PRIMARY" if name == PRIMARY else None


def _not_usable(key: Key, today: date) -> str | None:
    if not key.is_live(today):
        return "KEY_EXPIRED"
    return "KEY_BLOCKED" if key.blocked else None
