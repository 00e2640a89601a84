"""The first layer's weights as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from builder.charts.chart import Chart
from builder.charts.finding_table import finding_chart
from builder.charts.png import sheet_of
from builder.charts.runs import RecordedRun

KIND = "filters"


def filters_chart(runs: Sequence[RecordedRun]) -> Chart:
    """What the first layer of the first run looks for."""
    return finding_chart(
        runs,
        KIND,
        id=KIND,
        title="First-layer filters",
        help="The weights of the first layer as pictures, at one evaluation: a convolution's kernels, or what each unit of "
        "a linear layer weighs every pixel with. Middle grey is 0; all are drawn on one scale. Trained ones often show "
        "edges and blobs (Krizhevsky et al. 2012, ImageNet Classification with Deep CNNs, figure 3).",
        appears="Press Train: at the first evaluation, the first layer's weights will appear here as pictures.",
        without="The first layer's weights are not pictures here: the data are not images, or the first layer with weights "
        "is a linear one that no longer sees the pixels themselves.",
        x="class",
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
