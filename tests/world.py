"""Rows for tests: one function per table, with everything but what a test is about filled in."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from asyncpg import Connection
from sqlmodel import SQLModel

from db import tables
from db.ids import uuid7
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring

NOW = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
TODAY = NOW.date()
ISSUER = "https://id.example.com"

_numbers = count(1)


def day(offset: int) -> date:
    """So many days after today."""
    return TODAY + timedelta(days=offset)


async def insert(conn: Connection, model: type[SQLModel], **values: Any) -> None:
    names = ", ".join(values)
    places = ", ".join(f"${position}" for position in range(1, len(values) + 1))
    await conn.execute(f"INSERT INTO {tables.table(model).name} ({names}) VALUES ({places})", *values.values())


async def user(conn: Connection, subject: str, **values: Any) -> UUID:
    user_id: UUID = values.pop("id", None) or uuid7(NOW)
    given = {"email": f"{subject}@example.com", "email_verified": True, "name": subject.title(), **values}
    await insert(conn, tables.User, id=user_id, issuer=ISSUER, subject=subject, created_at=NOW, **given)
    return user_id


async def account(conn: Connection, name: str = "Example Ltd", kind: str = "BUSINESS", **values: Any) -> UUID:
    account_id: UUID = values.pop("id", None) or uuid7(NOW)
    await insert(conn, tables.Account, id=account_id, kind=kind, name=name, created_at=NOW, **values)
    return account_id


async def member(conn: Connection, account_id: UUID, user_id: UUID | None, role: str = "OWNER", **values: Any) -> UUID:
    membership_id: UUID = values.pop("id", None) or uuid7(NOW)
    given = {"status": "ACTIVE", "since": NOW, "email": None, **values}
    key = {"account_id": account_id, "id": membership_id, "user_id": user_id}
    await insert(conn, tables.Membership, **key, role=role, **given)
    return membership_id


async def company(conn: Connection, subject: str = "ada", role: str = "OWNER") -> UUID:
    """A business account with this one member, and the product that subscriptions are of unless told otherwise."""
    account_id = await account(conn)
    await member(conn, account_id, await user(conn, subject), role)
    await product(conn)
    return account_id


async def grant(conn: Connection, account_id: UUID, membership_id: UUID, license_key_id: UUID) -> None:
    key = {"account_id": account_id, "membership_id": membership_id, "license_key_id": license_key_id}
    await insert(conn, tables.LicenseKeyGrant, **key)


async def product(conn: Connection, code: str = "desktop", **values: Any) -> str:
    given = {
        "name": code.replace("-", " ").title(),
        "grace_days": 30,
        "sublicenses_supported": True,
        "dynamic_allocation_supported": True,
        **values,
    }
    await insert(conn, tables.Product, code=code, **given)
    return code


async def subscription(conn: Connection, account_id: UUID, product_code: str = "desktop", **values: Any) -> UUID:
    """An ACTIVE one of ten licences that ends in a hundred days and does not renew, unless told otherwise."""
    subscription_id: UUID = values.pop("id", None) or uuid7(NOW)
    number = f"S-{next(_numbers):06}"
    given = {
        "number": number,
        "display_name": f"Subscription {number}",
        "auto_renewal": "OFF",
        "start_trigger": "ON_PURCHASE",
        "channel": "ONLINE_STORE",
        "activated_on": day(-265),
        "expires_on": day(100),
        "term_months": 12,
        "license_count": 10,
        "grace_days": 30,
        "is_trial": False,
        "created_at": NOW,
        **values,
    }
    key = {"account_id": account_id, "id": subscription_id, "product_code": product_code}
    await insert(conn, tables.Subscription, **key, **given)
    return subscription_id


async def item(conn: Connection, account_id: UUID, subscription_id: UUID, product_code: str, quantity: int) -> None:
    key = {"account_id": account_id, "subscription_id": subscription_id, "product_code": product_code}
    await insert(conn, tables.SubscriptionItem, **key, quantity=quantity)


async def license_key(conn: Connection, account_id: UUID, subscription_id: UUID, **values: Any) -> UUID:
    """A PRIMARY key, unless an allocation says that it is a sublicence."""
    license_key_id: UUID = values.pop("id", None) or uuid7(NOW)
    kind = "SUBLICENSE" if "allocation" in values else "PRIMARY"
    given = {"kind": kind, "tail": "AB3CD", "used": 0, "registered_at": NOW, **values}
    key = {"account_id": account_id, "id": license_key_id, "subscription_id": subscription_id}
    await insert(conn, tables.LicenseKey, **key, **given)
    return license_key_id


async def activation(
    conn: Connection, account_id: UUID, subscription_id: UUID, license_key_id: UUID, device: str, **values: Any
) -> UUID:
    activation_id: UUID = values.pop("id", None) or uuid7(NOW)
    given = {
        "device_id": device,
        "device_name": f"{device}'s laptop",
        "status": "ACTIVE",
        "activated_at": NOW,
        **values,
    }
    key = {"account_id": account_id, "subscription_id": subscription_id, "license_key_id": license_key_id}
    await insert(conn, tables.Activation, id=activation_id, **key, **given)
    return activation_id


async def payment_method(conn: Connection, account_id: UUID, **values: Any) -> UUID:
    payment_method_id: UUID = values.pop("id", None) or uuid7(NOW)
    given = {
        "kind": "CREDIT_CARD",
        "token": f"tok_{next(_numbers)}",
        "brand": "Visa",
        "last4": "4242",
        "expires_on": day(400),
        "holder_name": "Ada Example",
        "is_default": False,
        "created_at": NOW,
        **values,
    }
    await insert(conn, tables.PaymentMethod, account_id=account_id, id=payment_method_id, **given)
    return payment_method_id


async def order(
    conn: Connection,
    account_id: UUID,
    subscription_id: UUID | None = None,
    lines: tuple[tuple[str, int, str], ...] = (("desktop", 2, "49.90"),),
    **values: Any,
) -> UUID:
    """A paid order of these (product, quantity, unit price) lines."""
    order_id: UUID = values.pop("id", None) or uuid7(NOW)
    prices = [(code, quantity, Decimal(price)) for code, quantity, price in lines]
    given = {
        "number": f"O-{next(_numbers):06}",
        "placed_at": NOW,
        "status": "PAID",
        "kind": "NEW",
        "currency": "EUR",
        "total": sum((quantity * price for _, quantity, price in prices), Decimal(0)),
        **values,
    }
    await insert(conn, tables.Order, account_id=account_id, id=order_id, subscription_id=subscription_id, **given)
    for position, (code, quantity, price) in enumerate(prices, 1):
        key = {"account_id": account_id, "order_id": order_id, "position": position, "product_code": code}
        line = {"quantity": quantity, "unit_price": price, "currency": given["currency"]}
        await insert(conn, tables.OrderLine, **key, **line)
    return order_id


async def audit_event(conn: Connection, account_id: UUID, action: str, **values: Any) -> UUID:
    event_id: UUID = values.pop("id", None) or uuid7(NOW)
    given = {"occurred_at": NOW, "actor": "Ada", **values}
    await insert(conn, tables.AuditEvent, account_id=account_id, id=event_id, action=action, **given)
    return event_id


async def issue(conn: Connection, keyring: Keyring, product_code: str = "desktop", **terms: Any) -> str:
    """A key that nobody has registered, of a subscription of ten licences for twelve months, unless told otherwise."""
    subscription_id, license_key_id = uuid7(NOW), terms.pop("license_key_id", None) or uuid7(NOW)
    blocked_at = terms.pop("blocked_at", None)
    given = {
        "number": f"I-{next(_numbers):06}",
        "term_months": 12,
        "license_count": 10,
        "channel": "RESELLER",
        "start_trigger": "ON_KEY_REGISTRATION",
        "auto_renewal": "OFF",
        "is_trial": False,
        "grace_days": 30,
        "items": [],
        "issued_at": NOW,
        **terms,
    }
    await insert(conn, tables.IssuedSubscription, id=subscription_id, product_code=product_code, **given)
    return await index_key(conn, keyring, (None, subscription_id, license_key_id), blocked_at=blocked_at)


async def index_key(
    conn: Connection, keyring: Keyring, of: tuple[UUID | None, UUID, UUID], kind: str = "PRIMARY", **values: Any
) -> str:
    """The text of a new key, findable and revealable, of this (account, subscription, licence key)."""
    key = key_format.generate()
    sealed = keyring.seal(key, of[2])
    row = {"account_id": of[0], "subscription_id": of[1], "license_key_id": of[2], "kind": kind}
    await insert(conn, tables.LicenseKeyIndex, **asdict(sealed), **row, tail=key_format.tail(key), **values)
    return key_format.display(key)


async def held(
    conn: Connection, keyring: Keyring, account_id: UUID, product_code: str = "desktop", **values: Any
) -> tuple[UUID, UUID, str]:
    """A subscription of the account as `subscription` makes it, its primary key, and that key's text."""
    subscription_id = await subscription(conn, account_id, product_code, **values)
    license_key_id = await license_key(conn, account_id, subscription_id)
    key = await index_key(conn, keyring, (account_id, subscription_id, license_key_id))
    return subscription_id, license_key_id, key
