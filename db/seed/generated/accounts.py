"""Invented business accounts: an owner with a personal account, a company, what it pays with."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from db.demo_marker import DEMO_ISSUER
from db.ids import uuid7
from db.seed.generated.fast_random import FastRandom
from db.seed.rows import RowBuffer

# Before the first day of the oldest subscription.
_OPENED_DAYS_AGO = 2500
_WORDS = ("Beispiel", "Exemple", "Ejemplo", "Esempio", "Przykład", "Príklad", "見本", "Mfano", "Sampla", "Voorbeeld")
_TRADES = ("Druck", "Études", "Diseño", "Officina", "Logistyka", "Stavby", "設計", "Safari", "Bróga", "Tuinen")


@dataclass(frozen=True, slots=True)
class GeneratedAccount:
    """An account as its subscriptions need it. `number_prefix` begins their numbers, `card` pays for them."""

    number_prefix: str
    subject: str
    user_id: UUID
    account_id: UUID
    card: UUID
    currency: str
    opened_at: datetime


def generated_account(account: int, today: date) -> GeneratedAccount:
    """The same one each time it is asked for: a large account is built in several batches."""
    random = FastRandom(f"account {account}")
    day = today - timedelta(days=_OPENED_DAYS_AGO + random.below(400))
    opened_at = datetime.combine(day, time(9, random.below(60)), UTC)
    return GeneratedAccount(
        number_prefix=f"G{account:06}" if account else "L",
        subject=f"owner-{account}" if account else "large-owner",
        user_id=uuid7(opened_at, random),
        account_id=uuid7(opened_at, random),
        card=uuid7(opened_at, random),
        currency=random.pick(("EUR", "EUR", "USD", "JPY")),
        opened_at=opened_at,
    )


def add_account(rows: RowBuffer, account: int, today: date) -> None:
    owner, random = generated_account(account, today), FastRandom(f"people of {account}")
    at, email = owner.opened_at, f"{owner.subject}@example.org"
    company = f"{random.pick(_WORDS)} {random.pick(_TRADES)} {account}"
    rows.by_table["users"].append((owner.user_id, DEMO_ISSUER, owner.subject, email, True, f"Owner of {company}", at))
    for account_id, kind, name in (
        (owner.user_id, "PERSONAL", f"Owner of {company}"),
        (owner.account_id, "BUSINESS", company),
    ):
        rows.by_table["accounts"].append((account_id, kind, name, at))
        rows.by_table["memberships"].append(
            (account_id, uuid7(at, random), owner.user_id, email, "OWNER", "ACTIVE", at)
        )
    _add_methods(rows, owner, company, today, random)


def _add_methods(rows: RowBuffer, owner: GeneratedAccount, company: str, today: date, random: FastRandom) -> None:
    """The card that pays, and up to two others that do not: one that has expired, one that is not a card."""
    at = owner.opened_at
    token = f"tok_seed_{owner.card.hex}"
    others = random.below(3)
    methods = [
        (owner.card, "CREDIT_CARD", token, "Visa", "4242", today + timedelta(days=900), company, True),
        (
            uuid7(at, random),
            "CREDIT_CARD",
            token + "b",
            "Mastercard",
            "4444",
            today - timedelta(days=90),
            company,
            False,
        ),
        (uuid7(at, random), "PAYPAL", token + "c", None, None, None, f"{owner.subject}@example.org", False),
    ]
    rows.by_table["payment_methods"] += [(owner.account_id, *method, None, at) for method in methods[: 1 + others]]
