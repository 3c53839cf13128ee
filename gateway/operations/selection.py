"""From a document to the tree of selected fields, and from variables to the arguments of its fields, checked.

Fragments are spread, `@skip` and `@include` applied, equal response keys merged; what is left is per concrete type.
Pure: the cost, the plan and both ways of running an operation read this tree. Only its arguments differ between two
requests whose `@skip` and `@include` agree, so it is made once for them.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    TypeNameMetaFieldDef,
    VariableNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    visit,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values

from gateway.compiler.compiled_plan import CompiledPlan
from gateway.operations.cost import CostEstimate
from gateway.operations.errors import ErrorCode, graphql_error
from gateway.operations.result import invalid_operation
from schema.context import Selection
from schema.dsl.arguments import BadArgument, Check
from schema.dsl.fields import CHECK, strawberry_field

_META = {"__typename": TypeNameMetaFieldDef, "__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
_NOT_CACHED: Any = object()
# Objects and lists inside each other: orjson writes no more. On Python 3.12 and later the stack bears more than that.
MAX_RESPONSE_DEPTH = 254

Grouped = Mapping[str, list[FieldDetails]]


@dataclass(slots=True)
class ArgumentSite:
    """A selected field that has arguments; `selected` are the names of the fields below it.

    Arguments without variables are coerced and checked once. Those that break a rule are not cached.
    """

    field: GraphQLField
    node: FieldNode
    check: Check | None
    selected: Container[str]
    uses_variables: bool
    _cached: Any = _NOT_CACHED
    _sole_variable: tuple[str, str] | None = None
    """Of a field with one argument that is a variable: the names of both."""

    def __post_init__(self) -> None:
        if len(self.field.args) == 1 and self.node.arguments:
            value = self.node.arguments[0].value
            if isinstance(value, VariableNode):
                self._sole_variable = self.node.arguments[0].name.value, value.name.value

    def arguments(self, variables: VariableValues) -> Any:
        """Raises GraphQLError for an argument that breaks a rule."""
        if self._cached is not _NOT_CACHED:
            return self._cached
        arguments: Any = self._direct_value(variables) or get_argument_values(self.field, self.node, variables)
        if self.check is not None:
            try:
                arguments = self.check(arguments, self.selected)
            except BadArgument as error:
                raise graphql_error(ErrorCode.BAD_ARGUMENT, str(error), self.node, argument=error.argument) from error
        if not self.uses_variables:
            self._cached = arguments
        return arguments

    def _direct_value(self, variables: VariableValues) -> dict[str, Any] | None:
        """The only argument where it is a variable, as in most lookups: its coerced value. None for anything else."""
        if self._sole_variable is None:
            return None
        argument, variable = self._sole_variable
        value = variables.coerced.get(variable)
        return None if value is None else {argument: value}


@dataclass(frozen=True, slots=True)
class SelectionTree:
    """What an operation selects, and the sites whose arguments its selections refer to by position."""

    root: Selection
    sites: tuple[ArgumentSite, ...]
    cost: CostEstimate
    compiled_plan: CompiledPlan | None
    """What the compiled path runs; None where the reference path must."""

    def arguments(self, variables: VariableValues) -> list[Any]:
        return [site.arguments(variables) for site in self.sites]


@dataclass(frozen=True, slots=True)
class Selector:
    """What selecting needs to know of an operation; `variables` decide `@skip` and `@include`."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDetails]
    operation: OperationDefinitionNode
    variables: VariableValues
    sites: list[ArgumentSite] = field(default_factory=list)

    def select(self) -> Selection:
        """The whole operation, as a selection of its root, which refers to `sites`. Raises RequestError."""
        root = self.schema.get_root_type(self.operation.operation)
        assert root is not None, "validation knows the operation's type"
        fields = collect_fields(self.schema, self.fragments, self.variables, root, self.operation)
        return Selection("", None, {root.name: self._fields(root, fields.grouped_field_set, depth=2)})

    def _fields(self, parent: GraphQLObjectType, grouped: Grouped, depth: int) -> dict[str, Selection]:
        return {key: self._field(parent, details, depth) for key, details in grouped.items()}

    def _field(self, parent: GraphQLObjectType, details: list[FieldDetails], depth: int) -> Selection:
        node = details[0].node
        name = node.name.value
        declared = parent.fields.get(name) or _META[name]
        # The lists that its type is written with, and the object in them.
        depth += str(declared.type).count("[") + is_composite_type(get_named_type(declared.type))
        if depth > MAX_RESPONSE_DEPTH:
            raise invalid_operation("The document is nested too deeply.")
        children = {type_.name: self._below(type_, details, depth) for type_ in self._concrete(declared)}
        selected = frozenset(child.field for fields in children.values() for child in fields.values())
        return Selection(name, self._site(declared, node, selected), children)

    def _below(self, type_: GraphQLObjectType, details: list[FieldDetails], depth: int) -> dict[str, Selection]:
        fields = collect_subfields(self.schema, self.fragments, self.variables, self.operation, type_, details)
        return self._fields(type_, fields.grouped_field_set, depth)

    def _concrete(self, declared: GraphQLField) -> tuple[GraphQLObjectType, ...]:
        named = get_named_type(declared.type)
        if not is_composite_type(named):
            return ()
        if is_abstract_type(named):
            assert isinstance(named, GraphQLAbstractType)
            return tuple(self.schema.get_possible_types(named))
        assert isinstance(named, GraphQLObjectType)
        return (named,)

    def _site(self, declared: GraphQLField, node: FieldNode, selected: frozenset[str]) -> int | None:
        if not declared.args:
            return None
        check = strawberry_field(declared).metadata.get(CHECK) if declared.extensions else None
        has_variables = any(uses_variable(argument) for argument in node.arguments or ())
        self.sites.append(ArgumentSite(declared, node, check, selected, has_variables))
        return len(self.sites) - 1


def skip_include_variables(document: Node) -> tuple[str, ...]:
    """The variables in `@skip` and `@include`, which decide what is selected."""
    visitor = _SkipIncludeCollector()
    visit(document, visitor)
    return tuple(sorted(visitor.names))


def uses_variable(node: Node) -> bool:
    visitor = _VariableCollector()
    visit(node, visitor)
    return bool(visitor.names)


class _VariableCollector(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.add(node.name.value)


class _SkipIncludeCollector(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: Node, *_: Any) -> None:
        variables = _VariableCollector()
        visit(node, variables)
        self.names |= variables.names
