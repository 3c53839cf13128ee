"""Every operation of the corpus, by one statement and by resolvers, as everybody: the same data in the same order."""

import pytest

from tests.compiler import rows
from tests.compiler.conftest import OnePath, names, operation_request

# Everything else in the corpus must compile.
BY_RESOLVERS: set[str] = {"introspection_of_a_type", "introspection_beside_data"}
VIEWERS = rows.viewers()


def test_the_corpus_is_large() -> None:
    assert len(names()) >= 150
    assert set(names()) >= BY_RESOLVERS


@pytest.mark.parametrize("name", names())
async def test_both_paths_answer_the_same_to_everybody(by_statement: OnePath, by_resolvers: OnePath, name: str) -> None:
    asked = operation_request(name)

    answers = {who: await by_statement.ask(asked, viewer) for who, viewer in VIEWERS.items()}

    assert answers == {who: await by_resolvers.ask(asked, viewer) for who, viewer in VIEWERS.items()}


@pytest.mark.parametrize("name", sorted({*names()} - BY_RESOLVERS))
async def test_an_operation_of_declared_fields_is_one_statement(by_statement: OnePath, name: str) -> None:
    asked = operation_request(name)

    answer = await by_statement.answer(asked, VIEWERS["owner"])

    assert isinstance(answer.body, bytes)
    assert by_statement.executor.prepare(asked.query).bind(asked.variables).tree.compiled_plan is not None


@pytest.mark.parametrize("name", sorted(BY_RESOLVERS))
def test_what_is_no_data_is_left_to_the_resolvers(by_statement: OnePath, name: str) -> None:
    asked = operation_request(name)

    assert by_statement.executor.prepare(asked.query).bind(asked.variables).tree.compiled_plan is None
