"""What instructive operations compile to. LICET_WRITE_GOLDEN=1 writes the files anew; read them before they stay."""

import os
import re
from pathlib import Path

import pytest

from tests.compiler.conftest import OnePath, names, operation_request

GOLDEN = Path(__file__).parent / "golden"
# What declarations join themselves, by their own conditions.
JOINED = {("memberships", "license_key_grants"), ("subscriptions", "license_keys")}


def _text(by_statement: OnePath, name: str) -> str:
    asked = operation_request(name)
    ready = by_statement.executor.prepare(asked.query).bind(asked.variables)
    assert ready.tree.compiled_plan is not None
    text = ready.tree.compiled_plan.statement(ready.arguments).text
    lines = [line.rstrip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line) + "\n"


def _golden() -> list[str]:
    return sorted(path.stem for path in GOLDEN.glob("*.sql"))


@pytest.mark.parametrize("name", _golden())
def test_an_instructive_operation_compiles_to_this(by_statement: OnePath, name: str) -> None:
    text, path = _text(by_statement, name), GOLDEN / f"{name}.sql"
    if os.environ.get("LICET_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")

    assert text == path.read_text(encoding="utf-8")


def test_there_are_some() -> None:
    assert len(_golden()) >= 8
    assert set(_golden()) <= set(names())


@pytest.mark.parametrize("name", sorted({*names()} - {"introspection_of_a_type", "introspection_beside_data"}))
def test_no_rows_are_joined_with_all_others(by_statement: OnePath, name: str) -> None:
    # A row that is not told from the rows around it would be read anew, of every account.
    pairs = re.findall(r"FROM (\w+) AS \w+, (\(SELECT|\w+)", _text(by_statement, name))
    assert set(pairs) <= JOINED
