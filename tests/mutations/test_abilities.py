"""`viewerCan` says what the mutations would answer, in every state and for every role."""

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from tests import world
from tests.mutations.scenario import Input, Scenario, mutation_specs

SPECS = mutation_specs()

STATES: dict[str, dict[str, Any]] = {
    "PENDING": {"activated_on": None, "expires_on": None},
    "ACTIVE": {},
    "GRACE_PERIOD": {"expires_on": world.day(-1)},
    "EXPIRED": {"expires_on": world.day(-60)},
    "SUSPENDED": {"suspended_at": world.NOW},
}
ABILITIES = """
    query ($id: ID!) {
      subscription(id: $id) { viewerCan { setAutoRenewal setPaymentMethod rename createSublicense } }
    }
"""


def subscriptions(card: UUID) -> Iterator[dict[str, Any]]:
    """The values of one in every state, channel and way of renewing that there is."""
    for state, renewal, channel in product(STATES.values(), ("ON", "OFF", "NOT_AVAILABLE"), ("RESELLER", "APP_STORE")):
        if renewal == "NOT_AVAILABLE" or channel == "RESELLER":
            yield {**state, "auto_renewal": renewal, "channel": channel, "payment_method_id": card}


def calls(subscription: str, card: str, auto_renewal: str) -> dict[str, tuple[str, Input]]:
    """For each ability, the call that it promises to succeed."""
    of: Input = {"subscriptionId": subscription}
    switched = {"enabled": auto_renewal != "ON", "confirmGraceLoss": True}
    sublicense = {"name": "Design", "allocation": "RESERVED", "quota": 1}
    all_calls = {
        "setAutoRenewal": ("setAutoRenewal", {**of, **switched}),
        "setPaymentMethod": ("setSubscriptionPaymentMethod", {**of, "paymentMethodId": card}),
        "rename": ("renameSubscription", {**of, "displayName": "Another"}),
        "createSublicense": ("createSublicense", {**of, **sublicense}),
    }
    return {ability: call for ability, call in all_calls.items() if call[0] in SPECS}


@pytest.mark.parametrize("role", ["OWNER", "ADMIN", "MEMBER"])
@pytest.mark.parametrize("sublicenses", [True, False])
async def test_viewer_abilities_agree_with_mutations(scenario: Scenario, role: str, sublicenses: bool) -> None:
    await scenario.conn.execute("UPDATE memberships SET role = $1 WHERE id = $2", role, scenario.bob)
    await scenario.conn.execute("UPDATE products SET sublicenses_supported = $1", sublicenses)
    card = await world.payment_method(scenario.conn, scenario.account)

    promised, kept = [], []
    for values in subscriptions(card):
        subscription, _, _ = await world.held(scenario.conn, scenario.keyring, scenario.account, **values)
        of = scenario.id("sub", subscription)
        data = await scenario.client.ask(ABILITIES, {"id": of}, to="bob")
        tried = calls(of, scenario.id("pay", card), values["auto_renewal"])
        promised.append({ability: data["subscription"]["viewerCan"][ability] for ability in tried})
        kept.append({ability: await succeeds(scenario, *call) for ability, call in tried.items()})

    assert promised == kept
    assert len(promised) == 20


async def succeeds(scenario: Scenario, mutation: str, given: Input) -> bool:
    """Whether it would: whatever it did is undone."""
    savepoint = scenario.conn.transaction()
    await savepoint.start()
    answer = await scenario.run(mutation, given, to="bob")
    await savepoint.rollback()
    return bool(answer["userErrors"] == [])
