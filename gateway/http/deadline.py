"""How long a request is worth working on: until its deadline, and only while its client is there."""

import asyncio
from time import monotonic
from types import TracebackType
from typing import Self

from starlette.requests import ClientDisconnect
from starlette.types import Receive

# Seconds. Most requests are answered before the first check.
CHECK_INTERVAL = 0.25


class BodyTimeout(Exception):
    """The deadline came before the whole request did."""


class RequestDeadline:
    """`with` it around the work of a request, in the request's own task, which it cancels.

    Raises TimeoutError after `timeout` and at most CHECK_INTERVAL more, or BodyTimeout while the body is not in, and
    ClientDisconnect once the client has gone. What the work holds is released on the way: a statement is cancelled, a
    transaction rolled back, also of a mutation. A committed change stays: its idempotency key answers a retry.
    """

    __slots__ = ("_cancelling", "_deadline", "_disconnect_task", "_exception", "_monitor", "_receive", "_task")

    def __init__(self, timeout: float, monitor: "DeadlineMonitor") -> None:
        task = asyncio.current_task()
        assert task is not None, "a request runs in a task"
        self._task = task
        self._cancelling = task.cancelling()
        self._deadline = monotonic() + timeout
        self._monitor = monitor
        self._receive: Receive | None = None
        self._disconnect_task: asyncio.Task[None] | None = None
        self._exception: Exception | None = None

    def __enter__(self) -> Self:
        self._monitor.add(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._monitor.remove(self)
        if self._disconnect_task is not None:
            self._disconnect_task.cancel()
        if self._exception is None:
            return
        if self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise self._exception from error

    def watch_disconnect(self, receive: Receive) -> None:
        """The whole body is in: the next message of `receive` is that the client has gone."""
        self._receive = receive

    def check(self, now: float) -> float:
        """Seconds that remain. Cancels the request when there are none."""
        remaining = self._deadline - now
        if remaining <= 0:
            self._abort(BodyTimeout() if self._receive is None else TimeoutError("the request's time is up"))
        elif self._disconnect_task is None and self._receive is not None:
            self._disconnect_task = asyncio.get_running_loop().create_task(self._wait_for_disconnect(self._receive))
        return remaining

    async def _wait_for_disconnect(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._abort(ClientDisconnect())

    def _abort(self, exception: Exception) -> None:
        if self._exception is None:
            self._exception = exception
            self._task.cancel()


class DeadlineMonitor:
    """Checks all requests under way every CHECK_INTERVAL: a timer for each would be a tenth of a small one."""

    def __init__(self) -> None:
        self._deadlines: set[RequestDeadline] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, deadline: RequestDeadline) -> None:
        self._deadlines.add(deadline)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(CHECK_INTERVAL, self._check_all)

    def remove(self, deadline: RequestDeadline) -> None:
        self._deadlines.discard(deadline)

    def _check_all(self) -> None:
        self._timer = None
        now = monotonic()
        remaining = [deadline.check(now) for deadline in self._deadlines]
        if remaining:
            delay = min([CHECK_INTERVAL, *(seconds for seconds in remaining if seconds > 0)])
            self._timer = asyncio.get_running_loop().call_later(delay, self._check_all)
