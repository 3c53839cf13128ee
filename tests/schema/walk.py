"""The schema walked: where a client gives an id, and a question that selects everything below a type."""

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


def reached(*types: Any) -> set[Any]:
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


READ = reached(ROOT)


def objects() -> Iterator[GraphQLObjectType]:
    """The object types of the graph that can be read, without the root and introspection's own."""
    for type_ in GRAPH.type_map.values():
        if isinstance(type_, GraphQLObjectType) and type_ in READ - {ROOT} and not is_introspection_type(type_):
            yield type_


def id_inputs() -> set[str]:
    """Where who reads may give an id, apart from the arguments of root fields."""
    inputs = [type_ for type_ in GRAPH.type_map.values() if isinstance(type_, GraphQLInputObjectType) and type_ in READ]
    places = {(type_.name, name): given.type for type_ in inputs for name, given in type_.fields.items()}
    for type_ in objects():
        for field, declared in type_.fields.items():
            places |= {(f"{type_.name}.{field}", name): given.type for name, given in declared.args.items()}
    return {f"{owner}.{name}" for (owner, name), given in places.items() if get_named_type(given).name == "ID"}


def look_ups() -> list[str]:
    """The root fields that are given ids."""
    assert isinstance(ROOT, GraphQLObjectType)
    return [name for name, field in ROOT.fields.items() if _ids(field)]


def look_up(name: str, id_: str) -> str:
    """That root field asked for an object by its id, as `found`."""
    assert isinstance(ROOT, GraphQLObjectType)
    field = ROOT.fields[name]
    required = [argument for argument, given in field.args.items() if is_required_argument(given)]
    assert _ids(field) == required, f"{name} needs more than ids: say here how it is asked"
    # A single value is taken for a list of one, so this asks for lists as well.
    return (
        f"{{ found: {name}({', '.join(f'{argument}: {json.dumps(id_)}' for argument in required)}) {{ __typename }} }}"
    )


def _ids(field: GraphQLField) -> list[str]:
    return [name for name, given in field.args.items() if get_named_type(given.type).name == "ID"]


def below(typename: str) -> str:
    """A selection of every field of the type, and of what they lead to."""
    type_ = GRAPH.type_map[typename]
    assert isinstance(type_, GraphQLObjectType)
    return _everything(type_)


def relations() -> set[str]:
    """The names of all fields that lead to objects."""
    fields = [(name, field) for type_ in objects() for name, field in type_.fields.items()]
    return {name for name, field in fields if not is_leaf_type(get_named_type(field.type))}


def _everything(type_: GraphQLObjectType, above: frozenset[str] = frozenset()) -> str:
    """A selection of every field; of a type that stands above already, only what needs no selection of its own."""
    return " ".join(_selected(name, field, above | {type_.name}) for name, field in type_.fields.items())


def _selected(name: str, field: GraphQLField, above: frozenset[str]) -> str:
    assert not any(is_required_argument(given) for given in field.args.values()), f"say here how {name} is asked"
    target = get_named_type(field.type)
    if is_leaf_type(target):
        return name
    if isinstance(target, GraphQLInterfaceType):
        shown = " ".join(f"... on {type_.name} {{ {leaves(type_, type_.name)} }}" for type_ in _possible(target))
        return f"{name} {{ __typename {shown} }}"
    assert isinstance(target, GraphQLObjectType), f"{name}: say here how a union is asked"
    return f"{name} {{ {leaves(target) if target.name in above else _everything(target, above)} }}"


def leaves(type_: GraphQLObjectType, alias: str = "") -> str:
    """Fields without fields below them; under an alias where types with unlike fields of one name meet."""
    names = [name for name, field in type_.fields.items() if is_leaf_type(get_named_type(field.type))]
    return " ".join(f"{alias}_{name}: {name}" if alias else name for name in names)
