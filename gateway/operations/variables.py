"""The variables of an operation: what a client sent, coerced to the types that the operation declares."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLInt,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    VariableDefinitionNode,
    get_nullable_type,
    get_variable_values,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource

from gateway.operations.validation import MAX_ERRORS

# The scalars of which a value of this very class is the value itself.
_PLAIN = {GraphQLID: str, GraphQLString: str, GraphQLInt: int, GraphQLBoolean: bool}


class VariableCoercer:
    """What an operation declares. Plain scalars, which are most of what clients send, need no coercion."""

    __slots__ = ("_definitions", "_plain", "_schema")

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._definitions = operation.variable_definitions or ()
        plain = [_plain(schema, definition) for definition in self._definitions]
        self._plain = None if None in plain else [signature for signature in plain if signature is not None]

    def coerce(self, inputs: Mapping[str, Any], *, suggestions: bool = False) -> VariableValues | list[GraphQLError]:
        values = self._coerce_plain(inputs) if self._plain is not None else None
        if values is not None:
            return values
        return get_variable_values(
            self._schema,
            self._definitions,
            dict(inputs),
            max_errors=MAX_ERRORS,
            hide_suggestions=not suggestions,
        )

    def _coerce_plain(self, inputs: Mapping[str, Any]) -> VariableValues | None:
        """The values as they are; None when one of them is not simply that."""
        assert self._plain is not None
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for signature, required, class_ in self._plain:
            name = signature.name
            if name not in inputs:
                if required or signature.default is not None:
                    return None
                sources[name] = VariableValueSource(signature)
                continue
            value = inputs[name]
            if value is None:
                if required:
                    return None
            elif type(value) is not class_ or (type(value) is int and not GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT):
                return None
            sources[name] = VariableValueSource(signature, value)
            coerced[name] = value
        return VariableValues(sources, coerced)


def _plain(
    schema: GraphQLSchema, definition: VariableDefinitionNode
) -> tuple[GraphQLVariableSignature, bool, type] | None:
    """A variable's signature, whether it must have a value, and the class of its values, if it is a plain scalar."""
    signature = get_variable_signature(schema, definition)
    if isinstance(signature, GraphQLError):
        return None
    named = get_nullable_type(signature.type)
    class_ = _PLAIN.get(named) if isinstance(named, GraphQLScalarType) else None
    return None if class_ is None else (signature, is_non_null_type(signature.type), class_)
