"""Variables taken as they are are those that GraphQL coerces."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, get_variable_values, parse

from gateway.operations.variables import VariableCoercer
from schema.query import schema

GRAPH = schema._schema
TYPES = (
    "ID",
    "ID!",
    "String",
    "String!",
    "Int",
    "Int!",
    "Boolean!",
    "Date",
    "[ID!]",
    "ProductSubscriptionFilter",
    "JSON",
)
GIVEN: list[Any] = [
    *({}, {"v": None}, {"v": ""}, {"v": "text"}, {"v": "2026-06-15"}, {"v": 0}, {"v": 1}, {"v": -1.0}, {"v": 1.5}),
    *({"v": True}, {"v": 2**31 - 1}, {"v": 2**31}, {"v": -(2**31)}, {"v": -(2**31) - 1}, {"v": 2**70}, {"v": []}),
    *({"v": ["text", 1]}, {"v": {}}, {"v": {"search": "x"}}, {"v": {"unknown": 1}}, {"other": 1}),
]


def _operation(declared: str) -> OperationDefinitionNode:
    (definition,) = parse(f"query({declared}) {{ viewer {{ scopes }} }}").definitions
    assert isinstance(definition, OperationDefinitionNode)
    return definition


def _told(coerced: Any) -> Any:
    """The values, or what is wrong with them."""
    return [error.message for error in coerced] if isinstance(coerced, list) else coerced.coerced


@pytest.mark.parametrize("default", ["", " = null", ' = "1"', " = 1", " = true"])
@pytest.mark.parametrize("type_", TYPES)
def test_variables_are_coerced_as_graphql_says(type_: str, default: str) -> None:
    operation = _operation(f"$v: {type_}{default}")
    variables = VariableCoercer(GRAPH, operation)

    for given in GIVEN:
        expected = get_variable_values(GRAPH, operation.variable_definitions or (), given, max_errors=10)
        assert _told(variables.coerce(given)) == _told(expected), given
