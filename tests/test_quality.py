"""The code itself: lint, format, types, layers, and the sizes that keep it readable."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
PRODUCT = ("gateway", "schema", "db")


def require_success(*arguments: str) -> None:
    """Fails with all that a tool has to complain about."""
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def lengths() -> Iterator[tuple[int, str]]:
    """Lines of each function of the product, with where it is."""
    for path in (path for layer in PRODUCT for path in (ROOT / layer).rglob("*.py") if "versions" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                yield node.end_lineno - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"


def test_ruff_finds_nothing() -> None:
    require_success(sys.executable, "-m", "ruff", "check", ".")


def test_the_code_is_formatted() -> None:
    require_success(sys.executable, "-m", "ruff", "format", "--check", ".")


def test_mypy_finds_nothing() -> None:
    require_success(sys.executable, "-m", "mypy")


def test_the_layers_hold() -> None:
    require_success(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")


def test_no_function_is_longer_than_forty_lines() -> None:
    assert [(lines, place) for lines, place in lengths() if lines > 40] == []


def test_half_of_all_functions_have_fewer_than_ten_lines() -> None:
    assert median(lines for lines, _ in lengths()) < 10


def test_the_versions_that_are_installed_come_from_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()

    pinned = [line for line in lines if not line.startswith("#")]

    assert [line for line in pinned if "==" not in line or "://" in line or line.startswith("-")] == []
