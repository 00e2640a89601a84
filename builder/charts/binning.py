"""Bins of fixed size and place over a run's records: what one drawn point stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from builder.workspace.rows import ABSENT, RunReader, bins

MAX_BINS = 512
# Below the first size that a run's file keeps, bins are made of single records, which scalars keep for ever.
_SMALL_SIZES = (1, 2, 4, 8)


def bin_size_for(num_records: int, max_bins: int = MAX_BINS) -> int:
    """Records per bin so that `num_records` make at most `max_bins` bins; a function of the run's length alone."""
    for size in _SMALL_SIZES:
        if num_records <= size * max_bins:
            return size
    return next(bins.size_of(level) for level in count(1) if num_records <= bins.size_of(level) * max_bins)


@dataclass(frozen=True, slots=True)
class Bins:
    """Consecutive bins, from number `first` on; a bin of number `i` starts at record `i * size` for ever.

    Attributes:
        first: number of the first one.
        size: records in a whole bin.
        steps: float64 `[bins]`, the middle of the steps that each covers so far.
        num_steps: int64 `[bins]`, how many steps each covers so far.
        mean: float32 `[bins, series]` over the finite values, not finite where there is none.
        low: float32 `[bins, series]`, the least finite value.
        high: float32 `[bins, series]`, the greatest finite value.
        num_nonfinite: int64 `[bins, series]`, absent values not counted.
    """

    first: int
    size: int
    steps: np.ndarray
    num_steps: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    num_nonfinite: np.ndarray


def read_bins(
    reader: RunReader, series_ids: Sequence[int], *, size: int, first: int, last_step: int, stride: int = 1
) -> Bins:
    """Bins of `size` records from number `first` up to `last_step`; the last may still be filling.

    Args:
        reader: of the run.
        series_ids: columns, all recorded every `stride` steps.
        size: one of those `bin_size_for` gives.
        first: number of the first bin.
        last_step: the newest step to include.
        stride: steps from one record to the next.
    """
    small = size in _SMALL_SIZES
    points = reader.read(
        series_ids,
        first=(first * size + 1) * stride,
        last=last_step,
        bin_size=stride if small else size * stride,
    )
    if small:
        mean, low, high, num_nonfinite = _combine(points.mean, size)
    else:
        mean, low, high, num_nonfinite = points.mean, points.min, points.max, points.num_nonfinite
    numbers = first + np.arange(len(mean))
    starts = numbers * size + 1
    ends = np.minimum(starts + size - 1, max(points.last_step // stride, first * size + 1))
    return Bins(
        first=first,
        size=size,
        steps=(starts + ends) / 2 * stride,
        num_steps=(ends - starts + 1) * stride,
        mean=mean,
        low=low,
        high=high,
        num_nonfinite=num_nonfinite,
    )


def _combine(records: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Mean, least, greatest and number of non-finite values of each `size` records `[records, series]`."""
    missing = -len(records) % size
    whole = np.concatenate([records, np.full((missing, records.shape[1]), ABSENT, dtype=np.float32)])
    summaries = bins.summarise(whole)
    merged = bins.merge(summaries.reshape(-1, size, *summaries.shape[1:]))
    counts = merged[:, bins.NUM_NONFINITE].astype(np.int64)
    return merged[:, bins.MEAN], merged[:, bins.MIN], merged[:, bins.MAX], counts
