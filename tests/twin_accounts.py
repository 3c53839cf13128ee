"""Twin accounts: one of everything in each, with the same row ids, numbers and devices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from asyncpg import Connection

from schema.naming import type_name
from tests import world


@dataclass(frozen=True, slots=True)
class TwinAccount:
    """An account with one of everything. Its rows have the ids, numbers and devices of every other twin's."""

    account: UUID
    owner: str
    """Subject of the person who owns it."""
    colleague: str
    """Subject of a MEMBER to whom both of its keys are granted."""
    ids: Mapping[str, str]
    """Global id of one object of each type that is a Node."""
    unique_texts: tuple[str, ...]
    """The texts in its responses that no other twin has, in the same order for each."""


def twin_id(kind: str) -> UUID:
    """The id that rows of this kind have in every twin account."""
    return uuid5(NAMESPACE_OID, kind)


async def twin_account(conn: Connection, label: str) -> TwinAccount:
    """Needs the products desktop and toolbox. Every text that may differ between accounts has the label."""
    account_id = await world.account(conn, f"{label} Ltd")
    people = [
        await world.user(conn, f"{label}-{role}".lower(), id=uuid5(account_id, role), name=f"{label} {role}")
        for role in ("owner", "colleague")
    ]
    await world.account(conn, f"{label} owner", "PERSONAL", id=people[0])
    await world.member(conn, people[0], people[0], id=twin_id("personal"))
    members: dict[str, Any] = {"since": world.NOW - timedelta(days=1), "email": f"{label.lower()}@example.com"}
    await world.member(conn, account_id, people[0], id=twin_id("Membership"), **members)
    colleague = await world.member(conn, account_id, people[1], "MEMBER", id=twin_id("colleague"), **members)
    await _add_rows(conn, account_id, label)
    for key in ("LicenseKey", "sublicense"):
        await world.grant(conn, account_id, colleague, twin_id(key))
    prefixes = {"act": "Activation", "key": "LicenseKey", "mem": "Membership", "ord": "Order", "pay": "PaymentMethod"}
    rows = {kind: f"{prefix}_{account_id}_{twin_id(kind)}" for prefix, kind in prefixes.items()}
    rows["ProductSubscription"] = f"sub_{account_id}_{twin_id('Subscription')}"
    return TwinAccount(
        account_id,
        f"{label}-owner".lower(),
        f"{label}-colleague".lower(),
        {"Account": f"acc_{account_id}", "Product": "prd_desktop", **rows},
        (label, label.lower(), str(account_id), *map(str, people)),
    )


async def _add_rows(conn: Connection, account_id: UUID, label: str) -> None:
    card = await world.payment_method(conn, account_id, id=twin_id("PaymentMethod"), holder_name=label, brand=label)
    terms: dict[str, Any] = {"auto_renewal": "ON", "payment_method_id": card, "display_name": label, "number": "S-1"}
    bought = await world.subscription(conn, account_id, id=twin_id("Subscription"), **terms)
    await world.item(conn, account_id, bought, "toolbox", 2)
    primary = await world.license_key(conn, account_id, bought, id=twin_id("LicenseKey"), name=label, used=1)
    reserved: dict[str, Any] = {"allocation": "RESERVED", "quota": 3, "expires_on": world.day(50)}
    await world.license_key(
        conn, account_id, bought, id=twin_id("sublicense"), name=f"{label} team", tail="XY9ZW", **reserved
    )
    device = {"device_name": label, "last_seen_at": world.NOW}
    await world.activation(conn, account_id, bought, primary, "device-1", id=twin_id("Activation"), **device)
    paid: dict[str, Any] = {"number": "O-1", "payment_method_id": card, "invoice_url": f"https://example.com/{label}"}
    await world.order(conn, account_id, bought, id=twin_id("Order"), **paid)
    for kind in ("Account", "Activation", "LicenseKey", "Membership", "Order", "PaymentMethod", "Subscription"):
        about = {"subject_type": kind, "subject_id": account_id if kind == "Account" else twin_id(kind)}
        change = {"before": {"name": label}, "after": [label], "request_id": label}
        await world.audit_event(
            conn, account_id, "checked", id=twin_id(f"event {type_name(kind)}"), actor=label, **about, **change
        )
