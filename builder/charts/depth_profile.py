"""What each block does at one step, over depth: the size of its gradient, and of its output."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from builder.charts.blocks import NO_BLOCKS, empty_text, is_frozen, num_trained, recorded_blocks, stride_of, stride_text
from builder.charts.chart import Chart, uid_of
from builder.charts.look import NON_FINITE_COLOUR, KindLook, look_of
from builder.charts.runs import RecordedRun
from builder.charts.span import SCRUBS, Span, span_of
from builder.charts.text import escape, to_json_number
from builder.workspace.rows import ABSENT, is_absent

LOOK_BACK_STEPS = 32
PROFILES = {"depth_profile": "grad_norm", "activation_profile": "activation_rms"}
"""Charts that draw a point per block, and the quantity that each draws."""
_PLACE = "block %{x}"
_DOT_SIZES, _LEAST_DOT = ((60, 7), (150, 5), (300, 4)), 3
"""For up to so many blocks, pixels."""
_BOTH = "Hollow: dropped in this step. With a dot inside: frozen. Exactly zero is drawn at the floor marked 0."


def depth_profile_chart(runs: Sequence[RecordedRun], kinds: Mapping[str, KindLook]) -> Chart:
    """Gradient of each block copy at one step, over depth."""
    return _profile(
        runs,
        kinds,
        id="depth_profile",
        title="Depth profile",
        help="Gradient of each block at one step, from the first block to the last: its norm before clipping, "
        "divided by the square root of the number of trained parameters, so that blocks of any width compare. A "
        "dropped block stands at its value of the last step in which it lived; a frozen one has none. " + _BOTH,
        appears="Press Train: the gradient of each block, from first to last, will appear here.",
        y_title="gradient per parameter",
    )


def activation_profile_chart(runs: Sequence[RecordedRun], kinds: Mapping[str, KindLook]) -> Chart:
    """Scale of each block copy's output at one step, over depth."""
    return _profile(
        runs,
        kinds,
        id="activation_profile",
        title="Activations by depth",
        help="How large the signal is after each block: root of the mean square of its output over batch and units. "
        "Level is healthy; residual towers without norms grow with depth (Zhang et al. 2019, arXiv 1901.09321). "
        + _BOTH,
        appears="Press Train: how large the signal is after each block, from first to last, will appear here.",
        y_title="root mean square of the output",
    )


def _profile(
    runs: Sequence[RecordedRun],
    kinds: Mapping[str, KindLook],
    *,
    id: str,
    title: str,
    help: str,
    appears: str,
    y_title: str,
) -> Chart:
    quantity = PROFILES[id]
    return Chart(
        id=id,
        title=title,
        section="Depth",
        help=f"{help} {SCRUBS}{stride_text(runs, quantity)}",
        empty=empty_text(runs, quantity, appears, without=NO_BLOCKS),
        traces=[trace for run in runs for trace in _profile_traces(run, id, kinds, alone=len(runs) == 1)],
        columns={},
        x="depth",
        y_title=y_title,
        scale="log",
        every=stride_of(runs, quantity),
    )


@dataclass(frozen=True, slots=True)
class Profile:
    """Values of all blocks at one step, or their means over the steps of a bin where single ones are no longer kept.

    Attributes:
        span: the steps that the values stand for.
        blocks: what the run says of each.
        values: `[blocks]`; of a dropped block's gradient the value of the last step in which it lived; if long ago, not
            finite. Of a frozen block's gradient 0.
        dropped: bool `[blocks]`, in all of these steps.
        frozen: bool `[blocks]`.
    """

    span: Span
    blocks: list[Mapping[str, Any]]
    values: np.ndarray
    dropped: np.ndarray
    frozen: np.ndarray


