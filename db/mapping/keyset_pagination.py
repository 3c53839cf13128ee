"""Keyset pagination: the rows between two cursors, whether there are rows beyond them, and the total count."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)

from db.mapping.declarations import (
    PageArguments,
    PagedRelation,
    SortKey,
    exists_in,
    scalar,
    sql_literal,
)


@dataclass(frozen=True, slots=True)
class PageShape:
    """The part of a page's arguments that changes the SQL text: the key of cached statements."""

    sort: str
    descending: bool
    backward: bool
    after: bool
    before: bool
    filters: tuple[tuple[str, Any], ...]
    total: bool


def page_shape(paged: PagedRelation, arguments: PageArguments) -> PageShape:
    filters = tuple((name, value if paged.filters[name].structural else None) for name, value in arguments.filters)
    return PageShape(
        arguments.sort,
        arguments.descending,
        arguments.backward,
        arguments.after is not None,
        arguments.before is not None,
        filters,
        arguments.total,
    )


class KeysetQuery:
    """The parts of a page's statement over one relation, sort key and set of filters.

    `prefix` tells the parameters of one page from those of another in the same statement.
    """

    def __init__(
        self, paged: PagedRelation, shape: PageShape, parent_keys: Sequence[ColumnElement[Any]], prefix: str = ""
    ) -> None:
        self.paged = paged
        self.shape = shape
        self.parent_keys = parent_keys
        self.prefix = prefix
        key = paged.sort_keys[shape.sort]
        self.sort: tuple[SortKey, ...] = (paged.tiebreaker,) if key is paged.tiebreaker else (key, paged.tiebreaker)
        self.descending = shape.descending != shape.backward
        self.size: BindParameter[int] = bindparam(f"{prefix}size", type_=Integer)

    def filtered_source(self) -> tuple[FromClause, list[ColumnElement[bool]]]:
        rows = self.paged.relation.rows(self.parent_keys)
        conditions = list(rows.where)
        for name, value in self.shape.filters:
            filter_ = self.paged.filters[name]
            operand = value if filter_.structural else bindparam(f"{self.prefix}filter_{name}", type_=filter_.type)
            conditions.append(filter_.build(rows.source, operand, self.parent_keys))
        return rows.source, conditions

    def select(
        self, columns: Callable[[FromClause], Sequence[ColumnElement[Any]]], *, read_one_extra: bool = True
    ) -> Select[Any]:
        """These columns of a page's rows, and their sort keys; one extra row tells whether there are more."""
        source, conditions = self.filtered_source()
        if self.shape.after:
            conditions.append(self.cursor_condition(source, "after"))
        if self.shape.before:
            conditions.append(self.cursor_condition(source, "before"))
        labels = [key.build(source).label(f"#order{position}") for position, key in enumerate(self.sort)]
        # Other tables are correlated to the enclosing query: a parent's row, however far out.
        statement = select(*columns(source), *labels).where(*conditions).correlate_except(source)
        return statement.order_by(*self.order_by(source)).limit(
            self.size + literal_column("1") if read_one_extra else self.size
        )

    def order_by(self, row: FromClause) -> list[ColumnElement[Any]]:
        """ORDER BY as the page is read; backwards, that is its own order reversed."""
        keys = [key.build(row) for key in self.sort]
        return [key.desc() if self.descending else key.asc() for key in keys]

    def cursor_condition(self, source: FromClause, side: str, inclusive: bool = False) -> ColumnElement[bool]:
        """The rows on the far side of a cursor: after `after`, before `before`; the near side when inclusive."""
        row = tuple_(*[key.build(source) for key in self.sort])
        cursor = [
            cast(bindparam(f"{self.prefix}{side}_{name}", type_=Text), key.type)
            for name, key in zip(self._cursor_parts, self.sort, strict=True)
        ]
        greater = (side == "after") != self.shape.descending
        if inclusive:
            return row <= tuple_(*cursor) if greater else row >= tuple_(*cursor)
        return row > tuple_(*cursor) if greater else row < tuple_(*cursor)

    @property
    def _cursor_parts(self) -> tuple[str, ...]:
        return ("key", "tie")[-len(self.sort) :]

    def exists_beyond(self, side: str) -> ColumnElement[bool] | None:
        """Whether there are rows on the near side of that cursor."""
        if not getattr(self.shape, side):
            return None
        source, conditions = self.filtered_source()
        near = (*conditions, self.cursor_condition(source, side, inclusive=True))
        return exists_in(source, where=near)

    def total(self) -> ColumnElement[int]:
        source, conditions = self.filtered_source()
        return scalar(source, value=func.count(), where=tuple(conditions))

    def cursor(self, row: FromClause) -> ColumnElement[str]:
        """`<sort>~<tie>~<key>`: the key last, because a name may hold any character."""
        *key, tie = [sort_key.build(row) for sort_key in self.sort]
        text = sql_literal(f"{self.shape.sort}~") + cast(tie, Text) + sql_literal("~")
        return text + cast(key[0], Text) if key else text


def page_parameters(arguments: PageArguments) -> dict[str, Any]:
    """The values of a page's parameters, where it is the only one."""
    parameters: dict[str, Any] = {f"filter_{name}": value for name, value in arguments.filters}
    for side, cursor in (("after", arguments.after), ("before", arguments.before)):
        if cursor is not None:
            parameters[f"{side}_key"], parameters[f"{side}_tie"] = cursor
    return {**parameters, "size": arguments.size}
