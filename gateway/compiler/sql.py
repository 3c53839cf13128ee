"""From a plan to one statement that returns finished JSON.

To-one relations and pages are laterals of their row; other lists, and what a guard may refuse, are subqueries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asyncpg import DataError
from sqlalchemy import JSON, ColumnElement, FromClause, Select, Text, case, cast, column, func, select
from sqlalchemy.types import TypeEngine

from db.mapping.batch_sql import render
from db.mapping.declarations import EMAIL, SCOPES, VIEWER, Keys, Relation, sql_literal
from db.mapping.keyset_pagination import KeysetQuery, PageShape
from gateway.compiler.json_sql import (
    NULL,
    ONE,
    JsonFragment,
    LateralJoins,
    ParentBoundRow,
    aggregate,
    concat,
    json_array,
    json_object,
    leaf_json,
    null_if_absent,
    quoted,
    split_constant_ends,
)
from gateway.compiler.page_sql import ConnectionSql
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

# What PostgreSQL raises for NULL in a non-null field: only resolvers know the field to blame.
NON_NULL_VIOLATION = DataError


@dataclass(frozen=True, slots=True)
class CompiledStatement:
    """SQL text, and for each of its parameters where the value comes from: arguments, or the request by name.

    `prefix` and `suffix` are what the response has around the bytes that the statement returns.
    """

    text: str
    sources: tuple[Source | str, ...]
    prefix: bytes
    suffix: bytes

    def values(self, arguments: Sequence[Any], request: Mapping[str, Any]) -> list[Any]:
        return [request[source] if isinstance(source, str) else source(arguments) for source in self.sources]

    def response(self, data: bytes) -> bytes:
        return b"".join((self.prefix, data, self.suffix))


# The part of a field's arguments that changes the SQL text: the shape of a page, or the types of ids.
SqlShape = PageShape | tuple[str, ...]


def compile_plan(plan: Plan, shapes: Mapping[int, SqlShape]) -> CompiledStatement:
    """The statement of a plan; `shapes` are those of the arguments, by site."""
    builder = _StatementBuilder(shapes)
    prefix, statement, suffix = builder.statement(plan.root)
    rendered = render(statement)
    sources = tuple(builder.parameters.source(name) for name in rendered.parameter_names)
    return CompiledStatement(rendered.text, sources, f'{{"data":{prefix}'.encode(), f"{suffix}}}".encode())


class _StatementBuilder:
    def __init__(self, shapes: Mapping[int, SqlShape]) -> None:
        self.shapes = shapes
        self.parameters = Parameters()

    def statement(self, root: Object) -> tuple[str, Select[Any], str]:
        joins = LateralJoins(
            _request_row() if any(_reads_request_row(value) for value in root.fields.values()) else None
        )
        prefix, data, suffix = split_constant_ends(self.object(root, joins))
        # As bytes, which go out as they are.
        return prefix, joins.select(func.convert_to(data, sql_literal("UTF8"))), suffix

    def object(self, planned: Object, joins: LateralJoins) -> JsonFragment:
        return json_object({key: self.value(value, joins) for key, value in planned.fields.items()})

    def value(self, value: Value, joins: LateralJoins) -> JsonFragment:
        if isinstance(value, Typename):
            return quoted(value.name)
        if isinstance(value, Object):
            return self.object(value, joins)
        if isinstance(value, Lookup):
            return self.lookup_many(value, joins) if value.plural else self.lookup_one(value, joins)
        if isinstance(value, Connection):
            return self.connection(value, joins)
        if isinstance(value, ToOne):
            return self.to_one(value, joins)
        assert joins.bound_row is not None, "only lookups and connections are without a row"
        return self.row_value(value, joins.bound_row)

    def row_value(self, value: Leaf | ParameterizedLeaf | ToMany | PolymorphicToOne, row: FromClause) -> JsonFragment:
        if isinstance(value, Leaf):
            return leaf_json(value, value.build(row))
        if isinstance(value, ParameterizedLeaf):
            return null_if_absent(cast(value.expression.build(row, self.parameters.days(value.site)), Text))
        return self.to_many(value, row) if isinstance(value, ToMany) else self.polymorphic(value, row)

    def to_one(self, planned: ToOne, joins: LateralJoins) -> JsonFragment:
        assert joins.row is not None
        query = self.select_one(planned.relation, _keys(planned.relation, joins.bound_row), planned.object)
        # The limit is for the planner: joined freely, it might read the whole of a large table for a few rows.
        json: ColumnElement[Any] = joins.add(query if planned.relation.few_rows else query.limit(ONE)).c.json
        if not planned.required:
            return null_if_absent(json)
        # NULL in a non-null field: cast invalid JSON to raise an error. It must depend on the row, or the planner
        # folds it.
        missing = sql_literal("nothing at ") + cast(joins.row.c[str(planned.relation.keys[-1].key)], Text)
        return (func.coalesce(json, cast(cast(missing, JSON), Text)),)

    def select_one(self, relation: Relation, keys: Keys, planned: Object) -> Select[Any]:
        """One row, the column `json`; none where the relation denies permission."""
        rows = relation.rows(keys)
        # Small tables do not reference the parent, so that Memoize can reuse each row.
        joins = LateralJoins(rows.source, None if relation.few_rows else ParentBoundRow(rows.source, rows, keys))
        query = joins.select(concat(self.object(planned, joins)).label("json")).where(*rows.where)
        return query if relation.permission is None else query.where(relation.permission(keys))

    def to_many(self, planned: ToMany, row: FromClause) -> JsonFragment:
        keys = _keys(planned.relation, row)
        rows = planned.relation.rows(keys)
        joins = LateralJoins(rows.source, ParentBoundRow(rows.source, rows, keys))
        query = joins.select(concat(self.object(planned.object, joins)).label("json")).where(*rows.where)
        ordered = query.order_by(*[build(rows.source) for build in planned.relation.order])
        return _if_permitted(planned.relation, keys, json_array(aggregate(ordered).scalar_subquery()))

    def connection(self, planned: Connection, joins: LateralJoins) -> JsonFragment:
        relation, shape = planned.paged.relation, self.shapes[planned.site]
        assert isinstance(shape, PageShape), "a page has a shape"
        keys = _keys(relation, joins.bound_row)
        rows = KeysetQuery(planned.paged, shape, keys, self.parameters.page(planned.site, shape))
        page = ConnectionSql(rows, planned.parts, self.object)
        return (
            page.as_lateral(joins) if relation.permission is None else _if_permitted(relation, keys, page.as_subquery())
        )

    def polymorphic(self, planned: PolymorphicToOne, row: FromClause) -> JsonFragment:
        declared = planned.polymorphic
        type_column = row.c[str(declared.type_key.key)]
        keys = [row.c[str(key.key)] for key in declared.keys]
        relations = {
            stored_type: (relation, keys[: len(relation.keys)]) for stored_type, (_, relation) in declared.types.items()
        }
        objects = {stored_type: planned.objects[typename] for stored_type, (typename, _) in declared.types.items()}
        return self.case_by_type(type_column, relations, objects)

    def lookup_types(self, planned: Lookup) -> dict[str, Relation]:
        """The types that the ids of this request lead to."""
        typenames = self.shapes.get(planned.site)
        all_types = dict(planned.lookup.types.values())
        return {typename: all_types[typename] for typename in typenames} if isinstance(typenames, tuple) else all_types

    def lookup_one(self, planned: Lookup, joins: LateralJoins) -> JsonFragment:
        site, lookup = planned.site, planned.lookup
        relations = {
            typename: (relation, [self.parameters.key(site, lookup, *part, False) for part in enumerate(relation.keys)])
            for typename, relation in self.lookup_types(planned).items()
        }
        if len(relations) == 1:
            # An id of another type has no such keys and finds nothing.
            ((typename, (relation, keys)),) = relations.items()
            return null_if_absent(joins.add(self.select_one(relation, keys, planned.objects[typename])).c.json)
        return self.case_by_type(self.parameters.type_of_id(site, lookup, False), relations, planned.objects)

    def lookup_many(self, planned: Lookup, joins: LateralJoins) -> JsonFragment:
        """The rows of several ids, in their order."""
        site, lookup, types = planned.site, planned.lookup, self.lookup_types(planned)
        type_of_id = self.parameters.type_of_id(site, lookup, True)
        arrays: dict[str, tuple[ColumnElement[Any], TypeEngine[Any]]] = {type_of_id.key: (type_of_id, Text())}
        names: dict[str, list[str]] = {}
        for typename, relation in types.items():
            parts = [self.parameters.key(site, lookup, *part, True) for part in enumerate(relation.keys)]
            arrays |= {part.key: (part, key.type) for part, key in zip(parts, relation.keys, strict=True)}
            names[typename] = [part.key for part in parts]
        columns = [column(name, type_) for name, (_, type_) in arrays.items()]
        unnested = func.unnest(*[part for part, _ in arrays.values()])
        ids = unnested.table_valued(*columns, with_ordinality="position", name="ids").render_derived()
        relations = {name: (relation, [ids.c[part] for part in names[name]]) for name, relation in types.items()}
        row_json = concat(self.case_by_type(ids.c[type_of_id.key], relations, planned.objects))
        ordered = select(row_json.label("json")).select_from(ids).order_by(ids.c.position)
        return json_array(joins.add(aggregate(ordered), always=True).c.json)

    def case_by_type(
        self,
        typename: ColumnElement[Any],
        relations: Mapping[str, tuple[Relation, Keys]],
        objects: Mapping[str, Object],
    ) -> JsonFragment:
        """The row of the relation that `typename` names, or null."""
        singles = {
            name: _scalar_subquery(self.select_one(relation, keys, objects[name]))
            for name, (relation, keys) in relations.items()
        }
        cases = [(typename == sql_literal(name), single) for name, single in singles.items()]
        return null_if_absent(case(*cases)) if cases else NULL


def _scalar_subquery(query: Select[Any]) -> ColumnElement[Any]:
    return query.correlate_except().scalar_subquery()


def _request_row() -> FromClause:
    """What a request knows of its viewer, as the row above all others."""
    return select(VIEWER.label("viewer"), EMAIL.label("email"), SCOPES.label("scopes")).subquery()


def _reads_request_row(value: Value) -> bool:
    return isinstance(value, Object | Leaf | ToOne | ToMany | PolymorphicToOne)


def _keys(relation: Relation, row: FromClause | None) -> Keys:
    return [row.c[str(key.key)] for key in relation.keys] if row is not None else []


def _if_permitted(relation: Relation, keys: Keys, fragment: JsonFragment) -> JsonFragment:
    if relation.permission is None:
        return fragment
    return (case((relation.permission(keys), concat(fragment)), else_=sql_literal("null")),)
