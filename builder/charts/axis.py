"""Axes: where the step axis ends, where zero lies on a logarithmic axis, and its ticks.

`components/frontend/src/live/axis.ts` holds the same rules; both are tested with the same examples.
"""

from __future__ import annotations

import math
from collections.abc import Iterable


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


def log_ticks(low: float, high: float, floor: float | None = None, most: int = 8) -> tuple[list[float], list[str]]:
    """Ticks of a logarithmic axis from `low` to `high`: decades, or 1, 2 and 5 of each where few are in sight.

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
    if len(ticks) < 2:
        powers = range(first - 1, last + 1)
        finer = [(float(f"{digit}e{power}"), f"{digit}e{power}") for power in powers for digit in (1, 2, 5)]
        ticks = [tick for tick in finer if low * (1 - 1e-9) <= tick[0] <= high * (1 + 1e-9)]
    if floor is not None and low <= floor:
        ticks = [(floor, "0"), *(tick for tick in ticks if tick[0] > floor * 1.0001)]
    return [value for value, _ in ticks], [label for _, label in ticks]
