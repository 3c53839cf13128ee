"""The measuring: contenders take turns, forward and backward, so that what disturbs one disturbs all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import answers, load, usage
from tests.bench.answers import Sizes, TooSlow
from tests.bench.errors import BenchmarkError
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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A contender that is warm: its requests, what the answers to them look like, and what has been measured."""

    question: Question
    served: Served
    requests: Path
    sizes: Sizes
    measurement: Measurement


@dataclass(frozen=True, slots=True)
class Bench:
    """How everything is measured, and where: `scratch` is a directory for a while."""

    plan: Plan
    token: str
    postmaster: int | None
    scratch: Path
    tell: Tell
    note: Tell
    """As `tell`, of what is to stay on the screen."""

    async def measure(self, question: Question, contenders: Sequence[Served]) -> list[Measurement]:
        """Without those who take too long, if the first does not. Raises BenchmarkError when answers differ or fail."""
        expected: list[Any] = []
        prepared = [await self._prepared(question, contenders[0], expected)]
        for served in contenders[1:]:
            try:
                prepared.append(await self._prepared(question, served, expected))
            except TooSlow as late:
                self.note(str(late))
        return self._turns(prepared)

    async def compare(self, asked: Sequence[tuple[Question, Served]]) -> list[Measurement]:
        """Servers that are asked for the like of different rows. Raises BenchmarkError when answers fail."""
        return self._turns([await self._prepared(question, served, []) for question, served in asked])

    def _turns(self, prepared: Sequence[Prepared]) -> list[Measurement]:
        for number in range(self.plan.rounds):
            for each in prepared[:: 1 if number % 2 == 0 else -1]:
                title, name = each.served.contender.title, each.question.name
                self.tell(f"{name}: round {number + 1} of {self.plan.rounds}, {title}")
                seconds = max(self.plan.seconds, ANSWERED * each.sizes.seconds * each.question.connections)
                measured = self.round(each.served.pids, partial(_load, each, seconds))
                each.measurement.rounds.append(measured)
                each.measurement.memory = usage.resident(each.served.pids)
        return [each.measurement for each in prepared]

    async def _prepared(self, question: Question, served: Served, expected: list[Any]) -> Prepared:
        contender = served.contender
        self.tell(f"{question.name}: {contender.title} answers")
        sizes = await answers.check(question, served, self.token, expected)
        lines = ((self.token, "", body) for body in question.bodies(contender.dialect))
        requests = load.write_requests(self.scratch / f"{contender.name}.requests", contender.path, lines)
        warm = Prepared(question, served, requests, sizes, Measurement(question.name, contender.name))
        self.tell(f"{question.name}: {contender.title} warms up")
        enough = max(1.0, contender.warm_up * self.plan.warm_up, 2 * sizes.seconds * question.connections)
        _load(warm, enough)
        return warm

    def round(self, servers: Sequence[int], run: Callable[[], Load]) -> Round:
        """A load, and what the processes of these ids and PostgreSQL use for it."""
        before = usage.cpu(servers), self._database()
        done = run()
        servers_used, database_used = usage.cpu(servers) - before[0], self._database() - before[1]
        return Round(done, servers_used, None if self.postmaster is None else database_used)

    def _database(self) -> float:
        return 0.0 if self.postmaster is None else usage.cpu_of_children(self.postmaster)


def _load(prepared: Prepared, seconds: float) -> Load:
    """Raises BenchmarkError when the responses were not the answers: of another status, or of another size."""
    question, served, sizes = prepared.question, prepared.served, prepared.sizes
    done = load.run(served, [prepared.requests for _ in served.ports], question.connections, seconds)
    # Beside the answers that were counted, those that the end of the round cut off.
    most = sizes.most * (done.requests + question.connections * len(served.ports))
    if not sizes.least * done.requests <= done.received <= most:
        size = done.received / done.requests
        sentence = f"{served.contender.title} answers {question.name} with {size:.0f} bytes under load"
        raise BenchmarkError(f"{sentence}, not with {sizes.least} to {sizes.most}.")
    return done
