"""Licet as a person starts it: a process of its own, and what it prints."""

import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory

import httpx

from gateway import cli
from gateway.cli.main import main

ROOT = Path(__file__).parents[1]
TIMEOUT = 60.0  # seconds; a slow disk must fit

# Importing takes a second: commands are forked from one process that has done it.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__, *(f"gateway.cli.{module.name}" for module in iter_modules(cli.__path__))])


def environment(**variables: str) -> dict[str, str]:
    """Ours without the settings that would lead a process elsewhere."""
    kept = {
        name: value for name, value in os.environ.items() if name != "DATABASE_URL" and not name.startswith("LICET_")
    }
    return kept | variables


@dataclass(frozen=True, slots=True)
class Ended:
    returncode: int
    stdout: str
    stderr: str


def licet(*arguments: str | Path, **variables: str) -> Ended:
    """A command that ends by itself, in a process of its own."""
    with TemporaryDirectory() as directory:
        stdout, stderr = Path(directory, "stdout"), Path(directory, "stderr")
        words = [str(argument) for argument in arguments]
        process = FORKS.Process(target=run_here, args=(words, environment(**variables), stdout, stderr))
        process.start()
        process.join(TIMEOUT)
        if process.exitcode is None:
            process.kill()
            raise AssertionError(f"licet {words} does not end")
        return Ended(process.exitcode, stdout.read_text(encoding="utf-8"), stderr.read_text(encoding="utf-8"))


def run_here(arguments: list[str], variables: dict[str, str], stdout: Path, stderr: Path) -> None:
    """Become that command: its words, its environment, its output."""
    for descriptor, path in ((1, stdout), (2, stderr)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), descriptor)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv = ["licet", *arguments]
    main()


@dataclass(frozen=True, slots=True)
class Running:
    """A process that serves, what it writes, and where it listens."""

    process: subprocess.Popen[str]
    stdout: Path
    stderr: Path
    origin: str

    def output(self) -> str:
        return self.stdout.read_text(encoding="utf-8")

    def line(self, pattern: str) -> str:
        """The only line of the output that is, from end to end, of this pattern."""
        (found,) = [line for line in self.output().splitlines() if re.fullmatch(pattern, line)]
        return found

    def token(self) -> str:
        return self.line(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")

    def curl(self) -> str:
        return self.line(r"curl .*")

    def keys(self) -> list[str]:
        return [line for line in self.output().splitlines() if re.fullmatch(r"[A-Z0-9]{5}(-[A-Z0-9]{5}){4}", line)]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """The exit code."""
        self.process.send_signal(number)
        return self.process.wait(TIMEOUT)


@contextmanager
def serving(directory: Path, *arguments: str | Path, **variables: str) -> Iterator[Running]:
    """`licet …` on a free port, from the first 200 of /readyz on; stopped at the end unless it is over already."""
    port = free_port()
    stdout, stderr = directory / f"stdout-{port}", directory / f"stderr-{port}"
    with stdout.open("w") as out, stderr.open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway", *arguments, "--port", str(port)],
            cwd=ROOT,
            env=environment(**variables),
            stdout=out,
            stderr=err,
            text=True,
        )
    running = Running(process, stdout, stderr, f"http://127.0.0.1:{port}")
    try:
        await_ready(running)
        yield running
    finally:
        if process.poll() is None:
            running.stop()


def demo(data_dir: Path, *arguments: str, **variables: str) -> AbstractContextManager[Running]:
    return serving(data_dir.parent, "demo", "--data-dir", data_dir, *arguments, **variables)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def await_ready(running: Running) -> None:
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline and running.process.poll() is None:
        with suppress(httpx.TransportError):
            # It listens before it answers: the request waits in the queue until then.
            if httpx.get(f"{running.origin}/readyz", timeout=TIMEOUT).status_code == 200:
                return
        time.sleep(0.01)
    raise AssertionError(f"not ready: {running.stderr.read_text()}")


def await_true(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.01)


def await_end(pid: int) -> None:
    # Who started it is gone: the system's first process buries it, in its own time.
    await_true(lambda: not is_alive(pid), f"{pid} still runs")


def postmaster(data_dir: Path) -> int:
    """The process id of the demo's database."""
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
