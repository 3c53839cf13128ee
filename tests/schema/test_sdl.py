"""The graph as it is published."""

from pathlib import Path

from graphql import GraphQLObjectType, get_named_type, is_introspection_type

from db.mapping import batch_sql
from db.mapping.declarations import Relation
from schema.dsl import fields
from schema.query import schema
from schema.types import NODES

PUBLISHED = Path(__file__).parents[2] / "schema" / "schema.graphql"


def test_the_published_sdl_is_the_schema() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema.as_str() + "\n"


def test_no_type_is_named_subscription() -> None:
    graph = schema._schema

    assert [name for name in graph.type_map if name.startswith("Subscription")] == []
    assert {"ProductSubscription", "ProductSubscriptionEdge", "ProductSubscriptionStatus"} <= graph.type_map.keys()
    assert schema.as_str().startswith("schema {\n  query: Query\n  mutation: Mutation\n}\n")


def test_every_type_that_implements_node_is_found_by_node() -> None:
    graph = schema._schema
    implementations = {type_.name for type_ in graph.get_possible_types(graph.type_map["Node"])}  # type: ignore[arg-type]

    assert {typename for typename, _ in NODES.values()} == implementations


def test_every_relation_of_the_graph_compiles_to_sql() -> None:
    compiled = []
    for type_ in schema._schema.type_map.values():
        if not isinstance(type_, GraphQLObjectType) or is_introspection_type(type_) or type_.name == "Query":
            continue
        for name, field in type_.fields.items():
            declared = fields.strawberry_field(field).metadata.get(fields.DECLARATION)
            if isinstance(declared, Relation):
                target = get_named_type(field.type)
                assert isinstance(target, GraphQLObjectType)
                compiled.append((type_.name, name, batch_sql.rows_statement(declared, fields.type_projection(target))))

    assert all(statement.text.startswith("SELECT") for _, _, statement in compiled)
    assert len(compiled) >= 20
