"""A chart of runs as one plotly figure: for exports, notebooks and everything that is not live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from builder.charts.assembly import Assembly
from builder.charts.contents import read_content
from builder.charts.live import LiveView
from builder.charts.look import KindLook
from builder.charts.runs import ShownRun


def figures(
    chart_ids: Sequence[str],
    runs: Sequence[ShownRun],
    kinds: Mapping[str, KindLook],
    *,
    theme: str = "light",
    class_names: Sequence[str] | None = None,
) -> dict[str, go.Figure]:
    """The charts of these ids, drawn from what a live view that opens now would be sent.

    Args:
        chart_ids: see docs/charts.md.
        runs: in the picker's order.
        kinds: looks of the block kinds.
        theme: `light` or `dark`.
        class_names: names of the classes, for the confusion matrix.

    Raises:
        KeyError: for an unknown chart.
    """
    view = LiveView(runs, kinds, class_names=class_names)
    try:
        assembly = Assembly()
        assembly.apply(view.data())
    finally:
        view.close()
    contents = {}
    for chart_id, finding in assembly.newest_findings(chart_ids).items():
        contents[chart_id] = read_content(runs[0], finding)
    return {chart_id: assembly.figure(chart_id, theme, contents.get(chart_id)) for chart_id in chart_ids}
