"""Operations that nobody thought of: both paths answer them alike. LICET_GENERATED says how many there are."""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.operations.executor import OperationRequest
from gateway.operations.result import GraphQLResult
from tests.compiler.conftest import OnePath
from tests.compiler.generated import operations
from tests.compiler.rows import viewers

VIEWERS = viewers()
MANY = settings(
    max_examples=int(os.environ.get("LICET_GENERATED", "150")),
    derandomize="LICET_GENERATED" not in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@MANY
@given(text=operations(), who=st.sampled_from(sorted(VIEWERS)))
async def test_both_paths_answer_what_is_generated_alike(
    by_statement: OnePath, by_resolvers: OnePath, text: str, who: str
) -> None:
    asked, viewer = OperationRequest(text), VIEWERS[who]

    answer: GraphQLResult = await by_statement.answer(asked, viewer)

    assert await by_statement.ask(asked, viewer) == await by_resolvers.ask(asked, viewer)
    # Refused, by both for the same reason, or of one statement.
    assert answer.code is not None or isinstance(answer.body, bytes)
