"""A page as JSON: its rows are read once, through the window, for whatever is selected of them."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, case, false, func, literal_column, or_, select
from sqlalchemy.sql.functions import FunctionElement

from db.relations import constant
from db.statements import PageRows
from gateway.engine.json import EMPTY_LIST, Beside, Shown
from gateway.engine.plan import Edge, Fact, Object, PageInfo, Part, Typename

FIRST: ColumnElement[Any] = literal_column("1", Integer)
CURSORS = {"startCursor", "endCursor"}


class PageJson:
    """One page; `objects` makes the JSON of a node."""

    def __init__(
        self, rows: PageRows, parts: Mapping[str, Part], objects: Callable[[Object, Beside], ColumnElement[Any]]
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

    def value(self) -> ColumnElement[Any]:
        reads = self.listed or self.peeks or self.facts & CURSORS
        beside = Beside(self._page() if reads else None)
        columns = {key: self._part(key, part, beside) for key, part in self.parts.items()}
        made = beside.object(columns)
        return beside.select(made).scalar_subquery()

    def _page(self) -> FromClause:
        """One row: a JSON array for each list that is selected, and the facts of the page."""
        rows = self._rows()
        within = rows.c["#position"] <= self.rows.size if self.peeks else None

        def gathered(aggregate: FunctionElement[Any]) -> ColumnElement[Any]:
            return aggregate if within is None else aggregate.filter(within)

        columns = [
            func.coalesce(gathered(func.json_agg(rows.c[name])), EMPTY_LIST).label(name)
            for name in self.columns.values()
        ]
        if self.peeks:
            columns.append(func.count().label("#count"))
        if self.facts & CURSORS:
            columns.append(gathered(func.array_agg(rows.c["#cursor"])).label("#cursors"))
        return select(*columns).select_from(rows).correlate_except().subquery()

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
        json = self.objects(part, beside) if isinstance(part, Object) else self._edge(part, beside)
        assert beside.row is not None
        return case((beside.row.c["#position"] <= self.rows.size, json)) if self.peeks else json

    def _edge(self, edge: Edge, beside: Beside) -> ColumnElement[Any]:
        assert beside.row is not None
        columns: dict[str, ColumnElement[Any]] = {}
        for key, part in edge.fields.items():
            if isinstance(part, Object):
                columns[key] = self.objects(part, beside)
            else:
                columns[key] = constant(part.name) if isinstance(part, Typename) else self.rows.cursor(beside.row)
        return beside.object(columns)

    def _part(self, key: str, part: Part, beside: Beside) -> ColumnElement[Any]:
        if isinstance(part, Typename):
            return constant(part.name)
        if isinstance(part, Fact):
            return self.rows.total()
        if isinstance(part, PageInfo):
            return beside.object({key: self._fact(fact, beside.row) for key, fact in part.facts.items()})
        assert beside.row is not None
        return beside.row.c[self.columns[key]]

    def _fact(self, fact: Fact | Typename, page: FromClause | None) -> ColumnElement[Any]:
        if isinstance(fact, Typename):
            return constant(fact.name)
        if fact.name not in CURSORS:
            return self._further(fact.name, page)
        assert page is not None
        cursors = page.c["#cursors"]
        return cursors[FIRST if fact.name == "startCursor" else func.cardinality(cursors)]

    def _further(self, name: str, page: FromClause | None) -> ColumnElement[bool]:
        """Whether there are rows on that side of the page: beyond the other cursor, or beyond its size."""
        outside = self.rows.outside("before" if name == "hasNextPage" else "after")
        conditions = [] if outside is None else [outside]
        if name == self.further:
            assert page is not None
            conditions.append(page.c["#count"] > self.rows.size)
        return or_(*conditions) if conditions else false()


def _names(part: PageInfo) -> set[str]:
    return {fact.name for fact in part.facts.values() if isinstance(fact, Fact)}
