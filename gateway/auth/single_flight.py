"""Calls for one key at the same time share one run."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class SingleFlight(Generic[K, V]):
    """One call per key at a time; whoever asks meanwhile gets its outcome."""

    def __init__(self) -> None:
        self._running: dict[K, asyncio.Task[V]] = {}

    async def run(self, key: K, call: Callable[[], Coroutine[Any, Any, V]]) -> V:
        if key not in self._running:
            self._running[key] = asyncio.create_task(call())
            self._running[key].add_done_callback(lambda done: self._finish(key, done))
        # A caller who hangs up must not end the call for those who wait beside it.
        return await asyncio.shield(self._running[key])

    def _finish(self, key: K, task: asyncio.Task[V]) -> None:
        del self._running[key]
        if not task.cancelled():
            task.exception()  # retrieved, or asyncio reports a failure that nobody waited for
