"""How the graph is declared over rows: expressions, relations and pages as plain values.

The resolvers (batched, one statement per relation) and the SQL compiler read the same values. A builder takes the
rows it works on as a FROM clause and returns SQLAlchemy Core; nothing here knows GraphQL or a connection.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Column,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Numeric,
    Select,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.types import TypeEngine

from db.ids import GlobalId

ColumnBuilder = Callable[[FromClause], ColumnElement[Any]]
Keys = Sequence[ColumnElement[Any]]
Conditions = tuple[ColumnElement[bool], ...]

# The parameters that every statement may use. They come with the request, never from the client.
TODAY: BindParameter[Any] = bindparam("today", type_=Date)
NOW: BindParameter[Any] = bindparam("now", type_=DateTime(timezone=True))
VIEWER: BindParameter[Any] = bindparam("viewer", type_=Uuid)
EMAIL: BindParameter[Any] = bindparam("email", type_=Text)
SCOPES: BindParameter[Any] = bindparam("scopes", type_=ARRAY(Text))


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a relation: where they come from, and what makes them the parent's."""

    source: FromClause
    where: Conditions = ()


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    """The rows that belong to a parent row, looked up by some of the parent's columns.

    `permission`, over the same columns: whether the viewer may see them at all; null if not, however many there are.
    `few_rows`: the table or the account has so few rows that all of them may as well be read.
    """

    keys: tuple[Column[Any], ...]
    rows: Callable[[Keys], Rows]
    order: tuple[ColumnBuilder, ...] = ()
    permission: Callable[[Keys], ColumnElement[bool]] | None = None
    few_rows: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A value computed from one row."""

    build: ColumnBuilder


@dataclass(frozen=True, slots=True, eq=False)
class ParameterizedExpression:
    """A value computed from one row and a number of days, an argument of the field; `relation` reads that row again."""

    build: Callable[[FromClause, ColumnElement[int]], ColumnElement[Any]]
    relation: Relation


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """An object whose fields are values of the same row."""

    fields: Mapping[str, ColumnBuilder]


@dataclass(frozen=True, slots=True, eq=False)
class Polymorphic:
    """A row of one of several types: a column names the type, the keys (as many as it has) lead to the row.

    `types`: by what the column says, the type's name in the graph and the relation.
    """

    type_key: Column[Any]
    keys: tuple[Column[Any], ...]
    types: Mapping[str, tuple[str, Relation]]


@dataclass(frozen=True, slots=True, eq=False)
class NodeLookup:
    """A row by its global id, whose prefix names the type and with it the relation."""

    types: Mapping[str, tuple[str, Relation]]

    def typename(self, global_id: GlobalId | None) -> str | None:
        """The type that an id leads to; None when it leads nowhere.

        An account's id is one key and a row's id two: an id of the wrong length is no id.
        """
        if global_id is None or global_id[0] not in self.types:
            return None
        typename, relation = self.types[global_id[0]]
        return typename if len(relation.keys) == len(global_id[1]) else None


@dataclass(frozen=True, slots=True, eq=False)
class Filter:
    """A condition that a client may set, built of the row, the value and the parent's keys.

    `structural`: the value chooses the SQL, instead of being a parameter.
    """

    build: Callable[[FromClause, Any, Keys], ColumnElement[bool]]
    type: TypeEngine[Any] | None = None
    structural: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SortKey:
    """What pages are sorted by, before the id: never NULL, and served by an index."""

    build: ColumnBuilder
    type: TypeEngine[Any]


@dataclass(frozen=True, slots=True, eq=False)
class PagedRelation:
    """A relation read in pages: sorted by one of `sort_keys`, then by `tiebreaker`, which is unique in the parent."""

    relation: Relation
    sort_keys: Mapping[str, SortKey]
    tiebreaker: SortKey
    default_sort: str
    default_descending: bool = False
    filters: Mapping[str, Filter] = field(default_factory=dict)


Declaration = Relation | Expression | ParameterizedExpression | Embedded | Polymorphic | NodeLookup | PagedRelation


@dataclass(frozen=True, slots=True)
class DeclaredField:
    """A field of the graph: what it reads of a row, and what its type says."""

    name: str
    """Its name in Python, which is the column's when nothing else is declared."""
    declaration: Declaration
    plural: bool
    required: bool
    plain: bool
    """Whether it is text of which nothing is escaped in JSON: a name of an enum, an id, a code."""


@dataclass(frozen=True, slots=True)
class PageArguments:
    """The arguments of a connection, as a value: equal ones share a loader."""

    sort: str
    descending: bool
    size: int
    backward: bool = False
    after: tuple[str, str] | None = None
    """Sort key and tiebreaker, as text, of the row that the page comes after."""
    before: tuple[str, str] | None = None
    filters: tuple[tuple[str, Any], ...] = ()
    total: bool = False


def on_columns(
    keys: tuple[Column[Any], ...],
    columns: tuple[Column[Any], ...],
    where: ColumnBuilder | None = None,
    *,
    order: tuple[ColumnBuilder, ...] = (),
    permission: Callable[[Keys], ColumnElement[bool]] | None = None,
    few_rows: bool = False,
) -> Relation:
    """The rows of `columns`' table in which these equal the parent's `keys`, in their order."""

    def rows(values: Keys) -> Rows:
        source = columns[0].table.alias()
        conditions = [source.c[column.name] == value for column, value in zip(columns, values, strict=True)]
        return Rows(source, (*conditions, where(source)) if where is not None else tuple(conditions))

    return Relation(keys, rows, order, permission, few_rows)


def by_primary_key(table: Table, where: ColumnBuilder | None = None) -> Relation:
    """The row with this primary key; `where` is what the viewer must be to read it."""
    key = tuple(table.primary_key.columns)
    return on_columns(key, key, where)


def scalar(*tables: FromClause, value: ColumnElement[Any], where: Conditions) -> ColumnElement[Any]:
    """A value from other rows. It sees every enclosing row, not only those of the statement right around it."""
    return select(value).select_from(*tables).where(*where).correlate_except(*tables).scalar_subquery()


def exists_in(*tables: FromClause, where: Conditions) -> ColumnElement[bool]:
    """Whether these tables have such rows; sees every enclosing row, too."""
    one: Select[Any] = select(literal_column("1"))
    return one.select_from(*tables).where(*where).correlate_except(*tables).exists()


def column(name: str) -> ColumnBuilder:
    """The row's own column of that name."""
    return lambda row: row.c[name]


ID = SortKey(column("id"), Uuid())
TIMESTAMP = DateTime(timezone=True)


def sql_literal(value: str) -> ColumnElement[str]:
    """A text that is part of the statement: the planner sees it, so partial indexes apply."""
    assert "'" not in value
    return literal_column(f"'{value}'", Text)


def equals_any(expression: ColumnElement[Any], values: BindParameter[Any]) -> ColumnElement[bool]:
    return expression == func.any(values)


def cast_for_output(expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """The one table of casts from a stored value to what the graph returns: resolvers and compiler return its text."""
    if isinstance(expression.type, DateTime):
        return func.to_char(func.timezone(sql_literal("UTC"), expression), sql_literal('YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    if isinstance(expression.type, Date | Numeric):
        return cast(expression, Text)
    return expression
