"""`python -m tests.bench`: everything from an empty machine to the table."""

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from gateway.problems import Problem
from gateway.welcome import Narrator
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
from tests.bench.database import Amount
from tests.bench.questions import Question
from tests.bench.rounds import Bench, Measurement, Plan

CONSOLE = Console()

Names = list[str] | None
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
    queries: Annotated[Names, typer.Option(help="Questions, by name. All when none.")] = None,
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
    except Problem as problem:
        CONSOLE.print(str(problem), style="red", soft_wrap=True, markup=False)
        sys.exit(1)


def run(wanted: Wanted) -> None:
    chosen = _chosen("contender", CONTENDERS, wanted.only)
    narrator = Narrator(CONSOLE)
    with ExitStack() as open_:
        installed = wanted.cache
        if any(contender.needs_node for contender in chosen):
            with narrator.step("Installing the peers"):
                installed = contenders.install_peers(wanted.cache)
        with narrator.step("Starting PostgreSQL"):
            server_url = open_.enter_context(database.server(wanted.cache))
        with narrator.progress("Filling the database") as progress:
            world = asyncio.run(database.prepare(server_url, wanted.amount, progress))
        asked = _chosen("question", [*questions.questions(world), register.QUESTION], wanted.ask)
        scratch = Path(open_.enter_context(TemporaryDirectory()))
        credential = credentials.issue()
        status = open_.enter_context(CONSOLE.status("Starting the contenders"))
        postmaster = asyncio.run(usage.postmaster(world.url))
        bench = Bench(wanted.plan, credential.token(), postmaster, scratch, status.update)
        measured = []
        with ExitStack() as running:
            served = [
                running.enter_context(servers.serving(each, world.url, credential.settings, installed, scratch))
                for each in chosen
            ]
            for question in asked:
                if question is not register.QUESTION:
                    measured.append((question, asyncio.run(bench.measure(question, served))))
                    CONSOLE.print(results.table(*measured[-1]))
        if register.QUESTION in asked:
            status.update("Issuing licence keys")
            url = asyncio.run(keys.fill(server_url, progress))
            found = asyncio.run(register.measure(bench, CONTENDERS[0], url, credential, installed))
            measured.append((register.QUESTION, found))
            CONSOLE.print(results.table(*measured[-1]))
    _keep(wanted, measured)


def _chosen(kind: str, known: Sequence[Named], names: Sequence[str]) -> list[Named]:
    """Those of these names, in their order; all when there are none. Raises Problem."""
    by_name = {each.name: each for each in known}
    if unknown := [name for name in names if name not in by_name]:
        raise Problem(f"There is no {kind} {unknown[0]}: choose some of {', '.join(by_name)}.")
    return [by_name[name] for name in names] or list(known)


def _keep(wanted: Wanted, measured: Sequence[tuple[Question, Sequence[Measurement]]]) -> None:
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
