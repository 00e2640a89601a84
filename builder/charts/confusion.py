"""Confusion matrix of one evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from builder.charts.chart import Chart, uid_of
from builder.charts.runs import RecordedRun
from builder.charts.text import escape, to_json_numbers
from builder.workspace.rows import Evaluation


def confusion_chart(runs: Sequence[RecordedRun]) -> Chart:
    """What was taken for what at the newest evaluation of the first run."""
    return Chart(
        id="confusion",
        title="Confusion matrix",
        help="At the newest evaluation: of the samples of each true class (row), the share given each class (column). "
        "Numbers are samples; a perfect network fills the diagonal only."
        + (" Of the first run only." if len(runs) > 1 else ""),
        empty="At the first evaluation, which class is taken for which will appear here.",
        traces=[
            {
                "type": "heatmap",
                "uid": uid_of(run.id, "confusion"),
                # From nothing to the accent, so that it suits both themes and the text of either stays legible on it.
                "colorscale": [[0, "rgba(59,125,224,0.04)"], [1, "rgba(59,125,224,0.75)"]],
                "zmin": 0,
                "zmax": 1,
                "texttemplate": "%{text}",
                "textfont": {"size": 9},
                "xgap": 1,
                "ygap": 1,
                "showscale": False,
                "hovertemplate": "true %{y}, taken for %{x}<br>%{text} samples, %{z:.1%} of the class<extra></extra>",
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


def confusion_fill(evaluation: Evaluation, class_names: Sequence[str] | None = None) -> dict[str, Any]:
    """Data of the matrix: `z` is the share of each row `[true class, predicted class]`, `text` the counts."""
    counts = evaluation.confusion
    if counts is None:
        raise ValueError(f"The evaluation at step {evaluation.step} has no confusion matrix.")
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [escape(name) for name in class_names or map(str, range(len(counts)))]
    return {
        "x": names,
        "y": names,
        "z": [to_json_numbers(row) for row in share],
        "text": [[str(count) if count else "" for count in row] for row in counts.tolist()],
    }
