"""A plan ready to run: its statements, each compiled once per SQL shape of the arguments."""

from collections.abc import Sequence
from operator import is_
from typing import Any

from db.mapping.keyset_pagination import page_shape
from gateway.compiler.parameters import types_of_ids
from gateway.compiler.plan import Plan
from gateway.compiler.sql import CompiledStatement, SqlShape, compile_plan
from gateway.lru_cache import LRUCache


class CompiledPlan:
    """Caches its statements among those of all plans: order, filters and direction may come in variables."""

    def __init__(self, plan: Plan, statements: "StatementCache") -> None:
        self._plan = plan
        self._pages = tuple(plan.pages.items())
        # With one type the SQL is always the same.
        self._lookups = tuple((site, lookup) for site, lookup in plan.lookups.items() if len(lookup.types) > 1)
        self._statements = statements
        self._sites = tuple(site for site, _ in (*self._pages, *self._lookups))
        self._last: tuple[list[Any], CompiledStatement] | None = None

    def statement(self, arguments: Sequence[Any]) -> CompiledStatement:
        """The statement for these arguments of the plan's sites."""
        current = [arguments[site] for site in self._sites]
        # Arguments without variables are the same objects each time.
        if self._last is not None and all(map(is_, current, self._last[0])):
            return self._last[1]
        statement = self._statement_for(arguments)
        self._last = current, statement
        return statement

    def _statement_for(self, arguments: Sequence[Any]) -> CompiledStatement:
        shapes: tuple[SqlShape, ...] = (
            *[page_shape(paged, arguments[site]) for site, paged in self._pages],
            *[types_of_ids(lookup, arguments[site]) for site, lookup in self._lookups],
        )
        cached = self._statements.get((self, shapes))
        if cached is not None:
            return cached
        statement = compile_plan(self._plan, dict(zip(self._sites, shapes, strict=True)))
        return self._statements.put((self, shapes), statement, len(statement.text))


# Each weighs the length of its text.
StatementCache = LRUCache[tuple[CompiledPlan, tuple[SqlShape, ...]], CompiledStatement]
