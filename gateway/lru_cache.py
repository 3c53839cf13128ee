"""What was made before, kept by key while there is room: the least recently used goes first."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Values that weigh up to `room` together; each weighs 1 unless it is said to weigh more."""

    __slots__ = ("_room", "_values")

    def __init__(self, room: int) -> None:
        self._room = room
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, weight: int = 1) -> V:
        before = self._values.pop(key, None)
        self._room += (0 if before is None else before[1]) - weight
        self._values[key] = (value, weight)
        while self._room < 0:
            self._room += self._values.popitem(last=False)[1][1]
        return value

    def __len__(self) -> int:
        return len(self._values)
