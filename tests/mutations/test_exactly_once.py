"""A change happens once, as a whole, and what is answered is what there is."""

import asyncpg
import pytest
from asyncpg import Connection

from db.changes import transactions
from db.errors import Refused, UserErrorCode
from tests import world
from tests.mutations.license_key_cases import issued, sublicense
from tests.mutations.scenario import Scene, digest
from tests.mutations.subscription_cases import another_name, of, renewing, switched_off

SEVERAL = """
    mutation ($id: ID!, $foreign: ID!) {
      first: renameSubscription(input: {subscriptionId: $id, displayName: "First"}) { subscription { displayName } }
      refused: renameSubscription(input: {subscriptionId: $foreign, displayName: "No"}) { userErrors { code } }
      second: renameSubscription(input: {subscriptionId: $id, displayName: "Second"}) { subscription { displayName } }
    }
"""


async def test_several_changes_run_one_after_the_other_and_each_shows_its_own_effect(scene: Scene) -> None:
    given = await of(scene)

    data = await scene.client.ask(SEVERAL, {"id": given["subscriptionId"], "foreign": "nothing"})

    assert data == {
        "first": {"subscription": {"displayName": "First"}},
        "refused": {"userErrors": [{"code": "SUBSCRIPTION_NOT_FOUND"}]},
        "second": {"subscription": {"displayName": "Second"}},
    }
    assert await scene.conn.fetchval("SELECT count(*) FROM audit_events") == 2


async def test_what_is_so_already_is_no_change_and_no_event(scene: Scene) -> None:
    given = await another_name(scene)

    answers = [await scene.change("renameSubscription", given) for _ in range(2)]

    assert [answer["changed"] for answer in answers] == [True, False]
    trail = await scene.conn.fetch("SELECT action, before, after FROM audit_events")
    assert [event["after"] for event in trail] == [{"displayName": "Design team"}]


async def test_a_call_that_is_sent_again_shows_the_objects_as_they_are_now(scene: Scene) -> None:
    given = await another_name(scene)
    once = {**given, "idempotencyKey": "once"}
    await scene.change("renameSubscription", once)
    await scene.change("renameSubscription", {**given, "displayName": "Later"})

    again = await scene.change("renameSubscription", once)

    assert (again["changed"], again["subscription"]["displayName"]) == (True, "Later")


async def test_a_key_with_another_input_is_refused_and_changes_nothing(scene: Scene) -> None:
    given = await another_name(scene)
    await scene.change("renameSubscription", {**given, "idempotencyKey": "once"})

    other = await scene.change("renameSubscription", {**given, "displayName": "Other", "idempotencyKey": "once"})

    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert await scene.conn.fetchval("SELECT display_name FROM subscriptions") == "Design team"


async def test_a_key_is_one_persons_and_one_mutations(scene: Scene) -> None:
    await scene.conn.execute("UPDATE memberships SET role = 'ADMIN' WHERE id = $1", scene.bob)
    given = await another_name(scene)
    switch = await switched_off(scene)
    once = {"idempotencyKey": "once"}

    answers = [
        await scene.change("renameSubscription", {**given, **once}),
        await scene.change("renameSubscription", {**given, "displayName": "Bob's", **once}, to="bob"),
        await scene.change("setAutoRenewal", {**switch, **once}),
    ]

    assert [answer["changed"] for answer in answers] == [True, True, True]


async def test_a_refusal_is_not_kept(scene: Scene) -> None:
    subscription, _ = await renewing(scene, expires_on=world.day(-1))
    given = {"subscriptionId": scene.id("sub", subscription), "enabled": False, "idempotencyKey": "once"}

    refused = await scene.change("setAutoRenewal", given)
    confirmed = await scene.change("setAutoRenewal", {**given, "confirmGraceLoss": True})

    assert [error["code"] for error in refused["userErrors"]] == ["GRACE_LOSS_UNCONFIRMED"]
    assert (confirmed["userErrors"], confirmed["subscription"]["status"]) == ([], "EXPIRED")


async def test_somebody_who_has_left_is_shown_nothing_by_a_call_sent_again(scene: Scene) -> None:
    given = {**await another_name(scene), "idempotencyKey": "once"}
    await scene.change("renameSubscription", given)
    await scene.conn.execute("UPDATE memberships SET status = 'BLOCKED' WHERE role = 'OWNER'")

    again = await scene.change("renameSubscription", given)

    assert again == {"subscription": None, "changed": True, "userErrors": []}


async def test_a_record_holds_ids_and_no_text(scene: Scene) -> None:
    given = await issued(scene)

    answer = await scene.change("registerLicenseKey", {**given, "name": "Secret project", "idempotencyKey": "once"})

    (record,) = await scene.conn.fetch("SELECT * FROM idempotency_records")
    ids = {name: answer[name]["id"].split("_")[1:] for name in ("subscription", "licenseKey")}
    assert record["result"] == {"subscription": ids["subscription"], "license_key": ids["licenseKey"]}
    assert (record["mutation"], record["key"], len(record["input_digest"])) == ("registerLicenseKey", "once", 32)


async def test_a_fault_in_the_middle_leaves_nothing_behind(scene: Scene) -> None:
    subscription, _, _ = await world.held(scene.conn, scene.keyring, scene.account)
    _, given = await sublicense(scene, subscription)
    await scene.conn.execute("ALTER TABLE audit_events RENAME COLUMN actor TO performer")
    before = await digest(scene.conn)

    response = await scene.client.post(
        "mutation ($input: ActivateProductInput!) { activateProduct(input: $input) { userErrors { code } } }",
        {"input": {**given, "idempotencyKey": "once"}},
    )

    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert await digest(scene.conn) == before


@pytest.mark.parametrize("gives_way", [asyncpg.DeadlockDetectedError, asyncpg.SerializationError])
@pytest.mark.parametrize(("times", "tries"), [(0, 1), (3, 4)])
async def test_who_gives_way_tries_again(conn: Connection, gives_way: type[Exception], times: int, tries: int) -> None:
    tried = []

    async def change() -> str:
        tried.append(await world.account(conn))
        if len(tried) <= times:
            raise gives_way
        return "done"

    assert await transactions.commit(conn, change) == "done"
    assert len(tried) == tries
    assert await conn.fetchval("SELECT array_agg(id) FROM accounts") == [tried[-1]]


async def test_who_always_gives_way_gives_up(conn: Connection) -> None:
    tried = []

    async def change() -> None:
        tried.append(await world.account(conn))
        raise asyncpg.DeadlockDetectedError

    with pytest.raises(asyncpg.DeadlockDetectedError):
        await transactions.commit(conn, change)

    assert len(tried) == transactions.TRIES
    assert await conn.fetchval("SELECT count(*) FROM accounts") == 0


async def test_a_violated_constraint_is_the_refusal_it_stands_for_or_a_fault(conn: Connection) -> None:
    account = await world.company(conn)
    await world.order(conn, account, number="O-1")

    async def same_number() -> None:
        await world.order(conn, account, number="O-1")

    async def same_product() -> None:
        await world.product(conn)

    with pytest.raises(Refused) as refused:
        await transactions.commit(conn, same_number)
    with pytest.raises(asyncpg.UniqueViolationError):
        await transactions.commit(conn, same_product)

    assert (refused.value.code, refused.value.field) == (UserErrorCode.DUPLICATE_NUMBER, ("number",))
