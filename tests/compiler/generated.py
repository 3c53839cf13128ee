"""Operations as Hypothesis makes them from the schema: any selection, with arguments that mostly find something."""

import json
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
)
from hypothesis import strategies as st

from schema.query import schema
from tests.compiler import rows

GRAPH = schema._schema
IDS = sorted({*rows.ids().values(), "nonsense", ""})
DEEPEST, WIDEST = 5, 4
LONG = "a_name_of_many_characters_that_are_the_same_up_to_the_sixty_third_"
TEXTS = ["tied", "team", "", "%", "XY9ZW", "S-00", rows.ODD]
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "Int": st.integers(1, 12),
    "String": st.sampled_from(TEXTS),
    "ID": st.sampled_from(IDS),
    "Date": st.sampled_from(["2026-06-15", "2026-12-31", "0001-01-01", "9999-12-31"]),
    "DateTime": st.sampled_from(["2026-06-15T12:30:00Z", "2025-12-31T23:59:59.999999Z"]),
    "Boolean": st.booleans(),
}


@st.composite
def operations(draw: st.DrawFn) -> str:
    query = GRAPH.query_type
    assert query is not None
    return f"query($yes: Boolean = true, $no: Boolean = false) {draw(selections(query, 0))}"


@st.composite
def selections(draw: st.DrawFn, parent: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
    """A selection of some fields, in braces; below an interface, also of its types' own."""
    names = draw(st.lists(st.sampled_from(sorted(parent.fields)), min_size=1, max_size=WIDEST, unique=True))
    parts = [draw(fields(parent, name, place, depth)) for place, name in enumerate(names)]
    if isinstance(parent, GraphQLInterfaceType):
        types = draw(st.lists(st.sampled_from(GRAPH.get_possible_types(parent)), max_size=2, unique_by=str))
        parts += [f"... on {type_.name} {draw(selections(type_, depth + 1))}" for type_ in types]
    if draw(st.integers(0, 5)) == 0:
        parts.insert(draw(st.integers(0, len(parts))), "__typename")
    return f"{{ {' '.join(part for part in parts if part) or '__typename'} }}"


@st.composite
def fields(draw: st.DrawFn, parent: GraphQLObjectType | GraphQLInterfaceType, name: str, place: int, depth: int) -> str:
    field = parent.fields[name]
    target = get_named_type(field.type)
    if not is_leaf_type(target) and depth >= DEEPEST:
        return ""
    # Fields of unlike types meet below an interface, under one key that would have to mean one thing.
    alias = f"{parent.name}_{place}_{depth}"
    keyed = draw(st.sampled_from([f"{alias}: ", f"{LONG}{alias}: "]))
    asked = f"{keyed}{name}{draw(arguments(field))}{draw(conditions)}"
    if is_leaf_type(target):
        return asked
    assert isinstance(target, GraphQLObjectType | GraphQLInterfaceType)
    return f"{asked} {draw(selections(target, depth + 1))}"


conditions = st.sampled_from(["", "", "", "", " @include(if: $yes)", " @skip(if: $yes)", " @include(if: $no)"])


@st.composite
def arguments(draw: st.DrawFn, field: GraphQLField) -> str:
    """Those that are needed, and some others: never first and last together."""
    given = {}
    for name, argument in field.args.items():
        wanted = is_required_argument(argument) or draw(st.integers(0, 2)) == 0
        if wanted and name not in ("after", "before") and not (name == "last" and "first" in given):
            given[name] = draw(values(argument.type))
    return f"({', '.join(f'{name}: {value}' for name, value in given.items())})" if given else ""


@st.composite
def values(draw: st.DrawFn, type_: Any) -> str:
    named = get_named_type(type_)
    if is_list_type(getattr(type_, "of_type", type_)) or is_list_type(type_):
        return f"[{', '.join(draw(st.lists(values(named), max_size=3)))}]"
    if isinstance(named, GraphQLEnumType):
        return str(draw(st.sampled_from(sorted(named.values))))
    if isinstance(named, GraphQLInputObjectType):
        chosen = draw(st.lists(st.sampled_from(sorted(named.fields)), max_size=2, unique=True))
        inner = ", ".join(f"{name}: {draw(values(named.fields[name].type))}" for name in chosen)
        return f"{{{inner}}}"
    return json.dumps(draw(SCALARS[named.name]), ensure_ascii=False)
