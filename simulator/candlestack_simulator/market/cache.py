"""A bounded cache that forgets what was used longest ago."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """Holds values up to a sum of costs; the newest value always stays. Safe for use by several threads."""

    def __init__(self, max_cost: int, cost: Callable[[Value], int]) -> None:
        self._max_cost = max_cost
        self._cost_of = cost
        self._cost = 0
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made by `make` where it is not held; two threads may both make it."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            if key not in self._values:
                self._values[key] = value
                self._cost += self._cost_of(value)
            while self._cost > self._max_cost and len(self._values) > 1:
                _, forgotten = self._values.popitem(last=False)
                self._cost -= self._cost_of(forgotten)
        return value

    @property
    def cost(self) -> int:
        """The sum of the costs of all that is held."""
        return self._cost
