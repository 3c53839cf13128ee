"""Rows for the loaders: one statement for all the keys of a batch, its result dealt out to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, Self

from asyncpg import Connection, Record
from sqlalchemy import ColumnElement

from db.mapping.batch_sql import Projection, measured, page_statement, rows_statement
from db.mapping.declarations import PageArguments, PagedRelation, ParameterizedExpression, Relation
from db.mapping.keyset_pagination import shape, window_parameters

Key = tuple[Any, ...]
Parameters = Mapping[str, Any]


class Row:
    """A row as the graph sees it: a value per field, plus the columns that lead to other rows."""

    __slots__ = ("_keys", "_values", "typename")

    def __init__(self, typename: str, values: Mapping[str, Any], keys: Mapping[str, Any]) -> None:
        self.typename = typename
        self._values = values
        self._keys = keys

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def key(self, columns: Sequence[ColumnElement[Any]]) -> Key:
        """The values of these columns, in order."""
        return tuple(self._keys[str(column.key)] for column in columns)


class Edge(NamedTuple):
    cursor: str
    node: Row


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the rows in the order asked for, each with its cursor. Its names are those of a Relay connection."""

    edges: tuple[Edge, ...]
    has_next_page: bool
    has_previous_page: bool
    total_count: int | None
    """None when it was not asked for."""

    @property
    def nodes(self) -> list[Row]:
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> Self:
        return self

    @property
    def start_cursor(self) -> str | None:
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        return self.edges[-1].cursor if self.edges else None


async def rows(
    conn: Connection, relation: Relation, projection: Projection, keys: Sequence[Key], parameters: Parameters
) -> list[list[Row] | None]:
    """The rows of each key, in the relation's order; None where its guard refuses."""
    statement = rows_statement(relation, projection)
    records = await statement.run(conn, {**parameters, **_key_parameters(keys)})
    return [
        None if not group[0]["#permitted"] else [_row(projection, record) for record in group if record["#present"]]
        for group in _by_position(records)
    ]


async def pages(
    conn: Connection,
    paged: PagedRelation,
    projection: Projection,
    window: PageArguments,
    keys: Sequence[Key],
    parameters: Parameters,
) -> list[Page | None]:
    """One page for each key; None where the relation's guard refuses."""
    statement = page_statement(paged, projection, shape(paged, window))
    own = {**_key_parameters(keys), **window_parameters(window)}
    records = await statement.run(conn, {**parameters, **own})
    return [_page(projection, window, group) for group in _by_position(records)]


async def measures(
    conn: Connection, measure: ParameterizedExpression, days: int, keys: Sequence[Key], parameters: Parameters
) -> list[Any]:
    """The measure's value for the one row of each key."""
    statement = rows_statement(measure.relation, measured(measure))
    records = await statement.run(conn, {**parameters, "days": days, **_key_parameters(keys)})
    return [group[0]["value"] for group in _by_position(records)]


def _key_parameters(keys: Sequence[Key]) -> dict[str, list[Any]]:
    return {f"key_{position}": list(values) for position, values in enumerate(zip(*keys, strict=True))}


def _by_position(records: Sequence[Record]) -> list[list[Record]]:
    return [list(group) for _, group in groupby(records, key=itemgetter("#position"))]


def _row(projection: Projection, record: Record) -> Row:
    values = {name: record[name] for name in projection.values}
    for name, parts in projection.nested.items():
        values[name] = Row("", {part: record[f"{name}.{part}"] for part in parts}, {})
    return Row(projection.typename, values, {name: record[f"#{name}"] for name in projection.keys})


def _page(projection: Projection, window: PageArguments, group: Sequence[Record]) -> Page | None:
    first = group[0]
    if not first["#permitted"]:
        return None
    found = [Edge(record["#cursor"], _row(projection, record)) for record in group if record["#present"]]
    more = len(found) > window.size
    kept = tuple(found[: window.size])
    behind = window.after is not None and first["#outside_after"]
    ahead = window.before is not None and first["#outside_before"]
    return Page(
        edges=kept[::-1] if window.backward else kept,
        has_next_page=ahead or (more and not window.backward),
        has_previous_page=behind or (more and window.backward),
        total_count=first["#total"] if window.total else None,
    )
