"""What an operation costs, known from its selection before anything runs: about the rows that it may touch.

A page has as many rows as it is asked for, whatever is below it comes once for each of them. Viewers spend from an
allowance that restores itself. It is kept in the memory of one worker: with several, each grants its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, OperationType, get_nullable_type, is_list_type

from db.mapping.declarations import AnyOf, LookUp, Paged, Relation, Window
from schema.context import Selection
from schema.dsl.fields import CHECK, DECLARATION, field_of

# Rows that a list without pages is taken to have: members of a box, lines of an order, keys' administrators.
UNPAGED = 10
# Counting all rows of a connection, which an index does.
COUNT = 10
# A mutation: locks, the change, its audit event, its answer for a second call.
CHANGE = 20


@dataclass(frozen=True, slots=True)
class Price:
    """A fixed part, and one for each row of the lists whose size the arguments at these sites tell."""

    fixed: int = 0
    lists: tuple[tuple[int, "Price"], ...] = ()

    def of(self, arguments: Sequence[Any]) -> int:
        total = self.fixed
        for site, row in self.lists:
            given = arguments[site]
            total += (given.size if isinstance(given, Window) else len(given)) * row.of(arguments)
        return total

    def times(self, rows: int) -> "Price":
        return Price(self.fixed * rows, tuple((site, row.times(rows)) for site, row in self.lists))


def _sum(prices: Iterable[Price], fixed: int = 0) -> Price:
    added = list(prices)
    lists = tuple(listed for price in added for listed in price.lists)
    return Price(fixed + sum(price.fixed for price in added), lists)


@dataclass(frozen=True, slots=True)
class Pricing:
    schema: GraphQLSchema

    def price(self, operation: OperationType, root: Selection) -> Price:
        """Of the whole operation; at least 1."""
        (selected,) = root.children.values()
        change = CHANGE * len(selected) if operation is OperationType.MUTATION else 0
        return _sum([self._below(root)], 1 + change)

    def _below(self, selection: Selection) -> Price:
        """Of what is selected below a field; a row is of one type only, the dearest of those it may have."""
        prices = []
        for name, selected in selection.children.items():
            type_ = self.schema.get_type(name)
            assert isinstance(type_, GraphQLObjectType)
            prices.append(_sum(self._field(type_, child) for child in selected.values()))
        lists = tuple(listed for price in prices for listed in price.lists)
        return Price(max((price.fixed for price in prices), default=0), lists)

    def _field(self, parent: GraphQLObjectType, selection: Selection) -> Price:
        field = parent.fields.get(selection.field)
        if not selection.children or field is None:
            return self._below(selection)
        # Introspection has no declarations: all that it lists is taken for rows.
        metadata = field_of(field).metadata if field.extensions else {CHECK: field}
        declared = metadata.get(DECLARATION)
        if isinstance(declared, Paged):
            return self._page(selection)
        below = self._below(selection)
        if not isinstance(declared, Relation | AnyOf) and metadata.get(CHECK) is None:
            return below
        row = _sum([below], 1)
        if not is_list_type(get_nullable_type(field.type)):
            return row
        if isinstance(declared, LookUp) and selection.site is not None:
            # nodes(ids: …), which is as long as its argument
            return Price(0, ((selection.site, row),))
        return row.times(UNPAGED)

    def _page(self, selection: Selection) -> Price:
        (connection,) = selection.children.values()
        assert selection.site is not None, "a connection has arguments"
        selected = connection.values()
        nodes = [self._below(child) for child in selected if child.field == "nodes"]
        edges = [child for child in selected if child.field == "edges"]
        of_edges = [self._below(child) for edge in edges for child in _only(edge) if child.field == "node"]
        counted = COUNT if any(child.field == "totalCount" for child in selected) else 0
        return Price(counted, ((selection.site, _sum([*nodes, *of_edges], 1)),))


def _only(selection: Selection) -> Iterable[Selection]:
    (fields,) = selection.children.values()
    return fields.values()
