"""`python -m tests.bench`: everything from an empty machine to the table."""

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from gateway.demo.output import ProgressReporter
from gateway.startup_errors import StartupError
from tests.bench import (
    chart,
    contenders,
    credentials,
    database,
    keys,
    load,
    questions,
    register,
    results,
    servers,
    usage,
)
from tests.bench.contenders import CONTENDERS, Contender
from tests.bench.credentials import Credentials
from tests.bench.database import Amount, Progress, World
from tests.bench.errors import BenchmarkError
from tests.bench.questions import Question
from tests.bench.rounds import Bench, Measurement, Plan
from tests.bench.servers import Served

CONSOLE = Console()

MILLION = Question("million", "the dashboard, with 1 000 000 subscriptions in the database", "Dashboard", 8, ())
A_MILLION = Amount(50_000, 1_000_000, large_account=False)

Names = list[str] | None
Found = tuple[Question, list[Measurement]]
Named = TypeVar("Named", Contender, Question)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asked for: names of contenders and questions (all when empty), how long, how much, where."""

    only: Sequence[str]
    ask: Sequence[str]
    plan: Plan
    amount: Amount
    cache: Path
    output: Path | None
    chart: Path | None


def cache_directory() -> Path:
    """By the custom of Linux."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "licet-bench"


def main(
    only: Annotated[
        Names, typer.Option(help="Contenders, by name; the first is the one compared. All when none.")
    ] = None,
    queries: Annotated[
        Names, typer.Option(help="Questions, by name. When none: all but million, which fills a larger database first.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Three rounds of two seconds.")] = False,
    rounds: Annotated[int | None, typer.Option(min=1, help="Rounds, 5 when not given.")] = None,
    seconds: Annotated[float | None, typer.Option(min=1, help="Length of a round, 4 when not given.")] = None,
    warm_up: Annotated[float, typer.Option(min=0, help="Times what each contender needs: 10 s for Node.js.")] = 1.0,
    accounts: Annotated[int, typer.Option(min=10, help="Ordinary accounts.")] = 2_000,
    subscriptions: Annotated[int, typer.Option(min=10, help="Their subscriptions, in all.")] = 40_000,
    cache: Annotated[Path | None, typer.Option(help="Where database and peers are kept.")] = None,
    output: Annotated[Path | None, typer.Option(help="The results in JSON; in the cache when not given.")] = None,
    chart: Annotated[Path | None, typer.Option(help="Draw the chart, as SVG, to this file.")] = None,
) -> None:
    """Measure Licet beside others on one database: requests a second, CPU, memory, latency."""
    plan = Plan(rounds or (3 if quick else 5), seconds or (2.0 if quick else 4.0), warm_up)
    wanted = Wanted(
        only or [],
        queries or [],
        plan,
        Amount(accounts, subscriptions),
        (cache or cache_directory()).expanduser().absolute(),
        output,
        chart,
    )
    try:
        load.wrk()
        run(wanted)
    except (BenchmarkError, StartupError) as problem:
        CONSOLE.print(str(problem), style="red", soft_wrap=True, markup=False)
        sys.exit(1)


@dataclass(frozen=True, slots=True)
class Stage:
    """What all measurements need, once it is there."""

    bench: Bench
    server_url: str
    world: World
    credential: Credentials
    installed: Path
    progress: Progress

    def serving(self, contender: Contender, world: World) -> AbstractContextManager[Served]:
        settings, scratch = self.credential.settings, self.bench.scratch
        return servers.serving(contender, world.url, settings, self.installed, scratch)


def run(wanted: Wanted) -> None:
    chosen = _chosen("contender", CONTENDERS, wanted.only)
    narrator = ProgressReporter(CONSOLE)
    with ExitStack() as open_:
        installed = wanted.cache
        if any(contender.needs_node for contender in chosen):
            with narrator.step("Installing the peers"):
                installed = contenders.install_peers(wanted.cache)
        with narrator.step("Starting PostgreSQL"):
            server_url = open_.enter_context(database.server(wanted.cache))
        with narrator.progress("Filling the database") as progress:
            world = asyncio.run(database.prepare(server_url, wanted.amount, progress))
        known = [*questions.questions(world), register.QUESTION, MILLION]
        asked = _chosen("question", known, wanted.ask or [each.name for each in known if each is not MILLION])
        scratch = Path(open_.enter_context(TemporaryDirectory()))
        credential = credentials.issue()
        status = open_.enter_context(CONSOLE.status("Starting the contenders"))
        postmaster = asyncio.run(usage.postmaster(world.url))
        bench = Bench(wanted.plan, credential.token(), postmaster, scratch, status.update, CONSOLE.print)
        stage = Stage(bench, server_url, world, credential, installed, progress)
        measured: list[Found] = []
        # Also what was measured before something fails.
        open_.callback(_keep, wanted, measured)
        for question, found in _measured(stage, chosen, asked):
            measured.append((question, found))
            CONSOLE.print(results.table(question, found))


def _measured(stage: Stage, chosen: Sequence[Contender], asked: Sequence[Question]) -> Iterator[Found]:
    reads = [question for question in asked if question not in (register.QUESTION, MILLION)]
    with ExitStack() as running:
        served = [running.enter_context(stage.serving(each, stage.world)) for each in chosen if reads]
        for question in reads:
            yield question, asyncio.run(stage.bench.measure(question, served))
    if register.QUESTION in asked:
        stage.bench.tell("register: licence keys are issued")
        url = asyncio.run(keys.fill(stage.server_url, stage.progress))
        yield (
            register.QUESTION,
            asyncio.run(register.measure(stage.bench, CONTENDERS[0], url, stage.credential, stage.installed)),
        )
    if MILLION in asked:
        yield MILLION, _among_a_million(stage)


def _among_a_million(stage: Stage) -> list[Measurement]:
    stage.bench.tell("million: the subscriptions are made")
    million = asyncio.run(database.prepare(stage.server_url, A_MILLION, stage.progress))
    with ExitStack() as running:
        beside = []
        for name, world in (("compiled", stage.world), ("among a million", million)):
            contender = replace(CONTENDERS[0], name=name, title=name)
            asked = next(each for each in questions.questions(world) if each.name == "dashboard")
            beside.append((asked, running.enter_context(stage.serving(contender, world))))
        return asyncio.run(stage.bench.compare(beside))


def _chosen(kind: str, known: Sequence[Named], names: Sequence[str]) -> list[Named]:
    """Those of these names, in their order; all when there are none. Raises BenchmarkError."""
    by_name = {each.name: each for each in known}
    if unknown := [name for name in names if name not in by_name]:
        raise BenchmarkError(f"There is no {kind} {unknown[0]}: choose some of {', '.join(by_name)}.")
    return [by_name[name] for name in names] or list(known)


def _keep(wanted: Wanted, measured: Sequence[tuple[Question, Sequence[Measurement]]]) -> None:
    if not measured:
        return
    output = wanted.output or wanted.cache / f"results-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    output.write_bytes(results.document(measured, wanted.amount.database()))
    CONSOLE.print(
        f"{results.LEGEND}\n\n{results.machine()}\n\n{results.markdown(measured)}\n", soft_wrap=True, markup=False
    )
    CONSOLE.print(f"All rounds: {output}", soft_wrap=True, markup=False)
    if wanted.chart:
        wanted.chart.write_text(chart.draw(measured))
        CONSOLE.print(f"Chart: {wanted.chart}", soft_wrap=True, markup=False)


if __name__ == "__main__":
    # A traceback of ours says more than one with everybody's local variables.
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    app()
