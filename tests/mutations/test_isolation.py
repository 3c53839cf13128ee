"""No mutation reaches another's account: every input that takes an id, tried with every kind of id, as everybody."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from db.errors import UserErrorCode
from schema.naming import type_name
from tests import world
from tests.mutations.cases import CASES, CHANGED, FIRST
from tests.mutations.scenario import Case, Input, Scene, contracts, digest, fields_of_input, question
from tests.twin_accounts import twin_account

CONTRACTS = contracts()
SERVICE: Input = {"email": None, "name": None, "scopes": ["reporting:read"]}
OUTSIDERS: dict[str, Input] = {"stranger": {}, "blocked": {}, "invited": {}, "removed": {}, "service": SERVICE}
# What touches nobody's account: it makes one.
OF_NO_ACCOUNT = {"createBusinessAccount"}
IN_AN_ACCOUNT = [first for first in FIRST if first.values[0] not in OF_NO_ACCOUNT]
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

    return [name for name, field in fields_of_input(mutation).items() if get_named_type(field.type).name == "ID"] + [
        inner
        for field in fields_of_input(mutation).values()
        if isinstance(target := get_named_type(field.type), GraphQLInputObjectType)
        for inner in within(target)
    ]


def written(field: str, given: Any, id_: str) -> Any:
    """The id as that field takes it."""
    return [id_] if isinstance(given, list) else id_


@pytest.fixture
async def crowd(scene: Scene) -> Scene:
    """The scene with everybody who has no business in it, each signed in before."""
    people = {name: await world.user(scene.conn, name) for name in OUTSIDERS if name != "service"}
    await world.member(scene.conn, scene.account, people["blocked"], status="BLOCKED")
    await world.member(scene.conn, scene.account, None, "ADMIN", status="INVITED", email="invited@example.com")
    former = await world.member(scene.conn, scene.account, people["removed"])
    await scene.conn.execute("DELETE FROM memberships WHERE id = $1", former)
    for name, claims in OUTSIDERS.items():
        await scene.client.ask("{ __typename }", to=name, **claims)
    return scene


async def test_every_input_that_takes_an_id_has_one_in_some_case(scene: Scene) -> None:
    given = {mutation: set[str]() for mutation in CONTRACTS}
    for (mutation, code), cases in CASES.items():
        for made in cases if code is None else ():
            savepoint = scene.conn.transaction()
            await savepoint.start()
            given[mutation] |= (await made(replace(scene))).keys()
            await savepoint.rollback()

    assert {f"{mutation}.{field}" for mutation in CONTRACTS for field in set(ids(mutation)) - given[mutation]} == set()


@pytest.mark.parametrize(("mutation", "made"), IN_AN_ACCOUNT)
async def test_who_is_not_an_active_member_finds_nothing(crowd: Scene, mutation: str, made: Case) -> None:
    given = await made(crowd)
    before = await digest(crowd.conn)

    answers = {
        name: await crowd.client.ask(question(mutation), {"input": given}, to=name, **claims)
        for name, claims in OUTSIDERS.items()
    }

    verdicts = {name: answer["answer"]["userErrors"][0]["code"] for name, answer in answers.items()}
    expected = {UserErrorCode.FORBIDDEN} if CONTRACTS[mutation].scope else NOT_THERE
    assert set(verdicts.values()) <= expected
    assert all(answer == answers["stranger"] for answer in answers.values())
    assert await digest(crowd.conn) == before


@pytest.mark.parametrize(("mutation", "made"), IN_AN_ACCOUNT)
async def test_a_plain_member_changes_nothing_but_their_own(scene: Scene, mutation: str, made: Case) -> None:
    given = await made(scene)
    before = await digest(scene.conn)

    data = await scene.client.ask(question(mutation), {"input": given}, to="bob")

    codes = [error["code"] for error in data["answer"]["userErrors"]]
    if mutation in MEMBERS_MAY:
        assert codes == []
    else:
        assert len(codes) == 1
        assert codes[0] in {UserErrorCode.FORBIDDEN, *NOT_THERE}
        assert await digest(scene.conn) == before


@pytest.mark.parametrize(("mutation", "made"), FIRST)
async def test_without_a_token_nothing_is_even_looked_at(
    scene: Scene, statements: list[str], mutation: str, made: Case
) -> None:
    given = await made(scene)
    statements.clear()

    response = await scene.client.http.post(
        "/graphql", json={"query": question(mutation), "variables": {"input": given}}
    )

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert statements == []


@pytest.mark.parametrize(("mutation", "made"), CHANGED)
async def test_a_foreign_id_is_answered_like_one_of_nothing(scene: Scene, mutation: str, made: Case) -> None:
    given = await made(scene)
    if not await scene.conn.fetchval("SELECT true FROM products WHERE code = 'toolbox'"):
        await world.product(scene.conn, "toolbox")
    theirs = await twin_account(scene.conn, "Theirs")
    before = await digest(scene.conn)

    async def refused(field: str, id_: str) -> Any:
        sent = {**given, field: written(field, given[field], id_)}
        return (await scene.change(mutation, sent))["userErrors"]

    for field in [name for name in ids(mutation) if name in given]:
        nothing = await refused(field, "nothing")
        tried = {
            "of nothing": "sub_\u0000",
            "of another account": missing(theirs.ids[_typename(field)], theirs.account),
            **{f"of a foreign {typename}": id_ for typename, id_ in theirs.ids.items()},
        }
        if CONTRACTS[mutation].scope and field == ids(mutation)[0]:
            # The store may change any account: what it names first decides which.
            del tried[f"of a foreign {_typename(field)}"]
        answers = {what: await refused(field, id_) for what, id_ in tried.items()}

        assert nothing[0]["code"] in NOT_THERE
        assert answers == dict.fromkeys(tried, nothing)
    assert await digest(scene.conn) == before


def missing(id_: str, account: UUID) -> str:
    """The same id in an account that there is not."""
    return id_.replace(str(account), str(uuid4()))


def _typename(field: str) -> str:
    """The type of the object that a field's id is of."""
    name = field.removesuffix("Ids").removesuffix("Id")
    return {"moveToLicenseKey": "LicenseKey", "invitation": "Membership"}.get(
        name, type_name(name[0].upper() + name[1:])
    )
