"""How long a request is worth working on: until its deadline, and only while its client is there."""

import asyncio
from time import monotonic
from types import TracebackType
from typing import Self

from starlette.requests import ClientDisconnect
from starlette.types import Receive

# Seconds. Most requests are answered before anybody looks at them.
LOOK_EVERY = 0.25


class NotArrived(Exception):
    """The deadline came before the whole request did."""


class Patience:
    """`with` it around the work of a request, in the request's own task, which it cancels.

    Raises TimeoutError after `seconds` and at most LOOK_EVERY more, or NotArrived, and ClientDisconnect once the client
    has gone. What the work holds is given back on the way: a statement is cancelled, a transaction rolled back, also of
    a mutation. A change that has committed stays: its idempotency key tells a client that comes again.
    """

    __slots__ = ("_cancelling", "_deadline", "_receive", "_rounds", "_task", "_verdict", "_watch")

    def __init__(self, seconds: float, rounds: "Rounds") -> None:
        task = asyncio.current_task()
        assert task is not None, "a request runs in a task"
        self._task = task
        self._cancelling = task.cancelling()
        self._deadline = monotonic() + seconds
        self._rounds = rounds
        self._receive: Receive | None = None
        self._watch: asyncio.Task[None] | None = None
        self._verdict: Exception | None = None

    def __enter__(self) -> Self:
        self._rounds.join(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._rounds.leave(self)
        if self._watch is not None:
            self._watch.cancel()
        if self._verdict is None:
            return
        if self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise self._verdict from error

    def listen(self, receive: Receive) -> None:
        """The whole body is in: the next thing that `receive` tells is that the client has gone."""
        self._receive = receive

    def look(self, now: float) -> float:
        """Seconds that are left. Ends the work when there are none."""
        left = self._deadline - now
        if left <= 0:
            self._end(NotArrived() if self._receive is None else TimeoutError("the request's time is up"))
        elif self._watch is None and self._receive is not None:
            self._watch = asyncio.get_running_loop().create_task(self._until_gone(self._receive))
        return left

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._end(ClientDisconnect())

    def _end(self, verdict: Exception) -> None:
        if self._verdict is None:
            self._verdict = verdict
            self._task.cancel()


class Rounds:
    """Looks at all requests under way, every LOOK_EVERY: a timer for each of them would be a tenth of a small one."""

    def __init__(self) -> None:
        self._under_way: set[Patience] = set()
        self._timer: asyncio.TimerHandle | None = None

    def join(self, patience: Patience) -> None:
        self._under_way.add(patience)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)

    def leave(self, patience: Patience) -> None:
        self._under_way.discard(patience)

    def _look(self) -> None:
        self._timer = None
        now = monotonic()
        left = [patience.look(now) for patience in self._under_way]
        if left:
            soon = min([LOOK_EVERY, *(seconds for seconds in left if seconds > 0)])
            self._timer = asyncio.get_running_loop().call_later(soon, self._look)
