"""One operation of a document, validated and ready to run: a request only binds its variables."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from graphql import DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode, OperationType
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues

from gateway.compiler.compiled_plan import CompiledPlan, StatementCache
from gateway.compiler.plan import Declarations, NotCompilable, plan
from gateway.compiler.sql import CompiledStatement
from gateway.lru_cache import LRUCache
from gateway.operations.cost import CostEstimator
from gateway.operations.errors import ErrorCode, RequestError
from gateway.operations.result import invalid_operation
from gateway.operations.selection import SelectionTree, Selector, skip_include_variables
from gateway.operations.variables import VariableCoercer
from gateway.telemetry.logging import loggable
from schema.context import Selection

# Selection trees cached per operation: two to the power of its conditions may exist.
MAX_SELECTION_TREES = 4


class BoundOperation(NamedTuple):
    """An operation with the variables of one request: what is selected, and its arguments, checked."""

    operation: "PreparedOperation"
    tree: SelectionTree
    arguments: list[Any]

    def cost(self) -> int:
        return self.tree.cost.for_arguments(self.arguments)

    def statement(self) -> CompiledStatement | None:
        """The one that answers it; None where only resolvers can."""
        compiled_plan = self.tree.compiled_plan
        return None if compiled_plan is None else compiled_plan.statement(self.arguments)


class PreparedOperation:
    """`declarations` are what the compiled path needs to know; None leaves everything to the reference path.

    `statements` are those of all operations.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        name: str | None,
        declarations: Declarations | None,
        statements: StatementCache,
    ) -> None:
        self.document = document
        self.definition = _select_operation(document, name)
        self.loggable_name = loggable(self.definition.name.value) if self.definition.name is not None else None
        self.is_query = self.definition.operation is OperationType.QUERY
        self._schema = schema
        self._declarations = declarations
        self._statements = statements
        self._coercer = VariableCoercer(schema, self.definition)
        self._condition_variables = skip_include_variables(document)
        self._trees: LRUCache[tuple[Any, ...], SelectionTree] = LRUCache(MAX_SELECTION_TREES)

    def bind(self, inputs: Mapping[str, Any], *, suggestions: bool = False) -> BoundOperation:
        """Raises RequestError and GraphQLError for variables and arguments that are not what they must be."""
        variables = self._coercer.coerce(inputs, suggestions=suggestions)
        if isinstance(variables, list):
            raise RequestError(ErrorCode.BAD_VARIABLES, variables)
        condition_values = (
            tuple([variables.coerced.get(name) for name in self._condition_variables])
            if self._condition_variables
            else ()
        )
        tree = self._trees.get(condition_values) or self._trees.put(condition_values, self._select(variables))
        return BoundOperation(self, tree, tree.arguments(variables))

    def warm_up(self) -> None:
        """Do now what does not depend on variables. Raises GraphQLError for an argument that breaks a rule."""
        if self._condition_variables:
            return
        no_variables = VariableValues({}, {})
        tree = self._trees.put((), self._select(no_variables))
        for site in tree.sites:
            if not site.uses_variables:
                site.arguments(no_variables)

    def _select(self, variables: VariableValues) -> SelectionTree:
        fragments = {
            definition.name.value: FragmentDetails(definition)
            for definition in self.document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        selector = Selector(self._schema, fragments, self.definition, variables)
        root = selector.select()
        cost = CostEstimator(self._schema).estimate(self.definition.operation, root)
        return SelectionTree(root, tuple(selector.sites), cost, self._compile(root))

    def _compile(self, root: Selection) -> CompiledPlan | None:
        """What the compiled path runs; None for mutations, introspection, and what only a resolver knows."""
        if self._declarations is None or not self.is_query:
            return None
        ((typename, fields),) = root.children.items()
        with suppress(NotCompilable):
            return CompiledPlan(plan(typename, fields, self._declarations), self._statements)
        return None


def operation_names(document: DocumentNode) -> list[str | None]:
    """Raises RequestError for a document without operations."""
    return [node.name.value if node.name is not None else None for node in _operations(document)]


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if not operations:
        raise invalid_operation("The document has no operation.")
    return operations


def _select_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = _operations(document)
    matches = [node for node in operations if name is None or (node.name is not None and node.name.value == name)]
    if not matches:
        raise invalid_operation("The document has no operation of that name.")
    if len(matches) > 1:
        raise invalid_operation("The document has several operations: say which one with operationName.")
    if matches[0].operation is OperationType.SUBSCRIPTION:
        raise invalid_operation("Subscriptions are not served over this address.")
    return matches[0]
