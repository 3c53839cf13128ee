"""What was measured, as a table for people, as Markdown for the README, and as JSON for programs."""

import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from rich.table import Table

from tests.bench.contenders import CONTENDERS
from tests.bench.questions import Question
from tests.bench.rounds import Measurement

TITLES = {contender.name: contender.title for contender in CONTENDERS}
HEADINGS = ("", "req/s", "Licet is", "CPU", "PG CPU", "MB", "p50", "p99")
LEGEND = "CPU and PG CPU: milliseconds a request. MB: resident in a process. p50, p99: milliseconds."

Cells = tuple[str, ...]


def machine() -> str:
    """The shape of the machine: processor and kind of system, nothing that names it."""
    return f"{_cores()}, Python {platform.python_version()}, {platform.system()}"


def _cores() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(models)} × {models[0]}" if models else platform.machine()


def rows(measurements: Sequence[Measurement]) -> Iterator[Cells]:
    """A row for each contender of one question; the second column of figures compares the first contender with it."""
    ours = measurements[0]
    for each in measurements:
        compared = "" if each is ours else f"×{ours.times(each):.2f}"
        database = "–" if each.database_ms is None else _figure(each.database_ms)
        yield (
            TITLES.get(each.contender, each.contender),
            f"{each.rate:,.0f}" if each.rate >= 100 else f"{each.rate:.1f}",
            compared,
            _figure(each.server_ms) if each.server_ms else "–",
            database,
            f"{each.memory / 1e6:.0f}" if each.memory else "–",
            f"{each.p50:.1f}",
            f"{each.p99:.1f}",
        )


def _figure(milliseconds: float) -> str:
    return f"{milliseconds:.2f}" if milliseconds < 10 else f"{milliseconds:.0f}"


def table(question: Question, measurements: Sequence[Measurement]) -> Table:
    shown = Table(title=f"{question.name}: {question.about}", title_justify="left", title_style="bold")
    for position, heading in enumerate(HEADINGS):
        shown.add_column(heading, justify="right" if position else "left", no_wrap=True)
    for row in rows(measurements):
        shown.add_row(*row)
    return shown


def markdown(asked: Sequence[tuple[Question, Sequence[Measurement]]]) -> str:
    """One table of requests a second, with how many times of them Licet answers."""
    names = list(dict.fromkeys(each.contender for _, measurements in asked for each in measurements))
    lines = [
        "| | " + " | ".join(TITLES.get(name, name) for name in names) + " |",
        "|---|" + "---:|" * len(names),
    ]
    for question, measurements in asked:
        by_name = {row.contender: cells for row, cells in zip(measurements, rows(measurements), strict=True)}
        cells = [_cell(by_name[name]) if name in by_name else "" for name in names]
        lines.append(f"| {question.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(row: Cells) -> str:
    return f"{row[1]} ({row[2]})" if row[2] else row[1]


def document(asked: Sequence[tuple[Question, Sequence[Measurement]]], database: str) -> bytes:
    """Everything, round by round."""
    content: dict[str, Any] = {
        "measuredAt": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "database": database,
        "questions": {
            question.name: {each.contender: _measured(each, measurements[0]) for each in measurements}
            for question, measurements in asked
        },
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


def _measured(each: Measurement, ours: Measurement) -> dict[str, Any]:
    return {
        "requestsPerSecond": each.rate,
        "licetIsTimes": ours.times(each),
        "serverCpuMs": each.server_ms,
        "databaseCpuMs": each.database_ms,
        "memoryBytes": each.memory,
        "p50Ms": each.p50,
        "p99Ms": each.p99,
        "rounds": [asdict(one) for one in each.rounds],
    }
