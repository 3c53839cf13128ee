"""What is fuzzed: a demo in a process of its own, what one may know of it, and what must not be seen in its answers."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from tests.processes import Running, demo

ROUND = settings(
    max_examples=100,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# What would tell of our insides: a stack, a statement, a module, a path, a library's words.
INSIDES = re.compile(
    rb'Traceback|File \\?"|/site-packages|\.py\b|asyncpg|sqlalchemy|SELECT .{1,80} FROM|postgresql://|object at 0x',
    re.IGNORECASE,
)


@dataclass
class Target:
    running: Running
    token: str
    account: str
    ids: list[str]
    answers: Counter[int] = field(default_factory=Counter)

    def heard(self, status: int, body: bytes, sent: bytes) -> None:
        """Counts an answer; fails for a fault, and for insides that were not in what was sent."""
        self.answers[status] += 1
        assert status < 500, (status, body[:2_000], sent[:2_000])
        inside = INSIDES.search(body)
        assert inside is None or inside[0].lower() in sent.lower(), (body[:2_000], sent[:2_000])

    def is_well(self) -> None:
        """The same process, ready, and without a fault in its log."""
        assert self.running.process.poll() is None
        assert httpx.get(f"{self.running.origin}/readyz").status_code == 200
        lines = [json.loads(line) for line in self.running.stderr.read_text().splitlines() if line.startswith("{")]
        bad = [line for line in lines if line["level"] in ("error", "critical")]
        assert bad == []


@contextmanager
def target(directory: Path) -> Iterator[Target]:
    limits = "capacity=1000000000,restore=1000000000"
    with demo(directory / "demo", LICET_LOG_FORMAT="json", LICET_LIMITS=limits) as running:
        found = Target(running, running.token(), "", [])
        found.ids = list(_ids(found))
        found.account = found.ids[0]
        yield found
        found.is_well()


def ask(found: Target, query: str, **variables: Any) -> Any:
    headers = {"authorization": f"Bearer {found.token}"}
    body = {"query": query, "variables": variables}
    return httpx.post(f"{found.running.origin}/graphql", json=body, headers=headers).json()["data"]


def _ids(found: Target) -> Iterator[str]:
    query = """{
      viewer { accounts {
        id subscriptions(first: 5) { nodes { id licenseKeys(first: 2) { nodes { id } } } }
        orders(first: 3) { nodes { id } } paymentMethods { id } members(first: 3) { nodes { id } }
      } }
      products(first: 3) { nodes { id } }
    }"""
    waiting = [ask(found, query)]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, dict):
            yield from (text for name, text in value.items() if name == "id")
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def for_seconds(seconds: float, strategy: SearchStrategy[Any], act: Callable[[Any], None]) -> int:
    """Rounds of new examples until the time is up; how many there were. Each round is repeated by its number."""
    end, rounds, done = time.monotonic() + seconds, 0, 0

    while time.monotonic() < end:

        @seed(rounds)
        @ROUND
        @given(strategy)
        def once(example: Any) -> None:
            nonlocal done
            if time.monotonic() < end:
                done += 1
                act(example)

        once()
        rounds += 1
    return done
