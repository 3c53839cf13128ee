"""What an operation costs, known from its selection before anything runs: about the rows that it may touch.

A page has as many rows as it is asked for, and what is below it comes once for each of them (demand control).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, OperationType, get_nullable_type, is_list_type

from db.mapping.declarations import NodeLookup, PageArguments, PagedRelation, Polymorphic, Relation
from schema.context import Selection
from schema.dsl.fields import CHECK, DECLARATION, strawberry_field

# Rows assumed for a list without pages: product overviews of an account, lines of an order, keys' administrators.
DEFAULT_LIST_SIZE = 10
# `totalCount`, which an index answers.
TOTAL_COUNT_COST = 10
# A mutation: locks, the change, its audit event, its answer for a second call.
MUTATION_COST = 20


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """A fixed part, and a part per row of the lists whose size is the argument at a site."""

    fixed: int = 0
    lists: tuple[tuple[int, "CostEstimate"], ...] = ()

    def for_arguments(self, arguments: Sequence[Any]) -> int:
        total = self.fixed
        for site, row in self.lists:
            argument = arguments[site]
            total += (argument.size if isinstance(argument, PageArguments) else len(argument)) * row.for_arguments(
                arguments
            )
        return total

    def times(self, rows: int) -> "CostEstimate":
        return CostEstimate(self.fixed * rows, tuple((site, row.times(rows)) for site, row in self.lists))


def _sum(estimates: Iterable[CostEstimate], fixed: int = 0) -> CostEstimate:
    addends = list(estimates)
    lists = tuple(entry for estimate in addends for entry in estimate.lists)
    return CostEstimate(fixed + sum(estimate.fixed for estimate in addends), lists)


@dataclass(frozen=True, slots=True)
class CostEstimator:
    schema: GraphQLSchema

    def estimate(self, operation: OperationType, root: Selection) -> CostEstimate:
        """Of the whole operation; at least 1."""
        (selected,) = root.children.values()
        mutation_cost = MUTATION_COST * len(selected) if operation is OperationType.MUTATION else 0
        return _sum([self._below(root)], 1 + mutation_cost)

    def _below(self, selection: Selection) -> CostEstimate:
        """Of what is selected below a field; a row has one type: the most expensive of its possible types."""
        estimates = []
        for name, selected in selection.children.items():
            type_ = self.schema.get_type(name)
            assert isinstance(type_, GraphQLObjectType)
            estimates.append(_sum(self._field(type_, child) for child in selected.values()))
        lists = tuple(entry for estimate in estimates for entry in estimate.lists)
        return CostEstimate(max((estimate.fixed for estimate in estimates), default=0), lists)

    def _field(self, parent: GraphQLObjectType, selection: Selection) -> CostEstimate:
        field = parent.fields.get(selection.field)
        if not selection.children or field is None:
            return self._below(selection)
        # Introspection has no declarations: all that it lists is taken for rows.
        metadata = strawberry_field(field).metadata if field.extensions else {CHECK: field}
        declared = metadata.get(DECLARATION)
        if isinstance(declared, PagedRelation):
            return self._page(selection)
        below = self._below(selection)
        if not isinstance(declared, Relation | Polymorphic) and metadata.get(CHECK) is None:
            return below
        row = _sum([below], 1)
        if not is_list_type(get_nullable_type(field.type)):
            return row
        if isinstance(declared, NodeLookup) and selection.site is not None:
            # nodes(ids: …), which is as long as its argument
            return CostEstimate(0, ((selection.site, row),))
        return row.times(DEFAULT_LIST_SIZE)

    def _page(self, selection: Selection) -> CostEstimate:
        (connection,) = selection.children.values()
        assert selection.site is not None, "a connection has arguments"
        selected = connection.values()
        nodes = [self._below(child) for child in selected if child.field == "nodes"]
        edges = [child for child in selected if child.field == "edges"]
        edge_nodes = [self._below(child) for edge in edges for child in _sole_children(edge) if child.field == "node"]
        total_count = TOTAL_COUNT_COST if any(child.field == "totalCount" for child in selected) else 0
        return CostEstimate(total_count, ((selection.site, _sum([*nodes, *edge_nodes], 1)),))


def _sole_children(selection: Selection) -> Iterable[Selection]:
    (fields,) = selection.children.values()
    return fields.values()
