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
class Estate:
    """An account with one of everything. Its rows have the ids, numbers and devices of every other estate's."""

    account: UUID
    owner: str
    """Subject of the person who owns it."""
    colleague: str
    """Subject of a MEMBER to whom both of its keys are granted."""
    ids: Mapping[str, str]
    """Global id of one object of each type that is a Node."""
    own: tuple[str, ...]
    """The texts in its answers that no other estate has, in the same order for each."""


def twin(kind: str) -> UUID:
    """The id that rows of this kind have in every estate."""
    return uuid5(NAMESPACE_OID, kind)


async def estate(conn: Connection, mark: str) -> Estate:
    """Needs the products desktop and toolbox. Every text that may differ between accounts holds the mark."""
    account_id = await world.account(conn, f"{mark} Ltd")
    people = [
        await world.user(conn, f"{mark}-{role}".lower(), id=uuid5(account_id, role), name=f"{mark} {role}")
        for role in ("owner", "colleague")
    ]
    await world.account(conn, f"{mark} owner", "PERSONAL", id=people[0])
    await world.member(conn, people[0], people[0], id=twin("personal"))
    members: dict[str, Any] = {"since": world.NOW - timedelta(days=1), "email": f"{mark.lower()}@example.com"}
    await world.member(conn, account_id, people[0], id=twin("Membership"), **members)
    colleague = await world.member(conn, account_id, people[1], "MEMBER", id=twin("colleague"), **members)
    await _holdings(conn, account_id, mark)
    for key in ("LicenseKey", "sublicense"):
        await world.grant(conn, account_id, colleague, twin(key))
    prefixes = {"act": "Activation", "key": "LicenseKey", "mem": "Membership", "ord": "Order", "pay": "PaymentMethod"}
    rows = {kind: f"{prefix}_{account_id}_{twin(kind)}" for prefix, kind in prefixes.items()}
    rows["ProductSubscription"] = f"sub_{account_id}_{twin('Subscription')}"
    return Estate(
        account_id,
        f"{mark}-owner".lower(),
        f"{mark}-colleague".lower(),
        {"Account": f"acc_{account_id}", "Product": "prd_desktop", **rows},
        (mark, mark.lower(), str(account_id), *map(str, people)),
    )


async def _holdings(conn: Connection, account_id: UUID, mark: str) -> None:
    card = await world.payment_method(conn, account_id, id=twin("PaymentMethod"), holder_name=mark, brand=mark)
    terms: dict[str, Any] = {"auto_renewal": "ON", "payment_method_id": card, "display_name": mark, "number": "S-1"}
    bought = await world.subscription(conn, account_id, id=twin("Subscription"), **terms)
    await world.item(conn, account_id, bought, "toolbox", 2)
    primary = await world.license_key(conn, account_id, bought, id=twin("LicenseKey"), name=mark, used=1)
    reserved: dict[str, Any] = {"allocation": "RESERVED", "quota": 3, "expires_on": world.day(50)}
    await world.license_key(
        conn, account_id, bought, id=twin("sublicense"), name=f"{mark} team", tail="XY9ZW", **reserved
    )
    device = {"device_name": mark, "last_seen_at": world.NOW}
    await world.activation(conn, account_id, bought, primary, "device-1", id=twin("Activation"), **device)
    paid: dict[str, Any] = {"number": "O-1", "payment_method_id": card, "invoice_url": f"https://example.com/{mark}"}
    await world.order(conn, account_id, bought, id=twin("Order"), **paid)
    for kind in ("Account", "Activation", "LicenseKey", "Membership", "Order", "PaymentMethod", "Subscription"):
        about = {"subject_type": kind, "subject_id": account_id if kind == "Account" else twin(kind)}
        change = {"before": {"name": mark}, "after": [mark], "request_id": mark}
        await world.audit_event(
            conn, account_id, "checked", id=twin(f"event {type_name(kind)}"), actor=mark, **about, **change
        )
