"""How open the gates of each highway block are at one step: not only in the mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from builder.charts.blocks import empty_text, recorded_blocks, stride_of, stride_text
from builder.charts.chart import Chart, uid_of
from builder.charts.look import KindLook, look_of, transparent
from builder.charts.runs import RecordedRun
from builder.charts.span import SCRUBS, Span, span_of
from builder.charts.text import DIGITS_OF_COLOURS, to_json_numbers

NO_HIGHWAY = (
    "This tower has no highway blocks, so there are no gates to see. Drag one into the tower, or turn a block's kind to "
    "highway."
)

_MAX_DEPTH_TICKS = 5


def gate_profile_chart(runs: Sequence[RecordedRun], kinds: Mapping[str, KindLook]) -> Chart:
    """Which share of each highway block's gates is how open, of the first run alone."""
    colour = look_of(kinds, "highway").colour
    gated = [run for run in runs[:1] if recorded_blocks(run, "gate_mean")]
    return Chart(
        id="gate_profile",
        title="Gates by depth",
        section="Gates",
        help="How open the gates of each highway block are: of all gates of a batch, the share in each range from 0 "
        "(passes the input on) to 1 (replaces it); a dash at their mean. The ranges are finer at both ends, where most "
        "gates are (Srivastava et al. 2015, arXiv 1507.06228, “Analysis”). "
        + SCRUBS
        + stride_text(runs[:1], "gate_mean")
        + (" Of the first run only." if len(runs) > 1 else ""),
        empty=empty_text(
            runs[:1],
            "gate_mean",
            "Press Train: how open the gates of each block are will appear here.",
            kind="highway",
            without=NO_HIGHWAY,
        ),
        traces=[trace for run in gated for trace in _traces(run, colour)],
        columns={},
        x="depth",
        y_title="T",
        scale=None,
        every=stride_of(runs[:1], "gate_mean"),
        layout=_layout(gated[0]) if gated else None,
    )


def gate_fills(run: RecordedRun, step: int) -> tuple[Span, dict[str, dict[str, Any]]] | None:
    """What the newest gates up to `step` stand for, and the traces' data by uid; None where there are none."""
    gated = recorded_blocks(run, "gate_mean")
    if not gated or not (step := step - step % gated[0][1].every):
        return None
    edges = _edges(run)
    shares = [recorded_blocks(run, f"gate_share_{place}") for place in range(len(edges) - 1)]
    wanted = [series.id for row in (gated, *shares) for _, series in row]
    points = run.reader.read(wanted, step, step)
    values = points.mean[-1].reshape(len(edges), len(gated))
    by_depth = {block["depth"]: column.tolist() for (block, _), column in zip(gated, values.T, strict=True)}
    absent = [math.nan] * len(edges)
    rows = [
        to_json_numbers((by_depth.get(depth, absent)[place] for depth in _depths(run)), DIGITS_OF_COLOURS)
        for place in range(1, len(edges))
    ]
    heights = np.interp(values[0], edges, range(len(edges)))
    means = {"y": to_json_numbers(heights.tolist()), "customdata": to_json_numbers(values[0].tolist())}
    return span_of(points), {
        uid_of(run.id, "gate_shares"): {"x": list(_depths(run)), "z": rows},
        uid_of(run.id, "gate_means"): {"x": list(by_depth), **means},
    }


def _traces(run: RecordedRun, colour: str) -> list[dict[str, Any]]:
    ranges = [f"{low:g} to {high:g}" for low, high in pairwise(_edges(run))]
    return [
        {
            "type": "heatmap",
            "uid": uid_of(run.id, "gate_shares"),
            "y": [place + 0.5 for place in range(len(ranges))],
            "customdata": [[words] * len(_depths(run)) for words in ranges],
            # A tenth in a range is already worth seeing.
            "colorscale": [[0, transparent(colour, 0)], [0.1, transparent(colour, 0.35)], [1, colour]],
            "zmin": 0,
            "zmax": 1,
            "hoverongaps": False,
            "colorbar": {"thickness": 8, "outlinewidth": 0, "tickformat": ".0%", "dtick": 0.5},
            "hovertemplate": "block %{x}<br>%{z:.1%} of its gates: %{customdata}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "uid": uid_of(run.id, "gate_means"),
            "name": "mean",
            "showlegend": False,
            "marker": {"symbol": "line-ew-open", "size": 7, "line": {"width": 2}, "color": "#7A8699"},
            "hovertemplate": "block %{x}<br>mean %{customdata:.3g}<extra></extra>",
        },
    ]


def _depths(run: RecordedRun) -> range:
    """From the first to the last block with a gate: without the others, plotly would stretch their neighbours."""
    depths = [block["depth"] for block, _ in recorded_blocks(run, "gate_mean")]
    return range(min(depths), max(depths) + 1)


def _edges(run: RecordedRun) -> list[float]:
    """Of the ranges in which gates are counted, 0 and 1 too."""
    return [0.0, *run.info["gate_edges"], 1.0]


def _layout(run: RecordedRun) -> dict[str, Any]:
    """A range is one high, its edges are the ticks; beside a colour bar there is room for few of the depths."""
    edges = _edges(run)
    ticks = {"tickvals": list(range(len(edges))), "ticktext": [f"{edge:g}" for edge in edges]}
    return {
        "xaxis": {"dtick": -(-_depths(run)[-1] // _MAX_DEPTH_TICKS), "tickangle": 0},
        "yaxis": {"title": {"text": "T"}, "range": [0, len(edges) - 1], "tickmode": "array", **ticks},
    }
