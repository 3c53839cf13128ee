"""What an operation reads, as a tree of objects: made of its selection and of what the fields declare.

Neither GraphQL nor SQL is in it. There is no plan for an operation with a field that declares nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from db.mapping.declarations import (
    ColumnBuilder,
    DeclaredField,
    Embedded,
    Expression,
    NodeLookup,
    PagedRelation,
    ParameterizedExpression,
    Polymorphic,
    Relation,
)


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
Declarations = Callable[[str, str], DeclaredField | None]

# Levels of fields: SQLAlchemy renders by recursion, and Python's is bounded.
MAX_DEPTH = 30
# Fields with fields below them: rendering and planning a larger statement takes a second, the first time.
MAX_SIZE = 250


class NotCompilable(Exception):
    """The operation is too deep or too large, or has a field that is not data: only its resolver knows the value."""


@dataclass(frozen=True, slots=True)
class Typename:
    """`__typename`, which the place in the plan knows."""

    name: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value of the row. `plain`: in JSON its text needs no escapes; `required`: the graph promises one."""

    build: ColumnBuilder
    plain: bool
    required: bool


@dataclass(frozen=True, slots=True)
class ParameterizedLeaf:
    """A value of the row and of a number of days, which are the site's argument."""

    expression: ParameterizedExpression
    site: int


@dataclass(frozen=True, slots=True)
class Object:
    """An object of a row, its fields by response key in the order of the selection.

    As a value of the same row it is an object within an object.
    """

    fields: Mapping[str, "Value"]


@dataclass(frozen=True, slots=True)
class ToOne:
    """The one row of a relation. `required`: the graph promises that there is one."""

    relation: Relation
    object: Object
    required: bool


@dataclass(frozen=True, slots=True)
class ToMany:
    """All rows of a relation."""

    relation: Relation
    object: Object


@dataclass(frozen=True, slots=True)
class PolymorphicToOne:
    """One row of one of several types; a column of the parent row names the type."""

    polymorphic: Polymorphic
    objects: Mapping[str, Object]


@dataclass(frozen=True, slots=True)
class Lookup:
    """The row or rows whose global ids are the argument at `site`."""

    lookup: NodeLookup
    objects: Mapping[str, Object]
    plural: bool
    site: int


@dataclass(frozen=True, slots=True)
class PageField:
    """A field about the page rather than of a row, by its name in the graph: `totalCount`, `cursor`, `hasNextPage`."""

    name: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A row of a page with its cursor."""

    fields: Mapping[str, Object | PageField | Typename]


@dataclass(frozen=True, slots=True)
class PageInfo:
    fields: Mapping[str, PageField | Typename]


@dataclass(frozen=True, slots=True)
class Connection:
    """A page of a relation: an Object stands for its `nodes`, an Edge for its `edges`."""

    paged: PagedRelation
    site: int
    parts: Mapping[str, "ConnectionPart"]


ConnectionPart = Object | Edge | PageInfo | PageField | Typename
Value = Typename | Leaf | ParameterizedLeaf | Object | ToOne | ToMany | PolymorphicToOne | Lookup | Connection


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole operation, and the sites whose arguments decide its SQL."""

    root: Object
    pages: Mapping[int, PagedRelation]
    lookups: Mapping[int, NodeLookup]


def plan(typename: str, fields: Fields, declarations: Declarations) -> Plan:
    """The plan of these fields of the root type. Raises NotCompilable."""
    if _depth(fields) > MAX_DEPTH or _size(fields) > MAX_SIZE:
        raise NotCompilable("nested too deeply, or too large")
    planner = _Planner(declarations)
    return Plan(planner.object(typename, fields), planner.pages, planner.lookups)


@dataclass(frozen=True, slots=True)
class _Planner:
    declarations: Declarations
    pages: dict[int, PagedRelation] = field(default_factory=dict)
    lookups: dict[int, NodeLookup] = field(default_factory=dict)

    def object(self, typename: str, fields: Fields) -> Object:
        return Object({key: self._value(typename, selected) for key, selected in fields.items()})

    def _value(self, typename: str, selected: Selected) -> Value:
        if selected.field == "__typename":
            return Typename(typename)
        declared = self._declared(typename, selected.field)
        declaration = declared.declaration
        if isinstance(declaration, Expression):
            return self._sole_object(selected) if selected.children else _leaf(declared, declaration.build)
        if isinstance(declaration, Embedded):
            return self._embedded(declaration, selected)
        if isinstance(declaration, Relation):
            below = self._sole_object(selected)
            return ToMany(declaration, below) if declared.plural else ToOne(declaration, below, declared.required)
        if isinstance(declaration, Polymorphic):
            return PolymorphicToOne(declaration, self._objects_by_type(selected))
        return self._with_arguments(declared, declaration, selected)

    def _with_arguments(
        self,
        declared: DeclaredField,
        declaration: ParameterizedExpression | NodeLookup | PagedRelation,
        selected: Selected,
    ) -> Value:
        site = selected.site
        assert site is not None, f"{declared.name} takes arguments"
        if isinstance(declaration, ParameterizedExpression):
            return ParameterizedLeaf(declaration, site)
        if isinstance(declaration, NodeLookup):
            self.lookups[site] = declaration
            return Lookup(declaration, self._objects_by_type(selected), declared.plural, site)
        self.pages[site] = declaration
        ((typename, parts),) = selected.children.items()
        return Connection(declaration, site, {key: self._part(typename, part) for key, part in parts.items()})

    def _part(self, typename: str, part: Selected) -> ConnectionPart:
        if part.field == "__typename":
            return Typename(typename)
        if part.field == "nodes":
            return self._sole_object(part)
        if part.field == "totalCount":
            return PageField("totalCount")
        ((below, fields),) = part.children.items()
        if part.field == "edges":
            return Edge({key: self._edge_field(below, selected) for key, selected in fields.items()})
        return PageInfo({key: _page_field(below, selected) for key, selected in fields.items()})

    def _edge_field(self, typename: str, selected: Selected) -> Object | PageField | Typename:
        return self._sole_object(selected) if selected.field == "node" else _page_field(typename, selected)

    def _embedded(self, declaration: Embedded, selected: Selected) -> Object:
        ((typename, fields),) = selected.children.items()
        values: dict[str, Value] = {}
        for key, part in fields.items():
            if part.field == "__typename":
                values[key] = Typename(typename)
            else:
                declared = self._declared(typename, part.field)
                values[key] = _leaf(declared, declaration.fields[declared.name])
        return Object(values)

    def _sole_object(self, selected: Selected) -> Object:
        ((typename, fields),) = selected.children.items()
        return self.object(typename, fields)

    def _objects_by_type(self, selected: Selected) -> dict[str, Object]:
        return {typename: self.object(typename, fields) for typename, fields in selected.children.items()}

    def _declared(self, typename: str, name: str) -> DeclaredField:
        declared = self.declarations(typename, name)
        if declared is None:
            raise NotCompilable(f"{typename}.{name}")
        return declared


def _leaf(declared: DeclaredField, build: ColumnBuilder) -> Leaf:
    return Leaf(build, declared.plain, declared.required)


def _page_field(typename: str, selected: Selected) -> PageField | Typename:
    return Typename(typename) if selected.field == "__typename" else PageField(selected.field)


def _depth(fields: Fields) -> int:
    below = [children for selected in fields.values() for children in selected.children.values()]
    return 1 + max(map(_depth, below), default=0)


def _size(fields: Fields) -> int:
    below = [children for selected in fields.values() for children in selected.children.values()]
    return len(below) + sum(map(_size, below))
