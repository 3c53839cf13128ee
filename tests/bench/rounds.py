"""The measuring: contenders take turns, forward and backward, so that what disturbs one disturbs all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import answers, load, usage
from tests.bench.load import Load
from tests.bench.questions import Question
from tests.bench.servers import Served

# Requests that a connection gets answered in a round at least, however long they take.
ANSWERED = 5

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Round:
    """A load, and the CPU seconds of servers and PostgreSQL for it; None where they can not be told."""

    load: Load
    server_cpu: float
    database_cpu: float | None


@dataclass(slots=True)
class Measurement:
    """All rounds of one contender at one question; `memory` is the larger process's, in bytes, after them."""

    question: str
    contender: str
    rounds: list[Round] = field(default_factory=list)
    memory: int = 0

    @property
    def rate(self) -> float:
        return median(each.load.rate for each in self.rounds)

    @property
    def p50(self) -> float:
        return median(each.load.p50 for each in self.rounds)

    @property
    def p99(self) -> float:
        return median(each.load.p99 for each in self.rounds)

    @property
    def server_ms(self) -> float:
        """CPU milliseconds of the servers for a request."""
        return median(1000 * each.server_cpu / each.load.requests for each in self.rounds)

    @property
    def database_ms(self) -> float | None:
        """CPU milliseconds of PostgreSQL for a request."""
        known = [1000 * each.database_cpu / each.load.requests for each in self.rounds if each.database_cpu is not None]
        return median(known) if known else None

    def times(self, other: "Measurement") -> float:
        """How many requests this one answers while the other answers one: the median over rounds side by side."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return median(one.load.rate / two.load.rate for one, two in pairs)


@dataclass(frozen=True, slots=True)
class Plan:
    rounds: int
    seconds: float
    warm_up: float
    """Factor on what each contender needs."""


async def measure(
    question: Question,
    contenders: Sequence[Served],
    token: str,
    plan: Plan,
    postmaster: int | None,
    tell: Tell,
    scratch: Path,
) -> list[Measurement]:
    """Raises Problem when answers differ or fail."""
    expected: list[Any] = []
    prepared = []
    for served in contenders:
        tell(f"{question.name}: {served.contender.title} answers")
        sizes = await answers.check(question, served, token, expected)
        requests = load.write_requests(scratch / f"{served.contender.name}.requests", question, served, token)
        tell(f"{question.name}: {served.contender.title} warms up")
        enough = max(1.0, served.contender.warm_up * plan.warm_up, 2 * sizes.seconds * question.connections)
        load.run(question, served, requests, enough, sizes)
        prepared.append((served, requests, sizes, Measurement(question.name, served.contender.name)))
    for number in range(plan.rounds):
        for served, requests, sizes, measurement in prepared[:: 1 if number % 2 == 0 else -1]:
            tell(f"{question.name}: round {number + 1} of {plan.rounds}, {served.contender.title}")
            seconds = max(plan.seconds, ANSWERED * sizes.seconds * question.connections)
            measurement.rounds.append(_round(question, served, requests, seconds, sizes, postmaster))
            measurement.memory = usage.resident(served.pids)
    return [measurement for *_, measurement in prepared]


def _round(
    question: Question, served: Served, requests: Path, seconds: float, sizes: answers.Sizes, postmaster: int | None
) -> Round:
    backends = [] if postmaster is None else usage.children(postmaster)
    before = usage.cpu(served.pids), usage.cpu(backends)
    done = load.run(question, served, requests, seconds, sizes)
    after = usage.cpu(served.pids), usage.cpu(backends if postmaster is None else usage.children(postmaster))
    database = None if postmaster is None else usage.used(before[1], after[1])
    return Round(done, usage.used(before[0], after[0]), database)
