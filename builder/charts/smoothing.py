"""The smooth line: an exponential average by steps, corrected for its start, over the drawn bins.

With half-life `H`, a bin of `n` steps and finite mean `m` gives

    d = 2 ** (-n / H);   total = d * total + (1 - d) * m;   weight = d * weight + (1 - d);   drawn: total / weight

A bin without a finite value changes nothing. The line is a function of the bins and of `H` alone, so it is the same
while the run is live and afterwards, however its rows arrived.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SMALLEST_HALF_LIFE, LARGEST_HALF_LIFE = 5.0, 100.0


def smooth_line(steps: Sequence[float], means: Sequence[float | None], half_life: float) -> list[float | None]:
    """The line over bins that begin with step 1 and leave nothing out.

    Args:
        steps: the middle of each bin's steps, which says how many it has.
        means: of each bin; None where nothing is finite.
        half_life: in steps.

    Returns:
        A height per bin, None before the first value.
    """
    num_steps, last = [], 0.0
    for middle in steps:
        num_steps.append(2 * (middle - last) - 1)
        last += num_steps[-1]
    column = np.array([[np.nan if mean is None else mean] for mean in means], dtype=np.float64).reshape(-1, 1)
    heights = Smoother(1, half_life).smooth(0, column, np.array(num_steps))[:, 0]
    return [float(height) if np.isfinite(height) else None for height in heights]


def half_life_of(num_steps: int) -> float:
    """Half-life in steps: a hundredth of the planned run, but so few that the beginning of a long run is not far behind."""
    return min(max(SMALLEST_HALF_LIFE, num_steps / 100), LARGEST_HALF_LIFE)


class Smoother:
    """Averages bins one after the other and can go back to any bin it has passed.

    Args:
        num_series: columns of the bins.
        half_life: in steps.
    """

    def __init__(self, num_series: int, half_life: float):
        self._half_life = half_life
        self._states = [np.zeros((2, num_series))]  # total and weight before each bin

    def smooth(self, first: int, means: np.ndarray, num_steps: np.ndarray) -> np.ndarray:
        """The average at each bin.

        Args:
            first: number of the first bin given; at most one past the last one ever given.
            means: `[bins, series]`, anything not finite where there is no value.
            num_steps: `[bins]`, steps that each bin covers so far.

        Returns:
            float64 `[bins, series]`, NaN before the first value.
        """
        del self._states[first + 1 :]
        smooth = np.full(means.shape, np.nan)
        for row, (mean, steps) in enumerate(zip(means.astype(np.float64), num_steps, strict=True)):
            state, finite = self._states[-1].copy(), np.isfinite(mean)
            keep = 2.0 ** (-float(steps) / self._half_life)
            state[0, finite] = keep * state[0, finite] + (1 - keep) * mean[finite]
            state[1, finite] = keep * state[1, finite] + (1 - keep)
            begun = state[1] > 0
            smooth[row, begun] = state[0, begun] / state[1, begun]
            self._states.append(state)
        return smooth
