"""What is kept of SQL is bounded, whoever asks for however many forms of one question."""

from gateway.compiler.compiled_plan import StatementCache
from gateway.lru_cache import LRUCache
from gateway.operations.limits import Limits
from gateway.operations.prepared_operation import PreparedOperation
from gateway.operations.validation import DocumentValidator
from schema.dsl.fields import declarations
from schema.query import schema

ORDERS = ["ENDS_ON", "ACTIVATED_ON", "NAME", "PRODUCT", "LICENSE_COUNT"]
ACCOUNT = "acc_0183dafe-c040-7589-9173-022d0ac2682a"
QUESTION = (
    f'query($order: ProductSubscriptionOrder, $filter: ProductSubscriptionFilter) {{ account(id: "{ACCOUNT}") {{ '
    "subscriptions(orderBy: $order, filter: $filter) { nodes { number } } } }"
)
FORMS = [
    {"order": {"field": field, "direction": direction}, "filter": {name: value}}
    for field in ORDERS
    for direction in ("ASC", "DESC")
    for name, value in (("search", "a"), ("endsFrom", "2026-01-01"), ("autoRenewal", "ON"))
]


def _operation(statements: StatementCache) -> PreparedOperation:
    graph = schema._schema
    document = DocumentValidator(Limits(), suggestions=False, introspection=False).parse_and_validate(graph, QUESTION)
    return PreparedOperation(graph, document, None, declarations(graph), statements)


def _texts(operation: PreparedOperation) -> list[str]:
    asked = [operation.bind(form) for form in FORMS]
    return [one.tree.compiled_plan.statement(one.arguments).text for one in asked if one.tree.compiled_plan is not None]


def test_each_form_of_a_question_is_composed_once() -> None:
    statements: StatementCache = LRUCache(10_000_000)
    operation = _operation(statements)

    first, again = _texts(operation), _texts(operation)

    assert len(set(first)) == len(statements) == len(FORMS)
    assert all(text is same for text, same in zip(first, again, strict=True))


def test_the_least_recently_used_give_way() -> None:
    longest = max(map(len, _texts(_operation(LRUCache(10_000_000)))))
    statements: StatementCache = LRUCache(3 * longest)
    operation = _operation(statements)

    texts = _texts(operation)

    assert 3 <= len(statements) < len(FORMS)
    assert sum(map(len, texts[-len(statements) :])) <= 3 * longest
