"""How far gates open for each class, and for one image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from builder.charts.chart import Chart, uid_of
from builder.charts.finding_table import class_names_of, finding_chart
from builder.charts.gates import NO_HIGHWAY
from builder.charts.look import KindLook, look_of
from builder.charts.mistakes import score_text, tiles_look
from builder.charts.runs import RecordedRun
from builder.charts.text import DIGITS_OF_COLOURS, escape, to_json_number, to_json_numbers

KIND = "class_gates"
_MAP, _ONE, _CLASS, _ALL = "class_gates", "sample_gates", "class_mean", "all_mean"
_SOURCE = "(Srivastava et al. 2015, arXiv 1507.06228, “Analysis”)"


def class_gates_chart(runs: Sequence[RecordedRun]) -> Chart:
    """Which blocks the first run opens for which class."""
    return _chart(
        runs,
        id="class_gates",
        title="Gates by class",
        help="For which classes a highway block opens its gates further than for others, over the validation part at one "
        f"evaluation: colour is the class's mean of T less the block's mean over all samples {_SOURCE}.",
        appears="Press Train: at the first evaluation, how far each block's gates open for each class will appear here.",
        traces=[
            {
                "type": "heatmap",
                "uid": uid_of(run.id, _MAP),
                # Blue closes, orange opens, and nothing is as clear as the page in both themes.
                "colorscale": [[0, "#3B7DE0"], [0.5, "rgba(128,128,128,0.08)"], [1, "#D9822B"]],
                "zmid": 0,
                "hoverongaps": False,
                "colorbar": {"thickness": 8, "outlinewidth": 0, "nticks": 5, "tickformat": "+.2~g"},
                "hovertemplate": "block %{x}, %{y}<br>T %{customdata:.3g}, %{z:+.3g} against all<extra></extra>",
            }
            for run in runs[:1]
        ],
        layout={"yaxis": {"type": "category", "autorange": "reversed"}},
    )


def sample_gates_chart(runs: Sequence[RecordedRun], kinds: Mapping[str, KindLook]) -> Chart:
    """The gates of single samples of the first run."""
    colour = look_of(kinds, "highway").colour
    looks = [
        (_ALL, "all", {"mode": "lines", "line": {"width": 1.5, "dash": "dot", "color": "#7A8699"}}),
        (_CLASS, "its class", {"mode": "lines", "line": {"width": 1.5, "dash": "dash", "color": "#3B7DE0"}}),
        (
            _ONE,
            "sample",
            {"mode": "lines+markers", "line": {"width": 2, "color": colour}, "marker": {"size": 6, "color": colour}},
        ),
    ]
    return _chart(
        runs,
        id="sample_gates",
        title="Gates for one sample",
        help="How far each highway block opens its gates for the validation sample that is chosen below: the mean of T over "
        f"its units, beside the means over its class and over all samples, at one evaluation {_SOURCE}.",
        appears="Press Train: at the first evaluation, how far each block's gates open for single samples will appear here.",
        traces=[
            {
                "type": "scatter",
                "uid": uid_of(run.id, name),
                "name": words,
                "hovertemplate": f"block %{{x}}<br>T %{{y:.3g}}%{{text}}<extra>{words}</extra>",
                **look,
            }
            for run in runs[:1]
            for name, words, look in looks
        ],
        scale="linear",
        tiles="strip",
        layout={"yaxis": {"title": {"text": "T"}}},
    )


def class_gates_content(run: RecordedRun, arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """What both charts show of one evaluation: data by uid, and that of each sample."""
    names = [escape(name) for name in class_names_of(run, arrays["by_class"].shape[1])]
    depths = arrays["depth"].tolist()
    by_class, mean = arrays["by_class"].astype(np.float64), arrays["mean"].astype(np.float64)
    # A column for every depth between, or plotly would stretch its neighbours over the gap.
    all_depths = list(range(min(depths), max(depths) + 1))
    spread = np.full((2, len(names), len(all_depths)), np.nan)
    places = [depth - all_depths[0] for depth in depths]
    spread[0][:, places] = (by_class - mean[:, np.newaxis]).T
    spread[1][:, places] = by_class.T
    differences, values = ([to_json_numbers(row, DIGITS_OF_COLOURS) for row in each.tolist()] for each in spread)
    reach = float(np.nanmax(np.abs(spread[0]), initial=0.0)) or 1e-3
    fills = {
        uid_of(run.id, _MAP): {
            "x": all_depths,
            "y": names,
            "z": differences,
            "customdata": values,
            "zmin": to_json_number(-reach),
            "zmax": to_json_number(reach),
        },
        uid_of(run.id, _ALL): {"x": depths, "y": to_json_numbers(mean.tolist(), DIGITS_OF_COLOURS)},
    }
    variants, tiles = [], []
    raw_names = class_names_of(run, len(names))
    for place, sample in enumerate(arrays["sample"].tolist()):
        true, predicted = int(arrays["true"][place]), int(arrays["predicted"][place])
        own = arrays["of_sample"][:, place].tolist()
        variants.append(
            {
                uid_of(run.id, _ONE): {"x": depths, "y": to_json_numbers(own, DIGITS_OF_COLOURS)},
                uid_of(run.id, _CLASS): {
                    "x": depths,
                    "y": to_json_numbers(by_class[:, true].tolist(), DIGITS_OF_COLOURS),
                },
            }
        )
        score = score_text(float(arrays["score"][place]), bool(arrays["is_probability"]))
        taken = "" if true == predicted else f", taken for {raw_names[predicted]}"
        tiles.append(
            {"title": raw_names[true], "hover": f"Validation sample {sample:,}: {raw_names[true]}{taken} ({score})"}
        )
    return {"fills": fills, "variants": variants, "wall": {"tiles": tiles, **tiles_look(arrays)}}


def _chart(runs: Sequence[RecordedRun], **more: Any) -> Chart:
    chart = finding_chart(runs, KIND, section="Gates", without=NO_HIGHWAY, x="depth", **more)
    # To a run of an earlier version without gates nothing is lacking.
    is_gated = any(block["kind"] == "highway" for run in runs[:1] for block in run.blocks)
    return chart if is_gated or not runs else replace(chart, empty=NO_HIGHWAY)
