"""How a field of the graph is declared: as data, with the resolver that reads it.

A bare annotation is the column of that name. Everything else is one of the functions here; each attaches the
declaration (a value of db.mapping.declarations) to the field, where the SQL compiler finds it.
"""

from asyncio import gather
from collections.abc import Callable, Mapping
from functools import lru_cache
from inspect import Parameter, Signature
from typing import Any

import strawberry
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from db.ids import GlobalId
from db.mapping.batch_loading import Key, Row, RowPage
from db.mapping.batch_sql import Projection
from db.mapping.declarations import (
    ColumnBuilder,
    Declaration,
    DeclaredField,
    Embedded,
    Expression,
    NodeLookup,
    PagedRelation,
    ParameterizedExpression,
    Polymorphic,
    Relation,
    column,
)
from schema.context import Info
from schema.dsl import arguments
from schema.dsl.arguments import Check

DECLARATION = "declaration"
CHECK = "check"
# Scalars whose text is made of letters, digits, dashes and underscores.
PLAIN_SCALARS = {"ID", "Currency"}


def expression(build: ColumnBuilder, description: str | None = None) -> Any:
    """A value computed from the row."""
    return _field(Expression(build), description)


def embedded(description: str | None = None, **fields: ColumnBuilder) -> Any:
    """An object made of values of the same row."""
    return _field(Embedded(fields), description)


def one(relation: Relation, description: str | None = None) -> Any:
    """The one row of a relation; null when there is none, or none for this viewer."""

    async def resolve(root: Any, info: Info) -> Any:
        return await info.context.load_one(relation, field_projection(info), root.key(relation.keys))

    return _field(relation, description, resolve)


def many(relation: Relation, description: str | None = None) -> Any:
    """All rows of a relation, in its order; null when it denies permission."""

    async def resolve(root: Any, info: Info) -> Any:
        return await info.context.load_many(relation, field_projection(info), root.key(relation.keys))

    return _field(relation, description, resolve)


def connection(paged: PagedRelation, description: str | None = None, **inputs: type) -> Any:
    """Pages of a relation; `inputs` are the types of its `filter` and `order_by` arguments."""

    async def resolve(root: Any, info: Info, **_: Any) -> RowPage | None:
        nodes = field_projection(info, "nodes")
        return await info.context.load_page(paged, nodes, info.arguments, root.key(paged.relation.keys))

    _set_signature(resolve, {"first": int, "after": str, "last": int, "before": str, **inputs})
    return _field(paged, description, resolve, arguments.connection_arguments(paged))


def parameterized(
    parameterized_expression: ParameterizedExpression, default: int, description: str | None = None
) -> Any:
    """A value computed from the row and the number of days given as `withinDays`."""

    async def resolve(root: Any, info: Info, within_days: int = default) -> Any:
        return await info.context.load_value(
            parameterized_expression, info.arguments, root.key(parameterized_expression.relation.keys)
        )

    return _field(parameterized_expression, description, resolve, arguments.within_days)


def polymorphic(declaration: Polymorphic, description: str | None = None) -> Any:
    """A row of the type that a column of the parent names."""

    async def resolve(root: Any, info: Info) -> Any:
        (stored_type,) = root.key((declaration.type_key,))
        if stored_type not in declaration.types:
            return None
        typename, relation = declaration.types[stored_type]
        return await _load_row(info, typename, relation, root.key(declaration.keys[: len(relation.keys)]))

    return _field(declaration, description, resolve)


def node(declared: NodeLookup, description: str | None = None) -> Any:
    """The row with a global id, of whichever of these types its prefix names, if the viewer may read it."""

    async def resolve(root: Any, info: Info, id: strawberry.ID) -> Any:
        return await _load_by_id(info, declared, info.arguments)

    return _field(declared, description, resolve, arguments.decode_id)


def nodes(declared: NodeLookup, description: str | None = None) -> Any:
    """The rows with these global ids, in their order, null where there is none."""

    async def resolve(root: Any, info: Info, ids: list[strawberry.ID]) -> Any:
        return await gather(*[_load_by_id(info, declared, decoded_id) for decoded_id in info.arguments])

    return _field(declared, description, resolve, arguments.decode_ids)


