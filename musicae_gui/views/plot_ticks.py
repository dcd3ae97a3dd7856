"""Round numbers for the axes of a plot."""

from __future__ import annotations

import math


def loss_ticks(low: float, high: float, most: int, *, log: bool) -> list[float]:
    """At most about `most` round values from `low` to `high`; with `log` all of them are common logarithms."""
    if not log:
        return multiples(low, high, nice_step((high - low) / most))
    for digits in ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 5), (1, 3), (1,)):
        decades = range(math.floor(low), math.ceil(high) + 1)
        ticks = [decade + math.log10(digit) for decade in decades for digit in digits]
        ticks = [tick for tick in ticks if low <= tick <= high]
        # Labels crowd where the ticks are closest: between the two largest digits of a decade.
        closest = 1 - math.log10(digits[-1]) if len(digits) > 1 else 1.0
        if (high - low) / most <= closest:
            break
    if len(ticks) >= 2:
        return ticks
    # Less than a decade, and no two powers in it: round values, wherever their logarithms fall.
    values = multiples(10**low, 10**high, nice_step((10**high - 10**low) / most))
    return [math.log10(value) for value in values if value > 0]


def nice_step(wanted: float) -> float:
    """The smallest of 1, 2, 5 x a power of ten that is not below `wanted`."""
    if not (wanted > 0 and math.isfinite(wanted)):
        return 1.0
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= wanted * (1 - 1e-9))


def multiples(low: float, high: float, step: float) -> list[float]:
    """The multiples of `step` from `low` to `high`, a hundred at most."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, min(last, first + 100) + 1)]
