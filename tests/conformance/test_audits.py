"""The server audits of graphql-http, each by its id: what GraphQL over HTTP demands, recommends and allows."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.conformance.conftest import run
from tests.processes import Running

AUDITS = [
    "22EB", "4655", "47DE", "80D8", "82A3", "BF61", "78D5", "2C94", "5A70", "9C48", "9ABE", "03D4", "A5BF", "423L",
    "LKJ0", "LKJ1", "LKJ2", "LKJ3", "34A2", "13EE", "6C00", "6C01", "6C02", "6C03", "8161", "B8B3", "94B0", "94B1",
    "94B2", "0220", "0221", "0222", "4760", "4761", "4762", "4763", "2EA1", "28B9", "D6D5", "6A70", "58B0", "58B1",
    "58B2", "58B3", "428F", "1B7A", "B6DC", "BCF8", "B7N8", "8764", "3E3A", "572B", "FDE2", "7B9B", "865D", "556A",
    "D586", "51FE", "74FF", "5E5B", "86EE",
]  # fmt: skip


@pytest.fixture(scope="module")
def found(node: Path, served: Running) -> dict[str, Any]:
    """What each audit found, by its id."""
    results = orjson.loads(run(node, "audits.mjs", f"{served.origin}/graphql", served.token()))
    return {result["id"]: result for result in results}


def test_these_are_all_the_audits_there_are(found: dict[str, Any]) -> None:
    assert sorted(found) == sorted(AUDITS)
    assert len(AUDITS) == 61


@pytest.mark.parametrize("audit", AUDITS)
def test_an_audit_has_nothing_to_say(found: dict[str, Any], audit: str) -> None:
    assert {**found[audit], "name": ""} == {"id": audit, "name": "", "status": "ok"}, found[audit]
