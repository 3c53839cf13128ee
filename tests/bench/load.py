"""The load: one wrk for each process of a contender, both at the same time."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import orjson

from gateway.problems import Problem
from tests.bench.answers import Sizes
from tests.bench.questions import Question
from tests.bench.servers import Served

SCRIPT = Path(__file__).with_name("rotate.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a round: both processes together; latencies, in milliseconds, of the slower one."""

    requests: int
    seconds: float
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def wrk() -> str:
    """Where it is. Raises Problem."""
    found = shutil.which("wrk")
    if found is None:
        raise Problem("wrk is missing: install it with apt install wrk or brew install wrk.")
    return found


def write_requests(path: Path, question: Question, served: Served, token: str) -> Path:
    lines = [served.contender.path.encode(), f"Bearer {token}".encode(), *question.bodies(served.contender.dialect)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def run(question: Question, served: Served, requests: Path, seconds: float, sizes: Sizes) -> Load:
    """Raises Problem when a response was not the answer: of another status, or of another size."""
    options = ["--threads", "1", "--connections", str(question.connections), "--duration", f"{round(seconds)}s"]
    running = [
        subprocess.Popen(
            [wrk(), *options, "--timeout", "60s", "--script", SCRIPT, f"http://127.0.0.1:{port}", "--", requests],
            stdout=subprocess.PIPE,
        )
        for port in served.ports
    ]
    said = [process.communicate()[0] for process in running]
    results = [orjson.loads(output.splitlines()[-1]) for output in said]
    for result in results:
        _require_answers(question, served, result, sizes)
    return Load(
        requests=sum(result["requests"] for result in results),
        seconds=sum(result["seconds"] for result in results) / len(results),
        p50=max(result["p50"] for result in results),
        p99=max(result["p99"] for result in results),
    )


def _require_answers(question: Question, served: Served, result: dict[str, float], sizes: Sizes) -> None:
    name, answered = served.contender.title, result["requests"]
    if result["refused"] or result["broken"] or not answered:
        raise Problem(f"{name} fails at {question.name} under load: {result}.")
    # Beside the answers that were counted, those that the end of the round cut off.
    most = sizes.most * (answered + question.connections)
    if not sizes.least * answered <= result["bytes"] <= most:
        size = result["bytes"] / answered
        raise Problem(f"{name} answers {question.name} with {size:.0f} bytes under load, not {sizes.least} or more.")