def field_projection(info: Info, child: str | None = None) -> Projection:
    """What to read of the rows of this field, or of those of its child `nodes`."""
    parent = get_named_type(info.field_type)
    assert isinstance(parent, GraphQLObjectType)
    row_type = get_named_type(parent.fields[child].type) if child else parent
    assert isinstance(row_type, GraphQLObjectType)
    return type_projection(row_type)


@lru_cache(maxsize=256)
def type_projection(type_: GraphQLObjectType) -> Projection:
    """The values and keys that a type's declarations need of its rows."""
    values: dict[str, ColumnBuilder] = {}
    objects: dict[str, Mapping[str, ColumnBuilder]] = {}
    keys: set[str] = set()
    for field in type_.fields.values():
        field_declaration = declared_field(field)
        assert field_declaration is not None, f"{type_.name} has a field that declares nothing"
        if isinstance(field_declaration.declaration, Expression):
            values[field_declaration.name] = field_declaration.declaration.build
        elif isinstance(field_declaration.declaration, Embedded):
            objects[field_declaration.name] = field_declaration.declaration.fields
        else:
            keys |= {str(key.key) for key in _key_columns(field_declaration.declaration)}
    return Projection(type_.name, values, objects, frozenset(keys))


def declared_field(field: GraphQLField) -> DeclaredField | None:
    """What a field declares: the column of its name if nothing else; None for a resolver of its own."""
    definition = strawberry_field(field)
    own = definition.base_resolver is not None
    declaration = definition.metadata.get(DECLARATION) or (None if own else Expression(column(definition.python_name)))
    if declaration is None:
        return None
    plural = is_list_type(get_nullable_type(field.type))
    named = get_named_type(field.type)
    plain = not plural and (is_enum_type(named) or named.name in PLAIN_SCALARS)
    return DeclaredField(definition.python_name, declaration, plural, is_non_null_type(field.type), plain)


def declarations(schema: GraphQLSchema) -> Callable[[str, str], DeclaredField | None]:
    """What each field of each type declares; None too for a field that is not of our graph."""

    @lru_cache(maxsize=1024)
    def find(typename: str, name: str) -> DeclaredField | None:
        parent = schema.get_type(typename)
        field = parent.fields.get(name) if isinstance(parent, GraphQLObjectType) else None
        return declared_field(field) if field is not None else None

    return find


def strawberry_field(field: GraphQLField) -> StrawberryField:
    """Strawberry's definition of a field of the schema."""
    definition = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    assert isinstance(definition, StrawberryField)
    return definition


def _key_columns(
    declaration: Relation | PagedRelation | ParameterizedExpression | Polymorphic | NodeLookup,
) -> tuple[Any, ...]:
    if isinstance(declaration, Relation):
        return declaration.keys
    if isinstance(declaration, Polymorphic):
        return (declaration.type_key, *declaration.keys)
    return () if isinstance(declaration, NodeLookup) else declaration.relation.keys


async def _load_by_id(info: Info, lookup: NodeLookup, decoded_id: GlobalId | None) -> Row | None:
    typename = lookup.typename(decoded_id)
    if decoded_id is None or typename is None:
        return None
    prefix, key = decoded_id
    return await _load_row(info, typename, lookup.types[prefix][1], key)


async def _load_row(info: Info, typename: str, relation: Relation, key: Key) -> Row | None:
    return await info.context.load_one(relation, type_projection(info.object_type(typename)), key)


def _field(
    declaration: Declaration | None, description: str | None, resolver: Any = None, check: Check | None = None
) -> Any:
    metadata = {DECLARATION: declaration, CHECK: check}
    return strawberry.field(resolver=resolver, description=description, metadata=metadata)


def _set_signature(resolver: Any, inputs: Mapping[str, Any]) -> None:
    """Give a resolver these optional arguments: Strawberry reads a field's arguments off the signature."""
    fixed = [
        Parameter("root", Parameter.POSITIONAL_OR_KEYWORD),
        Parameter("info", Parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
    ]
    optional = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=strawberry.UNSET, annotation=type_ | None)
        for name, type_ in inputs.items()
    ]
    resolver.__signature__ = Signature([*fixed, *optional])
