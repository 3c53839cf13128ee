"""Who is measured: how each is started as one process on a port, and how it is asked."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.errors import BenchmarkError
from tests.bench.questions import Dialect

PEERS = Path(__file__).parent / "peers"
POOL_SIZE = 8  # connections to PostgreSQL, for each process of everybody
# Its just-in-time compilers go on for seconds.
NODE_WARM_UP = 10.0


@dataclass(frozen=True, slots=True)
class Contender:
    """`command` starts a process that listens on the port it is given; `settings` are environment variables."""

    name: str
    title: str
    command: Callable[[Path, int], list[str]]
    settings: Mapping[str, str] = field(default_factory=dict)
    dialect: Dialect = "graph"
    path: str = "/graphql"
    warm_up: float = 2.0
    is_ours: bool = False
    needs_node: bool = False


def _licet(_: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "gateway", "serve", "--port", str(port)]


def _uvicorn(application: str) -> Callable[[Path, int], list[str]]:
    options = ["--factory", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return lambda _, port: [sys.executable, "-m", "uvicorn", application, *options, "--port", str(port)]


def _node(script: str) -> Callable[[Path, int], list[str]]:
    return lambda installed, _: [str(installed / "node_modules/.bin/node"), str(installed / script)]


_PRODUCTION = {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}

CONTENDERS = (
    Contender("compiled", "Licet", _licet, {"LICET_COMPILED": "true", "LICET_ACCESS_LOG": "false"}, is_ours=True),
    Contender(
        "reference", "Licet (reference)", _licet, {"LICET_COMPILED": "false", "LICET_ACCESS_LOG": "false"}, is_ours=True
    ),
    Contender(
        "postgraphile",
        "PostGraphile 5",
        _node("postgraphile.mjs"),
        _PRODUCTION,
        dialect="postgraphile",
        warm_up=NODE_WARM_UP,
        needs_node=True,
    ),
    Contender(
        "mercurius",
        "Mercurius + jit",
        _node("mercurius.mjs"),
        _PRODUCTION,
        warm_up=NODE_WARM_UP,
        needs_node=True,
    ),
    Contender("strawberry", "stock Strawberry", _uvicorn("tests.bench.stock.app:from_environment"), path="/graphql/"),
    Contender("limit", "hand-written SQL", _uvicorn("tests.bench.limit:from_environment")),
)


def install_peers(cache: Path) -> Path:
    """The peers from npm, with the Node.js they run on: into the cache, once per version. Raises BenchmarkError."""
    npm = shutil.which("npm")
    if npm is None:
        raise BenchmarkError("npm is missing: install Node.js, or leave the peers out with --only.")
    wanted = json.loads((PEERS / "package.json").read_text())
    installed = cache / "peers"
    installed.mkdir(parents=True, exist_ok=True)
    mark = installed / "installed.json"
    if not mark.exists() or json.loads(mark.read_text()) != wanted:
        shutil.copy(PEERS / "package.json", installed)
        done = subprocess.run(
            [npm, "install", "--no-audit", "--no-fund"], cwd=installed, capture_output=True, text=True
        )
        if done.returncode:
            raise BenchmarkError(f"npm install failed in {installed}:\n{done.stderr.strip()}")
        mark.write_text(json.dumps(wanted))
    for source in (*PEERS.glob("*.mjs"), *PEERS.glob("*.graphql")):
        shutil.copy(source, installed)
    return installed
