"""What is asked: each question's documents, and variables that differ from request to request."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Literal

import orjson

from tests.bench.database import World

DIRECTORY = Path(__file__).parent / "queries"

Dialect = Literal["graph", "postgraphile"]
Variables = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """`asked` are the variables as the graph takes them; `connections` are those to each process."""

    name: str
    about: str
    operation: str
    connections: int
    asked: tuple[Variables, ...]

    def document(self, dialect: Dialect) -> str:
        return (DIRECTORY / self.operation.lower() / f"{dialect}.graphql").read_text()

    def bodies(self, dialect: Dialect) -> list[bytes]:
        """What is posted, in the order in which it is repeated."""
        document = " ".join(self.document(dialect).split())
        known = _AS_POSTGRAPHILE[self.operation] if dialect == "postgraphile" else _as_given
        return [
            orjson.dumps({"query": document, "operationName": self.operation, "variables": known(variables)})
            for variables in self.asked
        ]


def _as_given(variables: Variables) -> Variables:
    return variables


def _keys(global_id: str) -> list[str]:
    return global_id.split("_")[1:]


# PostGraphile's look-ups take primary keys, not global ids of ours.
_AS_POSTGRAPHILE: dict[str, Callable[[Variables], Variables]] = {
    "Tiny": lambda given: dict(zip(("accountId", "rowId"), _keys(given["id"]), strict=True)),
    "Nested": lambda given: {"rowId": _keys(given["id"])[0]},
    "Dashboard": lambda given: {"rowId": _keys(given["id"])[0]},
    "Report": lambda given: {"rowIds": [_keys(each)[0] for each in given["ids"]], "first": given["first"]},
    "Large": lambda given: {"rowId": _keys(given["id"])[0], "autoRenewal": given["autoRenewal"]},
}


def questions(world: World) -> list[Question]:
    """All that can be asked of this world."""
    random = Random(2026)  # noqa: S311 - the same questions each time
    return [
        Question("tiny", "one subscription, 6 fields", "Tiny", 8, tuple(_subscriptions(world, random, 200))),
        Question("nested", "20 subscriptions with what hangs on them", "Nested", 8, tuple(_accounts(world, random))),
        Question("dashboard", "and boxes, seats, status, order lines", "Dashboard", 8, tuple(_accounts(world, random))),
        Question("report", "1 000 subscriptions of 10 accounts", "Report", 2, tuple(_reports(world, random, 10))),
        *_large(world),
        Question("10 rows", "the report, of 1 account", "Report", 4, tuple(_reports(world, random, 1, 10))),
        Question("100 rows", "the report, of 1 account", "Report", 4, tuple(_reports(world, random, 1))),
        Question("10000 rows", "the report, of 100 accounts", "Report", 1, tuple(_reports(world, random, 100))[:2]),
    ]


def _subscriptions(world: World, random: Random, number: int) -> Iterator[Variables]:
    for account, subscription in random.sample(world.ordinary, min(number, len(world.ordinary))):
        yield {"id": f"sub_{account}_{subscription}"}


def _accounts(world: World, random: Random) -> Iterator[Variables]:
    for account, _ in random.sample(world.ordinary, min(100, len(world.ordinary))):
        yield {"id": f"acc_{account}"}


def _reports(world: World, random: Random, accounts: int, first: int = 100) -> Iterator[Variables]:
    for _ in range(10):
        chosen = random.sample(world.wide, min(accounts, len(world.wide)))
        yield {"ids": [f"acc_{account}" for account in chosen], "first": first}


def _large(world: World) -> Iterator[Question]:
    if world.large is not None:
        variables = tuple({"id": f"acc_{world.large}", "autoRenewal": renewal} for renewal in ("ON", "OFF"))
        yield Question("large", "20 of 50 000 by a filter, and their count", "Large", 4, variables)
