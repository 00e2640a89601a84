"""The recorded numbers behind a chart, step by step, for download."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from builder.charts.blocks import num_trained, recorded_blocks
from builder.charts.chart import Chart
from builder.charts.runs import RecordedRun
from builder.workspace.rows import RunSheet, SheetColumn, recorded_column

_BY_BLOCK: Mapping[str, str] = {
    "depth_profile": "grad_norm",
    "activation_profile": "activation_rms",
    "gate_profile": "gate_",
    "survival": "alive",
}
"""Charts of one moment, and what the quantities begin with that they draw; of the others their columns say it."""
_OF_FIRST_RUN = ("gate_profile", "survival")


def has_columns(chart: Chart, runs: Sequence[RecordedRun]) -> bool:
    """Whether what a chart draws was recorded step by step."""
    return any(_columns(chart, run, is_first=place == 0) for place, run in enumerate(runs))


def chart_sheets(chart: Chart, runs: Sequence[RecordedRun], numbers: Mapping[str, int]) -> list[RunSheet]:
    """What a chart draws of these runs; the depth profile's norms per parameter that was trained from the start.

    Args:
        chart: of these runs.
        runs: in the picker's order.
        numbers: the workspace's numbers of the runs, by id.
    """
    metrics = tuple(dict.fromkeys(_metrics(chart)))
    return [
        RunSheet(number=numbers[run.id], name=run.run.name, reader=run.reader, columns=tuple(columns), metrics=metrics)
        for place, run in enumerate(runs)
        if (columns := _columns(chart, run, is_first=place == 0)) or metrics
    ]


def scalar_sheets(runs: Sequence[RecordedRun], numbers: Mapping[str, int]) -> list[RunSheet]:
    """Every scalar of these runs, and all their evaluations."""
    return [
        RunSheet(
            number=numbers[run.id],
            name=run.run.name,
            reader=run.reader,
            columns=tuple(recorded_column(each) for each in run.series if each.family == "scalar"),
        )
        for run in runs
    ]


def _columns(chart: Chart, run: RecordedRun, *, is_first: bool) -> list[SheetColumn]:
    if chart.id not in _BY_BLOCK:
        drawn = {each.id: each for column in chart.columns.get(run.id, ()) for each in column.series}
        return [recorded_column(drawn[number]) for number in sorted(drawn)]
    if chart.id in _OF_FIRST_RUN and not is_first:
        return []
    if chart.id == "depth_profile":
        return [
            SheetColumn(
                series, f"grad_norm per parameter block {series.subject}", float(1 / np.sqrt(num_trained(block)))
            )
            for block, series in recorded_blocks(run, "grad_norm")
        ]
    beginning = _BY_BLOCK[chart.id]
    return [
        recorded_column(each) for each in run.series if each.family == "profile" and each.quantity.startswith(beginning)
    ]


def _metrics(chart: Chart) -> Iterable[str]:
    """Of evaluations, which a trace draws as a column of the table of their split."""
    for trace in chart.traces:
        meta = trace.get("meta", {})
        if str(meta.get("table", "")).endswith(("/validation", "/test")) and "column" in meta:
            yield meta["column"]
