"""Axes: where the step axis ends, where zero lies on a logarithmic axis, and its ticks.

`components/frontend/src/live/axis.ts` holds the same rules; both are tested with the same examples.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

_ENOUGH = 3
"""Ticks: two do not show that the axis is logarithmic, and one shows nothing."""
_DIGITS = ((1, 2, 5), (1, 3), (1, 2, 4, 6, 8))
_STEPS = (5.0, 2.5, 2.0, 1.0)


def axis_end(last_step: int, num_steps: int) -> float:
    """Last step on the axis: the planned number halved as long as everything so far fits.

    So the axis changes a few times in a run rather than at every point, and at least half of it is filled.
    """
    end = float(max(num_steps, last_step, 1))
    while end / 2 >= max(last_step, 16):
        end /= 2
    return end


def zero_floor(values: Iterable[float | None]) -> float:
    """Where a true zero is drawn on a logarithmic axis: a decade under the decade of the least positive value."""
    least = min((value for value in values if value is not None and value > 0), default=1.0)
    return 10.0 ** (math.floor(math.log10(least)) - 1)


def above(values: Iterable[float | None], limit: float | None) -> float | None:
    """The greatest value, if it lies above the limit and so does not widen a linear axis; None where all do."""
    found = [value for value in values if value is not None]
    if limit is None or not found or max(found) <= limit or min(found) > limit:
        return None
    return max(found)


def linear_range(values: Iterable[float | None], limit: float) -> list[float]:
    """A range of a linear axis that holds all values up to the limit, of which there is one."""
    within = [value for value in values if value is not None and value <= limit]
    extent = max(max(within) - min(within), abs(max(within)) * 0.02, 1e-12)
    return [min(within) - 0.07 * extent, max(within) + 0.09 * extent]


def full_colour(rows: Iterable[Iterable[float | None]]) -> float:
    """Which share has the full colour of a linear map: all, or the next of 0.5, 0.2, 0.1, … above what is in sight."""
    greatest = max((value for row in rows for value in row if value is not None), default=1.0)
    if greatest <= 0:
        return 1.0
    power = math.floor(math.log10(greatest))
    return next(share for share in (float(f"{digit}e{power}") for digit in (1, 2, 5, 10)) if share >= greatest)


def log_ticks(low: float, high: float, floor: float | None = None, most: int = 8) -> tuple[list[float], list[str]]:
    """Ticks of a logarithmic axis from `low` to `high`: decades, or finer where fewer than three are in sight.

    Args:
        low: least value in sight, above 0.
        high: greatest value in sight.
        floor: where zeros are drawn, if there are any; its tick says 0.
        most: at most so many decades get a label.

    Returns:
        Values and labels.
    """
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    every = max(1, math.ceil((last - first + 1) / most))
    ticks = [(10.0**power, f"1e{power}") for power in range(first, last + 1) if power % every == 0]
    if len(ticks) < 2 and last > first:
        ticks = [(10.0**power, f"1e{power}") for power in (first, last)]
    if len(ticks) < _ENOUGH:
        finer = _finer_ticks(low, high, most)
        # Where there is room for two alone, they are two decades.
        if len(finer) <= most or len(ticks) < 2:
            ticks = finer
    if floor is not None and low <= floor:
        # Less than a decade above the floor there is no value: where all are zero, nothing else is to be read.
        ticks = [(floor, "0"), *(tick for tick in ticks if high > 10 * floor and tick[0] > floor * 1.0001)]
    return [value for value, _ in ticks], [label for _, label in ticks]


def _finer_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """The first of several digits of each decade that give enough ticks, else, over a decade or more, those that give least
    of too many, and within one the widest equal steps that give enough."""
    too_many: list[list[tuple[float, str]]] = []
    first, last = math.floor(math.log10(low)), math.floor(math.log10(high))
    for digits in _DIGITS:
        named = [f"{digit}e{power}" for power in range(first, last + 1) for digit in digits]
        ticks = [
            (float(name), name.removesuffix("e0"))
            for name in named
            if low * (1 - 1e-9) <= float(name) <= high * (1 + 1e-9)
        ]
        if _ENOUGH <= len(ticks) <= most:
            return ticks
        if len(ticks) >= _ENOUGH:
            too_many.append(ticks)
    if too_many and high >= 10 * low:
        return min(too_many, key=len)
    unit = 10.0 ** math.floor(math.log10(high - low))
    steps = [factor * part for part in (unit, unit / 10) for factor in _STEPS]
    step = next((each for each in steps if len(_counts(low, high, each)) >= _ENOUGH), steps[-1])
    return [(count * step, _short(count * step)) for count in _counts(low, high, step)]


def _counts(low: float, high: float, step: float) -> range:
    return range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)


def _short(value: float) -> str:
    """With a mantissa of as few digits as it takes: `2.5e-1`."""
    mantissa, power = f"{value:.6e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(power)}".removesuffix("e0")
