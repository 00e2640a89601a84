"""Rows of numbers that a chart draws, in the form they travel: those that are new, and the first one's place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from builder.charts.binning import MAX_BINS, Bins, bin_size_for, read_bins
from builder.charts.chart import Column
from builder.charts.runs import RecordedRun
from builder.charts.smoothing import Smoother, half_life_of
from builder.charts.text import DIGITS_OF_COLOURS, SIGNIFICANT_DIGITS, to_json_numbers
from builder.workspace.rows import Evaluation, Finding

Table = dict[str, Any]  # {first, x: [rows], columns: {name: [rows or a multiple]}}, sometimes labels: [rows]

# A cross for a first value that is not finite has no smooth line to stand on.
_NOWHERE_YET = 1.0
_DIGITS_OF_SECONDS = 7


class Sent:
    """How many rows of a table were sent and are since as they were."""

    def __init__(self) -> None:
        self._num_rows = 0

    def first(self, num_rows: int, *, is_settled: bool = False) -> int:
        """The first row to send, of `num_rows` that there are now.

        With `is_settled`, `changed` tells of every change; otherwise the last row may still change.
        """
        first = min(self._num_rows, num_rows)
        self._num_rows = num_rows if is_settled else max(0, num_rows - 1)
        return first

    def changed(self, row: int) -> None:
        """This row is not what was sent."""
        self._num_rows = min(row, self._num_rows)

    def clear(self) -> None:
        """Begin again: the next message starts at row 0."""
        self._num_rows = 0


def evaluation_label(evaluation: Evaluation | Finding) -> str:
    """Which evaluation it is, in words."""
    accuracy = evaluation.metrics.get("accuracy")
    named = evaluation.split if accuracy is None else f"{evaluation.split} accuracy {accuracy:.2%}"
    epoch = f"{evaluation.epoch:.2f}".rstrip("0").rstrip(".")
    return f"step {evaluation.step:,} · epoch {epoch} · {named}"


class BinTable:
    """The bins of a run's series of one stride.

    Args:
        recorded: the run.
        columns: what is drawn of them, all of one stride.
        max_bins: at most so many rows.
    """

    def __init__(self, recorded: RecordedRun, columns: Sequence[Column], max_bins: int):
        self._run = recorded
        self._columns = list(dict.fromkeys(columns))
        self._max_bins = max_bins
        self._sent = Sent()
        self._series = sorted({each.id for column in self._columns for each in column.series})
        self._places = {series_id: place for place, series_id in enumerate(self._series)}
        self._stride = self._columns[0].series[0].every
        self._size = 0
        self._smoother = self._new_smoother()

    def starts_over(self, last_step: int) -> bool:
        """Whether another bin size holds now, so that every row changes."""
        return self._size != bin_size_for(last_step // self._stride, self._max_bins)

    def reset(self, last_step: int) -> None:
        """Begin again with the bin size for a run of `last_step` steps; everything is sent next."""
        self._size = bin_size_for(last_step // self._stride, self._max_bins)
        self._smoother = self._new_smoother()
        self._sent.clear()

    def newest(self, last_step: int) -> Table:
        """The rows up to `last_step` that are new or have changed."""
        num_rows = -(-(last_step // self._stride) // self._size)
        if not num_rows:
            return {"first": 0, "x": [], "columns": {}}
        first = self._sent.first(num_rows)
        bins = read_bins(
            self._run.reader, self._series, size=self._size, first=first, last_step=last_step, stride=self._stride
        )
        smooth = self._smoother.smooth(first, bins.mean, bins.num_steps)
        columns = {
            column.name: to_json_numbers(values, DIGITS_OF_COLOURS if column.is_of_blocks else SIGNIFICANT_DIGITS)
            for column in self._columns
            if (values := self._values(column, bins, smooth)) is not None
        }
        return {"first": first, "x": bins.steps.tolist(), "columns": columns}

    def _new_smoother(self) -> Smoother:
        return Smoother(len(self._series), half_life_of(self._run.num_steps))

    def _values(self, column: Column, bins: Bins, smooth: np.ndarray) -> Iterable[float] | None:
        places = [self._places[each.id] for each in column.series]
        if column.form == "bad":
            height = np.where(np.isfinite(smooth), smooth, _NOWHERE_YET)[:, places]
            return np.where(bins.num_nonfinite[:, places] > 0, height, np.nan).ravel().tolist()
        place = places[0]
        if column.form == "mean":
            return bins.mean[:, place].tolist()
        return bins.mean[:, place].tolist() if bins.size == 1 else zigzag(bins, place).tolist()


def zigzag(bins: Bins, place: int) -> np.ndarray:
    """Least and greatest value of each bin, `[2 * bins]`, every second pair turned, so that one thin line through
    them stays within the values of neighbouring bins and shows every spike."""
    pairs = np.stack([bins.low[:, place], bins.high[:, place]], axis=1)
    odd = (bins.first + np.arange(len(pairs))) % 2 == 1
    pairs[odd] = pairs[odd][:, ::-1]
    return pairs.ravel()


class ClockTable:
    """Seconds of training at some steps of a run, between which they are as good as straight; for a time axis.

    Args:
        recorded: the run.
        max_rows: at most so many.
    """

    def __init__(self, recorded: RecordedRun, max_rows: int = MAX_BINS):
        self._run = recorded
        self._max_rows = max_rows
        self._sent = Sent()
        self._size = 0
        self._steps: list[int] = []
        self._seconds: list[float] = []

    def starts_over(self, last_step: int) -> bool:
        """Whether rows are farther apart now, so that every one changes."""
        return self._size != bin_size_for(last_step, self._max_rows)

    def reset(self, last_step: int) -> None:
        """Begin again; everything is sent next."""
        self._size = bin_size_for(last_step, self._max_rows)
        self._steps, self._seconds = [], []
        self._sent.clear()

    def newest(self) -> Table:
        """The rows that are new or have changed: steps and the seconds until then."""
        # The last one may have been the end of a bin that was not full.
        del self._steps[-1:], self._seconds[-1:]
        after, so_far = (self._steps[-1], self._seconds[-1]) if self._steps else (0, 0.0)
        steps, seconds = self._run.reader.clock(self._size, after)
        self._steps += steps.tolist()
        self._seconds += (so_far + np.cumsum(seconds)).tolist()
        if not self._steps:
            return {"first": 0, "x": [], "columns": {}}
        first = self._sent.first(len(self._steps))
        return {
            "first": first,
            "x": self._steps[first:],
            "columns": {"seconds": to_json_numbers(self._seconds[first:], _DIGITS_OF_SECONDS)},
        }


class EvaluationTable:
    """Metrics of one split at each evaluation.

    Args:
        metrics: names of the columns.
        max_rows: with more evaluations, a row stands for 2, 4, 8, … of them.
    """

    def __init__(self, metrics: Sequence[str], max_rows: int = MAX_BINS):
        self._metrics = tuple(metrics)
        self._sent = Sent()
        self._max_rows = max_rows
        self._steps: list[int] = []
        self._values: list[list[float]] = []
        self._size = 1

    def extend(self, step: int, metrics: dict[str, float]) -> None:
        """Take one more evaluation."""
        self._steps.append(step)
        self._values.append([metrics.get(name, float("nan")) for name in self._metrics])

    def best(self, metric: str) -> tuple[float, int] | None:
        """The greatest value so far, and the first step at which it was reached."""
        place = self._metrics.index(metric)
        measured = [(row[place], -step) for row, step in zip(self._values, self._steps, strict=True)]
        found = [each for each in measured if np.isfinite(each[0])]
        value, step = max(found, default=(0.0, 0))
        return (value, -step) if found else None

    def newest_value(self, metric: str) -> float | None:
        """The value of the newest evaluation."""
        return self._values[-1][self._metrics.index(metric)] if self._values else None

    def starts_over(self) -> bool:
        """Whether rows must be merged now, so that every row changes."""
        return len(self._steps) > self._size * self._max_rows

    def reset(self) -> None:
        """Begin again; everything is sent next."""
        while self.starts_over():
            self._size *= 2
        self._sent.clear()

    def newest(self) -> Table:
        """The rows that are new or have changed; of several evaluations in one both the least and the greatest value."""
        size = self._size
        num_rows = -(-len(self._steps) // size)
        if not num_rows:
            return {"first": 0, "x": [], "columns": {}}
        first = self._sent.first(num_rows)
        starts = range(first * size, len(self._steps), size)
        columns: dict[str, list[float | int | None]] = {}
        for place, name in enumerate(self._metrics):
            groups = [[row[place] for row in self._values[start : start + size]] for start in starts]
            values = [value for group in groups for value in (group if size == 1 else _extremes(group))]
            columns[name] = to_json_numbers(values)
        return {"first": first, "x": [self._steps[start] for start in starts], "columns": columns}


def _extremes(values: list[float]) -> tuple[float, float]:
    finite = [value for value in values if np.isfinite(value)]
    return (min(finite), max(finite)) if finite else (float("nan"), float("nan"))
