"""Every mutation answers the codes that it declares, each of them in some case, and no other."""

from dataclasses import replace

import pytest

from db.errors import Refused, UserErrorCode
from schema.dsl.mutations import declared_user_error
from tests.mutations.cases import CASES, CHANGED, REFUSED
from tests.mutations.scenario import Case, Scene, contracts, digest, fields_of_input

CONTRACTS = contracts()
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
    declared = {mutation: {None, *contract.codes} - COMMON for mutation, contract in CONTRACTS.items()}

    reached = {mutation: {code for named, code in CASES if named == mutation} for mutation in CONTRACTS}

    assert reached == declared


def test_a_code_that_is_not_declared_is_a_fault() -> None:
    contract = replace(CONTRACTS["renameSubscription"], codes=(UserErrorCode.FORBIDDEN,))

    with pytest.raises(AssertionError, match="rename_subscription does not declare SUBSCRIPTION_NOT_FOUND"):
        declared_user_error(contract, Refused(UserErrorCode.SUBSCRIPTION_NOT_FOUND), None)


@pytest.mark.parametrize(("mutation", "code", "made"), REFUSED)
async def test_a_refusal_has_its_code_and_writes_nothing(
    scene: Scene, mutation: str, code: UserErrorCode, made: Case
) -> None:
    given = await made(scene)
    before = await digest(scene.conn)

    answer = await scene.change(mutation, {**given, **scene.repeatable(mutation)})

    (error,) = answer.pop("userErrors")
    assert (error["code"], error["message"][-1]) == (code, ".")
    assert error["field"] is None or error["field"][0] in fields_of_input(mutation)
    assert await digest(scene.conn) == before
    if code != UserErrorCode.KEY_ALREADY_REGISTERED:
        assert all(value in (None, False, []) for value in answer.values())


@pytest.mark.parametrize(("mutation", "made"), CHANGED)
async def test_a_change_answers_its_objects_and_leaves_its_trail(scene: Scene, mutation: str, made: Case) -> None:
    given = await made(scene)

    answer = await scene.change(mutation, given)

    assert answer["userErrors"] == []
    assert answer.get("changed", True) is True
    assert {name for name, value in answer.items() if value is None} == NOBODYS.get(
        made.__name__, GONE.get(mutation, set())
    )
    trail = await scene.conn.fetch(
        "SELECT actor, request_id FROM audit_events UNION ALL SELECT actor, request_id FROM issued_events"
    )
    assert {event["actor"] for event in trail} == {scene.actor}
    assert all(event["request_id"] for event in trail)
