"""Confusion matrix of one evaluation, the newest or an earlier one."""

from __future__ import annotations

from collections.abc import Sequence

from builder.charts.chart import Chart, uid_of
from builder.charts.runs import RecordedRun
from builder.charts.text import escape


def confusion_chart(runs: Sequence[RecordedRun], class_names: Sequence[str] | None = None) -> Chart:
    """What was taken for what at an evaluation of the first run; classes without names are numbered."""
    names = {axis: [escape(name) for name in class_names] for axis in "xy"} if class_names else {}
    return Chart(
        id="confusion",
        title="Confusion matrix",
        section="What it learned",
        help="At one evaluation: of the samples of each true class (row), the share given each class (column). "
        "Numbers are samples; a perfect network fills the diagonal only. The slider goes back to earlier evaluations."
        + (" Of the first run only." if len(runs) > 1 else ""),
        empty="At the first evaluation, which class is taken for which will appear here.",
        traces=[
            {
                "type": "heatmap",
                "uid": uid_of(run.id, "confusion"),
                "meta": {"table": f"{run.id}/confusion", "matrix": "counts"},
                **names,
                # From nothing to the accent, so that it suits both themes and the text of either stays legible on it.
                "colorscale": [[0, "rgba(59,125,224,0.04)"], [1, "rgba(59,125,224,0.75)"]],
                "zmin": 0,
                "zmax": 1,
                "texttemplate": "%{text}",
                "textfont": {"size": 9},
                "xgap": 1,
                "ygap": 1,
                "showscale": False,
                "hovertemplate": "true %{y}, taken for %{x}<br>%{customdata} samples, %{z:.1%} of the class<extra></extra>",
            }
            for run in runs[:1]
        ],
        columns={},
        x="class",
        y_title="true class",
        scale=None,
        layout={
            "xaxis": {"title": {"text": "taken for"}, "type": "category"},
            "yaxis": {"title": {"text": "true"}, "type": "category", "autorange": "reversed"},
        },
    )
