"""The SQL of the loaders: the rows of one relation for many parents at once, as one statement.

SELECT k.position, t.* FROM unnest(…) WITH ORDINALITY AS k LEFT JOIN LATERAL (the parent's rows) AS t ON true
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from asyncpg import Connection, Record
from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect

from db.relations import Build, Measure, Paged, Relation, SortKey, Window, constant, exists_in, output, scalar

_DIALECT = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """What is read of a row: the values a type shows, objects of values, and the raw columns its relations need."""

    typename: str
    values: Mapping[str, Build]
    nested: Mapping[str, Mapping[str, Build]]
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text and the names of its parameters in their order."""

    text: str
    names: tuple[str, ...]

    async def run(self, conn: Connection, parameters: Mapping[str, Any]) -> list[Record]:
        return await conn.fetch(self.text, *[parameters[name] for name in self.names])


def render(statement: Select[Any]) -> Statement:
    """The text that PostgreSQL prepares. Every value in it is a named parameter: one with a value would be a leak."""
    compiled = statement.compile(dialect=_DIALECT)
    assert all(value is None for value in compiled.params.values()), compiled.params
    return Statement(str(compiled), tuple(compiled.positiontup or ()))


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a window decides the SQL text."""

    sort: str
    descending: bool
    backward: bool
    after: bool
    before: bool
    filters: tuple[tuple[str, Any], ...]
    total: bool


def shape(paged: Paged, window: Window) -> Shape:
    filters = tuple((name, value if paged.filters[name].structural else None) for name, value in window.filters)
    return Shape(
        window.sort,
        window.descending,
        window.backward,
        window.after is not None,
        window.before is not None,
        filters,
        window.total,
    )


@lru_cache(maxsize=512)
def measured(measure: Measure) -> Projection:
    days: BindParameter[int] = bindparam("days", type_=Integer)
    return Projection("", {"value": lambda row: measure.build(row, days)}, {}, frozenset())


@lru_cache(maxsize=512)
def rows_statement(relation: Relation, projection: Projection) -> Statement:
    parents, parent_keys = _parents(relation)
    found = relation.rows(parent_keys)
    order = [build(found.source).label(f"#order{position}") for position, build in enumerate(relation.order)]
    inner = select(*_columns(projection, found.source), *order).where(*found.where)
    return render(_per_parent(relation, parents, parent_keys, inner, descending=[False for _ in order]))


@lru_cache(maxsize=1024)
def page_statement(paged: Paged, projection: Projection, shape: Shape) -> Statement:
    relation = paged.relation
    parents, parent_keys = _parents(relation)
    page = PageRows(paged, shape, parent_keys)
    beside: list[ColumnElement[Any]] = [page.total().label("#total")] if shape.total else []
    sides = [(side, page.outside(side)) for side in ("after", "before")]
    beside += [found.label(f"#outside_{side}") for side, found in sides if found is not None]
    descending = [page.descending for _ in page.sort]
    inner = page.select(lambda row: [*_columns(projection, row), page.cursor(row).label("#cursor")])
    return render(_per_parent(relation, parents, parent_keys, inner, beside, descending=descending))


class PageRows:
    """The parts of a page's statement over one relation, sort key and set of filters.

    `prefix` tells the parameters of one page from those of another in the same statement.
    """

    def __init__(self, paged: Paged, shape: Shape, parent_keys: Sequence[ColumnElement[Any]], prefix: str = "") -> None:
        self.paged = paged
        self.shape = shape
        self.parent_keys = parent_keys
        self.prefix = prefix
        key = paged.sort_keys[shape.sort]
        self.sort: tuple[SortKey, ...] = (paged.tie,) if key is paged.tie else (key, paged.tie)
        self.descending = shape.descending != shape.backward
        self.size: BindParameter[int] = bindparam(f"{prefix}size", type_=Integer)

    def filtered(self) -> tuple[FromClause, list[ColumnElement[bool]]]:
        found = self.paged.relation.rows(self.parent_keys)
        conditions = list(found.where)
        for name, value in self.shape.filters:
            declared = self.paged.filters[name]
            given = value if declared.structural else bindparam(f"{self.prefix}filter_{name}", type_=declared.type)
            conditions.append(declared.build(found.source, given, self.parent_keys))
        return found.source, conditions

    def select(
        self, columns: Callable[[FromClause], Sequence[ColumnElement[Any]]], *, peek: bool = True
    ) -> Select[Any]:
        """These columns of the rows in the window, and what they are sorted by; to peek is to read one row more."""
        source, conditions = self.filtered()
        if self.shape.after:
            conditions.append(self.beyond(source, "after"))
        if self.shape.before:
            conditions.append(self.beyond(source, "before"))
        labels = [key.build(source).label(f"#order{position}") for position, key in enumerate(self.sort)]
        # Whatever else is named stands around the window: a parent's row, however far out.
        chosen = select(*columns(source), *labels).where(*conditions).correlate_except(source)
        return chosen.order_by(*self.ordered(source)).limit(self.size + literal_column("1") if peek else self.size)

    def ordered(self, row: FromClause) -> list[ColumnElement[Any]]:
        """In which order the window is read; backwards, that is the page's order reversed."""
        keys = [key.build(row) for key in self.sort]
        return [key.desc() if self.descending else key.asc() for key in keys]

    def beyond(self, source: FromClause, side: str, inclusive: bool = False) -> ColumnElement[bool]:
        """The rows on the far side of a cursor: after `after`, before `before`; the near side when inclusive."""
        row = tuple_(*[key.build(source) for key in self.sort])
        given = [
            cast(bindparam(f"{self.prefix}{side}_{name}", type_=Text), key.type)
            for name, key in zip(self._names, self.sort, strict=True)
        ]
        greater = (side == "after") != self.shape.descending
        if inclusive:
            return row <= tuple_(*given) if greater else row >= tuple_(*given)
        return row > tuple_(*given) if greater else row < tuple_(*given)

    @property
    def _names(self) -> tuple[str, ...]:
        return ("key", "tie")[-len(self.sort) :]

    def outside(self, side: str) -> ColumnElement[bool] | None:
        """Whether there are rows on the near side of that cursor."""
        if not getattr(self.shape, side):
            return None
        source, conditions = self.filtered()
        near = (*conditions, self.beyond(source, side, inclusive=True))
        return exists_in(source, where=near)

    def total(self) -> ColumnElement[int]:
        source, conditions = self.filtered()
        return scalar(source, value=func.count(), where=tuple(conditions))

    def cursor(self, row: FromClause) -> ColumnElement[str]:
        """`<sort>~<tie>~<key>`: the key last, because a name may hold any character."""
        *key, tie = [sort_key.build(row) for sort_key in self.sort]
        text = constant(f"{self.shape.sort}~") + cast(tie, Text) + constant("~")
        return text + cast(key[0], Text) if key else text


