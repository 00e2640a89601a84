"""Gradient norm per block copy: over depth at the newest step, and over depth and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from builder.charts.chart import Chart, Column, uid_of
from builder.charts.look import NON_FINITE_COLOUR, KindLook, look_of
from builder.charts.runs import RecordedRun
from builder.charts.text import escape, to_json_number
from builder.workspace.rows import ABSENT, Series, is_absent

LOOK_BACK_STEPS = 32
_PLACE = "block %{x}"


def depth_profile_chart(runs: Sequence[RecordedRun], kinds: Mapping[str, KindLook]) -> Chart:
    """Gradient norm of each block copy at the newest step, over depth."""
    traces = [trace for run in runs for trace in _profile_traces(run, kinds, alone=len(runs) == 1)]
    return Chart(
        id="depth_profile",
        title="Depth profile",
        help="Gradient norm of each block at the newest step, from the first block to the last, before clipping. "
        "Hollow: dropped in this step, at its value of the last step in which it lived. A norm of exactly zero is "
        "drawn at the floor marked 0.",
        empty="Press Train: the gradient of each block, from first to last, will appear here.",
        traces=traces,
        columns={},
        x="depth",
        y_title="gradient norm",
        scale="log",
    )


def gradient_map_chart(runs: Sequence[RecordedRun]) -> Chart:
    """Gradient norm over depth and time, of the first run alone: colours cannot lie over each other."""
    traces: list[dict[str, Any]] = []
    columns: dict[str, tuple[Column, ...]] = {}
    for run in runs[:1]:
        wanted = tuple(Column("mean", (series,)) for _, series in recorded_blocks(run))
        if not wanted:
            continue
        columns[run.id] = wanted
        traces.append(
            {
                "type": "heatmap",
                "uid": uid_of(run.id, "map"),
                "meta": {"table": f"{run.id}/blocks", "columns": [column.name for column in wanted]},
                "y": [block["depth"] for block, _ in recorded_blocks(run)],
                "colorscale": "Viridis",
                "hovertemplate": "step %{x:,.0f}<br>block %{y}<br>10^%{z:.2f}<extra></extra>",
                "colorbar": {"thickness": 8, "tickprefix": "1e", "outlinewidth": 0},
            }
        )
    return Chart(
        id="gradient_map",
        title="Gradient by block over time",
        help="Gradient norm of each block, before clipping: steps along, first block at the bottom, colour is the "
        "power of ten. Gaps: dropped in all steps a cell stands for, or not finite."
        + (" Of the first run only." if len(runs) > 1 else ""),
        empty="Press Train: how the gradient travels through the blocks will appear here.",
        traces=traces,
        columns=columns,
        y_title="block",
        scale=None,
        layout={"yaxis": {"title": {"text": "block"}}},
    )


def recorded_blocks(run: RecordedRun) -> list[tuple[Mapping[str, Any], Series]]:
    """Blocks whose gradient is recorded, in order of depth, with their series."""
    found = [(block, run.find("grad_norm", block["address"], "profile")) for block in run.blocks]
    return [(block, series) for block, series in found if series is not None]


@dataclass(frozen=True, slots=True)
class Profile:
    """Values of all blocks at one step.

    Attributes:
        first_step: with `last_step` what the values stand for; equal while full resolution is kept.
        values: `[blocks]`, of a dropped block the value of the last step in which it lived; if long ago, not finite.
        dropped: bool `[blocks]`.
    """

    first_step: int
    last_step: int
    values: np.ndarray
    dropped: np.ndarray


def read_profile(run: RecordedRun, last_step: int) -> Profile:
    """The blocks' gradient norms at the newest step."""
    blocks = recorded_blocks(run)
    alive = {place: run.find("alive", block["address"], "profile") for place, (block, _) in enumerate(blocks)}
    told = {place: series for place, series in alive.items() if series is not None}
    wanted = [series.id for _, series in blocks] + [series.id for series in told.values()]
    points = run.reader.read(wanted, max(1, last_step - LOOK_BACK_STEPS + 1), last_step, LOOK_BACK_STEPS)
    norms = points.mean[:, : len(blocks)]
    gone = is_absent(norms)
    # A dropped block whose shortcut is trained has a gradient all the same.
    gone[:, list(told)] |= points.mean[:, len(blocks) :] == 0
    lived = len(gone) - 1 - np.argmin(gone[::-1], axis=0)
    values = np.where(gone.all(axis=0), ABSENT, norms[lived, np.arange(len(blocks))])
    return Profile(
        first_step=int(points.steps[-1]),
        last_step=points.last_step,
        values=values,
        dropped=gone[-1],
    )


