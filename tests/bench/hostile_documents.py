"""`python -m tests.bench.hostile_documents`: what each costs a process until it is refused, and leaves in memory."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import httpx
import orjson
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.bench import results, usage
from tests.operations.hostile_documents import HOSTILE_DOCUMENTS
from tests.processes import demo

CPU = 50.0  # milliseconds
MEMORY = 20.0  # megabytes
TIMES = 9
# Whoever throws bombs would be made to wait soon.
LIMITS = "capacity=1000000000,restore=1000000000"
FIELDS = "id number displayName status activatedOn expiresOn product { id name } licenseKeys(first: 1) { nodes { id } }"
LARGE = " ".join(f'a{place}: subscription(id: "sub_{place}") {{ {FIELDS} }}' for place in range(18))
CONSOLE = Console()


@dataclass(frozen=True, slots=True)
class Cost:
    name: str
    size: int
    status: int
    milliseconds: float


class Thrower:
    """Sends bombs to one process, as one of its people."""

    def __init__(self, client: httpx.Client, pid: int) -> None:
        self._client = client
        self.pid = pid
        self._bodies = {name: orjson.dumps(bomb.body()) for name, bomb in HOSTILE_DOCUMENTS.items()}
        self._bodies |= {f"a body of {size} MiB": b" " * (size << 20) for size in (2, 64)}
        self._bodies["100,000 brackets that are no JSON"] = b"[" * 100_000

    def throw(self, name: str) -> int:
        try:
            return self._client.post("/graphql", content=self._bodies[name]).status_code
        except httpx.NetworkError:
            # Refused before all of it was sent.
            return 413

    def costs(self) -> Iterator[Cost]:
        """The median of a few throws each."""
        for name, body in track(self._bodies.items(), "Each bomb", console=CONSOLE):
            spent = []
            for _ in range(TIMES):
                before = usage.cpu([self.pid])
                status = self.throw(name)
                spent.append((usage.cpu([self.pid]) - before) * 1000)
            yield Cost(name, len(body), status, statistics.median(spent))

    def growth(self, count: int) -> float:
        """Megabytes by which resident memory grows, once everything has been there once."""
        for name in self._bodies:
            self.throw(name)
        before = usage.resident([self.pid])
        for name in track(list(islice(cycle(HOSTILE_DOCUMENTS), count)), f"{count:,} bombs", console=CONSOLE):
            self.throw(name)
        return (usage.resident([self.pid]) - before) / 1e6

    def remembered(self, count: int) -> float:
        """Megabytes by which it grows for as many operations that are large, good, and each another one."""
        before = usage.resident([self.pid])
        for place in track(range(count), f"{count:,} good operations", console=CONSOLE):
            self._client.post("/graphql", json={"query": f"query Q{place} {{ {LARGE} }}"}).raise_for_status()
        return (usage.resident([self.pid]) - before) / 1e6


def shown(costs: list[Cost]) -> Table:
    table = Table("bomb", "bytes", "status", "CPU ms", title="Milliseconds of CPU until refused", title_justify="left")
    for cost in sorted(costs, key=lambda cost: -cost.milliseconds):
        table.add_row(cost.name, f"{cost.size:,}", str(cost.status), f"{cost.milliseconds:.1f}")
    return table


def main(count: Annotated[int, typer.Option(help="How many bombs for the growth of memory.")] = 10_000) -> None:
    """Ends with 1 when a bomb costs more than 50 ms of CPU, or all of them leave more than 20 MB."""
    with TemporaryDirectory() as directory, demo(Path(directory) / "demo", LICET_LIMITS=LIMITS) as running:
        headers = {"authorization": f"Bearer {running.token()}", "content-type": "application/json"}
        with httpx.Client(base_url=running.origin, headers=headers, timeout=60) as client:
            thrower = Thrower(client, running.process.pid)
            costs = list(thrower.costs())
            growth = thrower.growth(count)
            remembered = thrower.remembered(count // 100)
    CONSOLE.print(shown(costs))
    CONSOLE.print(f"Resident memory grew by {growth:.1f} MB over {count:,} bombs. {results.machine()}.")
    CONSOLE.print(f"And by {remembered:.0f} MB over {count // 100:,} large operations that are good, each another one.")
    if max(cost.milliseconds for cost in costs) > CPU or growth > MEMORY:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
