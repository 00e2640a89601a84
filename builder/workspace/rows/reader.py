"""Reads a run's rows, while its trainer writes them or long after."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from builder.workspace.database import Database
from builder.workspace.rows import bins
from builder.workspace.rows.absent import ABSENT
from builder.workspace.rows.findings import Finding, from_npz
from builder.workspace.rows.layout import FIRST_WITH_FINDINGS, open_rows, read_series
from builder.workspace.rows.pyramid import load_bins, load_pending, load_records
from builder.workspace.rows.retention import CHECKPOINT_EVENT
from builder.workspace.rows.series import Series, Track, tracks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What is drawn: one point per bin, or per step if `bin_size` is the series' own stride.

    Attributes:
        steps: int64 `[points]`, the first step of each bin; it never moves as more rows arrive.
        mean: float32 `[points, series]` over the finite values; `ABSENT` where there was no value, another NaN (or at
            full resolution the infinity itself) where no value was finite.
        min: float32 `[points, series]`, the least finite value.
        max: float32 `[points, series]`, the greatest finite value.
        num_nonfinite: int64 `[points, series]`, NaNs and infinities, absent values not counted.
        bin_size: steps from one point to the next.
        last_step: the newest step that the last point covers; 0 without points.
    """

    steps: np.ndarray
    mean: np.ndarray
    min: np.ndarray
    max: np.ndarray
    num_nonfinite: np.ndarray
    bin_size: int
    last_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Metrics of one split after `step` updates; `num_classes` is 0 without a confusion matrix."""

    id: int
    step: int
    epoch: float
    split: str
    metrics: dict[str, float]
    num_classes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """A change from outside, in force for the updates after `step`."""

    id: int
    step: int
    kind: str
    subject: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened after `step` updates, at `time` (unix seconds)."""

    id: int
    step: int
    kind: str
    payload: dict[str, Any]
    time: float


