"""The processes of a contender: started, waited for, measured, ended."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench.contenders import POOL_SIZE, Contender
from tests.bench.errors import BenchmarkError

ROOT = Path(__file__).parents[2]
PROCESSES = 2
TIMEOUT = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Served:
    """A contender that runs: the port and the process of each of its servers."""

    contender: Contender
    ports: tuple[int, ...]
    pids: tuple[int, ...]


@contextmanager
def serving(
    contender: Contender, url: str, settings: Mapping[str, str], installed: Path, logs: Path
) -> Iterator[Served]:
    """Its processes, each on a port of its own, on the database at `url`. Raises BenchmarkError when one fails."""
    with ExitStack() as running:
        ports = [_free_port() for _ in range(PROCESSES)]
        started = [running.enter_context(_process(contender, port, url, settings, installed, logs)) for port in ports]
        for port, (process, log) in zip(ports, started, strict=True):
            _await(contender, port, process, log)
        yield Served(contender, tuple(ports), tuple(process.pid for process, _ in started))


@contextmanager
def _process(
    contender: Contender, port: int, url: str, settings: Mapping[str, str], installed: Path, logs: Path
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    log = logs / f"{contender.name}-{port}.log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LICET_")}
    own = {"DATABASE_URL": url, "PORT": str(port), "POOL_SIZE": str(POOL_SIZE), **contender.settings}
    with log.open("wb") as output:
        process = subprocess.Popen(
            contender.command(installed, port),
            cwd=ROOT,
            env={**kept, **(settings if contender.is_ours else {}), **own},
            stdout=output,
            stderr=output,
        )
        try:
            yield process, log
        finally:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(TIMEOUT / 4)
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _await(contender: Contender, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/", timeout=TIMEOUT)
            return
        time.sleep(0.05)
    said = log.read_text(errors="replace").strip().splitlines()[-5:]
    raise BenchmarkError("\n".join([f"{contender.title} does not start:", *said]))
