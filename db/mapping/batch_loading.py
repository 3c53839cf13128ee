"""Rows for the loaders: one statement for all the keys of a batch, its result grouped by key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, Self

from asyncpg import Connection, Record
from sqlalchemy import ColumnElement

from db.mapping.batch_sql import Projection, page_statement, parameterized_projection, rows_statement
from db.mapping.declarations import PageArguments, PagedRelation, ParameterizedExpression, Relation
from db.mapping.keyset_pagination import page_parameters, page_shape

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


class RowEdge(NamedTuple):
    cursor: str
    node: Row


@dataclass(frozen=True, slots=True)
class RowPage:
    """One page: the rows in the requested order, each with its cursor. Attributes named as in a Relay connection."""

    edges: tuple[RowEdge, ...]
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


async def load_rows(
    conn: Connection, relation: Relation, projection: Projection, keys: Sequence[Key], parameters: Parameters
) -> list[list[Row] | None]:
    """The rows of each key, in the relation's order; None where the relation denies permission."""
    statement = rows_statement(relation, projection)
    records = await statement.run(conn, {**parameters, **_key_parameters(keys)})
    return [
        None if not group[0]["#permitted"] else [_row(projection, record) for record in group if record["#present"]]
        for group in _by_position(records)
    ]


async def load_pages(
    conn: Connection,
    paged: PagedRelation,
    projection: Projection,
    arguments: PageArguments,
    keys: Sequence[Key],
    parameters: Parameters,
) -> list[RowPage | None]:
    """One page for each key; None where the relation denies permission."""
    statement = page_statement(paged, projection, page_shape(paged, arguments))
    page_values = {**_key_parameters(keys), **page_parameters(arguments)}
    records = await statement.run(conn, {**parameters, **page_values})
    return [_page(projection, arguments, group) for group in _by_position(records)]


async def load_values(
    conn: Connection, expression: ParameterizedExpression, days: int, keys: Sequence[Key], parameters: Parameters
) -> list[Any]:
    """The expression's value for the one row of each key."""
    statement = rows_statement(expression.relation, parameterized_projection(expression))
    records = await statement.run(conn, {**parameters, "days": days, **_key_parameters(keys)})
    return [group[0]["value"] for group in _by_position(records)]


def _key_parameters(keys: Sequence[Key]) -> dict[str, list[Any]]:
    return {f"key_{position}": list(values) for position, values in enumerate(zip(*keys, strict=True))}


def _by_position(records: Sequence[Record]) -> list[list[Record]]:
    return [list(group) for _, group in groupby(records, key=itemgetter("#position"))]


def _row(projection: Projection, record: Record) -> Row:
    values = {name: record[name] for name in projection.values}
    for name, parts in projection.embedded.items():
        values[name] = Row("", {part: record[f"{name}.{part}"] for part in parts}, {})
    return Row(projection.typename, values, {name: record[f"#{name}"] for name in projection.keys})


def _page(projection: Projection, arguments: PageArguments, group: Sequence[Record]) -> RowPage | None:
    first = group[0]
    if not first["#permitted"]:
        return None
    edges = [RowEdge(record["#cursor"], _row(projection, record)) for record in group if record["#present"]]
    has_more = len(edges) > arguments.size
    page_edges = tuple(edges[: arguments.size])
    exists_behind = arguments.after is not None and first["#outside_after"]
    exists_ahead = arguments.before is not None and first["#outside_before"]
    return RowPage(
        edges=page_edges[::-1] if arguments.backward else page_edges,
        has_next_page=exists_ahead or (has_more and not arguments.backward),
        has_previous_page=exists_behind or (has_more and arguments.backward),
        total_count=first["#total"] if arguments.total else None,
    )
