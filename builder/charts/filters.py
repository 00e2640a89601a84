"""The first layer's weights as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from builder.charts.chart import Chart
from builder.charts.finding_table import finding_empty, finding_table
from builder.charts.png import sheet_of
from builder.charts.runs import RecordedRun

KIND = "filters"


def filters_chart(runs: Sequence[RecordedRun]) -> Chart:
    """What the first layer of the first run looks for."""
    return Chart(
        id=KIND,
        title="First-layer filters",
        section="What it learned",
        help="The weights of the first layer as pictures, at one evaluation: a convolution's kernels, or what each unit of "
        "a linear layer weighs every pixel with. Middle grey is 0; all are drawn on one scale. Trained ones often show "
        "edges and blobs (Krizhevsky et al. 2012, ImageNet Classification with Deep CNNs, figure 3)."
        + (" Of the first run only." if len(runs) > 1 else ""),
        empty=finding_empty(
            runs,
            KIND,
            "Press Train: at the first evaluation, the first layer's weights will appear here as pictures.",
            "The first layer's weights are not pictures here: the data are not images, or the first layer with weights is "
            "a linear one that no longer sees the pixels themselves.",
        ),
        traces=[],
        columns={},
        x="class",
        scale=None,
        finding=finding_table(runs[0], KIND) if runs else None,
        tiles="wall",
    )


def filters_content(run: RecordedRun, arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """A tile per filter, in their order."""
    filters, scale = arrays["filters"], float(arrays["scale"])
    shown = (
        f"{len(filters)} of {int(arrays['num_filters'])}" if len(filters) < arrays["num_filters"] else f"{len(filters)}"
    )
    summary = f"{arrays['address']}: {shown} filters, black −{scale:.3g}, white {scale:.3g}"
    tiles = []
    for place, each in enumerate(filters):
        low, high = ((int(end) - 128) / 127 * scale for end in (each.min(), each.max()))
        tiles.append({"hover": f"Filter {place}: weights from {low:.2g} to {high:.2g}"})
    return {"wall": {"tiles": tiles, "summary": summary, "sheet": sheet_of(filters).to_json()}}