def window_parameters(window: Window) -> dict[str, Any]:
    """The values of a page's parameters, where it is the only one."""
    given: dict[str, Any] = {f"filter_{name}": value for name, value in window.filters}
    for side, cursor in (("after", window.after), ("before", window.before)):
        if cursor is not None:
            given[f"{side}_key"], given[f"{side}_tie"] = cursor
    return {**given, "size": window.size}


def _parents(relation: Relation) -> tuple[FromClause, list[ColumnElement[Any]]]:
    """One row for each key asked for, with its position from 1."""
    if not relation.keys:
        return select(literal_column("1", Integer).label("position")).subquery("k"), []
    arrays = [bindparam(f"key_{position}", type_=ARRAY(key.type)) for position, key in enumerate(relation.keys)]
    columns = [column(f"key_{position}", key.type) for position, key in enumerate(relation.keys)]
    table = func.unnest(*arrays).table_valued(*columns, with_ordinality="position", name="k").render_derived()
    return table, [table.c[key.name] for key in columns]


def _per_parent(
    relation: Relation,
    parents: FromClause,
    parent_keys: Sequence[ColumnElement[Any]],
    inner: Select[Any],
    beside: Sequence[ColumnElement[Any]] = (),
    *,
    descending: Sequence[bool],
) -> Select[Any]:
    """The inner rows beside each parent: always at least one row, so that a guard or a total has where to stand."""
    permitted = relation.guard(parent_keys) if relation.guard is not None else true()
    # OFFSET keeps the planner from merging this into the outer statement, where it would be computed for every row.
    once = select(permitted.label("#permitted"), *beside).offset(literal_column("0")).lateral("once")
    found = inner.add_columns(true().label("#present"))
    if relation.guard is not None:
        found = found.where(once.c["#permitted"])
    lateral = found.lateral("t")
    order = [lateral.c[f"#order{position}"] for position in range(len(descending))]
    return (
        select(parents.c.position.label("#position"), *once.c, *lateral.c)
        .select_from(parents.join(once, true()).outerjoin(lateral, true()))
        .order_by(
            parents.c.position,
            *[key.desc() if down else key.asc() for key, down in zip(order, descending, strict=True)],
        )
    )


def _columns(projection: Projection, source: FromClause) -> list[ColumnElement[Any]]:
    flat = [output(build(source)).label(name) for name, build in projection.values.items()]
    nested = [
        output(build(source)).label(f"{name}.{part}")
        for name, parts in projection.nested.items()
        for part, build in parts.items()
    ]
    keys = [source.c[name].label(f"#{name}") for name in sorted(projection.keys)]
    return [*flat, *nested, *keys]
