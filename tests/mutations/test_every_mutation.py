"""What the one way of running gives to every mutation: checked input, one effect for a key, one transaction."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from graphql import GraphQLInputObjectType, get_named_type

from tests.mutations.cases import CHANGED, FIRST
from tests.mutations.scenario import Case, Input, Scene, digest, fields_of_input


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


@pytest.mark.parametrize(("mutation", "made"), FIRST)
async def test_a_text_that_is_too_long_or_can_not_be_stored_is_named_and_nothing_is_written(
    scene: Scene, mutation: str, made: Case
) -> None:
    given = await made(scene)
    before = await digest(scene.conn)

    for path in texts(fields_of_input(mutation)):
        for text in ("x" * 5000, "a\u0000b"):
            sent, at = with_text(given, path, text)
            answer = await scene.change(mutation, sent)
            (error,) = answer["userErrors"]
            assert (error["code"], error["field"]) == ("INVALID_INPUT", at)
            assert error["message"].startswith(f"{'.'.join(at)} must ")

    assert await digest(scene.conn) == before


@pytest.mark.parametrize(("mutation", "made"), CHANGED)
async def test_a_call_that_is_sent_again_changes_nothing_more_and_answers_the_same(
    scene: Scene, mutation: str, made: Case
) -> None:
    given = {**await made(scene), **scene.repeatable(mutation)}

    answer = await scene.change(mutation, given)
    after = await digest(scene.conn)
    again = await scene.change(mutation, given)

    if scene.repeatable(mutation):
        assert again == answer
        assert await digest(scene.conn) == after
        assert (await digest(scene.conn))["idempotency_records"]


@pytest.mark.parametrize(("mutation", "made"), FIRST)
async def test_a_key_of_another_input_is_refused(scene: Scene, mutation: str, made: Case) -> None:
    given = {**await made(scene), **scene.repeatable(mutation)}
    await scene.change(mutation, given)
    await scene.conn.execute("UPDATE idempotency_records SET input_digest = 'another'")
    before = await digest(scene.conn)

    answer = await scene.change(mutation, given)

    if scene.repeatable(mutation):
        assert _verdict(answer) == ("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"])
        assert await digest(scene.conn) == before


@pytest.mark.parametrize(("mutation", "made"), FIRST)
async def test_a_twin_in_flight_is_waited_for_and_then_said_to_be(
    scene: Scene, database_url: str, mutation: str, made: Case
) -> None:
    given: Input = {**await made(scene), **scene.repeatable(mutation)}
    if not scene.repeatable(mutation):
        return
    await scene.conn.execute("SET LOCAL lock_timeout = '20ms'")
    before = await digest(scene.conn)
    twin = await asyncpg.connect(database_url)
    try:
        async with twin.transaction():
            await twin.execute(
                "INSERT INTO idempotency_records VALUES ($1, $2, $3, '', NULL, now())",
                await scene.viewer(),
                mutation,
                given["idempotencyKey"],
            )
            answer = await scene.change(mutation, given)
            await twin.execute("DELETE FROM idempotency_records")
    finally:
        await twin.close()

    assert _verdict(answer) == ("IDEMPOTENCY_IN_PROGRESS", ["idempotencyKey"])
    assert await digest(scene.conn) == before


def _verdict(answer: Any) -> tuple[str, list[str] | None]:
    (error,) = answer["userErrors"]
    return error["code"], error["field"]
