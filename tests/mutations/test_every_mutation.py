"""What the one way of running gives to every mutation: checked input, one effect for a key, one transaction."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from graphql import GraphQLInputObjectType, get_named_type

from tests.mutations.cases import ONE_CASE_PER_MUTATION, SUCCESSFUL_CASES
from tests.mutations.scenario import Case, Input, Scenario, input_fields, table_digests


def texts(fields: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all texts in an input."""
    for name, field in fields.items():
        type_ = get_named_type(field.type)
        if isinstance(type_, GraphQLInputObjectType):
            yield from texts(type_.fields, (*path, name))
        elif type_.name == "String":
            yield (*path, name)


def with_text(given: Any, path: tuple[str, ...], text: str) -> tuple[Any, list[str]]:
    """The input with that text in it, and where it stands, positions in lists included."""
    if isinstance(given, list) or not path:
        if not isinstance(given, list):
            return text, []
        changed, at = with_text(given[0] if given else None, path, text)
        return [changed, *given[1:]], ["0", *at]
    name, *rest = path
    changed, at = with_text((given or {}).get(name), tuple(rest), text)
    return {**(given or {}), name: changed}, [name, *at]


@pytest.mark.parametrize(("mutation", "case"), ONE_CASE_PER_MUTATION)
async def test_invalid_text_is_named_and_nothing_is_written(scenario: Scenario, mutation: str, case: Case) -> None:
    given = await case(scenario)
    before = await table_digests(scenario.conn)

    for path in texts(input_fields(mutation)):
        for text in ("x" * 5000, "a\u0000b"):
            sent, at = with_text(given, path, text)
            answer = await scenario.run(mutation, sent)
            (error,) = answer["userErrors"]
            assert (error["code"], error["field"]) == ("INVALID_INPUT", at)
            assert error["message"].startswith(f"{'.'.join(at)} must ")

    assert await table_digests(scenario.conn) == before


@pytest.mark.parametrize(("mutation", "case"), SUCCESSFUL_CASES)
async def test_retry_with_the_same_key_replays_the_result(scenario: Scenario, mutation: str, case: Case) -> None:
    given = {**await case(scenario), **scenario.idempotency(mutation)}

    answer = await scenario.run(mutation, given)
    after = await table_digests(scenario.conn)
    again = await scenario.run(mutation, given)

    if scenario.idempotency(mutation):
        assert again == answer
        assert await table_digests(scenario.conn) == after
        assert (await table_digests(scenario.conn))["idempotency_records"]


@pytest.mark.parametrize(("mutation", "case"), ONE_CASE_PER_MUTATION)
async def test_reused_key_with_another_input_is_refused(scenario: Scenario, mutation: str, case: Case) -> None:
    given = {**await case(scenario), **scenario.idempotency(mutation)}
    await scenario.run(mutation, given)
    await scenario.conn.execute("UPDATE idempotency_records SET input_digest = 'another'")
    before = await table_digests(scenario.conn)

    answer = await scenario.run(mutation, given)

    if scenario.idempotency(mutation):
        assert _verdict(answer) == ("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"])
        assert await table_digests(scenario.conn) == before


@pytest.mark.parametrize(("mutation", "case"), ONE_CASE_PER_MUTATION)
async def test_key_in_progress_times_out_with_its_code(
    scenario: Scenario, database_url: str, mutation: str, case: Case
) -> None:
    given: Input = {**await case(scenario), **scenario.idempotency(mutation)}
    if not scenario.idempotency(mutation):
        return
    await scenario.conn.execute("SET LOCAL lock_timeout = '20ms'")
    before = await table_digests(scenario.conn)
    twin = await asyncpg.connect(database_url)
    try:
        async with twin.transaction():
            await twin.execute(
                "INSERT INTO idempotency_records VALUES ($1, $2, $3, '', NULL, now())",
                await scenario.viewer(),
                mutation,
                given["idempotencyKey"],
            )
            answer = await scenario.run(mutation, given)
            await twin.execute("DELETE FROM idempotency_records")
    finally:
        await twin.close()

    assert _verdict(answer) == ("IDEMPOTENCY_IN_PROGRESS", ["idempotencyKey"])
    assert await table_digests(scenario.conn) == before


def _verdict(answer: Any) -> tuple[str, list[str] | None]:
    (error,) = answer["userErrors"]
    return error["code"], error["field"]
