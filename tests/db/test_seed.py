"""The demo's world: everything it should show, on any day, and every rule of the domain kept."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from asyncpg import Connection

from db import enums, seed
from db.demo_marker import DEMO_ISSUER
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring
from db.seed.demo.people import PEOPLE
from tests.db.seed_rules import STATUS, contents, violations

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
# What the first company's rows must show all of.
EVERYTHING = {
    ("subscriptions", "channel"): enums.SalesChannel,
    ("subscriptions", "auto_renewal"): enums.AutoRenewal,
    ("subscriptions", "start_trigger"): enums.StartTrigger,
    ("license_keys", "kind"): enums.LicenseKeyKind,
    ("license_keys", "allocation"): enums.Allocation,
    ("activations", "status"): enums.ActivationStatus,
    ("orders", "kind"): enums.OrderKind,
    ("orders", "status"): enums.OrderStatus,
    ("memberships", "role"): enums.MemberRole,
    ("memberships", "status"): enums.MembershipStatus,
}
FOUND = """
    SELECT s.product_code, p.audience
      FROM license_key_index k JOIN issued_subscriptions s ON s.id = k.subscription_id
      JOIN products p ON p.code = s.product_code
     WHERE k.digest = ANY ($1) AND k.account_id IS NULL AND k.blocked_at IS NULL AND k.kind = 'PRIMARY'
"""


async def values(conn: Connection, account_id: UUID, table: str, column: str) -> set[str]:
    """The values that an account's rows have in a column."""
    rows = await conn.fetch(f"SELECT DISTINCT {column} FROM {table} WHERE account_id = $1", account_id)
    return {row[0] for row in rows} - {None}


# Shorter months, a leap day and the ends of years move the days that are counted in months.
@pytest.mark.parametrize("today", [TODAY, date(2027, 2, 28), date(2027, 3, 31), date(2028, 2, 29), date(2028, 12, 30)])
async def test_the_demo_breaks_no_rule_on_any_day(conn: Connection, keyring: Keyring, today: date) -> None:
    now = datetime(today.year, today.month, today.day, 23, 59, tzinfo=UTC)

    await seed.create_demo(conn, keyring, now)

    assert await violations(conn, today) == {}


async def test_the_demo_is_the_same_at_every_hour_of_a_day(conn: Connection, keyring: Keyring) -> None:
    found = []
    for hour in (0, 23):
        transaction = conn.transaction()
        await transaction.start()
        await seed.create_demo(conn, keyring, NOW.replace(hour=hour))
        found.append(await contents(conn))
        await transaction.rollback()

    assert found[0] == found[1]
    assert {name for name, rows in found[0].items() if not rows} == {"idempotency_records", "key_attempts"}


async def test_the_first_person_has_a_full_list_of_subscriptions(conn: Connection, keyring: Keyring) -> None:
    await seed.create_demo(conn, keyring, NOW)
    account_id = await seed.business_account(conn)

    rows = await conn.fetch(
        f"SELECT {STATUS} AS status, count(*), count(DISTINCT product_code) AS products"
        "  FROM subscriptions WHERE account_id = $2 GROUP BY 1",
        TODAY,
        account_id,
    )
    [owner] = await conn.fetch(
        "SELECT u.subject, m.role, m.status FROM memberships m JOIN users u ON u.id = m.user_id"
        " WHERE m.account_id = $1 AND m.role = 'OWNER'",
        account_id,
    )

    counts = {row["status"]: (row["count"], row["products"]) for row in rows}
    assert counts == {
        "ACTIVE": (26, 10), "GRACE_PERIOD": (3, 2), "PENDING": (4, 4), "EXPIRED": (9, 7), "SUSPENDED": (2, 2)
    }  # fmt: skip
    assert tuple(owner) == (PEOPLE[0].subject, "OWNER", "ACTIVE")


async def test_the_first_company_shows_every_kind_of_everything(conn: Connection, keyring: Keyring) -> None:
    await seed.create_demo(conn, keyring, NOW)
    account_id = await seed.business_account(conn)

    found = {place: await values(conn, account_id, *place) for place in EVERYTHING}

    assert found == {place: {each.value for each in kinds} for place, kinds in EVERYTHING.items()}


async def test_the_first_company_has_what_lists_seldom_show(conn: Connection, keyring: Keyring) -> None:
    await seed.create_demo(conn, keyring, NOW)
    account_id = await seed.business_account(conn)

    [found] = await conn.fetch(
        """
        SELECT (SELECT array_agg(DISTINCT currency ORDER BY currency) FROM orders WHERE account_id = $1) AS currencies,
               (SELECT array_agg(kind ORDER BY kind) FROM payment_methods WHERE account_id = $1) AS methods,
               (SELECT count(*) FROM payment_methods WHERE account_id = $1 AND expires_on < $2) AS expired_methods,
               (SELECT count(*) FROM payment_methods WHERE account_id = $1 AND removed_at IS NOT NULL) AS removed,
               (SELECT count(*) FROM payment_methods WHERE account_id = $1 AND is_default) AS defaults,
               (SELECT count(*) FROM license_keys WHERE account_id = $1 AND expires_on < $2) AS expired_keys,
               (SELECT count(*) FROM license_keys WHERE account_id = $1 AND blocked_at IS NOT NULL) AS blocked_keys,
               (SELECT count(*) FROM subscriptions WHERE account_id = $1 AND term_months = 0) AS perpetual,
               (SELECT count(*) FROM subscriptions WHERE account_id = $1 AND auto_renewal <> 'ON'
                       AND expires_on BETWEEN $2 AND $2::date + 30 AND activated_on <= $2) AS expiring_soon,
               (SELECT count(DISTINCT (membership_id)) FROM license_key_grants WHERE account_id = $1) AS key_admins
        """,
        account_id,
        TODAY,
    )

    assert dict(found) == {
        "currencies": ["EUR", "JPY", "USD"],
        "methods": ["CREDIT_CARD"] * 3 + ["DIRECT_DEBIT", "INVOICE", "PAYPAL", "WIRE_TRANSFER"],
        "expired_methods": 1,
        "removed": 1,
        "defaults": 1,
        "expired_keys": 2,
        "blocked_keys": 2,
        "perpetual": 2,
        "expiring_soon": 6,
        "key_admins": 1,
    }


