"""The demo's payment processor: four tokens, as a real one would describe them. It takes no money."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db.changes.payment_methods import Described
from db.clock import Clock
from db.enums import PaymentMethodKind
from db.terms import add_months

HOLDER = "Nadia Exemple"


@dataclass(frozen=True, slots=True)
class DemoProcessor:
    """Knows the same tokens for everybody."""

    clock: Clock

    async def describe(self, token: str) -> Described | None:
        return self._known().get(token)

    def _known(self) -> Mapping[str, Described]:
        card = PaymentMethodKind.CREDIT_CARD
        return {
            "tok_visa": Described(card, "Visa", "4242", self._end_of_month(24), HOLDER),
            "tok_mastercard": Described(card, "Mastercard", "4444", self._end_of_month(36), HOLDER),
            "tok_expired": Described(card, "Visa", "0069", self._end_of_month(-1), HOLDER),
            "tok_wire": Described(PaymentMethodKind.WIRE_TRANSFER, holder_name=HOLDER),
        }

    def _end_of_month(self, months: int) -> date:
        """Cards expire with a month."""
        month = add_months(self.clock().date(), months)
        return month.replace(day=monthrange(month.year, month.month)[1])
