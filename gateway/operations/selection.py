"""From a document to the tree of selected fields, and from variables to the arguments of its fields, checked.

Fragments are spread, `@skip` and `@include` decided, equal response keys merged; what is left is per concrete type.
Pure: the cost, the plan and both ways of running an operation read this tree. Only its arguments differ between two
requests that decide the same conditions, so it is made once for them.
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
from gateway.operations.cost import Price
from gateway.operations.errors import ErrorCode, graphql_error
from schema.context import Selection
from schema.dsl.arguments import BadArgument, Check
from schema.dsl.fields import CHECK, field_of

_META = {"__typename": TypeNameMetaFieldDef, "__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
_PENDING: Any = object()

Grouped = Mapping[str, list[FieldDetails]]


@dataclass(slots=True)
class Site:
    """A selected field that has arguments; `selected` are the names of the fields below it.

    Arguments without variables are coerced and checked once. Those that break a rule are not remembered.
    """

    field: GraphQLField
    node: FieldNode
    check: Check | None
    selected: Container[str]
    varies: bool
    _known: Any = _PENDING
    _only: tuple[str, str] | None = None
    """Of a look-up: its one argument, and the variable that it is."""

    def __post_init__(self) -> None:
        if len(self.field.args) == 1 and self.node.arguments:
            value = self.node.arguments[0].value
            if isinstance(value, VariableNode):
                self._only = self.node.arguments[0].name.value, value.name.value

    def arguments(self, variables: VariableValues) -> Any:
        """Raises GraphQLError for an argument that breaks a rule."""
        if self._known is not _PENDING:
            return self._known
        arguments: Any = self._taken(variables) or get_argument_values(self.field, self.node, variables)
        if self.check is not None:
            try:
                arguments = self.check(arguments, self.selected)
            except BadArgument as bad:
                raise graphql_error(ErrorCode.BAD_ARGUMENT, str(bad), self.node, argument=bad.argument) from bad
        if not self.varies:
            self._known = arguments
        return arguments

    def _taken(self, variables: VariableValues) -> dict[str, Any] | None:
        """A look-up's argument that is a variable as it is, as it most often is; None for anything else."""
        if self._only is None:
            return None
        argument, variable = self._only
        value = variables.coerced.get(variable)
        return None if value is None else {argument: value}


@dataclass(frozen=True, slots=True)
class Tree:
    """What an operation selects, and the sites whose arguments its selections refer to by position."""

    root: Selection
    sites: tuple[Site, ...]
    price: Price
    program: CompiledPlan | None
    """What the compiled path runs; None where the reference path must."""

    def arguments(self, variables: VariableValues) -> list[Any]:
        return [site.arguments(variables) for site in self.sites]


@dataclass(frozen=True, slots=True)
class Selector:
    """What selecting needs to know of an operation; `variables` decide the conditions."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDetails]
    operation: OperationDefinitionNode
    variables: VariableValues
    sites: list[Site] = field(default_factory=list)

    def select(self) -> Selection:
        """The whole operation, as a selection of its root; `sites` are then those that it refers to."""
        root = self.schema.get_root_type(self.operation.operation)
        assert root is not None, "validation knows the operation's type"
        fields = collect_fields(self.schema, self.fragments, self.variables, root, self.operation)
        return Selection("", None, {root.name: self._fields(root, fields.grouped_field_set)})

    def _fields(self, parent: GraphQLObjectType, grouped: Grouped) -> dict[str, Selection]:
        return {key: self._field(parent, details) for key, details in grouped.items()}

    def _field(self, parent: GraphQLObjectType, details: list[FieldDetails]) -> Selection:
        node = details[0].node
        name = node.name.value
        declared = parent.fields.get(name) or _META[name]
        children = {type_.name: self._below(type_, details) for type_ in self._concrete(declared)}
        selected = frozenset(child.field for fields in children.values() for child in fields.values())
        return Selection(name, self._site(declared, node, selected), children)

    def _below(self, type_: GraphQLObjectType, details: list[FieldDetails]) -> dict[str, Selection]:
        fields = collect_subfields(self.schema, self.fragments, self.variables, self.operation, type_, details)
        return self._fields(type_, fields.grouped_field_set)

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
        check = field_of(declared).metadata.get(CHECK) if declared.extensions else None
        varies = any(names_a_variable(argument) for argument in node.arguments or ())
        self.sites.append(Site(declared, node, check, selected, varies))
        return len(self.sites) - 1


def conditions(document: Node) -> tuple[str, ...]:
    """The variables that decide what is selected: those of its `@skip` and `@include`."""
    found = _Conditions()
    visit(document, found)
    return tuple(sorted(found.names))


def names_a_variable(node: Node) -> bool:
    found = _Variables()
    visit(node, found)
    return bool(found.names)


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.add(node.name.value)


class _Conditions(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: Node, *_: Any) -> None:
        variables = _Variables()
        visit(node, variables)
        self.names |= variables.names
