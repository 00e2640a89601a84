"""The live view of some runs: messages that hold what is new, small however long the runs are.

A message is `{generation, full, tables, fills, flags, notes, limits, axis_end, last_step, empty, written_at}` and, if full,
`charts`, `runs`, and `items`: of the first run's blocks by depth, which item of the tower each is.
`tables[id] = {first, x, columns}` replaces rows from `first` on. Rows with `labels` are looked at one at a time, the newest
unless a person chooses. Those of findings have no columns: a chart with a `finding` asks for what the one that it shows
holds, by the row's `x` (`contents`), so that a message stays small whatever was found. `fills[uid]` replaces a trace's data
whole; those of charts over depth are of the newest step, and `LiveView.at` gives them at any other. Values above
`limits[chart]` do not widen its linear axis. A message that is not full and has another generation than the last, or starts
after the last row held, shows a gap: ask for a full one (`shared_view`). A trace with a `half_life` draws its column's means
as a smooth line (`smoothing`), as long as a person does not choose another one.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from builder.charts.axis import axis_end
from builder.charts.block_maps import (
    activation_map_chart,
    drop_raster_chart,
    gate_map_chart,
    gradient_map_chart,
    update_map_chart,
)
from builder.charts.boundary import boundary_chart
from builder.charts.by_group import grad_norm_chart, learning_rate_chart, update_ratio_chart
from builder.charts.chart import Chart
from builder.charts.class_gates import class_gates_chart, sample_gates_chart
from builder.charts.confusion import confusion_chart
from builder.charts.curves import accuracy_chart, loss_chart
from builder.charts.depth_profile import activation_profile_chart, depth_profile_chart
from builder.charts.filters import filters_chart
from builder.charts.gates import gate_profile_chart
from builder.charts.limits import loss_limit
from builder.charts.look import KindLook
from builder.charts.mistakes import mistakes_chart
from builder.charts.recorded import has_columns
from builder.charts.run_feed import OVER_DEPTH, RunFeed
from builder.charts.runs import RecordedRun, ShownRun
from builder.charts.span import span_note
from builder.charts.step_time import step_time_chart
from builder.charts.survival import survival_chart
from builder.charts.tables import EvaluationTable
from builder.charts.text import to_json_number
from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.rows import RunReader
from builder.workspace.rows.layout import FILE_NAME

_CREATION_SECONDS = 5.0

Message = dict[str, Any]


def charts_of(
    runs: Sequence[RecordedRun], kinds: Mapping[str, KindLook], class_names: Sequence[str] | None = None
) -> list[Chart]:
    """All charts of these runs, the four that are shown at first in front."""
    return [
        loss_chart(runs),
        accuracy_chart(runs),
        grad_norm_chart(runs),
        depth_profile_chart(runs, kinds),
        learning_rate_chart(runs),
        update_ratio_chart(runs),
        activation_profile_chart(runs, kinds),
        gradient_map_chart(runs),
        activation_map_chart(runs),
        update_map_chart(runs),
        gate_profile_chart(runs, kinds),
        gate_map_chart(runs, kinds),
        class_gates_chart(runs),
        sample_gates_chart(runs, kinds),
        drop_raster_chart(runs, kinds),
        survival_chart(runs, kinds),
        step_time_chart(runs, kinds),
        confusion_chart(runs, class_names),
        mistakes_chart(runs),
        boundary_chart(runs),
        filters_chart(runs),
    ]


class LiveView:
    """What is seen of some runs; each message holds what is new since the one before.

    Args:
        runs: in the picker's order; the first one gives the charts that show a single run.
        kinds: looks of the block kinds, see `look.kind_looks`.
        class_names: names of the classes, for the confusion matrix.
    """

    def __init__(
        self,
        runs: Sequence[ShownRun],
        kinds: Mapping[str, KindLook],
        *,
        class_names: Sequence[str] | None = None,
    ):
        self.runs = tuple(runs)
        self._kinds = kinds
        self._class_names = class_names
        self._name = uuid.uuid4().hex[:8]
        self._generation = 0
        self._readers: dict[str, RunReader] = {}
        self._feeds: dict[str, RunFeed] = {}
        self._charts: list[Chart] = []
        self._seen: tuple[tuple[str, int], ...] | None = None
        self._message: Message = {}

    def data(self) -> Message:
        """The next message; the last one again as long as no run has written anything."""
        self._open()
        seen = tuple((run_id, reader.data_version()) for run_id, reader in self._readers.items())
        if seen != self._seen:
            self._message = self._next()
            self._seen = seen
        return self._message

    def at(self, chart_id: str, step: int) -> Message | None:
        """What a chart over depth shows at a step, `{fills, note}`; None for another chart, or where there is nothing.

        Of the last message's runs; one that has not come so far shows its newest step.
        """
        if chart_id not in OVER_DEPTH:
            return None
        found = self._over_depth(chart_id, [self._feeds[run.id] for run in self.runs if run.id in self._feeds], step)
        return found if found["fills"] else None

    def validation(self, run_id: str) -> EvaluationTable | None:
        """The evaluations of a run on its validation set, as the last message had them."""
        feed = self._feeds.get(run_id)
        return feed.validation if feed else None

    def close(self) -> None:
        """Close the runs' files."""
        for reader in self._readers.values():
            reader.close()
        self._readers, self._feeds, self._charts = {}, {}, []

    def _open(self) -> None:
        for run in self.runs:
            path = run.folder / FILE_NAME
            if run.id in self._readers or not path.exists():
                continue
            try:
                self._readers[run.id] = RunReader(run.folder)
            except WorkspaceUnusable:
                # Between the file's creation and its first commit there is nothing to read yet.
                if time.time() - path.stat().st_mtime > _CREATION_SECONDS:
                    raise

    def _begin(self) -> None:
        """Start feeding the runs whose facts are there by now."""
        for run in self.runs:
            if run.id in self._feeds or run.id not in self._readers:
                continue
            reader = self._readers[run.id]
            series = reader.series()
            if series:
                self._feeds[run.id] = RunFeed(RecordedRun(run, reader, reader.info(), series), self._kinds)
                self._charts = []

    def _next(self) -> Message:
        self._begin()
        for feed in self._feeds.values():
            feed.look()
        feeds = [self._feeds[run.id] for run in self.runs if run.id in self._feeds]
        full = not self._charts or any(feed.starts_over() for feed in feeds)
        if full:
            self._start_over(feeds)
        last_step = max((feed.last_step for feed in feeds), default=0)
        end = max((axis_end(feed.last_step, feed.run.num_steps) for feed in feeds), default=1.0)
        message: Message = {
            "generation": f"{self._name}.{self._generation}",
            "full": full,
            "tables": {},
            "fills": {},
            "flags": [],
            "notes": {},
            "limits": {},
            "axis_end": end,
            "last_step": last_step,
            "empty": not last_step,
            "written_at": max((feed.written_at() for feed in feeds), default=0),
        }
        if full:
            message["items"] = feeds[0].run.items_by_depth if feeds else []
            recorded = [feed.run for feed in feeds]
            message["charts"] = [
                {**chart.to_json(is_chosen=bool(self.runs)), "csv": has_columns(chart, recorded)}
                for chart in self._charts
            ]
            message["runs"] = {run.id: run.to_json() for run in recorded}
        for place, feed in enumerate(feeds):
            feed.add_to(message, axis_end=end, first=place == 0, alone=len(feeds) == 1)
        if limit := loss_limit([feed.loss_at_start() for feed in feeds]):
            message["limits"]["loss"] = to_json_number(limit)
        for chart_id in OVER_DEPTH:
            found = self._over_depth(chart_id, feeds, last_step)
            message["fills"].update(found["fills"])
            if found["note"]:
                message["notes"][chart_id] = found["note"]
        return message

    def _over_depth(self, chart_id: str, feeds: Sequence[RunFeed], step: int) -> Message:
        spans, fills = {}, {}
        for place, feed in enumerate(feeds):
            if found := feed.over_depth(chart_id, step, first=place == 0, alone=len(feeds) == 1):
                spans[feed.run.label] = found[0]
                fills.update(found[1])
        return {"fills": fills, "note": span_note(spans) if spans else ""}

    def _start_over(self, feeds: Sequence[RunFeed]) -> None:
        self._generation += 1
        self._charts = charts_of([feed.run for feed in feeds], self._kinds, self._class_names)
        for feed in feeds:
            feed.reset(self._charts)
