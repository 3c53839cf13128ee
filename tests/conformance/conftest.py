"""What the tests with node share: the packages, installed once, and a demo to run them against."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import npm, processes
from tests.processes import Running

HERE = Path(__file__).parent
RUN_SECONDS = 60
SUBSCRIPTIONS = """
query($account: ID!) {
  account(id: $account) { subscriptions(first: 100) { nodes { id displayName status } pageInfo { hasNextPage } } }
}
"""


@pytest.fixture(scope="session")
def node() -> Path:
    """The node to run scripts of this directory with, which have their packages."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on PATH: install Node.js 20 or newer to run these")
    npm.install(HERE)
    return Path(node)


RENAMINGS = """
query($account: ID!) {
  account(id: $account) { auditEvents(first: 1, filter: {action: "subscription.renamed"}) { totalCount } }
}
"""


@dataclass(frozen=True, slots=True)
class Demo:
    """Somebody signed in, and an account of theirs."""

    url: str
    token: str
    account: str

    def ask(self, query: str, **variables: Any) -> Any:
        headers = {"authorization": f"Bearer {self.token}"}
        answer = httpx.post(self.url, json={"query": query, "variables": variables}, headers=headers, timeout=30).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def subscriptions(self) -> list[dict[str, str]]:
        listed = self.ask(SUBSCRIPTIONS, account=self.account)["account"]["subscriptions"]
        assert not listed["pageInfo"]["hasNextPage"]
        found: list[dict[str, str]] = listed["nodes"]
        return found

    def renamings(self) -> int:
        """How often a subscription of the account was renamed."""
        found: int = self.ask(RENAMINGS, account=self.account)["account"]["auditEvents"]["totalCount"]
        return found


def demo_account(running: Running) -> Demo:
    """What the demo's banner says of the person whom it signs in, and of their account."""
    account = re.search(r"\bacc_[0-9a-f-]{36}\b", running.output())
    assert account is not None
    return Demo(f"{running.origin}/graphql", running.token(), account[0])


@pytest.fixture(scope="session")
def demo(served: Running) -> Demo:
    return demo_account(served)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    # Sixty audits ask at once, and time is charged by the clock: on a busy machine they would be told to come later.
    limits = "capacity=1000000000,restore=1000000000"
    with processes.demo(tmp_path_factory.mktemp("conformance") / "demo", LICET_LIMITS=limits) as running:
        yield running


def run(node: Path, script: str, *arguments: str, stdin: str | None = None) -> str:
    """What a script of this directory prints."""
    command: list[str | Path] = [node, script, *arguments]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=RUN_SECONDS, input=stdin)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def compile_with(node: Path, tool: str, *arguments: str) -> str:
    """What a compiler among the packages says."""
    return run(node, f"node_modules/.bin/{tool}", *arguments)
