"""A page as JSON: its rows are read once, between the page's cursors, for whatever is selected of them."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Text, case, cast, false, func, literal_column, or_, select

from db.mapping.keyset_pagination import KeysetQuery
from gateway.compiler.json_sql import (
    JsonFragment,
    LateralJoins,
    ParentBoundRow,
    array_elements,
    concat,
    json_array,
    json_object,
    null_if_absent,
    quoted,
)
from gateway.compiler.plan import ConnectionPart, Edge, Object, PageField, PageInfo, Typename

FIRST: ColumnElement[Any] = literal_column("1", Integer)
CURSORS = {"startCursor", "endCursor"}


class ConnectionSql:
    """One page; `objects` renders a node as JSON."""

    def __init__(
        self,
        query: KeysetQuery,
        parts: Mapping[str, ConnectionPart],
        render_object: Callable[[Object, LateralJoins], JsonFragment],
    ) -> None:
        self.query = query
        self.parts = parts
        self.render_object = render_object
        self.lists = {key: part for key, part in parts.items() if isinstance(part, Object | Edge)}
        # A response key may be longer than a column's name.
        self.column_names = {key: f"#{number}" for number, key in enumerate(self.lists)}
        self.page_info_fields = {name for part in parts.values() if isinstance(part, PageInfo) for name in _names(part)}
        self.has_more_field = "hasPreviousPage" if query.shape.backward else "hasNextPage"
        # One row more than the page holds tells whether there is another page.
        self.reads_one_extra = self.has_more_field in self.page_info_fields

    def as_lateral(self, joins: LateralJoins) -> JsonFragment:
        """The page, its rows read in a lateral of the row that it belongs to."""
        columns = self._columns()
        if not columns:
            return self._object({})
        lateral = joins.add(
            select(*[value.label(name) for name, value in columns.items()]).correlate_except(), always=True
        )
        return self._object({name: lateral.c[name] for name in columns})

    def as_subquery(self) -> JsonFragment:
        """The page as one value of a subquery, which is run only where it is asked for."""
        return (select(concat(self._object(self._columns()))).correlate_except().scalar_subquery(),)

    def _columns(self) -> dict[str, ColumnElement[Any]]:
        """What is read of the rows, as aggregates: the elements of each list, cursors and the count."""
        if not (self.lists or self.reads_one_extra or self.page_info_fields & CURSORS):
            return {}
        rows = self._rows()
        columns: dict[str, ColumnElement[Any]] = {
            name: array_elements(rows.c[name]) for name in self.column_names.values()
        }
        if self.reads_one_extra:
            columns["#count"] = func.count(rows.c["#position"])
        if self.page_info_fields & CURSORS:
            cursors = func.array_agg(rows.c["#cursor"])
            columns["#cursors"] = (
                cursors.filter(rows.c["#position"] <= self.query.size) if self.reads_one_extra else cursors
            )
        return columns

    def _rows(self) -> FromClause:
        """The rows of the window in the page's order, each as the JSON that is selected of it."""
        window = self.query.select(self._with_position, read_one_extra=self.reads_one_extra).subquery()
        keys = self.query.parent_keys
        joins = LateralJoins(window, ParentBoundRow(window, self.query.paged.relation.rows(keys), keys))
        columns = [self._row(part, joins).label(self.column_names[key]) for key, part in self.lists.items()]
        if self.reads_one_extra:
            columns.append(window.c["#position"].label("#position"))
        if self.page_info_fields & CURSORS:
            columns.append(self.query.cursor(window).label("#cursor"))
        sorted_by = [window.c[f"#order{position}"] for position in range(len(self.query.sort))]
        ordered = [key.desc() if self.query.shape.descending else key.asc() for key in sorted_by]
        return joins.select(*columns).order_by(*ordered).subquery()

    def _with_position(self, source: FromClause) -> list[ColumnElement[Any]]:
        if not self.reads_one_extra:
            return [*source.c]
        position = func.row_number().over(order_by=self.query.order_by(source)).label("#position")
        return [*source.c, position]

    def _row(self, part: Object | Edge, joins: LateralJoins) -> ColumnElement[Any]:
        json = concat(self.render_object(part, joins) if isinstance(part, Object) else self._edge(part, joins))
        assert joins.row is not None
        return case((joins.row.c["#position"] <= self.query.size, json)) if self.reads_one_extra else json

    def _edge(self, edge: Edge, joins: LateralJoins) -> JsonFragment:
        assert joins.row is not None
        fields: dict[str, JsonFragment] = {}
        for key, part in edge.fields.items():
            if isinstance(part, Object):
                fields[key] = self.render_object(part, joins)
            elif isinstance(part, Typename):
                fields[key] = quoted(part.name)
            else:
                fields[key] = (cast(func.to_json(self.query.cursor(joins.row)), Text),)
        return json_object(fields)

    def _object(self, columns: Mapping[str, ColumnElement[Any]]) -> JsonFragment:
        return json_object({key: self._part(key, part, columns) for key, part in self.parts.items()})

    def _part(self, key: str, part: ConnectionPart, columns: Mapping[str, ColumnElement[Any]]) -> JsonFragment:
        if isinstance(part, Typename):
            return quoted(part.name)
        if isinstance(part, PageField):
            return (cast(self.query.total(), Text),)
        if isinstance(part, PageInfo):
            return json_object({key: self._page_info_field(field, columns) for key, field in part.fields.items()})
        return json_array(columns[self.column_names[key]])

    def _page_info_field(self, field: PageField | Typename, columns: Mapping[str, ColumnElement[Any]]) -> JsonFragment:
        if isinstance(field, Typename):
            return quoted(field.name)
        if field.name not in CURSORS:
            return (cast(self._has_more(field.name, columns), Text),)
        cursors = columns["#cursors"]
        cursor = cursors[FIRST if field.name == "startCursor" else func.cardinality(cursors)]
        return null_if_absent(cast(func.to_json(cursor), Text))

    def _has_more(self, name: str, columns: Mapping[str, ColumnElement[Any]]) -> ColumnElement[bool]:
        """Whether there are rows on that side of the page: beyond the other cursor, or beyond its size."""
        rows_beyond = self.query.exists_beyond("before" if name == "hasNextPage" else "after")
        conditions = [] if rows_beyond is None else [rows_beyond]
        if name == self.has_more_field:
            conditions.append(columns["#count"] > self.query.size)
        return or_(*conditions) if conditions else false()


def _names(part: PageInfo) -> set[str]:
    return {field.name for field in part.fields.values() if isinstance(field, PageField)}
