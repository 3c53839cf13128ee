"""The roots of the graph, as graphql-js finds them."""

from pathlib import Path

import httpx
import orjson
from graphql import get_introspection_query

from tests.conformance.conftest import Demo, run


def test_sdl_and_introspection_name_the_same_roots(node: Path, demo: Demo) -> None:
    sdl = httpx.get(demo.url.replace("/graphql", "/schema.graphql"), timeout=30).text
    introspection = demo.ask(get_introspection_query())

    found = orjson.loads(
        run(node, "roots.mjs", stdin=orjson.dumps({"sdl": sdl, "introspection": introspection}).decode())
    )

    roots = ["Query", "Mutation", None]
    assert found == {"sdl": roots, "introspection": roots}