def profile_fills(
    run: RecordedRun, profile: Profile, kinds: Mapping[str, KindLook], *, alone: bool
) -> dict[str, dict[str, Any]]:
    """Data of the depth profile's traces, by uid."""
    rows = list(zip(recorded_blocks(run), profile.values.tolist(), profile.dropped.tolist(), strict=True))
    alive = [(block, value) for (block, _), value, dropped in rows if not dropped]
    hollow = [(block, value) for (block, _), value, dropped in rows if dropped and np.isfinite(value)]
    wrong = [block for block, value in alive if not np.isfinite(value)]
    fills = {
        uid_of(run.id, "dropped"): {**_points(hollow), "marker": _marker(run, kinds, hollow, alone, "-open")},
        uid_of(run.id, "profile_bad"): {"x": [block["depth"] for block in wrong], "y": [0] * len(wrong)},
    }
    finite = [(block, value) for block, value in alive if np.isfinite(value)]
    if not alone:
        fills[uid_of(run.id, "profile")] = {**_points(finite), "marker": _marker(run, kinds, finite, alone)}
        return fills
    for kind in _kinds_of(run):
        points = _points([(block, value) for block, value in finite if block["kind"] == kind])
        fills[uid_of(run.id, "bar", kind)] = points
        fills[uid_of(run.id, "dot", kind)] = points
    return fills


def _points(rows: Sequence[tuple[Mapping[str, Any], float]]) -> dict[str, Any]:
    return {"x": [block["depth"] for block, _ in rows], "y": [to_json_number(value) for _, value in rows]}


def _marker(
    run: RecordedRun,
    kinds: Mapping[str, KindLook],
    rows: Sequence[tuple[Mapping[str, Any], float]],
    alone: bool,
    suffix: str = "",
) -> dict[str, Any]:
    looks = [look_of(kinds, block["kind"]) for block, _ in rows]
    return {
        "symbol": [look.symbol + suffix for look in looks],
        "color": [look.colour if alone else run.run.colour for look in looks],
    }


def _kinds_of(run: RecordedRun) -> list[str]:
    return list(dict.fromkeys(block["kind"] for block, _ in recorded_blocks(run)))


def _profile_traces(run: RecordedRun, kinds: Mapping[str, KindLook], *, alone: bool) -> list[dict[str, Any]]:
    text = "<br>%{y:.3g}%{text}<extra>"
    traces: list[dict[str, Any]] = []
    if alone:
        for kind in _kinds_of(run):
            look = look_of(kinds, kind)
            shared = {"name": escape(look.title), "legendgroup": kind}
            bar = {"type": "bar", "width": 0.5, "opacity": 0.3, "showlegend": False, "hoverinfo": "skip"}
            traces.append({"uid": uid_of(run.id, "bar", kind), "marker": {"color": look.colour}, **bar, **shared})
            dots = {"type": "scatter", "mode": "markers", "hovertemplate": f"{_PLACE}{text}{shared['name']}</extra>"}
            marker = {"color": look.colour, "symbol": look.symbol, "size": 7}
            traces.append({"uid": uid_of(run.id, "dot", kind), "marker": marker, **dots, **shared})
        label = ""
    else:
        label = run.name
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "uid": uid_of(run.id, "profile"),
                "name": run.label,
                "legendgroup": run.id,
                "line": {"width": 1.2, "color": run.run.colour, "dash": run.run.dash},
                "marker": {"size": 6},
                "hovertemplate": f"{_PLACE}{text}{label}</extra>",
            }
        )
    dots = {"type": "scatter", "mode": "markers", "showlegend": False, "legendgroup": "" if alone else run.id}
    traces.append(
        {
            **dots,
            "uid": uid_of(run.id, "dropped"),
            "name": "dropped",
            "marker": {"size": 7},
            "hovertemplate": f"{_PLACE}, dropped in this step<br>last %{{y:.3g}}<extra>{label}</extra>",
        }
    )
    traces.append(
        {
            **dots,
            "uid": uid_of(run.id, "profile_bad"),
            "name": "not finite",
            "marker": {"symbol": "x", "size": 9, "color": NON_FINITE_COLOUR},
            "hovertemplate": f"{_PLACE}<br>NaN or infinite<extra>{label}</extra>",
        }
    )
    return traces
