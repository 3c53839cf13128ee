"""A connection's cache of prepared statements, bounded by their length as well as by their number."""

from typing import Any, cast

import asyncpg
from asyncpg.connection import _StatementCache  # type: ignore[attr-defined]  # the stubs leave it out

# Limits of a connection's prepared statements: their number, and their characters in total. PostgreSQL needs fifty
# bytes for each character, and a client can cause statements of a hundred thousand.
MAX_STATEMENTS, MAX_CHARACTERS = 256, 1_000_000


class SizedStatementCache(_StatementCache):  # type: ignore[misc]
    """The prepared statements of a connection, an LRU cache that is limited by their length too."""

    __slots__ = ()

    def put(self, query: Any, statement: Any) -> None:
        super().put(query, statement)
        remaining, fits = MAX_CHARACTERS, 0
        for text, *_ in reversed(self._entries):
            remaining -= len(text)
            fits += remaining >= 0
        if remaining < 0:
            self.set_max_size(max(fits, 1))
            self.set_max_size(MAX_STATEMENTS)


class LicetConnection(asyncpg.Connection):
    """A connection whose cache of prepared statements is limited by their length."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        cache: Any = cast(Any, self)._stmt_cache
        self._stmt_cache = SizedStatementCache(
            loop=cache._loop, max_size=MAX_STATEMENTS, on_remove=cache._on_remove, max_lifetime=cache.get_max_lifetime()
        )
