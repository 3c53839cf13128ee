"""What every part of the demo's world is written with: one day, one stream of chance, one set of rows."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from db.enums import LicenseKeyKind
from db.ids import uuid7
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring
from db.seed.rows import RowBuffer
from db.tables import AuditEvent, LicenseKeyIndex

_OPENING_HOUR, _CLOSING_HOUR = 7, 18


@dataclass(frozen=True, slots=True)
class World:
    """`midnight` begins the day that all dates are relative to."""

    midnight: datetime
    keyring: Keyring
    random: Random
    rows: RowBuffer = field(default_factory=RowBuffer)

    @property
    def today(self) -> date:
        return self.midnight.date()

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def moment(self, day: date) -> datetime:
        """Some second of the day's working hours; of yesterday's when the day has not ended yet."""
        seconds = self.random.randrange(_OPENING_HOUR * 3600, _CLOSING_HOUR * 3600)
        start = datetime.combine(min(day, self.day(-1)), time(), self.midnight.tzinfo)
        return start + timedelta(seconds=seconds)

    def id(self, at: datetime) -> UUID:
        return uuid7(at, self.random)

    def index_key(
        self,
        license_key_id: UUID,
        subscription_id: UUID,
        kind: LicenseKeyKind,
        account_id: UUID,
        blocked_at: datetime | None = None,
    ) -> str:
        """Make a key and its row in the index; its last characters."""
        key = key_format.generate(self.random)
        tail = key_format.tail(key)
        self.rows.add(
            LicenseKeyIndex(
                **asdict(self.keyring.seal(key, license_key_id)),
                account_id=account_id,
                subscription_id=subscription_id,
                license_key_id=license_key_id,
                kind=kind,
                tail=tail,
                blocked_at=blocked_at,
            )
        )
        return tail


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, as the audit log names them, and since when they may; no user is a service."""

    name: str
    user_id: UUID | None
    since: datetime


@dataclass(frozen=True, slots=True)
class AccountBuilder:
    """One account while its rows are written: who may change it, its members by subject, its methods by name."""

    world: World
    account_id: UUID
    owner: Actor
    admins: list[Actor] = field(default_factory=list)
    members: dict[str, UUID] = field(default_factory=dict)
    methods: dict[str, UUID] = field(default_factory=dict)

    def record(
        self,
        at: datetime,
        action: str,
        subject: tuple[str, UUID],
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        actor: Actor | None = None,
    ) -> None:
        """An audit event about (GraphQL type, row id), by one of those who were admins then or by `actor`."""
        actor = actor or self.world.random.choice([self.owner, *(each for each in self.admins if each.since <= at)])
        self.world.rows.add(
            AuditEvent(
                account_id=self.account_id,
                id=self.world.id(at),
                occurred_at=at,
                actor_user_id=actor.user_id,
                actor=actor.name,
                action=action,
                subject_type=subject[0],
                subject_id=subject[1],
                before=before,
                after=after,
                request_id=f"{self.world.random.getrandbits(64):016x}",
            )
        )

    def record_by_store(self, at: datetime, action: str, subject: tuple[str, UUID], after: dict[str, Any]) -> None:
        self.record(at, action, subject, None, after, Actor("store", None, at))
