"""No mutation reaches another's account: every input that takes an id, tried with every kind of id, as everybody."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from db.user_errors import UserErrorCode
from schema.naming import type_name
from tests import world
from tests.mutations.cases import CASES, ONE_CASE_PER_MUTATION, SUCCESSFUL_CASES
from tests.mutations.scenario import (
    Case,
    Input,
    Scenario,
    input_fields,
    mutation_document,
    mutation_specs,
    table_digests,
)
from tests.twin_accounts import twin_account

SPECS = mutation_specs()
SERVICE: Input = {"email": None, "name": None, "scopes": ["reporting:read"]}
OUTSIDERS: dict[str, Input] = {"stranger": {}, "blocked": {}, "invited": {}, "removed": {}, "service": SERVICE}
# What touches nobody's account: it makes one.
OF_NO_ACCOUNT = {"createBusinessAccount"}
IN_AN_ACCOUNT = [first for first in ONE_CASE_PER_MUTATION if first.values[0] not in OF_NO_ACCOUNT]
# What a plain member may do: it is what members do.
MEMBERS_MAY = {"activateProduct", "leaveAccount"}
NOT_THERE = {code for code in UserErrorCode if code.endswith("_NOT_FOUND")} - {UserErrorCode.KEY_NOT_FOUND}


def ids(mutation: str) -> list[str]:
    """The input fields of a mutation that take an id, in their order."""

    def within(type_: GraphQLInputObjectType) -> Iterator[str]:
        for name, field in type_.fields.items():
            target = get_named_type(field.type)
            assert not isinstance(target, GraphQLInputObjectType) or not list(within(target)), "say how it is tried"
            if target.name == "ID":
                yield name

    return [name for name, field in input_fields(mutation).items() if get_named_type(field.type).name == "ID"] + [
        inner
        for field in input_fields(mutation).values()
        if isinstance(target := get_named_type(field.type), GraphQLInputObjectType)
        for inner in within(target)
    ]


def written(field: str, given: Any, id_: str) -> Any:
    """The id as that field takes it."""
    return [id_] if isinstance(given, list) else id_


@pytest.fixture
async def crowd(scenario: Scenario) -> Scenario:
    """The scenario with everybody who has no business in it, each signed in before."""
    people = {name: await world.user(scenario.conn, name) for name in OUTSIDERS if name != "service"}
    await world.member(scenario.conn, scenario.account, people["blocked"], status="BLOCKED")
    await world.member(scenario.conn, scenario.account, None, "ADMIN", status="INVITED", email="invited@example.com")
    former = await world.member(scenario.conn, scenario.account, people["removed"])
    await scenario.conn.execute("DELETE FROM memberships WHERE id = $1", former)
    for name, claims in OUTSIDERS.items():
        await scenario.client.ask("{ __typename }", to=name, **claims)
    return scenario


async def test_isolation_cases_cover_every_id_input(scenario: Scenario) -> None:
    given = {mutation: set[str]() for mutation in SPECS}
    for (mutation, code), cases in CASES.items():
        for case in cases if code is None else ():
            savepoint = scenario.conn.transaction()
            await savepoint.start()
            given[mutation] |= (await case(replace(scenario))).keys()
            await savepoint.rollback()

    assert {f"{mutation}.{field}" for mutation in SPECS for field in set(ids(mutation)) - given[mutation]} == set()


@pytest.mark.parametrize(("mutation", "case"), IN_AN_ACCOUNT)
async def test_non_members_get_not_found(crowd: Scenario, mutation: str, case: Case) -> None:
    given = await case(crowd)
    before = await table_digests(crowd.conn)

    answers = {
        name: await crowd.client.ask(mutation_document(mutation), {"input": given}, to=name, **claims)
        for name, claims in OUTSIDERS.items()
    }

    verdicts = {name: answer["answer"]["userErrors"][0]["code"] for name, answer in answers.items()}
    expected = {UserErrorCode.FORBIDDEN} if SPECS[mutation].scope else NOT_THERE
    assert set(verdicts.values()) <= expected
    assert all(answer == answers["stranger"] for answer in answers.values())
    assert await table_digests(crowd.conn) == before


@pytest.mark.parametrize(("mutation", "case"), IN_AN_ACCOUNT)
async def test_plain_member_is_refused_administration(scenario: Scenario, mutation: str, case: Case) -> None:
    given = await case(scenario)
    before = await table_digests(scenario.conn)

    data = await scenario.client.ask(mutation_document(mutation), {"input": given}, to="bob")

    codes = [error["code"] for error in data["answer"]["userErrors"]]
    if mutation in MEMBERS_MAY:
        assert codes == []
    else:
        assert len(codes) == 1
        assert codes[0] in {UserErrorCode.FORBIDDEN, *NOT_THERE}
        assert await table_digests(scenario.conn) == before


@pytest.mark.parametrize(("mutation", "case"), ONE_CASE_PER_MUTATION)
async def test_unauthenticated_mutation_sends_no_statement(
    scenario: Scenario, statements: list[str], mutation: str, case: Case
) -> None:
    given = await case(scenario)
    statements.clear()

    response = await scenario.client.http.post(
        "/graphql", json={"query": mutation_document(mutation), "variables": {"input": given}}
    )

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert statements == []


@pytest.mark.parametrize(("mutation", "case"), SUCCESSFUL_CASES)
async def test_a_foreign_id_is_answered_like_one_of_nothing(scenario: Scenario, mutation: str, case: Case) -> None:
    given = await case(scenario)
    if not await scenario.conn.fetchval("SELECT true FROM products WHERE code = 'toolbox'"):
        await world.product(scenario.conn, "toolbox")
    theirs = await twin_account(scenario.conn, "Theirs")
    before = await table_digests(scenario.conn)

    async def refused(field: str, id_: str) -> Any:
        sent = {**given, field: written(field, given[field], id_)}
        return (await scenario.run(mutation, sent))["userErrors"]

    for field in [name for name in ids(mutation) if name in given]:
        nothing = await refused(field, "nothing")
        tried = {
            "of nothing": "sub_\u0000",
            "of another account": missing(theirs.ids[_typename(field)], theirs.account),
            **{f"of a foreign {typename}": id_ for typename, id_ in theirs.ids.items()},
        }
        if SPECS[mutation].scope and field == ids(mutation)[0]:
            # The store may change any account: what it names first decides which.
            del tried[f"of a foreign {_typename(field)}"]
        answers = {what: await refused(field, id_) for what, id_ in tried.items()}

        assert nothing[0]["code"] in NOT_THERE
        assert answers == dict.fromkeys(tried, nothing)
    assert await table_digests(scenario.conn) == before


def missing(id_: str, account: UUID) -> str:
    """The same id in an account that there is not."""
    return id_.replace(str(account), str(uuid4()))


def _typename(field: str) -> str:
    """The type of the object that a field's id is of."""
    name = field.removesuffix("Ids").removesuffix("Id")
    return {"moveToLicenseKey": "LicenseKey", "invitation": "Membership"}.get(
        name, type_name(name[0].upper() + name[1:])
    )
