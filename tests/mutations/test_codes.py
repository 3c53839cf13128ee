"""Every mutation answers the codes that it declares, each of them in some case, and no other."""

from dataclasses import replace

import pytest

from db.user_errors import MutationRefused, UserErrorCode
from schema.dsl.mutations import declared_user_error
from tests.mutations.cases import CASES, REFUSED_CASES, SUCCESSFUL_CASES
from tests.mutations.scenario import Case, Scenario, input_fields, mutation_specs, table_digests

SPECS = mutation_specs()
# Each of these is reached over all mutations, in test_every_mutation.
COMMON = {
    UserErrorCode.INVALID_INPUT,
    UserErrorCode.IDEMPOTENCY_KEY_REUSED,
    UserErrorCode.IDEMPOTENCY_IN_PROGRESS,
}
# What is not there any more, or not for whoever made it so, is null.
GONE = {
    "deleteSublicense": {"licenseKey"},
    "leaveAccount": {"account"},
    "removeMember": {"membership"},
    "revokeInvitation": {"membership"},
}
# And what is no account's yet, by the name of its case.
NOBODYS = {"to_nobody": {"subscription"}, "a_block_of_what_nobody_has": {"licenseKey"}}


def test_every_mutation_has_a_case_that_succeeds_and_one_for_each_of_its_codes() -> None:
    declared = {mutation: {None, *spec.codes} - COMMON for mutation, spec in SPECS.items()}

    reached = {mutation: {code for named, code in CASES if named == mutation} for mutation in SPECS}

    assert reached == declared


def test_undeclared_error_code_is_an_internal_error() -> None:
    spec = replace(SPECS["renameSubscription"], codes=(UserErrorCode.FORBIDDEN,))

    with pytest.raises(AssertionError, match="rename_subscription does not declare SUBSCRIPTION_NOT_FOUND"):
        declared_user_error(spec, MutationRefused(UserErrorCode.SUBSCRIPTION_NOT_FOUND), None)


@pytest.mark.parametrize(("mutation", "code", "case"), REFUSED_CASES)
async def test_refused_mutation_returns_its_code_and_writes_nothing(
    scenario: Scenario, mutation: str, code: UserErrorCode, case: Case
) -> None:
    given = await case(scenario)
    before = await table_digests(scenario.conn)

    answer = await scenario.run(mutation, {**given, **scenario.idempotency(mutation)})

    (error,) = answer.pop("userErrors")
    assert (error["code"], error["message"][-1]) == (code, ".")
    assert error["field"] is None or error["field"][0] in input_fields(mutation)
    assert await table_digests(scenario.conn) == before
    if code != UserErrorCode.KEY_ALREADY_REGISTERED:
        assert all(value in (None, False, []) for value in answer.values())


@pytest.mark.parametrize(("mutation", "case"), SUCCESSFUL_CASES)
async def test_successful_mutation_returns_objects_and_writes_audit_events(
    scenario: Scenario, mutation: str, case: Case
) -> None:
    given = await case(scenario)

    answer = await scenario.run(mutation, given)

    assert answer["userErrors"] == []
    assert answer.get("changed", True) is True
    assert {name for name, value in answer.items() if value is None} == NOBODYS.get(
        case.__name__, GONE.get(mutation, set())
    )
    trail = await scenario.conn.fetch(
        "SELECT actor, request_id FROM audit_events UNION ALL SELECT actor, request_id FROM issued_events"
    )
    assert {event["actor"] for event in trail} == {scenario.actor}
    assert all(event["request_id"] for event in trail)
