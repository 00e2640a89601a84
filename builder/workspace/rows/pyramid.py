"""The levels of summaries over one track: which bins a flush completes, and what is not complete yet.

`pending[0]` are the records after the last complete bin of level 1, and `pending[k]` the bins of level k after the
last complete one of level k + 1. All of it can be read back from the file, so nothing is lost with the process.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from builder.workspace.database import Database
from builder.workspace.rows import bins
from builder.workspace.rows.layout import from_blobs
from builder.workspace.rows.series import Track


@dataclass(frozen=True, slots=True)
class CompletedBin:
    """A bin that will never change again; `summary` is float32 `[5, series]`."""

    level: int
    number: int
    summary: np.ndarray


class Pyramid:
    """Summarises the records of one track as they arrive.

    Args:
        num_series: of the track.
        num_records: already summarised.
        pending: as described above; what `load_pending` returns.
    """

    def __init__(self, num_series: int, num_records: int = 0, pending: list[np.ndarray] | None = None):
        self.num_records = num_records
        self._pending = pending or [np.empty((0, 5, num_series), dtype=np.float32)]

    def extend(self, values: np.ndarray) -> Iterator[CompletedBin]:
        """Take new records, float32 `[records, series]`, and yield the bins they complete."""
        self.num_records += len(values)
        arriving = bins.summarise(values)
        level = 0
        while len(arriving):
            if level == len(self._pending):
                self._pending.append(np.empty((0, *arriving.shape[1:]), dtype=np.float32))
            waiting = np.concatenate([self._pending[level], arriving])
            size = bins.FACTOR if level else bins.FIRST_SIZE
            num_complete = len(waiting) // size
            self._pending[level] = waiting[num_complete * size :]
            if not num_complete:
                return
            arriving = bins.merge(waiting[: num_complete * size].reshape(num_complete, size, *waiting.shape[1:]))
            level += 1
            first_number = self.num_records // bins.size_of(level) - num_complete
            for offset, summary in enumerate(arriving):
                yield CompletedBin(level, first_number + offset, summary)


def load_pending(
    database: Database, track: Track, num_records: int, below: int | None = None
) -> list[np.ndarray] | None:
    """What is not complete after `num_records`, from the file.

    Args:
        database: a run.db.
        track: whose records.
        num_records: of the track, all or fewer than the file holds.
        below: only the levels under this one; None for all.

    Returns:
        Per level float32 `[parts, 5, series]`, or None if the records needed are no longer kept.
    """
    start = num_records // bins.FIRST_SIZE * bins.FIRST_SIZE
    records = load_records(database, track, start, num_records - 1)
    if records is None:
        return None
    pending = [bins.summarise(records)]
    level = 1
    while (below is None or level < below) and bins.size_of(level) <= max(1, num_records):
        first = num_records // bins.size_of(level + 1) * bins.FACTOR
        pending.append(load_bins(database, track, level, first, num_records // bins.size_of(level) - 1))
        level += 1
    return pending


def load_bins(database: Database, track: Track, level: int, first: int, last: int) -> np.ndarray:
    """Complete bins numbered `first` to `last`, float32 `[bins, 5, series]`."""
    blobs = database.rows(
        "SELECT summary FROM bin WHERE track = ? AND level = ? AND number BETWEEN ? AND ? ORDER BY number",
        (track.id, level, first, last),
    )
    return from_blobs([row[0] for row in blobs], 5, len(track.columns))


def load_records(database: Database, track: Track, first: int, last: int) -> np.ndarray | None:
    """Records `first` to `last` in full, float32 `[records, series]`, or None if some are no longer kept."""
    num_series = len(track.columns)
    if last < first:
        return np.empty((0, num_series), dtype=np.float32)
    # By way of the chunk that holds `first`, so that the cost does not grow with the length of the run.
    chunks = database.rows(
        "SELECT first_record, num_records, data FROM chunk WHERE track = ? AND first_record <= ? AND first_record >= "
        "(SELECT max(first_record) FROM chunk WHERE track = ? AND first_record <= ?) ORDER BY first_record",
        (track.id, last, track.id, first),
    )
    expected = chunks[0][0] if chunks else 0
    for chunk in chunks:
        if chunk[0] != expected:
            return None
        expected += chunk[1]
    if expected <= last:
        return None
    start = first - chunks[0][0]
    return from_blobs([chunk[2] for chunk in chunks], num_series)[start : start + last - first + 1]
