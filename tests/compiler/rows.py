"""Rows that are hard to show: every NULL, odd characters, ties, extremes, and everybody who may ask for them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from asyncpg import Connection

from schema.context import Viewer
from tests import world

ODD = 'quote " and \\ slash\n\ttab \u2028 \x7f <b>é</b> 🗝️ %_'
MOST = 2**31 - 1
LAST_MOMENT = datetime(2025, 12, 31, 23, 59, 59, 999999, UTC)
YEAR_END = date(2026, 12, 31)


def uuid(number: int) -> UUID:
    return UUID(int=number)


BUSINESS, EMPTY, FOREIGN, PERSONAL = uuid(0xA0), uuid(0xE0), uuid(0xF0), uuid(0x10)
PEOPLE = {
    "owner": uuid(0x10),
    "admin": uuid(0x11),
    "member": uuid(0x12),
    "granted": uuid(0x13),
    "blocked": uuid(0x14),
    "former": uuid(0x15),
    "stranger": uuid(0x16),
    "invited": uuid(0x17),
}
# Rows of the business account
ROWS = {
    "tied_1": uuid(0xA01),
    "tied_2": uuid(0xA02),
    "tied_3": uuid(0xA03),
    "perpetual": uuid(0xA04),
    "bare": uuid(0xA05),
    "primary": uuid(0xA11),
    "reserved": uuid(0xA12),
    "activation_1": uuid(0xA21),
    "large_order": uuid(0xA31),
    "free_order": uuid(0xA32),
    "card": uuid(0xA41),
    "owner_membership": uuid(0xA51),
}
PREFIXES = {"act": ["activation_1"], "key": ["primary", "reserved"], "mem": ["owner_membership"], "pay": ["card"]}
PREFIXES |= {"ord": ["large_order", "free_order"], "sub": ["tied_1", "tied_2", "tied_3", "perpetual", "bare"]}


def ids() -> dict[str, str]:
    """The global ids that operations of the corpus name."""
    found = {name: f"{prefix}_{BUSINESS}_{ROWS[name]}" for prefix, names in PREFIXES.items() for name in names}
    accounts = {"business": BUSINESS, "empty": EMPTY, "foreign": FOREIGN, "personal": PERSONAL}
    foreign = {"foreign_subscription": "sub", "foreign_key": "key", "foreign_order": "ord"}
    return {
        **found,
        **{name: f"acc_{account}" for name, account in accounts.items()},
        **{name: f"{prefix}_{FOREIGN}_{uuid(0xF01)}" for name, prefix in foreign.items()},
        "desktop": "prd_desktop",
        "toolbox": "prd_toolbox",
    }


def viewers() -> dict[str, Viewer]:
    """Everybody who asks, by what they are to the business account."""
    people = {
        name: Viewer(user_id, f"{name}@example.com", frozenset(), subject=name) for name, user_id in PEOPLE.items()
    }
    scopes = frozenset({"store:write", "reporting:read"})
    return {**people, "service": Viewer(None, None, scopes, subject="store")}


async def insert(conn: Connection) -> None:
    await world.product(conn, "desktop", edition="Pro", audience="BUSINESS", max_per_account=MOST)
    await world.product(conn, "toolbox", name=ODD, grace_days=0, sublicenses_supported=False)
    await world.product(conn, "z" * 63, grace_days=90)
    for name, user_id in PEOPLE.items():
        await world.user(conn, name, id=user_id, name=None if name == "member" else name.title())
    accounts = {BUSINESS: f"Example {ODD}", EMPTY: "", FOREIGN: "Foreign Ltd"}
    for account_id, called in accounts.items():
        await world.account(conn, called, id=account_id)
    await world.account(conn, "Owner", "PERSONAL", id=PERSONAL)
    await _members(conn)
    card = await _payment_methods(conn)
    await _subscriptions(conn, card)
    await _keys(conn)
    await _orders(conn, card)
    await _events(conn)
    await _foreign(conn)


async def _members(conn: Connection) -> None:
    for account_id in (BUSINESS, EMPTY, PERSONAL):
        await world.member(conn, account_id, PEOPLE["owner"], id=ROWS["owner_membership"])
    await world.member(conn, FOREIGN, PEOPLE["stranger"], id=uuid(0xF01))
    roles = {"admin": "ADMIN", "member": "MEMBER", "granted": "MEMBER"}
    for number, (name, role) in enumerate(roles.items()):
        given = {"since": world.NOW + timedelta(microseconds=number // 2), "email": f"{name}@example.com"}
        await world.member(conn, BUSINESS, PEOPLE[name], role, id=uuid(0xA61 + number), **given)
    await world.member(conn, BUSINESS, PEOPLE["blocked"], "ADMIN", id=uuid(0xA71), status="BLOCKED")
    for account_id in (BUSINESS, FOREIGN):
        invited: dict[str, Any] = {"status": "INVITED", "email": "Invited@Example.com", "since": LAST_MOMENT}
        await world.member(conn, account_id, None, "ADMIN", id=uuid(0xA72), **invited)
    recent: dict[str, Any] = {"status": "INVITED", "email": "invited@example.com"}
    await world.member(conn, EMPTY, None, "MEMBER", id=uuid(0xA73), **recent)


async def _payment_methods(conn: Connection) -> UUID:
    card = await world.payment_method(conn, BUSINESS, id=ROWS["card"], is_default=True, holder_name=ODD)
    nothing = {"brand": None, "last4": None, "expires_on": None, "holder_name": None}
    await world.payment_method(conn, BUSINESS, id=uuid(0xA42), kind="INVOICE", **nothing)
    await world.payment_method(conn, BUSINESS, id=uuid(0xA43), removed_at=world.NOW, expires_on=world.day(-1))
    return card


async def _subscriptions(conn: Connection, card: UUID) -> None:
    renewing: dict[str, Any] = {"auto_renewal": "ON", "payment_method_id": card}
    given: dict[int, dict[str, Any]] = {
        0xA01: {"display_name": "Tied one", "expires_on": YEAR_END, **renewing},
        0xA02: {"display_name": "tied two", "expires_on": YEAR_END, "license_count": MOST, "product_code": "z" * 63},
        0xA03: {"display_name": "TIED THREE", "expires_on": YEAR_END, "product_code": "toolbox"},
        0xA04: {"display_name": ODD, "expires_on": None, "term_months": 0, "auto_renewal": "NOT_AVAILABLE"},
        0xA05: {"display_name": "", "activated_on": None, "expires_on": date(9999, 12, 31), "term_months": MOST},
        0xA06: {"display_name": "Ends today", "expires_on": world.TODAY},
        0xA07: {"display_name": "Ended", "expires_on": world.day(-1), "product_code": "z" * 63},
        0xA08: {"display_name": "In grace", "expires_on": world.day(-1), **renewing, "grace_days": 90},
        0xA09: {"display_name": "Suspended", "suspended_at": world.NOW, "is_trial": True, "channel": "APP_STORE"},
        0xA0A: {"display_name": "Long ago", "expires_on": date(1, 1, 1), "activated_on": date(1, 1, 1)},
        0xA0B: {"display_name": "New year", "expires_on": date(2027, 1, 1), "activated_on": world.day(1), **renewing},
    }
    for number, values in given.items():
        numbered = {"number": f"S-{number - 0xA00:04}", **values}
        await world.subscription(conn, BUSINESS, id=uuid(number), **numbered)
    await world.item(conn, BUSINESS, ROWS["tied_1"], "toolbox", MOST)
    await world.item(conn, BUSINESS, ROWS["tied_1"], "z" * 63, 1)


async def _keys(conn: Connection) -> None:
    tied = ROWS["tied_1"]
    await world.license_key(conn, BUSINESS, tied, id=ROWS["primary"], used=3, registered_at=None)
    await world.license_key(
        conn, BUSINESS, tied, id=ROWS["reserved"], allocation="RESERVED", quota=4, name=f"Team {ODD}", tail="XY9ZW"
    )
    shared: dict[str, Any] = {"allocation": "DYNAMIC", "quota": MOST}
    await world.license_key(conn, BUSINESS, tied, id=uuid(0xA13), name="team two", blocked_at=world.NOW, **shared)
    await world.license_key(conn, BUSINESS, tied, id=uuid(0xA14), expires_on=world.day(-1), **shared)
    for number, subscription in enumerate(("tied_2", "tied_3", "perpetual")):
        await world.license_key(conn, BUSINESS, ROWS[subscription], id=uuid(0xA18 + number), tail="00000")
    for number in (1, 2, 3):
        await world.activation(
            *(conn, BUSINESS, tied, ROWS["primary"], f"device-{number}"),
            id=uuid(0xA20 + number),
            last_seen_at=LAST_MOMENT if number == 2 else None,
            status="BLOCKED" if number == 3 else "ACTIVE",
            device_name=ODD if number == 3 else "Laptop",
        )
    for key in ("primary", "reserved"):
        await world.grant(conn, BUSINESS, uuid(0xA63), ROWS[key])


async def _orders(conn: Connection, card: UUID) -> None:
    tied, removed = ROWS["tied_1"], uuid(0xA43)
    lines = (("desktop", MOST, "0.0001"), ("toolbox", 1, "123456789012345.6789"), ("desktop", 3, "100"))
    last: dict[str, Any] = {"placed_at": LAST_MOMENT, "payment_method_id": removed, "currency": "JPY"}
    await world.order(conn, BUSINESS, tied, lines, id=ROWS["large_order"], number="O-1", **last)
    await world.order(conn, BUSINESS, None, (), id=ROWS["free_order"], number="O-2", total=Decimal("0.00"))
    states = {"PENDING": "RENEWAL", "REFUNDED": "NEW", "CANCELLED": "ADD_LICENSES", "PAID": "RENEWAL"}
    for number, (status, kind) in enumerate(states.items()):
        values: dict[str, Any] = {"status": status, "kind": kind, "total": Decimal(f"49.9{number}")}
        placed = world.NOW + timedelta(microseconds=number // 2)
        values |= {"id": uuid(0xA33 + number), "number": f"O-{3 + number}", "placed_at": placed, "invoice_url": ODD}
        await world.order(conn, BUSINESS, tied, payment_method_id=card, **values)


async def _events(conn: Connection) -> None:
    subjects = {
        "Account": BUSINESS,
        "Activation": ROWS["activation_1"],
        "LicenseKey": ROWS["primary"],
        "Membership": ROWS["owner_membership"],
        "Order": ROWS["large_order"],
        "PaymentMethod": ROWS["card"],
        "ProductSubscription": ROWS["tied_1"],
        "Unicorn": ROWS["tied_1"],
    }
    states: list[Any] = [None, {}, [], [None, ""], {"a": {"b": [1, 2.5, -0.1, 1e10]}}, {ODD: ODD}, {"": [[]]}, [True]]
    for number, ((kind, subject), state) in enumerate(zip(subjects.items(), states, strict=True)):
        given: dict[str, Any] = {"subject_type": kind, "subject_id": subject, "before": state, "request_id": ODD}
        action = "subscription.renamed" if number % 2 else "checked"
        await world.audit_event(conn, BUSINESS, action, id=uuid(0xA80 + number), actor=ODD, **given)
    gone: dict[str, Any] = {"subject_type": "Order", "subject_id": uuid(1), "after": {"gone": None}}
    await world.audit_event(conn, BUSINESS, "checked", id=uuid(0xA8E), **gone)
    await world.audit_event(conn, BUSINESS, "checked", id=uuid(0xA8F), occurred_at=LAST_MOMENT)


async def _foreign(conn: Connection) -> None:
    theirs = await world.subscription(conn, FOREIGN, id=uuid(0xF01), display_name="tied foreign")
    await world.license_key(conn, FOREIGN, theirs, id=uuid(0xF01))
    await world.order(conn, FOREIGN, theirs, id=uuid(0xF01))
