"""Rows of runs as CSV, a piece at a time: a line per step and run, an empty cell where there is no value."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from builder.workspace.rows.absent import is_absent
from builder.workspace.rows.reader import Points, RunReader
from builder.workspace.rows.series import Series

_STEPS_AT_ONCE = 2048
_LEAST_PART = 64
"""Steps: where single ones are gone, so many are looked for at once at least."""
_OF_EVERY_LINE = ("run", "name", "step", "epoch", "training_seconds")
_SPLITS = ("validation", "test")
# A spreadsheet takes a text that begins so for a formula; the wide forms too.
_FORMULA_SIGNS = "=+-@\t\n＝＋－＠"


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of recorded values; `factor` is what each is multiplied by."""

    series: Series
    title: str
    factor: float = 1.0


def recorded_column(series: Series) -> SheetColumn:
    """A series as it was recorded: `loss train`, `grad_norm bodies`, `grad_norm block i4[2]/i7`."""
    subject = f"block {series.subject}" if series.family == "profile" else series.subject
    unit = f" [{series.unit}]" if series.unit else ""
    return SheetColumn(series, f"{series.quantity} {subject}{unit}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSheet:
    """A run's part of a sheet.

    Attributes:
        number: the workspace's.
        name: under which it is listed.
        reader: of its rows.
        columns: what is written of its steps.
        metrics: of its evaluations; None for all of them.
    """

    number: int
    name: str
    reader: RunReader
    columns: tuple[SheetColumn, ...]
    metrics: tuple[str, ...] | None = None


class Sheet:
    """Several runs one below the other, with the columns of all.

    Columns are `run`, `name`, `step`, `epoch`, `training_seconds` (pauses and evaluations left out), then the recorded ones
    by their titles, then the evaluations' as `accuracy validation`. Steps without any value have no line.

    Args:
        runs: in the order of their lines.
    """

    def __init__(self, runs: Sequence[RunSheet]) -> None:
        self._runs = tuple(runs)
        self._titles = list(dict.fromkeys(column.title for run in runs for column in run.columns))
        self._evaluated = [_evaluated(run) for run in runs]
        found = {key for evaluated in self._evaluated for cells in evaluated.values() for key in cells}
        self._metrics = sorted(found, key=_split_first)
        self.missing_before = 0
        """Profiles are no longer kept step by step before this step, as far as pieces were made."""

    def pieces(self) -> Iterator[str]:
        """The text, some thousand lines at a time."""
        header = [
            *_OF_EVERY_LINE,
            *map(safe_text, self._titles),
            *(safe_text(" ".join(each)) for each in self._metrics),
        ]
        yield _text([header])
        for run, evaluated in zip(self._runs, self._evaluated, strict=True):
            yield from self._pieces_of(run, evaluated)

    def _pieces_of(self, run: RunSheet, evaluated: dict[int, dict[tuple[str, str], float]]) -> Iterator[str]:
        info, last_step = run.reader.info(), run.reader.last_step()
        knots, seconds = run.reader.clock()
        seconds = np.concatenate([[0.0], np.cumsum(seconds)])
        knots = np.concatenate([[0], knots])
        places = {title: place for place, title in enumerate(self._titles)}
        per_epoch = info.get("steps_per_epoch")
        for first in (0, *range(1, last_step + 1, _STEPS_AT_ONCE)):
            last = min(first + _STEPS_AT_ONCE - 1, last_step) if first else 0
            cells = self._cells(run, places, first, last)
            times = np.interp(np.arange(first, last + 1), knots, seconds)
            lines = []
            for offset, values in enumerate(cells):
                step = first + offset
                metrics = evaluated.get(step, {})
                if not metrics and not any(values):
                    continue
                epoch = f"{step / per_epoch:.6g}" if per_epoch else ""
                beside = (run.number, safe_text(run.name), step, epoch, f"{times[offset]:.6f}")
                lines.append([*beside, *values, *(metrics.get(key, "") for key in self._metrics)])
            if lines:
                yield _text(lines)

    def _cells(self, run: RunSheet, places: dict[str, int], first: int, last: int) -> list[list[str]]:
        """Text `[steps, columns]`."""
        cells = [[""] * len(places) for _ in range(last - first + 1)]
        tracks: dict[tuple[str, int], list[SheetColumn]] = defaultdict(list)
        for column in run.columns if first else ():
            tracks[column.series.family, column.series.every].append(column)
        for columns in tracks.values():
            for points in self._kept(run.reader, columns, first, last):
                absent = is_absent(points.mean)
                rows = (points.steps - first).tolist()
                for place, column in enumerate(columns):
                    texts = _numbers(points.mean[:, place], column.factor)
                    to = places[column.title]
                    for row, text, is_gone in zip(rows, texts, absent[:, place].tolist(), strict=True):
                        if not is_gone:
                            cells[row][to] = text
        return cells

    def _kept(self, reader: RunReader, columns: Sequence[SheetColumn], first: int, last: int) -> Iterator[Points]:
        """Single steps of series of one track, where they are kept: of profiles that are thinned out, part by part."""
        track = columns[0].series
        try:
            yield reader.read([column.series.id for column in columns], first, last, bin_size=track.every)
        except ValueError:
            # Only profiles are ever thinned out; the reader answers so where single steps are gone.
            if track.family != "profile":
                raise
            if last - first < _LEAST_PART:
                self.missing_before = max(self.missing_before, last + 1)
                return
            middle = (first + last) // 2
            yield from self._kept(reader, columns, first, middle)
            yield from self._kept(reader, columns, middle + 1, last)


def missing_text(sheet: Sheet) -> str | None:
    """What is missing in the pieces made so far, in words; None if nothing is."""
    if not sheet.missing_before:
        return None
    return (
        f"Profiles by block are no longer kept step by step before step {sheet.missing_before:,}; "
        "their cells are empty there."
    )


def safe_text(text: str) -> str:
    """A person's text as a cell that no spreadsheet takes for a formula."""
    whole = text.replace("\r", " ")
    return f"'{whole}" if whole.startswith(tuple(_FORMULA_SIGNS)) else whole


def _numbers(values: np.ndarray, factor: float) -> list[str]:
    """The shortest text that gives the same float32, or of a product seven digits."""
    if factor == 1.0:
        return [str(value) for value in values]
    return [f"{value:.7g}" for value in (values.astype(np.float64) * factor).tolist()]


def _evaluated(run: RunSheet) -> dict[int, dict[tuple[str, str], float]]:
    """By step; of two evaluations at one step the later counts."""
    cells: dict[int, dict[tuple[str, str], float]] = defaultdict(dict)
    if run.metrics == ():
        return cells
    for each in run.reader.evaluations():
        for name, value in each.metrics.items():
            if run.metrics is None or name in run.metrics:
                cells[each.step][name, each.split] = value
    return cells


def _split_first(key: tuple[str, str]) -> tuple[int, str, str]:
    name, split = key
    return (_SPLITS.index(split) if split in _SPLITS else len(_SPLITS), split, name)


def _text(lines: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()
