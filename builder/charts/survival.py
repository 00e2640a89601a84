"""How often each stochastic-depth block really lived, against what was planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from builder.charts.blocks import empty_text, recorded_blocks
from builder.charts.chart import Chart, uid_of
from builder.charts.look import KindLook, look_of
from builder.charts.runs import RecordedRun
from builder.charts.text import to_json_number, to_json_numbers

NO_DROPS = (
    "This tower has no stochastic-depth blocks, so none is ever dropped. Drag one into the tower, or turn a block's kind "
    "to stochastic depth."
)
NORMAL_95 = 1.959964
"""Between minus and plus this many standard deviations lie 95 % of a normal distribution."""


def survival_chart(runs: Sequence[RecordedRun], kinds: Mapping[str, KindLook]) -> Chart:
    """Observed and planned survival of each block over depth."""
    look = look_of(kinds, "stochastic_depth")
    traces: list[dict[str, Any]] = []
    for run in runs[:1]:
        dropping = [block for block, _ in recorded_blocks(run, "alive")]
        if not dropping:
            continue
        depths = [block["depth"] for block in dropping]
        traces += [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "uid": uid_of(run.id, "planned"),
                "name": "planned",
                "x": depths,
                "y": [to_json_number(block.get("survival_prob") or float("nan")) for block in dropping],
                "line": {"width": 1.5, "dash": "dot", "color": "#7A8699"},
                "marker": {"size": 3, "color": "#7A8699"},
                "hovertemplate": "block %{x}<br>%{y:.1%}<extra>planned</extra>",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "uid": uid_of(run.id, "observed"),
                "name": "observed",
                "x": depths,
                "marker": {"size": 6, "color": look.colour, "symbol": look.symbol},
                "error_y": {"type": "data", "symmetric": False, "thickness": 1, "width": 2, "color": look.colour},
                "hovertemplate": "block %{x}<br>alive in %{y:.2%} of the steps<extra>observed</extra>",
            },
        ]
    return Chart(
        id="survival",
        title="Survival by depth",
        section="Drops",
        help="In which share of the steps so far each stochastic-depth block lived, against its planned survival "
        "probability. Bars: 95 % confidence (Wilson 1927, J. Am. Stat. Assoc. 22, 209); about one block in twenty "
        "misses its plan by chance (Huang et al. 2016, arXiv 1603.09382, eq. 4)."
        + (" Of the first run only." if len(runs) > 1 else ""),
        empty=empty_text(
            runs[:1],
            "alive",
            "Press Train: how often each block lives, against the plan, will appear here.",
            kind="stochastic_depth",
            without=NO_DROPS,
        ),
        traces=traces,
        columns={},
        x="depth",
        y_title="share of steps",
        scale=None,
        layout={"yaxis": {"title": {"text": "share of steps"}, "range": [0, 1.03], "tickformat": ".0%"}},
    )


def survival_fills(run: RecordedRun, last_step: int) -> dict[str, dict[str, Any]]:
    """The observed shares over all steps and their confidence, by uid; nothing without such blocks."""
    dropping = [series for _, series in recorded_blocks(run, "alive")]
    if not dropping or not last_step:
        return {}
    points = run.reader.read([series.id for series in dropping], 1, last_step, max_points=1)
    shares = points.mean[-1].astype(np.float64)
    low, high = wilson_interval(shares, points.last_step)
    bars = {"array": to_json_numbers(high - shares), "arrayminus": to_json_numbers(shares - low)}
    return {uid_of(run.id, "observed"): {"y": to_json_numbers(shares), "error_y": bars}}


def wilson_interval(shares: np.ndarray, num_trials: int) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of the 95 % confidence interval of a probability.

    Source: Wilson 1927, Probable inference, the law of succession, and statistical inference, JASA 22, 209-212.

    Args:
        shares: of the trials that succeeded, any shape.
        num_trials: at least 1.
    """
    square = NORMAL_95**2 / num_trials
    centre = (shares + square / 2) / (1 + square)
    half = np.sqrt(square * (shares * (1 - shares) + square / 4)) / (1 + square)
    return centre - half, centre + half
