"""From a document and its variables to the tree of selected fields, with every argument coerced and checked.

Fragments are spread, `@skip` and `@include` decided, equal response keys merged; what is left is per concrete type.
Pure: the cost, the plan and both ways of running an operation read this tree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    TypeNameMetaFieldDef,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values

from gateway.errors import Code, request_error
from schema.arguments import BadArgument
from schema.context import Selection
from schema.fields import CHECK, field_of

_META = {"__typename": TypeNameMetaFieldDef, "__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}

Grouped = Mapping[str, list[FieldDetails]]


@dataclass(frozen=True, slots=True)
class Selector:
    """What selecting needs to know of an operation."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDetails]
    operation: OperationDefinitionNode
    variables: VariableValues

    def select(self) -> Selection:
        """The whole operation, as a selection of its root. Raises GraphQLError for an argument that breaks a rule."""
        root = self.schema.get_root_type(self.operation.operation)
        assert root is not None, "validation knows the operation's type"
        fields = collect_fields(self.schema, self.fragments, self.variables, root, self.operation)
        return Selection("", {}, {root.name: self._fields(root, fields.grouped_field_set)})

    def _fields(self, parent: GraphQLObjectType, grouped: Grouped) -> dict[str, Selection]:
        return {key: self._field(parent, details) for key, details in grouped.items()}

    def _field(self, parent: GraphQLObjectType, details: list[FieldDetails]) -> Selection:
        node = details[0].node
        name = node.name.value
        field = parent.fields.get(name) or _META[name]
        children = {type_.name: self._below(type_, details) for type_ in self._concrete(field)}
        selected = {child.field for fields in children.values() for child in fields.values()}
        return Selection(name, self._arguments(field, node, selected), children)

    def _below(self, type_: GraphQLObjectType, details: list[FieldDetails]) -> dict[str, Selection]:
        fields = collect_subfields(self.schema, self.fragments, self.variables, self.operation, type_, details)
        return self._fields(type_, fields.grouped_field_set)

    def _concrete(self, field: GraphQLField) -> tuple[GraphQLObjectType, ...]:
        named = get_named_type(field.type)
        if not is_composite_type(named):
            return ()
        if is_abstract_type(named):
            assert isinstance(named, GraphQLAbstractType)
            return tuple(self.schema.get_possible_types(named))
        assert isinstance(named, GraphQLObjectType)
        return (named,)

    def _arguments(self, field: GraphQLField, node: FieldNode, selected: set[str]) -> Any:
        arguments = get_argument_values(field, node, self.variables)
        check = field_of(field).metadata.get(CHECK) if field.extensions else None
        if check is None:
            return arguments
        try:
            return check(arguments, selected)
        except BadArgument as bad:
            raise request_error(Code.BAD_ARGUMENT, str(bad), node, argument=bad.argument) from bad
