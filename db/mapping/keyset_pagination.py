"""The parts of a page's statement: the window between two cursors, what lies outside of it, and the total."""

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
class Shape:
    """What of a window decides the SQL text."""

    sort: str
    descending: bool
    backward: bool
    after: bool
    before: bool
    filters: tuple[tuple[str, Any], ...]
    total: bool


def shape(paged: PagedRelation, window: PageArguments) -> Shape:
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


class PageRows:
    """The parts of a page's statement over one relation, sort key and set of filters.

    `prefix` tells the parameters of one page from those of another in the same statement.
    """

    def __init__(
        self, paged: PagedRelation, shape: Shape, parent_keys: Sequence[ColumnElement[Any]], prefix: str = ""
    ) -> None:
        self.paged = paged
        self.shape = shape
        self.parent_keys = parent_keys
        self.prefix = prefix
        key = paged.sort_keys[shape.sort]
        self.sort: tuple[SortKey, ...] = (paged.tiebreaker,) if key is paged.tiebreaker else (key, paged.tiebreaker)
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
        text = sql_literal(f"{self.shape.sort}~") + cast(tie, Text) + sql_literal("~")
        return text + cast(key[0], Text) if key else text


def window_parameters(window: PageArguments) -> dict[str, Any]:
    """The values of a page's parameters, where it is the only one."""
    given: dict[str, Any] = {f"filter_{name}": value for name, value in window.filters}
    for side, cursor in (("after", window.after), ("before", window.before)):
        if cursor is not None:
            given[f"{side}_key"], given[f"{side}_tie"] = cursor
    return {**given, "size": window.size}
