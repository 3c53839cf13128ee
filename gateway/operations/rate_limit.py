"""What viewers may spend: a token bucket each, in the memory of one worker. With several, each grants its own."""

import time
from collections.abc import Callable, Hashable
from math import ceil

from gateway.lru_cache import LRUCache
from gateway.operations.errors import ErrorCode, RequestError, graphql_error
from gateway.operations.limits import Limits

# Of preparing an operation; a quarter of a worker's time restores itself.
SECOND = 100_000
QUICK = 0.002  # seconds


# Viewers whose spending is known at once. Whoever is forgotten, the longest silent first, begins anew.
VIEWERS = 10_000


class Allowances:
    """What each viewer may still spend, for as many as VIEWERS."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._known: LRUCache[Hashable, Allowance] = LRUCache(VIEWERS)

    def of(self, viewer: Hashable) -> "Allowance":
        return self._known.get(viewer) or self._known.put(viewer, Allowance(self._limits, self._clock))


class Allowance:
    """What one viewer may spend: up to `capacity` at once, and `restore` more each second.

    `with` it around the work before a statement runs, which is charged by its time; nothing is awaited there. Nearly
    all operations have been asked before, and cost nothing here; to throw bombs, or a new document with every request,
    is what the viewer pays for.
    """

    __slots__ = ("_began", "_clock", "_full_at", "_limits", "_longest")

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        # When there will be all that one can have.
        self._full_at = clock()
        self._longest = limits.capacity / limits.restore

    def require(self) -> None:
        """Raises RequestError for a viewer in debt: nothing is prepared for them."""
        if self._full_at - self._clock() > self._longest:
            raise self._exhausted(0, self._available())

    def charge(self, cost: int) -> int:
        """What is left then. Raises RequestError for more than there is, and charges nothing."""
        limits = self._limits
        if cost > limits.cost:
            message = f"The operation costs {cost}; at most {limits.cost} is allowed. Ask for smaller pages."
            error = graphql_error(ErrorCode.TOO_COSTLY, message, requested=cost, maximum=limits.cost)
            raise RequestError(ErrorCode.TOO_COSTLY, [error])
        available = self._available()
        if cost > available:
            raise self._exhausted(cost, available)
        self._full_at += cost / limits.restore
        return available - cost

    def spend(self, cost: float) -> None:
        """Even when it leads into debt."""
        self._full_at = max(self._full_at, self._clock()) + cost / self._limits.restore

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        took = time.perf_counter() - self._began
        if took > QUICK:
            self.spend(took * SECOND)

    def _available(self) -> int:
        now = self._clock()
        self._full_at = max(self._full_at, now)
        return self._limits.capacity - ceil((self._full_at - now) * self._limits.restore)

    def _exhausted(self, cost: int, available: int) -> RequestError:
        seconds = ceil((cost - available) / self._limits.restore)
        message = f"The operation costs {cost}, and {max(available, 0)} is left now. Try again in {seconds} s."
        error = graphql_error(ErrorCode.RATE_LIMITED, message, None, **self.told(cost, available))
        return RequestError(ErrorCode.RATE_LIMITED, [error], headers=((b"retry-after", b"%d" % seconds),))

    def told(self, cost: int, available: int) -> dict[str, int]:
        """In the words of `extensions.cost`."""
        limits = self._limits
        return {"requested": cost, "maximum": limits.cost, "available": available, "restoreRate": limits.restore}
