"""A plan ready to run: its statements, each made once for what of the arguments decides the SQL."""

from collections.abc import Sequence
from operator import is_
from typing import Any

from db.mapping.keyset_pagination import shape
from gateway.compiler.parameters import kinds
from gateway.compiler.plan import Plan
from gateway.compiler.sql import Compiled, Deciding, compiled
from gateway.lru_cache import LRUCache


class Program:
    """Keeps its statements among those of all programs: order, filters and direction may come in variables."""

    def __init__(self, plan: Plan, statements: "Statements") -> None:
        self._plan = plan
        self._pages = tuple(plan.pages.items())
        # With one type to look for there is nothing to decide.
        self._look_ups = tuple((site, look_up) for site, look_up in plan.lookups.items() if len(look_up.types) > 1)
        self._statements = statements
        self._sites = tuple(site for site, _ in (*self._pages, *self._look_ups))
        self._last: tuple[list[Any], Compiled] | None = None

    def statement(self, arguments: Sequence[Any]) -> Compiled:
        """The statement for these arguments of the plan's sites."""
        given = [arguments[site] for site in self._sites]
        # Arguments without variables are the same objects each time.
        if self._last is not None and all(map(is_, given, self._last[0])):
            return self._last[1]
        statement = self._decided(arguments)
        self._last = given, statement
        return statement

    def _decided(self, arguments: Sequence[Any]) -> Compiled:
        deciding: tuple[Deciding, ...] = (
            *[shape(paged, arguments[site]) for site, paged in self._pages],
            *[kinds(look_up, arguments[site]) for site, look_up in self._look_ups],
        )
        known = self._statements.get((self, deciding))
        if known is not None:
            return known
        made = compiled(self._plan, dict(zip(self._sites, deciding, strict=True)))
        return self._statements.put((self, deciding), made, len(made.text))


# Each weighs the length of its text.
Statements = LRUCache[tuple[Program, tuple[Deciding, ...]], Compiled]
