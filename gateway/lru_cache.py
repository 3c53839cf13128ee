"""A cache of bounded weight that evicts the least recently used value first."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LRUCache(Generic[K, V]):
    """Values that weigh up to `max_weight` together; each weighs 1 unless `put` says more."""

    __slots__ = ("_entries", "_free")

    def __init__(self, max_weight: int) -> None:
        self._free = max_weight
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: K, value: V, weight: int = 1) -> V:
        previous = self._entries.pop(key, None)
        self._free += (0 if previous is None else previous[1]) - weight
        self._entries[key] = (value, weight)
        while self._free < 0:
            self._free += self._entries.popitem(last=False)[1][1]
        return value

    def __len__(self) -> int:
        return len(self._entries)
