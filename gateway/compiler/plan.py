"""What an operation reads, as a tree of objects: made of its selection and of what the fields declare.

Neither GraphQL nor SQL is in it. There is no plan for an operation with a field that declares nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from db.mapping.declarations import AnyOf, Build, Declared, Expression, LookUp, Measure, Nested, Paged, Relation


class Selected(Protocol):
    """A selected field: its name, where its arguments are, and the fields below it by type and response key."""

    @property
    def field(self) -> str: ...
    @property
    def site(self) -> int | None: ...
    @property
    def children(self) -> Mapping[str, Mapping[str, "Selected"]]: ...


Fields = Mapping[str, Selected]
# What the field of a type declares; None when that is nothing.
Declarations = Callable[[str, str], Declared | None]

# Fields below each other: SQLAlchemy renders by recursion, and Python's is bounded.
DEEPEST = 30
# Selections with fields below them: rendering and planning a larger statement takes a second, the first time.
LARGEST = 250


class Unplanned(Exception):
    """The operation is too deep or too large, or has a field that is not data: only its resolver knows the value."""


@dataclass(frozen=True, slots=True)
class Typename:
    """`__typename`, which the place in the plan knows."""

    name: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value of the row. `plain`: in JSON its text needs no escapes; `required`: the graph promises one."""

    build: Build
    plain: bool
    required: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A value of the row and of a number of days, which are the site's argument."""

    measure: Measure
    site: int


@dataclass(frozen=True, slots=True)
class Object:
    """An object of a row, its fields by response key in the order of the selection.

    As a value of the same row it is an object within an object.
    """

    fields: Mapping[str, "Value"]


@dataclass(frozen=True, slots=True)
class One:
    """The one row of a relation. `required`: the graph promises that there is one."""

    relation: Relation
    object: Object
    required: bool


@dataclass(frozen=True, slots=True)
class Many:
    """All rows of a relation."""

    relation: Relation
    object: Object


@dataclass(frozen=True, slots=True)
class Switch:
    """A row of one of several types, which a column names."""

    any_of: AnyOf
    objects: Mapping[str, Object]


@dataclass(frozen=True, slots=True)
class Found:
    """The row, or rows, of the global ids that are the site's argument."""

    look_up: LookUp
    objects: Mapping[str, Object]
    plural: bool
    site: int


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about a page, under its name in the graph: its total, a cursor, what lies around it."""

    name: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A row of a page with its cursor."""

    fields: Mapping[str, Object | Fact | Typename]


@dataclass(frozen=True, slots=True)
class PageInfo:
    facts: Mapping[str, Fact | Typename]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a relation; an Object stands for its nodes, an Edge for its edges."""

    paged: Paged
    site: int
    parts: Mapping[str, "Part"]


Part = Object | Edge | PageInfo | Fact | Typename
Value = Typename | Leaf | Measured | Object | One | Many | Switch | Found | Page


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole operation, and the sites whose arguments decide its SQL."""

    root: Object
    pages: Mapping[int, Paged]
    look_ups: Mapping[int, LookUp]


def plan(typename: str, fields: Fields, declarations: Declarations) -> Plan:
    """The plan of these fields of the root type. Raises Unplanned."""
    if _depth(fields) > DEEPEST or _size(fields) > LARGEST:
        raise Unplanned("nested too deeply, or too large")
    planner = _Planner(declarations)
    return Plan(planner.object(typename, fields), planner.pages, planner.look_ups)


@dataclass(frozen=True, slots=True)
class _Planner:
    declarations: Declarations
    pages: dict[int, Paged] = field(default_factory=dict)
    look_ups: dict[int, LookUp] = field(default_factory=dict)

    def object(self, typename: str, fields: Fields) -> Object:
        return Object({key: self._value(typename, selected) for key, selected in fields.items()})

    def _value(self, typename: str, selected: Selected) -> Value:
        if selected.field == "__typename":
            return Typename(typename)
        declared = self._declared(typename, selected.field)
        shows = declared.shows
        if isinstance(shows, Expression):
            return self._only(selected) if selected.children else _leaf(declared, shows.build)
        if isinstance(shows, Nested):
            return self._nested(shows, selected)
        if isinstance(shows, Relation):
            below = self._only(selected)
            return Many(shows, below) if declared.plural else One(shows, below, declared.required)
        if isinstance(shows, AnyOf):
            return Switch(shows, self._each(selected))
        return self._of_site(declared, shows, selected)

    def _of_site(self, declared: Declared, shows: Measure | LookUp | Paged, selected: Selected) -> Value:
        site = selected.site
        assert site is not None, f"{declared.name} takes arguments"
        if isinstance(shows, Measure):
            return Measured(shows, site)
        if isinstance(shows, LookUp):
            self.look_ups[site] = shows
            return Found(shows, self._each(selected), declared.plural, site)
        self.pages[site] = shows
        ((typename, parts),) = selected.children.items()
        return Page(shows, site, {key: self._part(typename, part) for key, part in parts.items()})

    def _part(self, typename: str, part: Selected) -> Part:
        if part.field == "__typename":
            return Typename(typename)
        if part.field == "nodes":
            return self._only(part)
        if part.field == "totalCount":
            return Fact("totalCount")
        ((below, fields),) = part.children.items()
        if part.field == "edges":
            return Edge({key: self._of_edge(below, selected) for key, selected in fields.items()})
        return PageInfo({key: _fact(below, selected) for key, selected in fields.items()})

    def _of_edge(self, typename: str, selected: Selected) -> Object | Fact | Typename:
        return self._only(selected) if selected.field == "node" else _fact(typename, selected)

    def _nested(self, shows: Nested, selected: Selected) -> Object:
        ((typename, fields),) = selected.children.items()
        made: dict[str, Value] = {}
        for key, part in fields.items():
            if part.field == "__typename":
                made[key] = Typename(typename)
            else:
                declared = self._declared(typename, part.field)
                made[key] = _leaf(declared, shows.fields[declared.name])
        return Object(made)

    def _only(self, selected: Selected) -> Object:
        ((typename, fields),) = selected.children.items()
        return self.object(typename, fields)

    def _each(self, selected: Selected) -> dict[str, Object]:
        return {typename: self.object(typename, fields) for typename, fields in selected.children.items()}

    def _declared(self, typename: str, name: str) -> Declared:
        declared = self.declarations(typename, name)
        if declared is None:
            raise Unplanned(f"{typename}.{name}")
        return declared


def _leaf(declared: Declared, build: Build) -> Leaf:
    return Leaf(build, declared.plain, declared.required)


def _fact(typename: str, selected: Selected) -> Fact | Typename:
    return Typename(typename) if selected.field == "__typename" else Fact(selected.field)


def _depth(fields: Fields) -> int:
    below = [children for selected in fields.values() for children in selected.children.values()]
    return 1 + max(map(_depth, below), default=0)


def _size(fields: Fields) -> int:
    below = [children for selected in fields.values() for children in selected.children.values()]
    return len(below) + sum(map(_size, below))
