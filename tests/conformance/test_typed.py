"""Typed clients: graphql-codegen's client preset on our SDL, compiled strictly; one's manifest is the allow-list."""

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests import processes
from tests.conformance.conftest import HERE, Demo, compile_with, demo_account, run


def _compiled(node: Path, client: str) -> Path:
    """What the compilers made of a client: its JavaScript in `out`, and beside that, if any, its manifest."""
    generated = HERE / client / "generated"
    shutil.rmtree(generated, ignore_errors=True)
    compile_with(node, "graphql-codegen", "--config", f"{client}/codegen.json")
    compile_with(node, "tsc", "-p", f"{client}/tsconfig.json")
    return generated


@pytest.fixture(scope="module")
def typed(node: Path) -> Path:
    return _compiled(node, "typed")


@pytest.fixture(scope="module")
def trusting(typed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that answers the operations of the client, and no others."""
    manifest = str(typed / "persisted-documents.json")
    data_dir = tmp_path_factory.mktemp("typed") / "demo"
    with processes.demo(data_dir, LICET_TRUSTED_DOCUMENTS=manifest, LICET_TRUSTED_ONLY="true") as running:
        yield demo_account(running)


def test_a_typed_client_asks_by_its_manifest_and_nobody_else_asks(node: Path, typed: Path, trusting: Demo) -> None:
    client = str(typed / "out" / "client.js")

    seen = orjson.loads(run(node, client, trusting.url, trusting.token, trusting.account))

    boxes = seen.pop("boxes")
    assert seen == {"renamed": "Typed", "codes": [], "refused": ["OPERATION_NOT_TRUSTED"]}
    assert {(type(box["name"]), type(box["licenses"])) for box in boxes} == {(str, int)}


def test_react_with_urql_shows_every_page(node: Path, demo: Demo) -> None:
    client = str(_compiled(node, "react") / "out" / "app.js")

    shown = run(node, client, demo.url, demo.token, demo.account)

    items = re.findall(r'<li class="([A-Z_]+)">.*?<input name="name" value="([^"]*)"', shown)
    expected = [(subscription["status"], subscription["displayName"]) for subscription in demo.subscriptions()]
    assert [(status, html.unescape(name)) for status, name in items] == expected
