"""Relay: its compiler on our SDL, its runtime paging a connection, its manifest of documents by their MD5."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests import processes
from tests.conformance.conftest import HERE, Demo, compile_with, demo_account, run

GENERATED = HERE / "relay" / "generated"
FIRST, NEXT = 3, 10  # of a page


@pytest.fixture(scope="module")
def manifest(node: Path) -> Path:
    """What the compiler wrote, beside the operations for the runtime."""
    shutil.rmtree(GENERATED, ignore_errors=True)
    GENERATED.mkdir()
    manifest = GENERATED / "persisted.json"
    manifest.write_text("{}")
    compile_with(node, "relay-compiler", "relay/relay.config.json")
    return manifest


@pytest.fixture(scope="module")
def trusting(manifest: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that knows the operations."""
    data_dir = tmp_path_factory.mktemp("relay") / "demo"
    with processes.demo(data_dir, LICET_TRUSTED_DOCUMENTS=str(manifest)) as running:
        yield demo_account(running)


def test_relay_pages_a_connection_and_sees_what_a_mutation_changed(node: Path, trusting: Demo) -> None:
    before = trusting.subscriptions()

    seen = orjson.loads(run(node, "relay/client.mjs", trusting.url, trusting.token, trusting.account))

    assert seen == {
        "pages": 1 + -(-(len(before) - FIRST) // NEXT),
        "nodes": before,
        "renamed": "By Relay",
        "refused": [{"code": "INVALID_INPUT", "field": ["displayName"]}],
    }
    assert trusting.subscriptions()[0]["displayName"] == "By Relay"
