"""From a plan to one statement that returns finished JSON.

To-one relations and pages are laterals beside their row; other lists, and what a guard may refuse, are subqueries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asyncpg import DataError
from sqlalchemy import JSON, ColumnElement, FromClause, Select, Text, case, cast, column, func, select
from sqlalchemy.types import TypeEngine

from db.mapping.batch_sql import render
from db.mapping.declarations import EMAIL, SCOPES, VIEWER, Keys, Relation, constant
from db.mapping.keyset_pagination import PageRows, Shape
from gateway.compiler.json_sql import (
    NULL,
    ONE_ROW,
    Beside,
    Shown,
    Written,
    array,
    gathered,
    leaf,
    object_of,
    or_null,
    quoted,
    text,
    within,
)
from gateway.compiler.page_sql import PageJson
from gateway.compiler.parameters import Parameters, Source
from gateway.compiler.plan import (
    Connection,
    Leaf,
    Lookup,
    Object,
    ParameterizedLeaf,
    Plan,
    PolymorphicToOne,
    ToMany,
    ToOne,
    Typename,
    Value,
)

# What PostgreSQL raises where a row or a value is not what the graph promises: only resolvers know the field to blame.
UNFIT = DataError


@dataclass(frozen=True, slots=True)
class Compiled:
    """SQL text, and for each of its parameters where the value comes from: arguments, or the request by name.

    `before` and `after` are what the answer has around the bytes that the statement returns.
    """

    text: str
    sources: tuple[Source | str, ...]
    before: bytes
    after: bytes

    def values(self, arguments: Sequence[Any], request: Mapping[str, Any]) -> list[Any]:
        return [request[source] if isinstance(source, str) else source(arguments) for source in self.sources]

    def answer(self, found: bytes) -> bytes:
        return b"".join((self.before, found, self.after))


# What of a site's arguments decides the SQL: the shape of a page, or the types that ids lead to.
Deciding = Shape | tuple[str, ...]


def compiled(plan: Plan, decided: Mapping[int, Deciding]) -> Compiled:
    """The statement of a plan, with what is decided at its sites."""
    composer = _Composer(decided)
    before, statement, after = composer.statement(plan.root)
    rendered = render(statement)
    sources = tuple(composer.parameters.source(name) for name in rendered.names)
    return Compiled(rendered.text, sources, f'{{"data":{before}'.encode(), f"{after}}}".encode())


class _Composer:
    def __init__(self, decided: Mapping[int, Deciding]) -> None:
        self.decided = decided
        self.parameters = Parameters()

    def statement(self, root: Object) -> tuple[str, Select[Any], str]:
        beside = Beside(_request() if any(_is_of_request(value) for value in root.fields.values()) else None)
        before, found, after = within(self.object(root, beside))
        # As bytes, which go out as they are.
        return before, beside.select(func.convert_to(found, constant("UTF8"))), after

    def object(self, made: Object, beside: Beside) -> Written:
        return object_of({key: self.value(value, beside) for key, value in made.fields.items()})

    def value(self, value: Value, beside: Beside) -> Written:
        if isinstance(value, Typename):
            return quoted(value.name)
        if isinstance(value, Object):
            return self.object(value, beside)
        if isinstance(value, Lookup):
            return self.listed(value, beside) if value.plural else self.found(value, beside)
        if isinstance(value, Connection):
            return self.page(value, beside)
        if isinstance(value, ToOne):
            return self.one(value, beside)
        assert beside.shown is not None, "only look-ups and pages are without a row"
        return self.of_row(value, beside.shown)

    def of_row(self, value: Leaf | ParameterizedLeaf | ToMany | PolymorphicToOne, row: FromClause) -> Written:
        if isinstance(value, Leaf):
            return leaf(value, value.build(row))
        if isinstance(value, ParameterizedLeaf):
            return or_null(cast(value.expression.build(row, self.parameters.days(value.site)), Text))
        return self.many(value, row) if isinstance(value, ToMany) else self.switch(value, row)

    def one(self, one: ToOne, beside: Beside) -> Written:
        assert beside.row is not None
        chosen = self.single(one.relation, _keys(one.relation, beside.shown), one.object)
        # The limit is for the planner: joined freely, it might read the whole of a large table for a few rows.
        json: ColumnElement[Any] = beside.add(chosen if one.relation.small else chosen.limit(ONE_ROW)).c.json
        if not one.required:
            return or_null(json)
        # Not JSON: the statement fails. Of the row's own column, or the planner would try it beforehand.
        missing = constant("nothing at ") + cast(beside.row.c[str(one.relation.keys[-1].key)], Text)
        return (func.coalesce(json, cast(cast(missing, JSON), Text)),)

    def single(self, relation: Relation, keys: Keys, made: Object) -> Select[Any]:
        """One row, the column `json`; none where the guard refuses."""
        rows = relation.rows(keys)
        # Of its own columns only, a row of a small table is written once for all that lead to it.
        beside = Beside(rows.source, None if relation.small else Shown(rows.source, rows, keys))
        chosen = beside.select(text(self.object(made, beside)).label("json")).where(*rows.where)
        return chosen if relation.guard is None else chosen.where(relation.guard(keys))

    def many(self, many: ToMany, row: FromClause) -> Written:
        keys = _keys(many.relation, row)
        rows = many.relation.rows(keys)
        beside = Beside(rows.source, Shown(rows.source, rows, keys))
        chosen = beside.select(text(self.object(many.object, beside)).label("json")).where(*rows.where)
        ordered = chosen.order_by(*[build(rows.source) for build in many.relation.order])
        return _guarded(many.relation, keys, array(gathered(ordered).scalar_subquery()))

    def page(self, page: Connection, beside: Beside) -> Written:
        relation, shape = page.paged.relation, self.decided[page.site]
        assert isinstance(shape, Shape), "a page has a shape"
        keys = _keys(relation, beside.shown)
        rows = PageRows(page.paged, shape, keys, self.parameters.page(page.site, shape))
        json = PageJson(rows, page.parts, self.object)
        return json.beside(beside) if relation.guard is None else _guarded(relation, keys, json.apart())

    def switch(self, switch: PolymorphicToOne, row: FromClause) -> Written:
        declared = switch.any_of
        stored = row.c[str(declared.type_key.key)]
        keys = [row.c[str(key.key)] for key in declared.keys]
        relations = {word: (relation, keys[: len(relation.keys)]) for word, (_, relation) in declared.types.items()}
        objects = {word: switch.objects[typename] for word, (typename, _) in declared.types.items()}
        return self.chosen(stored, relations, objects)

    def types(self, found: Lookup) -> dict[str, Relation]:
        """The types that the ids of this request lead to."""
        kinds = self.decided.get(found.site)
        every = dict(found.lookup.types.values())
        return {kind: every[kind] for kind in kinds} if isinstance(kinds, tuple) else every

    def found(self, found: Lookup, beside: Beside) -> Written:
        site, look_up = found.site, found.lookup
        relations = {
            kind: (relation, [self.parameters.key(site, look_up, *part, False) for part in enumerate(relation.keys)])
            for kind, relation in self.types(found).items()
        }
        if len(relations) == 1:
            # An id of another type has no such keys and finds nothing.
            ((kind, (relation, keys)),) = relations.items()
            return or_null(beside.add(self.single(relation, keys, found.objects[kind])).c.json)
        return self.chosen(self.parameters.kind(site, look_up, False), relations, found.objects)

    def listed(self, found: Lookup, beside: Beside) -> Written:
        """The rows of several ids, in their order."""
        site, look_up, types = found.site, found.lookup, self.types(found)
        kind = self.parameters.kind(site, look_up, True)
        arrays: dict[str, tuple[ColumnElement[Any], TypeEngine[Any]]] = {kind.key: (kind, Text())}
        names: dict[str, list[str]] = {}
        for typename, relation in types.items():
            parts = [self.parameters.key(site, look_up, *part, True) for part in enumerate(relation.keys)]
            arrays |= {part.key: (part, key.type) for part, key in zip(parts, relation.keys, strict=True)}
            names[typename] = [part.key for part in parts]
        columns = [column(name, type_) for name, (_, type_) in arrays.items()]
        unnested = func.unnest(*[part for part, _ in arrays.values()])
        ids = unnested.table_valued(*columns, with_ordinality="position", name="ids").render_derived()
        relations = {name: (relation, [ids.c[part] for part in names[name]]) for name, relation in types.items()}
        chosen = text(self.chosen(ids.c[kind.key], relations, found.objects))
        ordered = select(chosen.label("json")).select_from(ids).order_by(ids.c.position)
        return array(beside.add(gathered(ordered), always=True).c.json)

    def chosen(
        self, kind: ColumnElement[Any], relations: Mapping[str, tuple[Relation, Keys]], objects: Mapping[str, Object]
    ) -> Written:
        """The row of the relation that `kind` names, or null."""
        singles = {
            name: _scalar(self.single(relation, keys, objects[name])) for name, (relation, keys) in relations.items()
        }
        chosen = [(kind == constant(name), single) for name, single in singles.items()]
        return or_null(case(*chosen)) if chosen else NULL


def _scalar(chosen: Select[Any]) -> ColumnElement[Any]:
    return chosen.correlate_except().scalar_subquery()


def _request() -> FromClause:
    """What a request knows of its viewer, as the row above all others."""
    return select(VIEWER.label("viewer"), EMAIL.label("email"), SCOPES.label("scopes")).subquery()


def _is_of_request(value: Value) -> bool:
    return isinstance(value, Object | Leaf | ToOne | ToMany | PolymorphicToOne)


def _keys(relation: Relation, row: FromClause | None) -> Keys:
    return [row.c[str(key.key)] for key in relation.keys] if row is not None else []


def _guarded(relation: Relation, keys: Keys, written: Written) -> Written:
    if relation.guard is None:
        return written
    return (case((relation.guard(keys), text(written)), else_=constant("null")),)