def read_profile(run: RecordedRun, chart_id: str, step: int) -> Profile | None:
    """The blocks' values at the newest step up to `step` at which they were recorded; None where there is none yet."""
    quantity = PROFILES[chart_id]
    recorded = recorded_blocks(run, quantity)
    stride = recorded[0][1].every if recorded else 1
    step -= step % stride
    if not recorded or not step:
        return None
    is_gradient = quantity == "grad_norm"
    first = max(1, step - LOOK_BACK_STEPS + 1) if is_gradient else step
    points = run.reader.read([series.id for _, series in recorded], first, step, LOOK_BACK_STEPS)
    span, blocks = span_of(points), [block for block, _ in recorded]
    counts = count_trained(run, blocks, first, step, len(points.mean))
    frozen = counts[-1] == 0
    if not is_gradient:
        dropped = _dropped(run, blocks, span.first, span.last)
        return Profile(span, blocks, points.mean[-1], np.logical_and.reduce(dropped), frozen)
    gone = is_absent(points.mean)
    # A dropped block whose shortcut is trained has a gradient all the same.
    dropped = _dropped(run, blocks, first, step)
    if len(dropped) in (1, len(gone)):
        gone |= dropped
    lived = len(gone) - 1 - np.argmin(gone[::-1], axis=0), np.arange(len(blocks))
    norms = np.where(gone.all(axis=0), ABSENT, points.mean[lived])
    values = np.where(frozen, 0.0, norms / np.sqrt(np.maximum(counts[lived], 1)))
    # An earlier version recorded nothing of blocks that were frozen from the start.
    still = [block for block in run.blocks if block not in blocks and is_frozen(block)]
    values, dropped, frozen = (
        np.append(each, np.full(len(still), filling, dtype=each.dtype))
        for each, filling in ((values, 0), (gone[-1] & ~frozen, False), (frozen, True))
    )
    return Profile(span, blocks + still, values, dropped, frozen)


def _dropped(run: RecordedRun, blocks: Sequence[Mapping[str, Any]], first: int, last: int) -> np.ndarray:
    """Which blocks were dropped in all steps of each point from `first` to `last`, bool `[points or 1, blocks]`."""
    alive = [(place, run.find("alive", block["address"], "profile")) for place, block in enumerate(blocks)]
    told = [(place, series.id) for place, series in alive if series is not None]
    if not told:
        return np.zeros((1, len(blocks)), dtype=bool)
    lives = run.reader.read([number for _, number in told], first, last, LOOK_BACK_STEPS).mean
    dropped = np.zeros((len(lives), len(blocks)), dtype=bool)
    dropped[:, [place for place, _ in told]] = lives == 0
    return dropped


def count_trained(
    run: RecordedRun, blocks: Sequence[Mapping[str, Any]], first: int, last_step: int, num_rows: int
) -> np.ndarray:
    """How many parameters of each block were trained, `[rows, blocks]`; a frozen group has no gradient.

    Args:
        run: whose.
        blocks: which.
        first: step of the first row.
        last_step: of the last.
        num_rows: how many rows the blocks' own values have; if full resolution is gone, the newest counts for all.
    """
    fixed = np.array([0 if is_frozen(block) else num_trained(block) for block in blocks])
    named = [(group["name"], run.find("grad_norm", group["name"])) for group in run.groups]
    told = [(name, series.id) for name, series in named if series is not None]
    if not told or any("num_by_group" not in block for block in blocks):
        return np.tile(fixed, (num_rows, 1))
    norms = run.reader.read([number for _, number in told], first, last_step, LOOK_BACK_STEPS).mean
    learns = ~is_absent(norms)
    if len(learns) != num_rows:
        learns = np.repeat(learns[-1:], num_rows, axis=0)
    entries = np.array([[block["num_by_group"].get(name, 0) for block in blocks] for name, _ in told])
    # Of a block without parameters nothing is frozen.
    return np.where(entries.any(axis=0), learns @ entries, 1)


