"""A connection's cache of prepared statements, bounded by their length as well as by their number."""

from typing import Any, cast

import asyncpg
from asyncpg.connection import _StatementCache  # type: ignore[attr-defined]  # the stubs leave it out

# Statements that a connection keeps prepared, and their characters together: PostgreSQL holds fifty bytes for each of
# them, and whoever thinks of long questions makes statements of a hundred thousand.
PREPARED, PREPARED_CHARACTERS = 256, 1_000_000


class Prepared(_StatementCache):  # type: ignore[misc]
    """The prepared statements of a connection, limited by their length too: the least recently used goes first."""

    __slots__ = ()

    def put(self, query: Any, statement: Any) -> None:
        super().put(query, statement)
        room, fitting = PREPARED_CHARACTERS, 0
        for text, *_ in reversed(self._entries):
            room -= len(text)
            fitting += room >= 0
        if room < 0:
            self.set_max_size(max(fitting, 1))
            self.set_max_size(PREPARED)


class Pooled(asyncpg.Connection):
    """A connection that bounds what it keeps prepared by its length."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        kept: Any = cast(Any, self)._stmt_cache
        self._stmt_cache = Prepared(
            loop=kept._loop, max_size=PREPARED, on_remove=kept._on_remove, max_lifetime=kept.get_max_lifetime()
        )
