"""Random changes to a subscription's keys, devices, renewal and date: rows and counters are as a small model says."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeVar

import asyncpg
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from db import tables
from db.changes import activations, license_keys, renewals, sublicenses, subscriptions
from db.changes.context import ChangeContext, RowKey
from db.enums import Allocation
from db.expressions import available_seats, free_seats, reserved_seats, status, used_seats
from db.license_key_custody.keyring import Keyring
from db.mapping.batch_sql import render
from db.mapping.declarations import scalar
from db.pool import register_codecs
from db.user_errors import MutationRefused
from tests import world
from tests.db.seat_model import BECOMES, PRIMARY, SeatModel
from tests.db.team import Team, create_team
from tests.schema.model import Key, Term

T = TypeVar("T")
KEY, SUBSCRIPTION = tables.table(tables.LicenseKey), tables.table(tables.Subscription)
OTHER = KEY.alias()
TERMS = ("activated_on", "expires_on", "auto_renewal")
OF_IT = (OTHER.c.account_id == SUBSCRIPTION.c.account_id, OTHER.c.subscription_id == SUBSCRIPTION.c.id)
KEYS = render(
    select(
        KEY.c.name, KEY.c.allocation, KEY.c.quota, KEY.c.used, KEY.c.expires_on,
        KEY.c.blocked_at.is_not(None).label("blocked"), available_seats(KEY).label("available"),
    )
)  # fmt: skip
USAGE = render(
    select(
        status(SUBSCRIPTION).label("status"),
        *(SUBSCRIPTION.c[name] for name in TERMS),
        SUBSCRIPTION.c.license_count.label("total"),
        scalar(OTHER, value=used_seats(OTHER), where=OF_IT).label("used"),
        scalar(OTHER, value=reserved_seats(OTHER), where=OF_IT).label("reserved"),
        scalar(OTHER, value=free_seats(OTHER, SUBSCRIPTION.c.license_count), where=OF_IT).label("available"),
    )
)
DEVICES = "SELECT device_id, status, name FROM activations a JOIN license_keys k ON k.id = a.license_key_id"
DEVICE = "SELECT account_id, id FROM activations WHERE device_id = $1"
TERM: dict[str, Any] = {"expires_on": world.day(20), "auto_renewal": "ON", "grace_days": 10}
MONTHS = 2
UNBEGUN = "UPDATE subscriptions SET start_trigger = 'ON_FIRST_ACTIVATION', activated_on = NULL, expires_on = NULL"

ALLOCATIONS = st.sampled_from(["RESERVED", "DYNAMIC"])
QUOTAS = st.sampled_from([0, 1, 2, 3, 5, 9])
# Own last days, counted from today.
ENDS = st.none() | st.sampled_from([-1, 0, 1, 4, 15, 40])
PLACES = st.integers(0, 7)
NAMES = st.sampled_from(["laptop", "tower", "tablet", "phone", "cart", "kiosk", "wall", "desk", "lab"])


class Subscription(RuleBasedStateMachine):
    """One of eight licences, in a transaction that is rolled back in the end."""

    database_url: str
    keyring: Keyring

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.made = 0
        self.texts: dict[str, str] = {}
        self.old_texts: list[str] = []
        term = Term(world.day(-300), suspended=False, **TERM)
        self.model = SeatModel(8, term, MONTHS, world.TODAY)
        self.run(self._begin())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def _begin(self) -> None:
        self.conn = await asyncpg.connect(self.database_url, server_settings={"timezone": "UTC"})
        await register_codecs(self.conn)
        self.transaction = self.conn.transaction()
        await self.transaction.start()
        self.team: Team = await create_team(self.conn, self.keyring)
        card = await world.payment_method(self.conn, self.team.account_id, expires_on=None)
        terms = {**TERM, "activated_on": world.day(-300), "term_months": MONTHS, "license_count": 8}
        places = ", ".join(f"{name} = ${position}" for position, name in enumerate(terms, 2))
        await self.conn.execute(f"UPDATE subscriptions SET payment_method_id = $1, {places}", card, *terms.values())
        await self.conn.execute("UPDATE license_keys SET name = $1", PRIMARY)
        self.texts[PRIMARY] = await self.team.key_of(await self.team.primary())

    def teardown(self) -> None:
        async def end() -> None:
            await self.transaction.rollback()
            await self.conn.close()

        self.run(end())
        self.runner.close()

    def outcome(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> str | None:
        """The code it is refused with, having changed nothing; None when it happened."""
        self.team.ctx = ChangeContext(self.team.ctx.user_id, "ada", self.now)

        async def run() -> str | None:
            try:
                async with self.conn.transaction():
                    await work()
            except MutationRefused as refused:
                return refused.code
            return None

        return self.run(run())

    def activated(self, text: str, device: str) -> str | None:
        return self.outcome(lambda: self.team.activate_with(text, device))

    @property
    def store(self) -> ChangeContext:
        return ChangeContext(None, "store", self.now, as_store=True)

    @property
    def now(self) -> datetime:
        return datetime.combine(self.model.today, time(12), UTC)

    def some_key(self, place: int) -> str:
        """The last ones first, so that the primary key, which little can be done with, is not the commonest."""
        names = sorted(self.model.keys, reverse=True)
        return names[place % len(names)]

    def row(self, name: str) -> RowKey:
        found = "SELECT id FROM license_keys WHERE name = $1"
        return self.team.account_id, self.run(self.conn.fetchval(found, name))

    async def _device(self, name: str) -> RowKey:
        found = await self.conn.fetchrow(DEVICE, name)
        assert found is not None
        return found["account_id"], found["id"]

    def day(self, offset: int | None) -> Any:
        return None if offset is None else self.model.today + timedelta(days=offset)

    @initialize(
        waits=st.sampled_from([False, False, True]),
        quotas=st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=3),
        allocation=ALLOCATIONS,
    )
    def it_runs_or_waits_for_a_device(self, waits: bool, quotas: list[int], allocation: str) -> None:
        if waits:
            self.run(self.conn.execute(UNBEGUN))
            self.model.term = replace(self.model.term, activated_on=None, expires_on=None)
            self.a_sublicence_is_created(allocation, 1, None)
            self.devices_activate([(0, "laptop")])
        for quota in quotas:
            self.a_sublicence_is_created(allocation, quota, None)

    @rule(days=st.sampled_from([1, 3, 10]))
    def days_pass(self, days: int) -> None:
        self.model.pass_days(days)

    @precondition(lambda self: self.model.term.status(self.model.today) == "ACTIVE")
    @rule()
    def the_term_ends(self) -> None:
        assert self.model.term.expires_on is not None
        self.model.pass_days((self.model.term.expires_on - self.model.today).days + 1)

    @rule(enabled=st.booleans(), confirmed=st.booleans())
    def renewal_is_switched(self, enabled: bool, confirmed: bool) -> None:
        given: dict[str, Any] = {"enabled": enabled, "payment_method": None, "confirm_grace_loss": confirmed}
        done = self.outcome(
            lambda: subscriptions.set_auto_renewal(self.conn, self.team.ctx, self.team.subscription, **given)
        )
        assert done == self.model.switch_renewal(enabled=enabled, confirmed=confirmed)

    @precondition(lambda self: self.model.term.status(self.model.today) == "GRACE_PERIOD")
    @rule(confirmed=st.booleans())
    def the_grace_is_given_up(self, confirmed: bool) -> None:
        self.renewal_is_switched(enabled=False, confirmed=confirmed)

    @precondition(lambda self: self.model.term.status(self.model.today) in {"GRACE_PERIOD", "EXPIRED"})
    @rule()
    def a_renewal_is_paid(self) -> None:
        paid: dict[str, Any] = {"paid_on": self.model.today, "order": None}
        done = self.outcome(lambda: renewals.record_renewal(self.conn, self.store, self.team.subscription, **paid))
        self.model.renew()
        assert done is None

    @rule(pairs=st.lists(st.tuples(PLACES, NAMES), min_size=1, max_size=6))
    def devices_activate(self, pairs: list[tuple[int, str]]) -> None:
        for place, device in pairs:
            name = self.some_key(place)
            assert self.activated(self.texts[name], device) == self.model.activate(name, device)

    @precondition(lambda self: self.old_texts)
    @rule(place=PLACES, device=NAMES)
    def a_device_tries_a_key_of_before(self, place: int, device: str) -> None:
        text = self.old_texts[place % len(self.old_texts)]
        assert self.activated(text, device) == "KEY_NOT_FOUND"

    @precondition(lambda self: self.model.devices)
    @rule(place=PLACES, how=st.sampled_from(sorted(BECOMES)))
    def a_device_is_managed(self, place: int, how: str) -> None:
        names = sorted(self.model.devices)
        device = names[place % len(names)]
        row = self.run(self._device(device))
        done = self.run(getattr(activations, how)(self.conn, self.team.ctx, row))
        assert done == self.model.change_device(device, how)

    @rule(allocation=ALLOCATIONS, quota=QUOTAS, end=ENDS)
    def a_sublicence_is_created(self, allocation: str, quota: int, end: int | None) -> None:
        self.made += 1
        name, expires_on = f"team {self.made}", self.day(end)
        done = self.outcome(lambda: self.team.split(name, Allocation(allocation), quota, expires_on=expires_on))
        assert done == self.model.create(name, Key(allocation, quota, 0, expires_on, blocked=False))
        if done is None:
            self.texts[name] = self.run(self.team.key_of(self.row(name)))

    @rule(
        place=PLACES,
        given=st.fixed_dictionaries({}, optional={"allocation": ALLOCATIONS, "quota": QUOTAS, "expires_on": ENDS}),
    )
    def a_sublicence_is_updated(self, place: int, given: dict[str, Any]) -> None:
        name = self.some_key(place)
        if "expires_on" in given:
            given = {**given, "expires_on": self.day(given["expires_on"])}
        row = self.row(name)
        done = self.outcome(lambda: sublicenses.update(self.conn, self.team.ctx, row, given))
        assert done == self.model.update(name, given)

    @rule(place=PLACES)
    def a_sublicence_is_rotated(self, place: int) -> None:
        name = self.some_key(place)
        row = self.row(name)
        done = self.outcome(lambda: sublicenses.rotate(self.conn, self.team.ctx, self.keyring, row))
        assert done == self.model.rotate(name)
        if done is None:
            self.old_texts.append(self.texts[name])
            self.texts[name] = self.run(self.team.key_of(row))

    @rule(place=PLACES, to=st.none() | PLACES)
    def a_sublicence_is_deleted(self, place: int, to: int | None) -> None:
        name = self.some_key(place)
        goes_to = None if to is None else self.some_key(to)
        row, move_to = self.row(name), self.row(goes_to) if goes_to else None
        done = self.outcome(lambda: sublicenses.delete(self.conn, self.team.ctx, row, move_to))
        assert done == self.model.delete(name, goes_to)
        if done is None:
            self.old_texts.append(self.texts.pop(name))

    @rule(place=PLACES, blocked=st.booleans())
    def the_store_blocks_a_key(self, place: int, blocked: bool) -> None:
        name = self.some_key(place)
        row = self.row(name)
        how: dict[str, Any] = {"reason": "leaked", "blocked": blocked}
        done = self.outcome(lambda: license_keys.block(self.conn, self.store, self.keyring, row, **how))
        self.model.block(name, blocked=blocked)
        assert done is None

    @invariant()
    def the_rows_are_as_the_model_says(self) -> None:
        self.run(self._compare())

    async def _compare(self) -> None:
        known = ChangeContext(None, "nobody", self.now).parameters()
        model = self.model
        keys = {row["name"]: dict(row) for row in await KEYS.run(self.conn, known)}
        (usage,) = [dict(row) for row in await USAGE.run(self.conn, known)]
        on = {row["device_id"]: (row["status"], row["name"]) for row in await self.conn.fetch(DEVICES)}

        assert on == model.devices
        term = {name: getattr(model.term, name) for name in TERMS}
        assert usage == {"status": model.term.status(model.today), **term, **model.usage()}
        assert keys == {
            name: {"name": name, **_values(model.key(name)), "available": model.available(name)} for name in model.keys
        }
        assert usage["available"] >= 0


def _values(key: Key) -> dict[str, Any]:
    return {name: getattr(key, name) for name in ("allocation", "quota", "used", "expires_on", "blocked")}


def test_seats_status_and_renewal_are_as_a_model_says(database_url: str, keyring: Keyring) -> None:
    Subscription.database_url, Subscription.keyring = database_url, keyring

    run_state_machine_as_test(
        Subscription,
        settings=settings(max_examples=50, stateful_step_count=40, deadline=None, database=None, derandomize=True),
    )
