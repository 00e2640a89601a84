"""What the network says of every place in the plane, under the data: the decision boundary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from builder.charts.chart import Chart, uid_of
from builder.charts.finding_table import class_names_of, finding_chart
from builder.charts.look import RUN_COLOURS, transparent
from builder.charts.mistakes import score_text
from builder.charts.runs import RecordedRun
from builder.charts.text import escape, to_json_number, to_json_numbers

KIND = "boundary"
_PARTS = ("train", "validation")


def boundary_chart(runs: Sequence[RecordedRun]) -> Chart:
    """The first run's predictions over the plane."""
    return finding_chart(
        runs,
        KIND,
        id=KIND,
        title="Decision boundary",
        help="At one evaluation: the class that the network gives to each place in the plane, the stronger the colour the "
        "surer it is. Dots are samples in the colour of their true class: small ones train, ringed ones validate. The "
        "boundary is where the colours meet (TensorFlow Playground, Smilkov et al. 2017, arXiv 1708.03788).",
        appears="Press Train: at the first evaluation, what the network says of each place in the plane will appear here.",
        without="Only data of two features has a plane to draw, such as spirals, moons, circles or exclusive or.",
        traces=[trace for run in runs[:1] for trace in _traces(run)],
        x="plane",
        layout={
            "xaxis": {"constrain": "domain"},
            "yaxis": {"constrain": "domain", "scaleanchor": "x"},
        },
    )


def boundary_content(run: RecordedRun, arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The traces' data by uid."""
    predicted, score = arrays["predicted"].astype(int), arrays["score"] / 255.0
    num_classes = max(2, len(class_names_of(run)), 1 + predicted.max())
    names = class_names_of(run, num_classes)
    left, right, bottom, top = (float(each) for each in arrays["extent"])
    height, width = predicted.shape
    is_probability = bool(arrays["is_probability"])
    # A class's stretch of the colours begins where no class could be less sure.
    least = 1 / num_classes
    sure = np.clip((score - least) / (1 - least), 0, 0.99)
    words = [
        [f"{escape(names[each])}, {score_text(value, is_probability)}" for each, value in zip(*row, strict=True)]
        for row in zip(predicted.tolist(), score.tolist(), strict=True)
    ]
    cell = {"dx": (right - left) / width, "dy": (top - bottom) / height}
    fills: dict[str, Any] = {
        uid_of(run.id, KIND): {
            "z": [to_json_numbers(row, 4) for row in (predicted + np.round(sure, 2)).tolist()],
            "customdata": words,
            "x0": to_json_number(left + cell["dx"] / 2),
            "y0": to_json_number(bottom + cell["dy"] / 2),
            "dx": to_json_number(cell["dx"]),
            "dy": to_json_number(cell["dy"]),
        }
    }
    for part in _PARTS:
        x, y = arrays[f"{part}_points"].T.tolist()
        targets = arrays[f"{part}_targets"].tolist()
        fills[uid_of(run.id, KIND, part)] = {
            "x": to_json_numbers(x, 3),
            "y": to_json_numbers(y, 3),
            "customdata": [escape(names[target]) for target in targets],
            "marker": {"color": [_colour(target) for target in targets]},
        }
    return {"fills": fills}


def _traces(run: RecordedRun) -> list[dict[str, Any]]:
    num_classes = max(2, len(class_names_of(run)))
    scale = []
    for target in range(num_classes):
        colour = _colour(target)
        scale += [
            [target / num_classes, transparent(colour, 0.06)],
            [(target + 1) / num_classes, transparent(colour, 0.6)],
        ]
    plane = {
        "type": "heatmap",
        "uid": uid_of(run.id, KIND),
        "colorscale": scale,
        "zmin": 0,
        "zmax": num_classes,
        "showscale": False,
        "hovertemplate": "%{x:.2f}, %{y:.2f}<br>%{customdata}<extra></extra>",
    }
    points = [
        {
            "type": "scatter",
            "mode": "markers",
            "uid": uid_of(run.id, KIND, part),
            "name": part,
            "showlegend": False,
            "marker": {"size": size, "line": {"width": width, "color": "#FFFFFF"}, "opacity": 0.9},
            "hovertemplate": f"%{{x:.2f}}, %{{y:.2f}}<br>%{{customdata}}<extra>{part}</extra>",
        }
        for part, size, width in (("train", 3, 0), ("validation", 5, 0.75))
    ]
    return [plane, *points]


def _colour(target: int) -> str:
    return RUN_COLOURS[target % len(RUN_COLOURS)]
