"""Writes a run's rows; one writer per run, in its trainer."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.rows import bins
from builder.workspace.rows.findings import Arrays, stride_of, to_npz
from builder.workspace.rows.layout import open_rows, read_series, to_blob
from builder.workspace.rows.pyramid import Pyramid, load_pending, load_records
from builder.workspace.rows.retention import Keep, Retention
from builder.workspace.rows.series import Series, Track, tracks_of

_MAX_CHUNK_RECORDS = 4096
_TRIM_EVERY_STEPS = 256


class RunWriter:
    """Appends to the run.db of a folder. To go on with a run, open it again and `go_on` from its checkpoint.

    Args:
        folder: the run's; it must exist.
        keep: how much of the profiles' full resolution stays.
    """

    def __init__(self, folder: Path | str, keep: Keep | None = None):
        self._database = open_rows(Path(folder), read_only=False)
        self._keep = keep or Keep()
        self._series: tuple[Series, ...] = ()
        self._load()
        self._columns, self._num_columns = list(range(len(self._series))), len(self._series)

    def start(self, info: Mapping[str, Any], series: Sequence[Series]) -> None:
        """Set what the run is and what it records, once, before its first row.

        Raises:
            ValueError: if it was started before, or the series' ids are not 0, 1, 2, ….
        """
        if self._series:
            raise ValueError(f"{self._database.path} is already started. Use go_on.")
        tracks_of(series)
        with self._database.transaction():
            self.set_info(info)
            self._database.write_many(
                "INSERT INTO series VALUES (?, ?, ?, ?, ?, ?)",
                [(each.id, each.quantity, each.subject, each.family, each.unit, each.every) for each in series],
            )
        self._load()
        self._columns, self._num_columns = list(range(len(series))), len(series)

    @property
    def is_started(self) -> bool:
        """Whether the series are set."""
        return bool(self._series)

    def go_on(self, step: int, info: Mapping[str, Any], series: Sequence[Series]) -> None:
        """Forget what is past a checkpoint's `step`, and append from there.

        A run that an earlier version began without some of these series goes on without them.

        Raises:
            WorkspaceUnusable: if the run has recorded series that are not among these.
        """
        columns = {replace(each, id=0): each.id for each in series}
        try:
            self._columns = [columns[replace(each, id=0)] for each in self._series]
        except KeyError:
            raise WorkspaceUnusable(
                f"{self._database.path} records other quantities than the run would now: the document's blocks or groups "
                "differ, or another version of Highrise wrote it. Start a new run."
            ) from None
        self._num_columns = len(series)
        self.truncate_after(step)
        self.set_info(info)

    def set_info(self, info: Mapping[str, Any]) -> None:
        """Add or replace entries of `info`; values are JSON."""
        self._database.write_many(
            "INSERT OR REPLACE INTO info VALUES (?, ?)", [(key, json.dumps(value)) for key, value in info.items()]
        )

    @property
    def last_step(self) -> int:
        """The newest step written; 0 before the first."""
        return self._last_step

    def append_steps(self, first_step: int, values: np.ndarray, seconds: float) -> None:
        """Write the rows of one flush, in one commit.

        Args:
            first_step: of the first row; follows on the last step written.
            values: float32 `[steps, series]`, columns by id of the series given at the start or to `go_on`; `ABSENT`
                where there is no value. Of a series with `every` above 1 only the rows at multiples of it are read.
            seconds: how long these steps took, without pauses.
        """
        values = np.asarray(values)
        if values.dtype != np.float32 or values.ndim != 2 or values.shape[1] != self._num_columns:
            raise ValueError(
                f"Rows must be float32 [steps, {self._num_columns}], one column per series; "
                f"these are {values.dtype} {list(values.shape)}."
            )
        if first_step != self._last_step + 1:
            raise ValueError(f"The next row is of step {self._last_step + 1}, not {first_step}.")
        if not len(values):
            return
        values = values[:, self._columns]
        try:
            with self._database.transaction():
                self._append(first_step, values, seconds)
        except BaseException:
            self._load()  # the file has taken nothing, so neither may the bins in memory
            raise
        self._last_step += len(values)

    def add_evaluation(
        self,
        step: int,
        epoch: float,
        split: str,
        metrics: Mapping[str, float],
        confusion: np.ndarray | None = None,
        findings: Mapping[str, Arrays] | None = None,
    ) -> None:
        """Record an evaluation of `split` after `step` updates, in one commit.

        Args:
            step: finished updates.
            epoch: the same in epochs.
            split: which part was measured.
            metrics: numbers by name.
            confusion: counts `[true class, predicted class]`.
            findings: arrays by name, by kind; of each kind only some evaluations' are kept (`findings.MAX_FINDINGS`).
        """
        blob = None if confusion is None else np.ascontiguousarray(confusion, dtype="<i8").tobytes()
        row = (step, epoch, split, json.dumps(dict(metrics)), 0 if confusion is None else len(confusion), blob)
        blobs = {kind: to_npz(arrays) for kind, arrays in (findings or {}).items()}
        number = self._num_evaluations(split)
        with self._database.transaction():
            evaluation = self._database.insert(
                "INSERT INTO evaluation (step, epoch, split, metrics, num_classes, confusion) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            for kind, arrays in blobs.items():
                self._database.insert(
                    "INSERT INTO finding (kind, number, evaluation, arrays) VALUES (?, ?, ?, ?)",
                    (kind, number, evaluation, arrays),
                )
                self._database.execute(
                    "DELETE FROM finding WHERE kind = ? AND number % ? AND number < ?",
                    (kind, stride_of(number), number),
                )
        self._evaluation_counts[split] = number + 1

    def _num_evaluations(self, split: str) -> int:
        # Counted once: each row is a page or more, for its matrix.
        if split not in self._evaluation_counts:
            found = self._database.number("SELECT count(*) FROM evaluation WHERE split = ?", (split,))
            self._evaluation_counts[split] = found
        return self._evaluation_counts[split]

    def add_intervention(self, step: int, kind: str, subject: str, value: Any) -> None:
        """Commit what changes the updates after `step`, before the next one is taken."""
        self._database.insert(
            "INSERT INTO intervention (step, kind, subject, value) VALUES (?, ?, ?, ?)",
            (step, kind, subject, json.dumps(value)),
        )

    def add_event(self, step: int, kind: str, payload: Mapping[str, Any] | None = None) -> None:
        """Record that something happened after `step` updates. An event `checkpoint` says the run can resume there."""
        self._database.insert(
            "INSERT INTO event (step, kind, payload, time) VALUES (?, ?, ?, ?)",
            (step, kind, json.dumps(dict(payload or {})), time.time()),
        )

    def truncate_after(self, step: int) -> None:
        """Forget rows, evaluations with their findings, and events past `step`, never interventions.

        The next row is of `step + 1`.

        Raises:
            ValueError: if the profiles' records just before `step` are no longer kept in full. They always are at
                the two newest `checkpoint` events, and at those that are `flagged`.
        """
        with self._database.transaction():
            for track in self._tracks:
                self._truncate_track(track, track.num_records(step))
            self._truncate_flushes(step)
            self._database.execute(
                "DELETE FROM finding WHERE evaluation IN (SELECT id FROM evaluation WHERE step > ?)", (step,)
            )
            self._database.execute("DELETE FROM evaluation WHERE step > ?", (step,))
            self._database.execute("DELETE FROM event WHERE step > ?", (step,))
        self._load()

    def forget_interventions(self, step: int) -> None:
        """Forget the changes of the updates after `step`: another run goes its own way from there."""
        self._database.execute("DELETE FROM intervention WHERE step >= ?", (step,))

    def close(self) -> None:
        """Close the file. What was appended is already safe."""
        self._database.close()

    def _load(self) -> None:
        self._series = read_series(self._database)
        self._tracks = tracks_of(self._series)
        self._last_step = self._database.number("SELECT max(last_step) FROM flush")
        self._trimmed_at = self._last_step
        self._evaluation_counts: dict[str, int] = {}
        self._capped = bool(self._database.rows("SELECT 1 FROM info WHERE key = 'full_resolution_ended_at'"))
        self._retentions = [
            Retention(self._database, track, self._keep) for track in self._tracks if track.family == "profile"
        ]
        self._pyramids: list[Pyramid] = []
        for track in self._tracks:
            num_records = track.num_records(self._last_step)
            pending = load_pending(self._database, track, num_records)
            self._pyramids.append(Pyramid(len(track.columns), num_records, pending))

    def _append(self, first_step: int, values: np.ndarray, seconds: float) -> None:
        last_step = first_step + len(values) - 1
        self._database.insert("INSERT INTO flush VALUES (?, ?, ?)", (last_step, len(values), seconds))
        for track, pyramid in zip(self._tracks, self._pyramids, strict=True):
            self._append_records(track, pyramid, values[-first_step % track.every :: track.every])
        if last_step - self._trimmed_at >= _TRIM_EVERY_STEPS:
            self._trim(last_step)

    def _append_records(self, track: Track, pyramid: Pyramid, values: np.ndarray) -> None:
        records = values[:, track.columns]
        first = pyramid.num_records
        for start in range(0, len(records), _MAX_CHUNK_RECORDS):
            chunk = records[start : start + _MAX_CHUNK_RECORDS]
            self._database.insert(
                "INSERT INTO chunk VALUES (?, ?, ?, ?)", (track.id, first + start, len(chunk), to_blob(chunk))
            )
        completed = [(track.id, each.level, each.number, to_blob(each.summary)) for each in pyramid.extend(records)]
        if completed:
            self._database.write_many("INSERT INTO bin VALUES (?, ?, ?, ?)", completed)

    def _trim(self, last_step: int) -> None:
        if not self._capped and self._database.used_bytes() > self._keep.max_bytes:
            self._capped = True
            self.set_info({"full_resolution_ended_at": last_step})
        for retention in self._retentions:
            retention.trim(last_step, capped=self._capped)
        self._trimmed_at = last_step

    def _truncate_track(self, track: Track, num_records: int) -> None:
        open_from = num_records // bins.FIRST_SIZE * bins.FIRST_SIZE
        if load_records(self._database, track, open_from, num_records - 1) is None:
            raise ValueError(
                f"Cannot go back to step {track.step_of(num_records - 1)}: the records just before it are no longer "
                "kept in full. Go back to a step with a checkpoint event."
            )
        cut = self._database.row(
            "SELECT first_record, data FROM chunk WHERE track = ? AND first_record < ? AND first_record + num_records "
            "> ? ORDER BY first_record DESC LIMIT 1",
            (track.id, num_records, num_records),
        )
        if cut:
            left = num_records - cut["first_record"]
            self._database.execute(
                "UPDATE chunk SET num_records = ?, data = ? WHERE track = ? AND first_record = ?",
                (left, cut["data"][: left * len(track.columns) * 4], track.id, cut["first_record"]),
            )
        self._database.execute("DELETE FROM chunk WHERE track = ? AND first_record >= ?", (track.id, num_records))
        top = self._database.number("SELECT max(level) FROM bin WHERE track = ?", (track.id,))
        for level in range(1, top + 1):
            self._database.execute(
                "DELETE FROM bin WHERE track = ? AND level = ? AND number >= ?",
                (track.id, level, num_records // bins.size_of(level)),
            )

    def _truncate_flushes(self, step: int) -> None:
        for last_step, num_steps, seconds in self._database.rows("SELECT * FROM flush WHERE last_step > ?", (step,)):
            self._database.execute("DELETE FROM flush WHERE last_step = ?", (last_step,))
            left = step - (last_step - num_steps)
            if left > 0:
                self._database.insert("INSERT INTO flush VALUES (?, ?, ?)", (step, left, seconds * left / num_steps))
