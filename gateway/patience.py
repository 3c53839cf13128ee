"""How long a request is worth working on: until its deadline, and only while its client is there."""

import asyncio
from types import TracebackType
from typing import Self

from starlette.requests import ClientDisconnect
from starlette.types import Receive

LOOK_EVERY = 0.25  # seconds; most requests are answered before the first look, and cost one timer


class NotArrived(Exception):
    """The deadline came before the whole request did."""


class Patience:
    """`with` it around the work of a request, in the request's own task, which it cancels.

    Raises TimeoutError at the deadline, or NotArrived, and ClientDisconnect once the client has gone. What the work
    holds is given back on the way: a statement is cancelled, a transaction rolled back, also of a mutation. A change
    that has committed stays: its idempotency key tells a client that comes again.
    """

    __slots__ = ("_cancelling", "_deadline", "_loop", "_receive", "_task", "_timer", "_verdict", "_watch")

    def __init__(self, seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None, "a request runs in a task"
        self._loop = asyncio.get_running_loop()
        self._task = task
        self._cancelling = task.cancelling()
        self._deadline = self._loop.time() + seconds
        self._receive: Receive | None = None
        self._watch: asyncio.Task[None] | None = None
        self._verdict: Exception | None = None

    def __enter__(self) -> Self:
        self._timer = self._loop.call_later(LOOK_EVERY, self._look)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._timer.cancel()
        if self._watch is not None:
            self._watch.cancel()
        if self._verdict is None:
            return
        if self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise self._verdict from error

    def listen(self, receive: Receive) -> None:
        """The whole body is in: the next thing that `receive` tells is that the client has gone."""
        self._receive = receive

    def _look(self) -> None:
        left = self._deadline - self._loop.time()
        if left <= 0:
            self._end(NotArrived() if self._receive is None else TimeoutError("the request's time is up"))
            return
        if self._watch is None and self._receive is not None:
            self._watch = self._loop.create_task(self._until_gone(self._receive))
        self._timer = self._loop.call_later(min(LOOK_EVERY, left), self._look)

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._end(ClientDisconnect())

    def _end(self, verdict: Exception) -> None:
        if self._verdict is None:
            self._verdict = verdict
            self._task.cancel()
