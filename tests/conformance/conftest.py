"""What the tests with node share: the packages, installed once, and a demo to run them against."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.demos import Running, demo

HERE = Path(__file__).parent
INSTALL_SECONDS = 300
RUN_SECONDS = 60


@pytest.fixture(scope="session")
def node() -> Path:
    """The node to run scripts of this directory with, which have their packages."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not on PATH: install Node.js 20 or newer to run these")
    installed, wanted = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"], cwd=HERE, capture_output=True, text=True, timeout=INSTALL_SECONDS
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return Path(node)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with demo(tmp_path_factory.mktemp("conformance") / "demo") as running:
        yield running


def run(node: Path, script: str, *arguments: str) -> str:
    """What a script of this directory prints."""
    done = subprocess.run([node, script, *arguments], cwd=HERE, capture_output=True, text=True, timeout=RUN_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def compile_with(node: Path, tool: str, *arguments: str) -> str:
    """What a compiler among the packages says."""
    return run(node, f"node_modules/.bin/{tool}", *arguments)
