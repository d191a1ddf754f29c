"""A bounded cache that forgets what was used longest ago."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from cachetools import LRUCache

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """Holds values up to a sum of costs, and none that costs more by itself. Safe for use by several threads."""

    def __init__(self, max_cost: int, cost: Callable[[Value], int]) -> None:
        self._cost_of = cost
        self._values: LRUCache[Key, Value] = LRUCache(max_cost, getsizeof=cost)
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made by `make` where it is not held; two threads may both make it."""
        with self._lock:
            if key in self._values:
                return self._values[key]
        value = make()
        with self._lock:
            if self._cost_of(value) <= self._values.maxsize:
                self._values[key] = value
        return value

    @property
    def cost(self) -> int:
        """The sum of the costs of all that is held."""
        return int(self._values.currsize)
