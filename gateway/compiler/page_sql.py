"""A page as JSON: its rows are read once, through the window, for whatever is selected of them."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Text, case, cast, false, func, literal_column, or_, select

from db.mapping.keyset_pagination import PageRows
from gateway.compiler.json_sql import Beside, Shown, Written, array, elements, object_of, or_null, quoted, text
from gateway.compiler.plan import ConnectionPart, Edge, Object, PageField, PageInfo, Typename

FIRST: ColumnElement[Any] = literal_column("1", Integer)
CURSORS = {"startCursor", "endCursor"}


class PageJson:
    """One page; `objects` writes the JSON of a node."""

    def __init__(
        self, rows: PageRows, parts: Mapping[str, ConnectionPart], objects: Callable[[Object, Beside], Written]
    ) -> None:
        self.rows = rows
        self.parts = parts
        self.objects = objects
        self.listed = {key: part for key, part in parts.items() if isinstance(part, Object | Edge)}
        # A response key may be longer than a column's name.
        self.columns = {key: f"#{number}" for number, key in enumerate(self.listed)}
        self.facts = {fact for part in parts.values() if isinstance(part, PageInfo) for fact in _names(part)}
        self.further = "hasPreviousPage" if rows.shape.backward else "hasNextPage"
        # One row more than the page holds tells whether there is another page.
        self.peeks = self.further in self.facts

    def beside(self, row: Beside) -> Written:
        """The page, with what is read of its rows beside the row that it belongs to."""
        columns = self._columns()
        if not columns:
            return self._object({})
        read = row.add(select(*[value.label(name) for name, value in columns.items()]).correlate_except(), always=True)
        return self._object({name: read.c[name] for name in columns})

    def apart(self) -> Written:
        """The page as one value of a subquery, which is run only where it is asked for."""
        return (select(text(self._object(self._columns()))).correlate_except().scalar_subquery(),)

    def _columns(self) -> dict[str, ColumnElement[Any]]:
        """What is read of the rows, as aggregates: the elements of each list, and facts of the page."""
        if not (self.listed or self.peeks or self.facts & CURSORS):
            return {}
        rows = self._rows()
        columns: dict[str, ColumnElement[Any]] = {name: elements(rows.c[name]) for name in self.columns.values()}
        if self.peeks:
            columns["#count"] = func.count(rows.c["#position"])
        if self.facts & CURSORS:
            cursors = func.array_agg(rows.c["#cursor"])
            columns["#cursors"] = cursors.filter(rows.c["#position"] <= self.rows.size) if self.peeks else cursors
        return columns

    def _rows(self) -> FromClause:
        """The rows of the window in the page's order, each as the JSON that is selected of it."""
        window = self.rows.select(self._windowed, peek=self.peeks).subquery()
        keys = self.rows.parent_keys
        beside = Beside(window, Shown(window, self.rows.paged.relation.rows(keys), keys))
        columns = [self._row(part, beside).label(self.columns[key]) for key, part in self.listed.items()]
        if self.peeks:
            columns.append(window.c["#position"].label("#position"))
        if self.facts & CURSORS:
            columns.append(self.rows.cursor(window).label("#cursor"))
        sorted_by = [window.c[f"#order{position}"] for position in range(len(self.rows.sort))]
        ordered = [key.desc() if self.rows.shape.descending else key.asc() for key in sorted_by]
        return beside.select(*columns).order_by(*ordered).subquery()

    def _windowed(self, source: FromClause) -> list[ColumnElement[Any]]:
        if not self.peeks:
            return [*source.c]
        position = func.row_number().over(order_by=self.rows.ordered(source)).label("#position")
        return [*source.c, position]

    def _row(self, part: Object | Edge, beside: Beside) -> ColumnElement[Any]:
        json = text(self.objects(part, beside) if isinstance(part, Object) else self._edge(part, beside))
        assert beside.row is not None
        return case((beside.row.c["#position"] <= self.rows.size, json)) if self.peeks else json

    def _edge(self, edge: Edge, beside: Beside) -> Written:
        assert beside.row is not None
        made: dict[str, Written] = {}
        for key, part in edge.fields.items():
            if isinstance(part, Object):
                made[key] = self.objects(part, beside)
            elif isinstance(part, Typename):
                made[key] = quoted(part.name)
            else:
                made[key] = (cast(func.to_json(self.rows.cursor(beside.row)), Text),)
        return object_of(made)

    def _object(self, found: Mapping[str, ColumnElement[Any]]) -> Written:
        return object_of({key: self._part(key, part, found) for key, part in self.parts.items()})

    def _part(self, key: str, part: ConnectionPart, found: Mapping[str, ColumnElement[Any]]) -> Written:
        if isinstance(part, Typename):
            return quoted(part.name)
        if isinstance(part, PageField):
            return (cast(self.rows.total(), Text),)
        if isinstance(part, PageInfo):
            return object_of({key: self._fact(fact, found) for key, fact in part.fields.items()})
        return array(found[self.columns[key]])

    def _fact(self, fact: PageField | Typename, found: Mapping[str, ColumnElement[Any]]) -> Written:
        if isinstance(fact, Typename):
            return quoted(fact.name)
        if fact.name not in CURSORS:
            return (cast(self._further(fact.name, found), Text),)
        cursors = found["#cursors"]
        cursor = cursors[FIRST if fact.name == "startCursor" else func.cardinality(cursors)]
        return or_null(cast(func.to_json(cursor), Text))

    def _further(self, name: str, found: Mapping[str, ColumnElement[Any]]) -> ColumnElement[bool]:
        """Whether there are rows on that side of the page: beyond the other cursor, or beyond its size."""
        outside = self.rows.outside("before" if name == "hasNextPage" else "after")
        conditions = [] if outside is None else [outside]
        if name == self.further:
            conditions.append(found["#count"] > self.rows.size)
        return or_(*conditions) if conditions else false()


def _names(part: PageInfo) -> set[str]:
    return {fact.name for fact in part.fields.values() if isinstance(fact, PageField)}