async def test_people_are_in_the_accounts_they_are_said_to_be_in(conn: Connection, keyring: Keyring) -> None:
    await seed.create_demo(conn, keyring, NOW)

    rows = await conn.fetch(
        """
        SELECT u.subject, a.name, m.role, m.status, count(g.license_key_id) AS keys
          FROM memberships m JOIN users u ON u.id = m.user_id JOIN accounts a ON a.id = m.account_id
          LEFT JOIN license_key_grants g ON (g.account_id, g.membership_id) = (m.account_id, m.id)
         WHERE a.kind = 'BUSINESS' AND u.issuer = $1
         GROUP BY u.subject, a.name, m.role, m.status
        """,
        DEMO_ISSUER,
    )

    assert {tuple(row) for row in rows} == {
        ("nadia", "Atelier Exemple", "OWNER", "ACTIVE", 0),
        ("tomas", "Atelier Exemple", "ADMIN", "ACTIVE", 0),
        ("reiko", "Atelier Exemple", "MEMBER", "ACTIVE", 0),
        ("liam", "Atelier Exemple", "MEMBER", "ACTIVE", 2),
        ("bruno", "Atelier Exemple", "MEMBER", "BLOCKED", 0),
        ("ingrid", "Beispielverlag Öström", "OWNER", "ACTIVE", 0),
        ("nadia", "Beispielverlag Öström", "MEMBER", "ACTIVE", 0),
        ("tomas", "Beispielverlag Öström", "ADMIN", "ACTIVE", 0),
        ("taro", "架空設計", "OWNER", "ACTIVE", 0),
        ("nadia", "架空設計", "MEMBER", "ACTIVE", 1),
        ("zoe", "Esempio & Daughters", "OWNER", "ACTIVE", 0),
    }
    assert {tuple(row) for row in await conn.fetch("SELECT subject, email, name FROM users WHERE email_verified")} == {
        (person.subject, person.email, person.name) for person in PEOPLE
    }


async def test_the_keys_that_are_printed_can_be_registered(conn: Connection, keyring: Keyring) -> None:
    await seed.create_demo(conn, keyring, NOW)

    keys = await seed.registrable_keys(conn, keyring)
    rows = [(await conn.fetch(FOUND, keyring.digests(key_format.normalize(each.key))))[0] for each in keys]

    assert [(row["product_code"], row["audience"]) for row in rows] == [
        ("desktop-home", "PERSONAL"),
        ("desktop-business", "BUSINESS"),
        ("file-courier", None),
    ]
    assert [(each.product, each.audience) for each in keys] == [
        ("Tandemoor Desktop Home", "PERSONAL"),
        ("Tandemoor Desktop Business", "BUSINESS"),
        ("Tandemoor File Courier", None),
    ]
    assert all(key_format.is_well_formed(key_format.normalize(each.key)) for each in keys)


async def test_a_registered_key_is_not_printed_again(conn: Connection, keyring: Keyring) -> None:
    await seed.create_demo(conn, keyring, NOW)
    first, *others = await seed.registrable_keys(conn, keyring)

    await conn.execute(
        "UPDATE license_key_index SET account_id = $1 WHERE digest = ANY ($2)",
        await seed.business_account(conn),
        keyring.digests(key_format.normalize(first.key)),
    )

    assert await seed.registrable_keys(conn, keyring) == others


async def test_every_key_is_sealed_with_the_keyring(conn: Connection, keyring: Keyring) -> None:
    await seed.create_demo(conn, keyring, NOW)

    rows = await conn.fetch("SELECT * FROM license_key_index")
    keys = [keyring.open(row["ciphertext"], row["encryption_secret_id"], row["license_key_id"]) for row in rows]

    assert [(row["digest"], row["tail"]) for row in rows] == [
        (keyring.digests(key)[0], key_format.tail(key)) for key in keys
    ]
    assert all(key_format.is_well_formed(key) for key in keys)


async def test_no_audit_event_holds_a_key(conn: Connection, keyring: Keyring) -> None:
    await seed.create_demo(conn, keyring, NOW)

    rows = await contents(conn)
    events = "".join(rows["audit_events"] + rows["issued_events"])
    keys = await conn.fetch("SELECT ciphertext, encryption_secret_id, license_key_id FROM license_key_index")

    assert [key for key in keys if keyring.open(*key)[:10] in events.replace("-", "").upper()] == []