class RunReader:
    """Reads the run.db of a folder, never writes; may be shared by threads.

    Args:
        folder: the run's.

    Raises:
        WorkspaceUnusable: if there is no run.db yet, it is damaged, or a newer version wrote it.
    """

    def __init__(self, folder: Path | str):
        self._database = open_rows(Path(folder), read_only=True)
        self._series: tuple[Series, ...] = ()

    def info(self) -> dict[str, Any]:
        """What the run is: number of steps, device, groups, blocks and the like."""
        return {row["key"]: json.loads(row["value"]) for row in self._database.rows("SELECT * FROM info")}

    def series(self) -> tuple[Series, ...]:
        """All series, by id."""
        # They are written once, before the first row.
        self._series = self._series or read_series(self._database)
        return self._series

    def last_step(self) -> int:
        """The newest step; 0 before the first."""
        return self._database.number("SELECT max(last_step) FROM flush")

    def data_version(self) -> int:
        """A number that differs after the trainer has written; costs microseconds."""
        return self._database.data_version()

    def clock(self, every: int = 1, after: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """How long training took, pauses and evaluations left out; what waits for a pace counts.

        Args:
            every: of the ends of flushes the last one in each so many steps.
            after: a step; only what came later.

        Returns:
            Steps int64 `[points]`, and float64 `[points]` the seconds from the point before to each.
        """
        rows = self._database.rows(
            "SELECT max(last_step), sum(seconds) FROM flush WHERE last_step > ? GROUP BY (last_step - 1) / ? ORDER BY 1",
            (after, every),
        )
        return np.array([row[0] for row in rows], dtype=np.int64), np.array([row[1] for row in rows], dtype=np.float64)

    def steps_per_second(self, newest_seconds: float = 5.0) -> float | None:
        """Speed over about the newest seconds of training, pauses left out; None before the first row."""
        num_steps, seconds = 0, 0.0
        for row in self._database.rows("SELECT num_steps, seconds FROM flush ORDER BY last_step DESC LIMIT 200"):
            num_steps, seconds = num_steps + row[0], seconds + row[1]
            if seconds >= newest_seconds:
                break
        return num_steps / seconds if seconds > 0 else None

    def read(
        self,
        series_ids: Sequence[int],
        first: int = 1,
        last: int | None = None,
        max_points: int = 2000,
        bin_size: int | None = None,
    ) -> Points:
        """The finest points that fit, up to the newest step; the last bin may still be filling.

        Args:
            series_ids: which columns, all of one stride.
            first: first step; a bin that holds it is read whole.
            last: last step; None for the newest.
            max_points: at most so many points.
            bin_size: exactly this size instead, one of an earlier answer, to append to what is drawn.

        Raises:
            ValueError: for an unknown series, different strides, a bin size that does not exist, or one step per
                point where a profile's full resolution is no longer kept.
        """
        series = self.series()
        if unknown := [each for each in series_ids if not 0 <= each < len(series)]:
            raise ValueError(f"Series {unknown} do not exist; this run has 0 to {len(series) - 1}.")
        strides = {series[each].every for each in series_ids}
        if len(strides) != 1:
            raise ValueError(f"Series of one read must share their stride; these have {sorted(strides) or 'none'}.")
        stride = strides.pop()
        tracks = [track for track in tracks_of(series) if set(track.columns) & set(series_ids)]
        with self._database.snapshot():
            num_records = tracks[0].num_records(self.last_step())
            first_record = tracks[0].first_record_from(first)
            last_record = num_records - 1 if last is None else min(last // stride, num_records) - 1
            level = _level_for(first_record, last_record, max_points, bin_size, stride)
            while True:
                parts = [
                    _load_level(self._database, each, level, first_record, last_record, num_records) for each in tracks
                ]
                loaded = [part for part in parts if part is not None]
                if len(loaded) == len(parts):
                    break
                if bin_size is not None:
                    raise ValueError(f"Steps {first} to {last} of this profile are no longer kept one by one.")
                level += 1
        places = {column: place for place, column in enumerate(column for track in tracks for column in track.columns)}
        order = [places[each] for each in series_ids]
        return _to_points(np.concatenate(loaded, axis=2)[:, :, order], level, first_record, num_records, stride)

    def evaluations(self, after: int = 0) -> list[Evaluation]:
        """Evaluations with an id above `after`, in the order they were made; of their matrices only the size."""
        return _to_evaluations(self._database.rows(f"{_SELECT_EVALUATION} WHERE id > ? ORDER BY id", (after,)))

    def newest_evaluation(self, split: str) -> Evaluation | None:
        """The last evaluation of a split, if there is one."""
        found = _to_evaluations(
            self._database.rows(f"{_SELECT_EVALUATION} WHERE split = ? ORDER BY id DESC LIMIT 1", (split,))
        )
        return found[0] if found else None

    def confusions(self, ids: Sequence[int]) -> dict[int, np.ndarray]:
        """Confusion matrices by evaluation: counts `[true class, predicted class]`, int64; of those that have one.

        Args:
            ids: of evaluations; one that a trainer has cut off since is left out.
        """
        found = self._database.rows(
            "SELECT id, num_classes, confusion FROM evaluation "
            "WHERE id IN (SELECT value FROM json_each(?)) AND confusion IS NOT NULL",
            (json.dumps(list(ids)),),
        )
        return {
            number: np.frombuffer(counts, dtype="<i8").reshape(num_classes, num_classes)
            for number, num_classes, counts in found
        }

    def findings(self) -> list[Finding]:
        """What evaluations found beside their metrics, without the arrays, of each kind oldest first.

        A run that an earlier version recorded has none.
        """
        if not self._has_findings():
            return []
        rows = self._database.rows(
            "SELECT finding.id, kind, evaluation, step, epoch, split, metrics FROM finding "
            "JOIN evaluation ON evaluation.id = evaluation ORDER BY finding.id"
        )
        return [Finding(**{**dict(row), "metrics": json.loads(row["metrics"])}) for row in rows]

    def finding(self, number: int) -> tuple[str, dict[str, np.ndarray]] | None:
        """Kind and arrays of one finding by its id; None if there is none any more."""
        if not self._has_findings():
            return None
        row = self._database.row("SELECT kind, arrays FROM finding WHERE id = ?", (number,))
        return None if row is None else (row["kind"], from_npz(row["arrays"]))

    def _has_findings(self) -> bool:
        # A trainer that goes on with an older file adds the table while it is read.
        return self._database.found_version >= FIRST_WITH_FINDINGS

    def interventions(self, after: int = 0) -> list[Intervention]:
        """Interventions with an id above `after`, in the order they were made."""
        rows = self._database.rows("SELECT * FROM intervention WHERE id > ? ORDER BY id", (after,))
        return [Intervention(**{**dict(row), "value": json.loads(row["value"])}) for row in rows]

    def events(self, after: int = 0) -> list[Event]:
        """Events with an id above `after`, in the order they happened."""
        rows = self._database.rows("SELECT * FROM event WHERE id > ? ORDER BY id", (after,))
        return [Event(**{**dict(row), "payload": json.loads(row["payload"])}) for row in rows]

    def flagged_steps(self) -> list[int]:
        """Steps before which a checkpoint was written because somebody was about to change something, in order."""
        rows = self._database.rows(
            "SELECT DISTINCT step FROM event WHERE kind = ? AND json_extract(payload, '$.flagged') ORDER BY step",
            (CHECKPOINT_EVENT,),
        )
        return [row[0] for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._database.close()


_SELECT_EVALUATION = "SELECT id, step, epoch, split, metrics, num_classes FROM evaluation"


def _to_evaluations(rows: Sequence[Any]) -> list[Evaluation]:
    # Ten thousand JSON texts are parsed sooner as one.
    metrics = json.loads(f"[{','.join(row['metrics'] for row in rows)}]")
    return [
        Evaluation(id=number, step=step, epoch=epoch, split=split, metrics=found, num_classes=num_classes)
        for (number, step, epoch, split, _, num_classes), found in zip(rows, metrics, strict=True)
    ]


def _level_for(first: int, last: int, max_points: int, bin_size: int | None, stride: int) -> int:
    level = 0
    if bin_size is None:
        while last // bins.size_of(level) - first // bins.size_of(level) + 1 > max(1, max_points):
            level += 1
        return level
    while bins.size_of(level) * stride < bin_size:
        level += 1
    if bins.size_of(level) * stride != bin_size:
        raise ValueError(f"There are no bins of {bin_size} steps; sizes are 1, 16, 64, 256, … times {stride}.")
    return level


def _load_level(
    database: Database, track: Track, level: int, first: int, last: int, num_records: int
) -> np.ndarray | None:
    """Summaries `[points, 5, series]` of one level over records `first` to `last`, or None if not kept in full."""
    if last < first:
        return np.empty((0, 5, len(track.columns)), dtype=np.float32)
    if level == 0:
        records = load_records(database, track, first, last)
        return None if records is None else bins.summarise(records)
    size = bins.size_of(level)
    complete = load_bins(database, track, level, first // size, last // size)
    if last // size < num_records // size:
        return complete
    pending = load_pending(database, track, num_records, below=level)
    if pending is None:
        raise AssertionError("the records of an open bin are always kept")
    return np.concatenate([complete, bins.merge(np.concatenate(pending[::-1])[np.newaxis])])


def _to_points(summaries: np.ndarray, level: int, first: int, num_records: int, stride: int) -> Points:
    size = bins.size_of(level)
    starts = (first // size + np.arange(len(summaries), dtype=np.int64)) * size
    ends_at = min(int(starts[-1]) + size, num_records) if len(starts) else 0
    absent = summaries[:, bins.NUM_FINITE] + summaries[:, bins.NUM_NONFINITE] == 0
    mean, low, high = (np.where(absent, ABSENT, summaries[:, row]) for row in (bins.MEAN, bins.MIN, bins.MAX))
    return Points(
        steps=(starts + 1) * stride,
        mean=mean,
        min=low,
        max=high,
        num_nonfinite=summaries[:, bins.NUM_NONFINITE].astype(np.int64),
        bin_size=size * stride,
        last_step=ends_at * stride,
    )
