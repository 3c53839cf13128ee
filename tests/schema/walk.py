"""A walk of the schema: where it takes ids, and selections of everything below a type."""

import json
from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_introspection_type,
    is_leaf_type,
    is_required_argument,
)

from schema.query import schema

GRAPH = schema._schema
ROOT = GRAPH.type_map["Query"]
assert isinstance(ROOT, GraphQLObjectType)
NODE = GRAPH.type_map["Node"]
assert isinstance(NODE, GraphQLInterfaceType)
NODE_TYPES = {type_.name for type_ in GRAPH.get_possible_types(NODE)}


def _possible(type_: GraphQLInterfaceType) -> list[GraphQLObjectType]:
    return list(GRAPH.get_possible_types(type_))


def reachable_types(*types: Any) -> set[Any]:
    """The types that these lead to, themselves included: by fields, by arguments, by what implements them."""
    found: set[Any] = set()
    left = list(types)
    while left:
        type_ = left.pop()
        if type_ in found:
            continue
        found.add(type_)
        fields = getattr(type_, "fields", {}).values()
        arguments = [given for field in fields for given in getattr(field, "args", {}).values()]
        left += [get_named_type(part.type) for part in (*fields, *arguments)]
        left += _possible(type_) if isinstance(type_, GraphQLInterfaceType) else []
    return found


READABLE_TYPES = reachable_types(ROOT)


def object_types() -> Iterator[GraphQLObjectType]:
    """The object types of the graph that can be read, without the root and introspection's own."""
    for type_ in GRAPH.type_map.values():
        if (
            isinstance(type_, GraphQLObjectType)
            and type_ in READABLE_TYPES - {ROOT}
            and not is_introspection_type(type_)
        ):
            yield type_


def id_input_positions() -> set[str]:
    """Where a query takes an id, apart from the arguments of root fields."""
    inputs = [
        type_
        for type_ in GRAPH.type_map.values()
        if isinstance(type_, GraphQLInputObjectType) and type_ in READABLE_TYPES
    ]
    places = {(type_.name, name): given.type for type_ in inputs for name, given in type_.fields.items()}
    for type_ in object_types():
        for field, declared in type_.fields.items():
            places |= {(f"{type_.name}.{field}", name): given.type for name, given in declared.args.items()}
    return {f"{owner}.{name}" for (owner, name), given in places.items() if get_named_type(given).name == "ID"}


def lookup_fields() -> list[str]:
    """The root fields that take ids."""
    assert isinstance(ROOT, GraphQLObjectType)
    return [name for name, field in ROOT.fields.items() if _id_arguments(field)]


def lookup_query(name: str, id_: str) -> str:
    """A query of that root field for an object by its id, as `found`."""
    assert isinstance(ROOT, GraphQLObjectType)
    field = ROOT.fields[name]
    required = [argument for argument, given in field.args.items() if is_required_argument(given)]
    assert _id_arguments(field) == required, f"{name} needs more than ids: say here how it is asked"
    # A single value is taken for a list of one, so this asks for lists as well.
    return (
        f"{{ found: {name}({', '.join(f'{argument}: {json.dumps(id_)}' for argument in required)}) {{ __typename }} }}"
    )


def _id_arguments(field: GraphQLField) -> list[str]:
    return [name for name, given in field.args.items() if get_named_type(given.type).name == "ID"]


def full_selection(typename: str) -> str:
    """A selection of every field of the type, and of what they lead to."""
    type_ = GRAPH.type_map[typename]
    assert isinstance(type_, GraphQLObjectType)
    return _full_selection(type_)


def relation_fields() -> set[str]:
    """The names of all fields that lead to objects."""
    fields = [(name, field) for type_ in object_types() for name, field in type_.fields.items()]
    return {name for name, field in fields if not is_leaf_type(get_named_type(field.type))}


def _full_selection(type_: GraphQLObjectType, above: frozenset[str] = frozenset()) -> str:
    """A selection of every field; of a type that stands above already, only what needs no selection of its own."""
    return " ".join(_field_selection(name, field, above | {type_.name}) for name, field in type_.fields.items())


def _field_selection(name: str, field: GraphQLField, above: frozenset[str]) -> str:
    assert not any(is_required_argument(given) for given in field.args.values()), f"say here how {name} is asked"
    target = get_named_type(field.type)
    if is_leaf_type(target):
        return name
    if isinstance(target, GraphQLInterfaceType):
        fragments = " ".join(
            f"... on {type_.name} {{ {leaf_selection(type_, type_.name)} }}" for type_ in _possible(target)
        )
        return f"{name} {{ __typename {fragments} }}"
    assert isinstance(target, GraphQLObjectType), f"{name}: say here how a union is asked"
    return f"{name} {{ {leaf_selection(target) if target.name in above else _full_selection(target, above)} }}"


def leaf_selection(type_: GraphQLObjectType, alias: str = "") -> str:
    """Fields without fields below them; under an alias where types with unlike fields of one name meet."""
    names = [name for name, field in type_.fields.items() if is_leaf_type(get_named_type(field.type))]
    return " ".join(f"{alias}_{name}: {name}" if alias else name for name in names)
