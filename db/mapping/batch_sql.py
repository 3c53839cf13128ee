"""The SQL of the data loaders: the rows of one relation for many parents at once, as one statement.

SELECT k.position, t.* FROM unnest(…) WITH ORDINALITY AS k LEFT JOIN LATERAL (the parent's rows) AS t ON true
"""

from collections.abc import Mapping, Sequence
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
    bindparam,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect

from db.mapping.declarations import ColumnBuilder, PagedRelation, ParameterizedExpression, Relation, cast_for_output
from db.mapping.keyset_pagination import KeysetQuery, PageShape

_DIALECT = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """What is read of a row: its values, embedded objects of values, and the raw columns its relations need."""

    typename: str
    values: Mapping[str, ColumnBuilder]
    embedded: Mapping[str, Mapping[str, ColumnBuilder]]
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text and the names of its parameters in their order."""

    text: str
    parameter_names: tuple[str, ...]

    async def run(self, conn: Connection, parameters: Mapping[str, Any]) -> list[Record]:
        return await conn.fetch(self.text, *[parameters[name] for name in self.parameter_names])


def render(statement: Select[Any]) -> Statement:
    """The text that PostgreSQL prepares. Every value in it is a named parameter: one with a value would be a leak."""
    compiled = statement.compile(dialect=_DIALECT)
    assert all(value is None for value in compiled.params.values()), compiled.params
    return Statement(str(compiled), tuple(compiled.positiontup or ()))


@lru_cache(maxsize=512)
def parameterized_projection(expression: ParameterizedExpression) -> Projection:
    days: BindParameter[int] = bindparam("days", type_=Integer)
    return Projection("", {"value": lambda row: expression.build(row, days)}, {}, frozenset())


@lru_cache(maxsize=512)
def rows_statement(relation: Relation, projection: Projection) -> Statement:
    parents, parent_keys = _parents(relation)
    rows = relation.rows(parent_keys)
    order = [build(rows.source).label(f"#order{position}") for position, build in enumerate(relation.order)]
    inner = select(*_columns(projection, rows.source), *order).where(*rows.where)
    return render(_per_parent(relation, parents, parent_keys, inner, descending=[False for _ in order]))


@lru_cache(maxsize=1024)
def page_statement(paged: PagedRelation, projection: Projection, shape: PageShape) -> Statement:
    relation = paged.relation
    parents, parent_keys = _parents(relation)
    query = KeysetQuery(paged, shape, parent_keys)
    extra_columns: list[ColumnElement[Any]] = [query.total().label("#total")] if shape.total else []
    beyond = [(side, query.exists_beyond(side)) for side in ("after", "before")]
    extra_columns += [condition.label(f"#outside_{side}") for side, condition in beyond if condition is not None]
    descending = [query.descending for _ in query.sort]
    inner = query.select(lambda row: [*_columns(projection, row), query.cursor(row).label("#cursor")])
    return render(_per_parent(relation, parents, parent_keys, inner, extra_columns, descending=descending))


def _parents(relation: Relation) -> tuple[FromClause, list[ColumnElement[Any]]]:
    """One row for each requested key, with its position from 1."""
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
    extra_columns: Sequence[ColumnElement[Any]] = (),
    *,
    descending: Sequence[bool],
) -> Select[Any]:
    """The inner rows beside each parent: always at least one row, which carries the permission and the total."""
    permitted = relation.permission(parent_keys) if relation.permission is not None else true()
    # OFFSET keeps the planner from merging this into the outer statement, where it would be computed for every row.
    once = select(permitted.label("#permitted"), *extra_columns).offset(literal_column("0")).lateral("once")
    rows = inner.add_columns(true().label("#present"))
    if relation.permission is not None:
        rows = rows.where(once.c["#permitted"])
    lateral = rows.lateral("t")
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
    flat = [cast_for_output(build(source)).label(name) for name, build in projection.values.items()]
    embedded = [
        cast_for_output(build(source)).label(f"{name}.{part}")
        for name, parts in projection.embedded.items()
        for part, build in parts.items()
    ]
    keys = [source.c[name].label(f"#{name}") for name in sorted(projection.keys)]
    return [*flat, *embedded, *keys]
