"""A plan ready to run: its statements, each made once for the shapes of the plan's pages."""

from collections.abc import Sequence
from typing import Any

from db.statements import Shape, shape
from gateway.engine.plan import Plan
from gateway.engine.statement import Compiled, compiled
from gateway.remembered import Remembered

# Statements kept per plan: order, filters and direction may come in variables.
STATEMENTS = 32


class Program:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._pages = tuple(plan.pages.items())
        self._statements: Remembered[tuple[Shape, ...], Compiled] = Remembered(STATEMENTS)

    def statement(self, arguments: Sequence[Any]) -> Compiled:
        """The statement for these arguments of the plan's sites."""
        shapes = tuple([shape(paged, arguments[site]) for site, paged in self._pages])
        return self._statements.get(shapes) or self._statements.put(shapes, self._compiled(shapes))

    def _compiled(self, shapes: Sequence[Shape]) -> Compiled:
        sites = [site for site, _ in self._pages]
        return compiled(self._plan, dict(zip(sites, shapes, strict=True)))