def profile_fills(
    run: RecordedRun, chart_id: str, profile: Profile, kinds: Mapping[str, KindLook], *, alone: bool
) -> dict[str, dict[str, Any]]:
    """Data of a profile's traces, by uid."""
    lists = (profile.values.tolist(), profile.dropped.tolist(), profile.frozen.tolist())
    rows = list(zip(profile.blocks, *lists, strict=True))
    alive = [(block, value) for block, value, dropped, frozen in rows if not dropped and not frozen]
    hollow = [(block, value) for block, value, dropped, _ in rows if dropped and np.isfinite(value)]
    frozen = [(block, value) for block, value, dropped, frozen in rows if not dropped and frozen]
    wrong = [block for block, value in alive if not np.isfinite(value)]
    uid = _uids(run, chart_id)
    fills = {
        uid("dropped"): {
            **_points(hollow),
            "marker": _marker(run, kinds, hollow, alone, "-open"),
            "hovertemplate": _dropped_hover(run, chart_id, alone, is_mean=profile.span.is_mean),
        },
        uid("frozen"): {**_points(frozen), "marker": _marker(run, kinds, frozen, alone, "-open-dot")},
        uid("profile_bad"): {"x": [block["depth"] for block in wrong], "y": [0] * len(wrong)},
    }
    finite = [(block, value) for block, value in alive if np.isfinite(value)]
    if not alone:
        fills[uid("profile")] = {**_points(finite), "marker": _marker(run, kinds, finite, alone)}
        return fills
    for kind in _kinds_of(run):
        points = _points([(block, value) for block, value in finite if block["kind"] == kind])
        fills[uid("bar", kind)] = points
        fills[uid("dot", kind)] = points
    return fills


def _dropped_hover(run: RecordedRun, chart_id: str, alone: bool, *, is_mean: bool) -> str:
    when = "all of these steps" if is_mean else "this step"
    last = "last " if chart_id == "depth_profile" else ""
    return f"{_PLACE}, dropped in {when}<br>{last}%{{y:.3g}}<extra>{'' if alone else run.name}</extra>"


def _uids(run: RecordedRun, chart_id: str) -> Callable[..., str]:
    return partial(uid_of, run.id, *([] if chart_id == "depth_profile" else [chart_id]))


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
    return list(dict.fromkeys(block["kind"] for block in run.blocks))


def _dot_size(num_blocks: int) -> int:
    """Pixels: the dots of many blocks are smaller, so that they stay apart where a few hundred share a narrow chart."""
    return next((size for most, size in _DOT_SIZES if num_blocks <= most), _LEAST_DOT)


def _profile_traces(
    run: RecordedRun, chart_id: str, kinds: Mapping[str, KindLook], *, alone: bool
) -> list[dict[str, Any]]:
    uid = _uids(run, chart_id)
    size = _dot_size(len(run.blocks))
    text = "<br>%{y:.3g}%{text}<extra>"
    traces: list[dict[str, Any]] = []
    if alone:
        for kind in _kinds_of(run):
            look = look_of(kinds, kind)
            shared = {"name": escape(look.title), "legendgroup": kind}
            bar = {"type": "bar", "width": 0.5, "opacity": 0.3, "showlegend": False, "hoverinfo": "skip"}
            traces.append({"uid": uid("bar", kind), "marker": {"color": look.colour}, **bar, **shared})
            dots = {"type": "scatter", "mode": "markers", "hovertemplate": f"{_PLACE}{text}{shared['name']}</extra>"}
            marker = {"color": look.colour, "symbol": look.symbol, "size": size}
            traces.append({"uid": uid("dot", kind), "marker": marker, **dots, **shared})
        label = ""
    else:
        label = run.name
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "uid": uid("profile"),
                "name": run.label,
                "legendgroup": run.id,
                "line": {"width": 1.2, "color": run.run.colour, "dash": run.run.dash},
                "marker": {"size": min(size, 6)},
                "hovertemplate": f"{_PLACE}{text}{label}</extra>",
            }
        )
    dots = {"type": "scatter", "mode": "markers", "showlegend": False, "legendgroup": "" if alone else run.id}
    traces.append(
        {
            **dots,
            "uid": uid("dropped"),
            "name": "dropped",
            "marker": {"size": size},
        }
    )
    value = "no gradient" if chart_id == "depth_profile" else "%{y:.3g}"
    traces.append(
        {
            **dots,
            "uid": uid("frozen"),
            "name": "frozen",
            "marker": {"size": size},
            "hovertemplate": f"{_PLACE}, frozen<br>{value}<extra>{label}</extra>",
        }
    )
    traces.append(
        {
            **dots,
            "uid": uid("profile_bad"),
            "name": "not finite",
            "marker": {"symbol": "x", "size": 9, "color": NON_FINITE_COLOUR},
            "hovertemplate": f"{_PLACE}<br>NaN or infinite<extra>{label}</extra>",
        }
    )
    return traces
