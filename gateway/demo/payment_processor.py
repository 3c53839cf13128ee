"""The demo's payment processor: four tokens, as a real one would describe them. It takes no money."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.changes.payment_methods import PaymentMethodDetails
from db.clock import Clock
from db.enums import PaymentMethodKind
from db.terms import end_of_month

HOLDER = "Nadia Exemple"


@dataclass(frozen=True, slots=True)
class DemoProcessor:
    """Knows the same tokens for everybody."""

    clock: Clock

    async def describe(self, token: str) -> PaymentMethodDetails | None:
        return self._payment_methods().get(token)

    def _payment_methods(self) -> Mapping[str, PaymentMethodDetails]:
        card, today = PaymentMethodKind.CREDIT_CARD, self.clock().date()
        return {
            "tok_visa": PaymentMethodDetails(card, "Visa", "4242", end_of_month(today, 24), HOLDER),
            "tok_mastercard": PaymentMethodDetails(card, "Mastercard", "4444", end_of_month(today, 36), HOLDER),
            "tok_expired": PaymentMethodDetails(card, "Visa", "0069", end_of_month(today, -1), HOLDER),
            "tok_wire": PaymentMethodDetails(PaymentMethodKind.WIRE_TRANSFER, holder_name=HOLDER),
        }
