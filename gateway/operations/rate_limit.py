"""Rate limiting: a token bucket per viewer, in the memory of one worker. Several workers do not share them."""

import time
from collections.abc import Callable, Hashable
from math import ceil

from gateway.lru_cache import LRUCache
from gateway.operations.errors import ErrorCode, RequestError, graphql_error
from gateway.operations.limits import Limits

# Cost per CPU second of preparing an operation: with a refill of 25,000 per second a viewer can use a quarter of a
# worker.
COST_PER_CPU_SECOND = 100_000
FREE_CPU_SECONDS = 0.002
# The least recently seen viewer is dropped first, and begins with a full bucket again.
MAX_TRACKED_VIEWERS = 10_000


class RateLimiter:
    """The buckets of the MAX_TRACKED_VIEWERS that were seen last."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: LRUCache[Hashable, TokenBucket] = LRUCache(MAX_TRACKED_VIEWERS)

    def bucket(self, viewer: Hashable) -> "TokenBucket":
        return self._buckets.get(viewer) or self._buckets.put(viewer, TokenBucket(self._limits, self._clock))


class TokenBucket:
    """The token bucket of one viewer: `capacity` at once, and a refill of `restore` each second.

    `with bucket:` charges the block for its time: preparing an operation, where nothing is awaited. Nearly all
    operations are cached and cost nothing here; hostile documents, or a new one with every request, are what the
    viewer pays for.
    """

    __slots__ = ("_began", "_clock", "_full_at", "_limits", "_refill_seconds")

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        # When the bucket will be full.
        self._full_at = clock()
        self._refill_seconds = limits.capacity / limits.restore

    def check(self) -> None:
        """Raises RequestError for a viewer in debt: nothing is prepared for them."""
        if self._full_at - self._clock() > self._refill_seconds:
            raise self._rate_limited(0, self._available())

    def consume(self, cost: int) -> int:
        """Returns what is left. Raises RequestError for more than there is, and consumes nothing."""
        limits = self._limits
        if cost > limits.cost:
            message = f"The operation costs {cost}; at most {limits.cost} is allowed. Ask for smaller pages."
            error = graphql_error(ErrorCode.TOO_COSTLY, message, requested=cost, maximum=limits.cost)
            raise RequestError(ErrorCode.TOO_COSTLY, [error])
        available = self._available()
        if cost > available:
            raise self._rate_limited(cost, available)
        self._full_at += cost / limits.restore
        return available - cost

    def consume_into_debt(self, cost: float) -> None:
        """Without a check: the bucket may go below zero."""
        self._full_at = max(self._full_at, self._clock()) + cost / self._limits.restore

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        seconds = time.perf_counter() - self._began
        if seconds > FREE_CPU_SECONDS:
            self.consume_into_debt(seconds * COST_PER_CPU_SECOND)

    def _available(self) -> int:
        now = self._clock()
        self._full_at = max(self._full_at, now)
        return self._limits.capacity - ceil((self._full_at - now) * self._limits.restore)

    def _rate_limited(self, cost: int, available: int) -> RequestError:
        seconds = ceil((cost - available) / self._limits.restore)
        message = f"The operation costs {cost}, and {max(available, 0)} is left now. Try again in {seconds} s."
        error = graphql_error(ErrorCode.RATE_LIMITED, message, None, **self.as_extension(cost, available))
        return RequestError(ErrorCode.RATE_LIMITED, [error], headers=((b"retry-after", b"%d" % seconds),))

    def as_extension(self, cost: int, available: int) -> dict[str, int]:
        """The value of `extensions.cost`."""
        limits = self._limits
        return {"requested": cost, "maximum": limits.cost, "available": available, "restoreRate": limits.restore}
