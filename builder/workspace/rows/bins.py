"""Summaries of fixed runs of records: minimum, maximum, mean, and how many values were finite or not.

Shapes: R records, B bins, S series. Bin `i` of size `n` covers records `i * n` up to `(i + 1) * n - 1`, for ever.
A summary is float32 `[5, S]`; of its rows the counts are exact up to 2^24 records.
"""

from __future__ import annotations

import numpy as np

from builder.workspace.rows.absent import ABSENT, is_absent

FIRST_SIZE = 16
FACTOR = 4
MIN, MAX, MEAN, NUM_FINITE, NUM_NONFINITE = range(5)


def size_of(level: int) -> int:
    """Records in one bin; level 0 is the records themselves."""
    return 1 if level == 0 else FIRST_SIZE * FACTOR ** (level - 1)


def summarise(values: np.ndarray) -> np.ndarray:
    """Each record as a summary of its own.

    Args:
        values: float32 `[R, S]`.

    Returns:
        float32 `[R, 5, S]`. Minimum, maximum and mean of a value that is not finite are that value itself.
    """
    finite = np.isfinite(values)
    nonfinite = ~finite & ~is_absent(values)
    return np.stack([values, values, values, finite, nonfinite], axis=1, dtype=np.float32, casting="unsafe")


def merge(summaries: np.ndarray) -> np.ndarray:
    """One summary of several, in the same float operations however they arrived.

    Args:
        summaries: float32 `[B, n, 5, S]`, the `n` parts of each of B bins.

    Returns:
        float32 `[B, 5, S]`. Without a finite value, minimum, maximum and mean are NaN if something was not finite
        and absent if nothing was there at all.
    """
    counts = summaries[:, :, NUM_FINITE]
    some = counts > 0
    merged = np.empty((len(summaries), 5, summaries.shape[-1]), dtype=np.float32)
    merged[:, MIN] = np.where(some, summaries[:, :, MIN], np.inf).min(axis=1)
    merged[:, MAX] = np.where(some, summaries[:, :, MAX], -np.inf).max(axis=1)
    merged[:, NUM_FINITE] = counts.sum(axis=1)
    merged[:, NUM_NONFINITE] = summaries[:, :, NUM_NONFINITE].sum(axis=1)
    parts = np.where(some, summaries[:, :, MEAN], np.float32(0)).astype(np.float64) * counts
    # Running sums, for they are one addition after the other: the order of numpy's own sum depends on the shape.
    totals = np.add.accumulate(parts, axis=1)[:, -1]
    merged[:, MEAN] = totals / np.maximum(merged[:, NUM_FINITE], 1)
    nothing = np.where(merged[:, NUM_NONFINITE] > 0, np.float32(np.nan), ABSENT)
    empty = merged[:, NUM_FINITE] == 0
    for row in (MIN, MAX, MEAN):
        merged[:, row][empty] = nothing[empty]
    return merged
