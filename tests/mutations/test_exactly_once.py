"""A change happens once, as a whole, and what is answered is what there is."""

import asyncpg
import pytest
from asyncpg import Connection

from db.changes import transactions
from db.user_errors import MutationRefused, UserErrorCode
from tests import world
from tests.mutations.license_key_cases import issued, sublicense
from tests.mutations.scenario import Scenario, table_digests
from tests.mutations.subscription_cases import another_name, of, renewing, switched_off

SEVERAL = """
    mutation ($id: ID!, $foreign: ID!) {
      first: renameSubscription(input: {subscriptionId: $id, displayName: "First"}) { subscription { displayName } }
      refused: renameSubscription(input: {subscriptionId: $foreign, displayName: "No"}) { userErrors { code } }
      second: renameSubscription(input: {subscriptionId: $id, displayName: "Second"}) { subscription { displayName } }
    }
"""


async def test_several_changes_run_one_after_the_other_and_each_shows_its_own_effect(scenario: Scenario) -> None:
    given = await of(scenario)

    data = await scenario.client.ask(SEVERAL, {"id": given["subscriptionId"], "foreign": "nothing"})

    assert data == {
        "first": {"subscription": {"displayName": "First"}},
        "refused": {"userErrors": [{"code": "SUBSCRIPTION_NOT_FOUND"}]},
        "second": {"subscription": {"displayName": "Second"}},
    }
    assert await scenario.conn.fetchval("SELECT count(*) FROM audit_events") == 2


async def test_no_op_reports_unchanged_and_writes_no_event(scenario: Scenario) -> None:
    given = await another_name(scenario)

    answers = [await scenario.run("renameSubscription", given) for _ in range(2)]

    assert [answer["changed"] for answer in answers] == [True, False]
    trail = await scenario.conn.fetch("SELECT action, before, after FROM audit_events")
    assert [event["after"] for event in trail] == [{"displayName": "Design team"}]


async def test_a_call_that_is_sent_again_shows_the_objects_as_they_are_now(scenario: Scenario) -> None:
    given = await another_name(scenario)
    once = {**given, "idempotencyKey": "once"}
    await scenario.run("renameSubscription", once)
    await scenario.run("renameSubscription", {**given, "displayName": "Later"})

    again = await scenario.run("renameSubscription", once)

    assert (again["changed"], again["subscription"]["displayName"]) == (True, "Later")


async def test_a_key_with_another_input_is_refused_and_changes_nothing(scenario: Scenario) -> None:
    given = await another_name(scenario)
    await scenario.run("renameSubscription", {**given, "idempotencyKey": "once"})

    other = await scenario.run("renameSubscription", {**given, "displayName": "Other", "idempotencyKey": "once"})

    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert await scenario.conn.fetchval("SELECT display_name FROM subscriptions") == "Design team"


async def test_idempotency_keys_are_scoped_to_viewer_and_mutation(scenario: Scenario) -> None:
    await scenario.conn.execute("UPDATE memberships SET role = 'ADMIN' WHERE id = $1", scenario.bob)
    given = await another_name(scenario)
    switch = await switched_off(scenario)
    once = {"idempotencyKey": "once"}

    answers = [
        await scenario.run("renameSubscription", {**given, **once}),
        await scenario.run("renameSubscription", {**given, "displayName": "Bob's", **once}, to="bob"),
        await scenario.run("setAutoRenewal", {**switch, **once}),
    ]

    assert [answer["changed"] for answer in answers] == [True, True, True]


async def test_refusal_is_not_stored_under_the_key(scenario: Scenario) -> None:
    subscription, _ = await renewing(scenario, expires_on=world.day(-1))
    given = {"subscriptionId": scenario.id("sub", subscription), "enabled": False, "idempotencyKey": "once"}

    refused = await scenario.run("setAutoRenewal", given)
    confirmed = await scenario.run("setAutoRenewal", {**given, "confirmGraceLoss": True})

    assert [error["code"] for error in refused["userErrors"]] == ["GRACE_LOSS_UNCONFIRMED"]
    assert (confirmed["userErrors"], confirmed["subscription"]["status"]) == ([], "EXPIRED")


async def test_retry_after_leaving_returns_no_objects(scenario: Scenario) -> None:
    given = {**await another_name(scenario), "idempotencyKey": "once"}
    await scenario.run("renameSubscription", given)
    await scenario.conn.execute("UPDATE memberships SET status = 'BLOCKED' WHERE role = 'OWNER'")

    again = await scenario.run("renameSubscription", given)

    assert again == {"subscription": None, "changed": True, "userErrors": []}


async def test_idempotency_record_has_ids_only(scenario: Scenario) -> None:
    given = await issued(scenario)

    answer = await scenario.run("registerLicenseKey", {**given, "name": "Secret project", "idempotencyKey": "once"})

    (record,) = await scenario.conn.fetch("SELECT * FROM idempotency_records")
    ids = {name: answer[name]["id"].split("_")[1:] for name in ("subscription", "licenseKey")}
    assert record["result"] == {"subscription": ids["subscription"], "license_key": ids["licenseKey"]}
    assert (record["mutation"], record["key"], len(record["input_digest"])) == ("registerLicenseKey", "once", 32)


async def test_internal_error_rolls_everything_back(scenario: Scenario) -> None:
    subscription, _, _ = await world.held(scenario.conn, scenario.keyring, scenario.account)
    _, given = await sublicense(scenario, subscription)
    await scenario.conn.execute("ALTER TABLE audit_events RENAME COLUMN actor TO performer")
    before = await table_digests(scenario.conn)

    response = await scenario.client.post(
        "mutation ($input: ActivateProductInput!) { activateProduct(input: $input) { userErrors { code } } }",
        {"input": {**given, "idempotencyKey": "once"}},
    )

    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert await table_digests(scenario.conn) == before


@pytest.mark.parametrize("gives_way", [asyncpg.DeadlockDetectedError, asyncpg.SerializationError])
@pytest.mark.parametrize(("times", "tries"), [(0, 1), (3, 4)])
async def test_transaction_retries_after_conflicts(
    conn: Connection, gives_way: type[Exception], times: int, tries: int
) -> None:
    tried = []

    async def change() -> str:
        tried.append(await world.account(conn))
        if len(tried) <= times:
            raise gives_way
        return "done"

    assert await transactions.run_in_transaction(conn, change) == "done"
    assert len(tried) == tries
    assert await conn.fetchval("SELECT array_agg(id) FROM accounts") == [tried[-1]]


async def test_transaction_retries_are_bounded(conn: Connection) -> None:
    tried = []

    async def change() -> None:
        tried.append(await world.account(conn))
        raise asyncpg.DeadlockDetectedError

    with pytest.raises(asyncpg.DeadlockDetectedError):
        await transactions.run_in_transaction(conn, change)

    assert len(tried) == transactions.MAX_ATTEMPTS
    assert await conn.fetchval("SELECT count(*) FROM accounts") == 0


async def test_a_violated_constraint_is_the_refusal_it_stands_for_or_a_fault(conn: Connection) -> None:
    account = await world.company(conn)
    await world.order(conn, account, number="O-1")

    async def same_number() -> None:
        await world.order(conn, account, number="O-1")

    async def same_product() -> None:
        await world.product(conn)

    with pytest.raises(MutationRefused) as refused:
        await transactions.run_in_transaction(conn, same_number)
    with pytest.raises(asyncpg.UniqueViolationError):
        await transactions.run_in_transaction(conn, same_product)

    assert (refused.value.code, refused.value.field) == (UserErrorCode.DUPLICATE_NUMBER, ("number",))
