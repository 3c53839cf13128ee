"""Teams through the graph: keys that are shown once, and what each address comes to."""

from typing import Any

from db import key_format
from tests import world
from tests.mutations.scene import Scene, contracts, digest

INVITE = """
mutation($input: InviteMembersInput!) {
  inviteMembers(input: $input) {
    results { email membership { email role status } userErrors { code field message } }
    userErrors { code field message }
  }
}
"""
SPLIT = """
mutation($input: CreateSublicenseInput!) {
  createSublicense(input: $input) { key licenseKey { id maskedKey } userErrors { code } }
}
"""
ROTATE = """
mutation($input: RotateSublicenseInput!) {
  rotateSublicense(input: $input) { key licenseKey { id maskedKey } userErrors { code } }
}
"""
FOUND = "SELECT license_key_id FROM license_key_index WHERE digest = ANY ($1)"


async def test_each_address_has_a_result_in_its_place(scene: Scene) -> None:
    await world.member(scene.conn, scene.account, None, "ADMIN", status="INVITED", email="late@example.com")
    emails = ["eve@example.com", "no address", "BOB@example.com", "late@example.com"]
    given = {"accountId": scene.account_id, "emails": emails, "idempotencyKey": "once"}

    answers = [(await scene.client.ask(INVITE, {"input": given}))["inviteMembers"] for _ in range(2)]

    def refused(position: int, code: str, message: str) -> dict[str, Any]:
        error = {"code": code, "field": ["emails", str(position)], "message": message}
        return {"email": emails[position], "membership": None, "userErrors": [error]}

    assert answers[0] == answers[1] == {
        "results": [
            {
                "email": "eve@example.com",
                "membership": {"email": "eve@example.com", "role": "MEMBER", "status": "INVITED"},
                "userErrors": [],
            },
            refused(1, "EMAIL_INVALID", "This is no e-mail address."),
            refused(2, "ALREADY_MEMBER", "This person is in the account already."),
            refused(3, "INVITATION_PENDING", "This person has an open invitation already."),
        ],
        "userErrors": [],
    }  # fmt: skip
    assert contracts()["inviteMembers"].each == ("EMAIL_INVALID", "ALREADY_MEMBER", "INVITATION_PENDING")


async def test_a_thousand_invitations_in_one_call_are_refused_and_a_hundred_are_made(scene: Scene) -> None:
    emails = [f"person-{number}@example.com" for number in range(1000)]
    before = await digest(scene.conn)

    async def invite(addresses: list[str]) -> Any:
        given = {"accountId": scene.account_id, "emails": addresses}
        return (await scene.client.post(INVITE, {"input": given})).json()

    thousand, some_more = await invite(emails), await invite(emails[:101])
    after = await digest(scene.conn)
    hundred = await invite(emails[:100])

    message = "emails must have at most 100 entries, 101 were given."
    refused = {"code": "INVALID_INPUT", "field": ["emails"], "message": message}
    assert thousand["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert some_more["data"]["inviteMembers"] == {"results": [], "userErrors": [refused]}
    assert after == before
    assert [result["membership"]["email"] for result in hundred["data"]["inviteMembers"]["results"]] == emails[:100]
    assert await scene.conn.fetchval("SELECT count(*) FROM audit_events") == 100


async def test_a_new_key_is_shown_to_who_made_it_and_a_rotated_one_is_another(scene: Scene) -> None:
    subscription, _, _ = await world.held(scene.conn, scene.keyring, scene.account)
    given = {"subscriptionId": scene.id("sub", subscription), "name": "Sales", "allocation": "DYNAMIC", "quota": 5}

    made = (await scene.client.ask(SPLIT, {"input": {**given, "idempotencyKey": "once"}}))["createSublicense"]
    again = (await scene.client.ask(SPLIT, {"input": {**given, "idempotencyKey": "once"}}))["createSublicense"]
    of = {"licenseKeyId": made["licenseKey"]["id"]}
    rotated = (await scene.client.ask(ROTATE, {"input": of}))["rotateSublicense"]

    found = [
        await scene.conn.fetchval(FOUND, scene.keyring.digests(key_format.normalize(answer["key"])))
        for answer in (made, rotated)
    ]
    assert again == made
    assert made["licenseKey"]["maskedKey"] == f"*****-*****-*****-*****-{made['key'][-5:]}"
    assert rotated["licenseKey"]["id"] == made["licenseKey"]["id"]
    assert rotated["licenseKey"]["maskedKey"] == f"*****-*****-*****-*****-{rotated['key'][-5:]}"
    assert [id_ and scene.id("key", id_) for id_ in found] == [None, made["licenseKey"]["id"]]
