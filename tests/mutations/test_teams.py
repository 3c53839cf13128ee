"""Teams through the graph: keys that are shown once, and what each address comes to."""

from typing import Any

from db.license_key_custody import key_format
from tests import world
from tests.mutations.scenario import Scenario, mutation_specs, table_digests

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
MEMBERS = "query($id: ID!) { account(id: $id) { members { nodes { id email role status } } } }"
INVITATIONS = "{ viewer { invitations { id accountName role } } }"
TRAIL = "query($id: ID!) { account(id: $id) { auditEvents { nodes { actor action } } } }"
FOUND = "SELECT license_key_id FROM license_key_index WHERE digest = ANY ($1)"


async def test_each_address_has_a_result_in_its_place(scenario: Scenario) -> None:
    await world.member(scenario.conn, scenario.account, None, "ADMIN", status="INVITED", email="late@example.com")
    emails = ["eve@example.com", "no address", "BOB@example.com", "late@example.com"]
    given = {"accountId": scenario.account_id, "emails": emails, "idempotencyKey": "once"}

    answers = [(await scenario.client.ask(INVITE, {"input": given}))["inviteMembers"] for _ in range(2)]

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
    assert mutation_specs()["inviteMembers"].item_codes == ("EMAIL_INVALID", "ALREADY_MEMBER", "INVITATION_PENDING")


async def test_a_thousand_invitations_in_one_call_are_refused_and_a_hundred_are_made(scenario: Scenario) -> None:
    emails = [f"person-{number}@example.com" for number in range(1000)]
    before = await table_digests(scenario.conn)

    async def invite(addresses: list[str]) -> Any:
        given = {"accountId": scenario.account_id, "emails": addresses}
        return (await scenario.client.post(INVITE, {"input": given})).json()

    thousand, some_more = await invite(emails), await invite(emails[:101])
    after = await table_digests(scenario.conn)
    hundred = await invite(emails[:100])

    message = "emails must have at most 100 entries, 101 were given."
    refused = {"code": "INVALID_INPUT", "field": ["emails"], "message": message}
    assert thousand["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert some_more["data"]["inviteMembers"] == {"results": [], "userErrors": [refused]}
    assert after == before
    assert [result["membership"]["email"] for result in hundred["data"]["inviteMembers"]["results"]] == emails[:100]
    assert await scenario.conn.fetchval("SELECT count(*) FROM audit_events") == 100


async def test_a_new_key_is_shown_to_who_made_it_and_a_rotated_one_is_another(scenario: Scenario) -> None:
    subscription, _, _ = await world.held(scenario.conn, scenario.keyring, scenario.account)
    given = {"subscriptionId": scenario.id("sub", subscription), "name": "Sales", "allocation": "DYNAMIC", "quota": 5}

    made = (await scenario.client.ask(SPLIT, {"input": {**given, "idempotencyKey": "once"}}))["createSublicense"]
    again = (await scenario.client.ask(SPLIT, {"input": {**given, "idempotencyKey": "once"}}))["createSublicense"]
    of = {"licenseKeyId": made["licenseKey"]["id"]}
    rotated = (await scenario.client.ask(ROTATE, {"input": of}))["rotateSublicense"]

    found = [
        await scenario.conn.fetchval(FOUND, scenario.keyring.digests(key_format.normalize(answer["key"])))
        for answer in (made, rotated)
    ]
    assert again == made
    assert made["licenseKey"]["maskedKey"] == f"*****-*****-*****-*****-{made['key'][-5:]}"
    assert rotated["licenseKey"]["id"] == made["licenseKey"]["id"]
    assert rotated["licenseKey"]["maskedKey"] == f"*****-*****-*****-*****-{rotated['key'][-5:]}"
    assert [id_ and scenario.id("key", id_) for id_ in found] == [None, made["licenseKey"]["id"]]


async def test_a_company_is_opened_filled_and_left_again(scenario: Scenario) -> None:
    """Everybody sees what is theirs to see, at each step."""

    async def done(mutation: str, given: dict[str, Any], to: str = "ada") -> Any:
        answer = await scenario.run(mutation, given, to=to)
        assert answer["userErrors"] == []
        return answer

    async def people() -> dict[str, tuple[str, str]]:
        data = await scenario.client.ask(MEMBERS, {"id": account})
        nodes = data["account"]["members"]["nodes"]
        memberships.update({node["email"]: {"membershipId": node["id"]} for node in nodes})
        return {node["email"]: (node["role"], node["status"]) for node in nodes}

    async def invitations() -> list[dict[str, str]]:
        data = await scenario.client.ask(INVITATIONS, to="eve")
        return list(data["viewer"]["invitations"])

    memberships: dict[str, dict[str, str]] = {}
    account = (await done("createBusinessAccount", {"name": "Example Ltd"}))["account"]["id"]
    await done("inviteMembers", {"accountId": account, "emails": ["Eve@example.com", "bob@example.com"]})
    [invitation] = await invitations()
    await done("acceptInvitation", {"invitationId": invitation["id"]}, to="eve")
    joined = await people()
    await done("setMemberRole", {**memberships["Eve@example.com"], "role": "ADMIN"})
    await done("revokeInvitation", memberships["bob@example.com"], to="eve")
    await done("blockMember", memberships["ada@example.com"], to="eve")
    blocked = await scenario.client.ask(MEMBERS, {"id": account})
    await done("unblockMember", memberships["ada@example.com"], to="eve")
    changed = await people()
    await done("leaveAccount", {"accountId": account}, to="eve")

    assert invitation["accountName"] == "Example Ltd"
    assert joined == {
        "ada@example.com": ("OWNER", "ACTIVE"),
        "Eve@example.com": ("MEMBER", "ACTIVE"),
        "bob@example.com": ("MEMBER", "INVITED"),
    }
    assert blocked == {"account": None}
    assert changed == {"ada@example.com": ("OWNER", "ACTIVE"), "Eve@example.com": ("ADMIN", "ACTIVE")}
    assert (await people(), await invitations()) == ({"ada@example.com": ("OWNER", "ACTIVE")}, [])
    trail = (await scenario.client.ask(TRAIL, {"id": account}))["account"]["auditEvents"]["nodes"]
    # All within one instant of the test's clock.
    assert sorted((event["actor"], event["action"]) for event in trail) == sorted(
        [
            ("ada@example.com", "account.created"),
            ("ada@example.com", "membership.invited"),
            ("ada@example.com", "membership.invited"),
            ("eve@example.com", "membership.accepted"),
            ("ada@example.com", "membership.role_changed"),
            ("eve@example.com", "membership.revoked"),
            ("eve@example.com", "membership.blocked"),
            ("eve@example.com", "membership.unblocked"),
            ("eve@example.com", "membership.left"),
        ]
    )


async def test_a_last_day_that_is_absent_stays_and_null_takes_it_away(scenario: Scenario) -> None:
    subscription, _, _ = await world.held(scenario.conn, scenario.keyring, scenario.account)
    own: dict[str, Any] = {"allocation": "RESERVED", "quota": 2, "expires_on": world.day(9)}
    key = scenario.id("key", await world.license_key(scenario.conn, scenario.account, subscription, **own))

    answers = [
        (await scenario.run("updateSublicense", {"licenseKeyId": key, **given}))["licenseKey"]
        for given in ({"quota": 3}, {"allocation": None, "quota": None}, {"expiresOn": None})
    ]

    assert [(answer["allocation"], answer["quota"], answer["expiresOn"]) for answer in answers] == [
        ("RESERVED", 3, str(world.day(9))),
        ("RESERVED", 3, str(world.day(9))),
        ("RESERVED", 3, None),
    ]
