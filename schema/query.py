"""The root of reading: look-ups by id, which decide what the viewer may see; relations follow from there."""

import strawberry
from graphql import GraphQLObjectType
from strawberry.schema.config import StrawberryConfig

from db.mapping.declarations import NodeLookup
from db.queries import products
from schema.connections import Connection
from schema.context import Info
from schema.dsl.fields import connection, node, nodes
from schema.mutation import Mutation
from schema.naming import TypeNames
from schema.scalars import SCALARS
from schema.types import NODES, Account, LicenseKey, Node, Order, Product, Subscription, Viewer


@strawberry.type
class Query:
    viewer: Viewer
    account: Account | None = node(NodeLookup({"acc": NODES["acc"]}))
    subscription: Subscription | None = node(NodeLookup({"sub": NODES["sub"]}))
    license_key: LicenseKey | None = node(NodeLookup({"key": NODES["key"]}))
    order: Order | None = node(NodeLookup({"ord": NODES["ord"]}))
    node: Node | None = node(NodeLookup(NODES))
    nodes: list[Node | None] = nodes(NodeLookup(NODES), "At most 100, in the order of the ids.")
    products: Connection[Product] = connection(products.catalogue)


class Schema(strawberry.Schema):
    def as_str(self) -> str:
        """The SDL, with its roots named even where they have GraphQL's default names: tools need not guess."""
        graph = self._schema
        roots: dict[str, GraphQLObjectType | None] = {"query": graph.query_type, "mutation": graph.mutation_type}
        lines = [f"  {operation}: {root.name}" for operation, root in roots.items() if root is not None]
        return "\n".join(["schema {", *lines, "}", "", super().as_str()])


schema = Schema(
    query=Query,
    mutation=Mutation,
    config=StrawberryConfig(name_converter=TypeNames(), scalar_map=SCALARS, info_class=Info),
)
