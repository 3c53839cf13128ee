"""Names of functions and classes: words that once had several meanings each stay out of them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.test_quality import PRODUCT, ROOT

AMBIGUOUS = {
    *("answer", "asked", "found", "given", "held", "hold", "keep", "kept", "look", "looks"),
    *("made", "measure", "measured", "said", "show", "shown", "told"),
}
# Terms of asyncio and of HTTP that have one of the words in them.
STANDARD = ("connection_made", "keep_alive")


def names(path: Path) -> Iterator[tuple[int, str]]:
    """The functions and classes of a file, each with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name


def words(name: str) -> set[str]:
    """Of snake_case and CamelCase, in lower case."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    for term in STANDARD:
        snake = snake.replace(term, "")
    return set(snake.split("_"))


def test_no_function_or_class_has_an_ambiguous_name() -> None:
    ambiguous = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for layer in PRODUCT
        for path in sorted((ROOT / layer).rglob("*.py"))
        for line, name in names(path)
        if words(name) & AMBIGUOUS
    ]

    assert ambiguous == [], "Use the field's standard term: see CONTRIBUTING.md."


def test_the_gateway_has_at_most_ten_files_outside_of_its_folders() -> None:
    assert len([*(ROOT / "gateway").glob("*.py")]) <= 10
