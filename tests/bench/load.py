"""The load: one wrk for each process of a contender, both at the same time."""

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from tests.bench.errors import BenchmarkError
from tests.bench.servers import Served

SCRIPT = Path(__file__).with_name("rotate.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a round: both processes together; latencies, in milliseconds, of the slower one."""

    requests: int
    seconds: float
    p50: float
    p99: float
    received: int = 0
    """Bytes of the responses, with those that the end of the round cut off."""

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def wrk() -> str:
    """Where it is. Raises BenchmarkError."""
    found = shutil.which("wrk")
    if found is None:
        raise BenchmarkError("wrk is missing: install it with apt install wrk or brew install wrk.")
    return found


def write_requests(path: Path, target: str, lines: Iterable[tuple[str, str, bytes]]) -> Path:
    """For the script: token, address and body of each request."""
    written = [b"\t".join((token.encode(), address.encode(), body)) for token, address, body in lines]
    path.write_bytes(b"\n".join([target.encode(), *written, b""]))
    return path


def run(served: Served, requests: Sequence[Path], connections: int, seconds: float) -> Load:
    """So many connections to each process, which gets requests of its own. Raises BenchmarkError when one fails."""
    options = ["--threads", "1", "--connections", str(connections), "--duration", f"{round(seconds)}s"]
    options += ["--timeout", "60s", "--script", str(SCRIPT)]
    running = [
        subprocess.Popen([wrk(), *options, f"http://127.0.0.1:{port}", "--", path], stdout=subprocess.PIPE)
        for port, path in zip(served.ports, requests, strict=True)
    ]
    said = [process.communicate()[0] for process in running]
    results = [orjson.loads(output.splitlines()[-1]) for output in said]
    if broken := [each for each in results if each["refused"] or each["broken"] or not each["requests"]]:
        raise BenchmarkError(f"{served.contender.title} fails under load: {broken[0]}.")
    return Load(
        requests=sum(each["requests"] for each in results),
        seconds=sum(each["seconds"] for each in results) / len(results),
        p50=max(each["p50"] for each in results),
        p99=max(each["p99"] for each in results),
        received=sum(each["bytes"] for each in results),
    )
