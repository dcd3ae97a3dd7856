"""`Kept`: numbered values that are made when they are asked for, and the last ones kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Values by number, made when first asked for; of the `most` used last. Two threads may make one twice."""

    def __init__(self, make: Callable[[int], Value], most: int) -> None:
        self._make, self._most = make, most
        self._values: OrderedDict[int, Value] = OrderedDict()
        self._lock = threading.Lock()

    def __getitem__(self, number: int) -> Value:
        with self._lock:
            if number in self._values:
                self._values.move_to_end(number)
                return self._values[number]
        made = self._make(number)
        with self._lock:
            self._values[number] = made
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return made
