"""What one run adds to a message, and how much of it was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from builder.charts.binning import MAX_BINS
from builder.charts.chart import Chart, Column
from builder.charts.confusion_table import ConfusionTable
from builder.charts.contents import KINDS
from builder.charts.depth_profile import PROFILES, profile_fills, read_profile
from builder.charts.finding_table import FindingTable, finding_table
from builder.charts.flags import flags_of
from builder.charts.gates import gate_fills
from builder.charts.limits import NUM_FIRST_STEPS, loss_at_start
from builder.charts.look import KindLook
from builder.charts.runs import RecordedRun
from builder.charts.span import Span
from builder.charts.step_time import StepTimeFeed
from builder.charts.survival import survival_fills
from builder.charts.tables import BinTable, ClockTable, EvaluationTable
from builder.workspace.branching import WaysBack
from builder.workspace.rows import Intervention
from builder.workspace.rows.layout import FILE_NAME

MAX_MAP_COLUMNS = 128
OVER_DEPTH = (*PROFILES, "gate_profile")
"""Charts of one step."""
_SPLITS = ("validation", "test")


class RunFeed:
    """Feeds one run to a view.

    Args:
        run: what to feed.
        kinds: looks of the block kinds.
    """

    def __init__(self, run: RecordedRun, kinds: Mapping[str, KindLook]):
        self.run = run
        self.last_step = 0
        self._kinds = kinds
        self._tables: dict[str, BinTable] = {}
        self._clock = ClockTable(run)
        self._shrunk = False
        self._step_times = StepTimeFeed(run)
        self._ways_back = WaysBack(run.id, run.run.folder, run.info)
        self._forget()

    def look(self) -> None:
        """Read how far the run has come."""
        last_step = self.run.reader.last_step()
        if last_step < self.last_step:  # resumed from a checkpoint: rows and evaluations after it are gone
            self._shrunk = True
            self._forget()
        self.last_step = last_step
        evaluations = self.run.reader.evaluations(self._last_evaluation)
        if evaluations:
            findings = self.run.reader.findings()
            for kind, table in self._findings.items():
                table.replace([each for each in findings if each.kind == kind])
        for evaluation in evaluations:
            self._last_evaluation = evaluation.id
            if evaluation.split in self._evaluations:
                self._evaluations[evaluation.split].extend(evaluation.step, evaluation.metrics)
            self._confusion.extend(evaluation)
        after = self._interventions[-1].id if self._interventions else 0
        if newer := self.run.reader.interventions(after):
            self._interventions += newer
            # A checkpoint is let go only to make room for another change's.
            self._ways_back.look()
            self._bursts = self.run.reader.flagged_steps()

    @property
    def validation(self) -> EvaluationTable:
        """Loss and accuracy of the validation set so far."""
        return self._evaluations["validation"]

    def starts_over(self) -> bool:
        """Whether rows that were sent have changed, so that everything must be sent again."""
        return (
            self._shrunk
            or any(table.starts_over(self.last_step) for table in (*self._tables.values(), self._clock))
            or any(table.starts_over() for table in (*self._evaluations.values(), self._confusion))
        )

    def reset(self, charts: Sequence[Chart]) -> None:
        """Begin again with what these charts draw."""
        self._shrunk = False
        wanted: dict[str, list[Column]] = {}
        for chart in charts:
            for column in chart.columns.get(self.run.id, ()):
                wanted.setdefault(column.table, []).append(column)
        self._tables = {}
        for name, columns in wanted.items():
            most = MAX_MAP_COLUMNS if columns[0].is_of_blocks else MAX_BINS
            self._tables[name] = BinTable(self.run, columns, most)
            self._tables[name].reset(self.last_step)
        self._clock.reset(self.last_step)
        for table in (*self._evaluations.values(), self._confusion, *self._findings.values()):
            table.reset()

    def written_at(self) -> float:
        """When the run's file was last written, in milliseconds since 1970."""
        folder = self.run.run.folder
        paths = (folder / FILE_NAME, folder / f"{FILE_NAME}-wal")
        return round(max(path.stat().st_mtime for path in paths if path.exists()) * 1000, 1)

    def add_to(self, message: dict[str, Any], *, axis_end: float, first: bool, alone: bool) -> None:
        """Put this run's part into a message.

        Args:
            message: to be completed.
            axis_end: last step on the axis.
            first: whether this run gives the charts that show a single run.
            alone: whether no other run is drawn.
        """
        for name, table in self._tables.items():
            message["tables"][f"{self.run.id}/{name}"] = table.newest(self.last_step)
        message["tables"][f"{self.run.id}/clock"] = self._clock.newest()
        for split, table in self._evaluations.items():
            message["tables"][f"{self.run.id}/{split}"] = table.newest()
        message["flags"] += flags_of(
            self.run,
            self._interventions,
            axis_end,
            alone=alone,
            bursts=self._bursts,
            way_back=self._ways_back.before,
        )
        if first:
            message["fills"].update(survival_fills(self.run, self.last_step))
            fills, cost = self._step_times.fills(self.last_step)
            message["fills"].update(fills)
            if cost:
                message["notes"]["step_time"] = cost
            message["tables"][f"{self.run.id}/confusion"] = self._confusion.newest()
            for kind, table in self._findings.items():
                message["tables"][finding_table(self.run, kind)] = table.newest()

    def loss_at_start(self) -> float:
        """Its loss in the first few steps; NaN before them."""
        if self._start is None or self._start[0] < NUM_FIRST_STEPS:
            self._start = (self.last_step, loss_at_start(self.run, self.last_step))
        return self._start[1]

    def over_depth(
        self, chart_id: str, step: int, *, first: bool, alone: bool
    ) -> tuple[Span, dict[str, dict[str, Any]]] | None:
        """What this run adds to a chart of `OVER_DEPTH` at a step: the steps it stands for, and fills by uid.

        None where it adds nothing. Of a run that has not come so far it is its newest step.
        """
        step = min(step, self.last_step)
        if chart_id in PROFILES:
            profile = read_profile(self.run, chart_id, step)
            return profile and (profile.span, profile_fills(self.run, chart_id, profile, self._kinds, alone=alone))
        return gate_fills(self.run, step) if first else None

    def _forget(self) -> None:
        self._evaluations = {split: EvaluationTable(("loss", "accuracy")) for split in _SPLITS}
        self._last_evaluation = 0
        self._confusion = ConfusionTable(self.run.reader.confusions)
        self._findings = {kind: FindingTable() for kind in KINDS}
        self._interventions: list[Intervention] = []
        self._start: tuple[int, float] | None = None
        self._step_times.forget()
        self._bursts: list[int] = []
