"""A typed client: graphql-codegen's client preset on our SDL, compiled strictly, its manifest as the allow-list."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests.conformance.conftest import HERE, compile_with, of_card, run
from tests.gateway.demos import Running, demo

GENERATED = HERE / "typed" / "generated"


@pytest.fixture(scope="module")
def compiled(node: Path) -> Path:
    """The client in JavaScript; beside it the manifest of its operations."""
    shutil.rmtree(GENERATED, ignore_errors=True)
    compile_with(node, "graphql-codegen", "--config", "typed/codegen.json")
    compile_with(node, "tsc", "-p", "typed/tsconfig.json")
    return GENERATED / "out" / "client.js"


@pytest.fixture(scope="module")
def trusting(compiled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo that answers the operations of the client, and no others."""
    manifest = str(GENERATED / "persisted-documents.json")
    data_dir = tmp_path_factory.mktemp("typed") / "demo"
    with demo(data_dir, LICET_TRUSTED_DOCUMENTS=manifest, LICET_TRUSTED_ONLY="true") as running:
        yield running


def test_a_typed_client_asks_by_its_manifest_and_nobody_else_asks(
    node: Path, compiled: Path, trusting: Running
) -> None:
    asked = of_card(trusting)

    seen = orjson.loads(run(node, str(compiled), asked.url, asked.token, asked.account))

    boxes = seen.pop("boxes")
    assert seen == {"renamed": "Typed", "codes": [], "refused": ["OPERATION_NOT_TRUSTED"]}
    assert {(type(box["name"]), type(box["licenses"])) for box in boxes} == {(str, int)}
