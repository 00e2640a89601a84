"""Loss and accuracy: every step, smoothed, and at each evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from builder.charts.chart import Chart, Column, curve, hover, non_finite_marks, uid_of
from builder.charts.look import TEST_COLOUR, TRAIN_COLOUR, VALIDATION_COLOUR
from builder.charts.runs import RecordedRun
from builder.charts.smoothing import half_life_of

_RAW = "Thin: every step; where a point stands for several steps, their least and greatest value. Thick: smoothed. "
_ENDS = "Star: test, once at the end."
_DASHED = "Dashed: validation, at each evaluation. " + _ENDS
_DOTTED = "With dots: validation, at each evaluation. " + _ENDS
"""Where several runs are drawn: there dashes tell runs apart."""

MAX_DOTS = 100
"""On a curve of evaluations: each dot is an element of the page, made anew at every drawing. The line has all points."""


def loss_chart(runs: Sequence[RecordedRun]) -> Chart:
    """Loss of training batches and of evaluations."""
    return _curves(
        runs,
        quantity="loss",
        title="Loss",
        help="What the training minimises, averaged over a batch. " + _RAW,
        empty="Press Train: the loss of every step will appear here.",
        y_format=".4g",
    )


def accuracy_chart(runs: Sequence[RecordedRun]) -> Chart:
    """Share of samples classified correctly."""
    return _curves(
        runs,
        quantity="accuracy",
        title="Accuracy",
        help="Share of samples classified correctly. " + _RAW,
        empty="Press Train: the share of correct answers at every step will appear here.",
        y_format=".2%",
        tick_format=".0%",
    )


def _curves(
    runs: Sequence[RecordedRun], *, quantity: str, title: str, help: str, empty: str, y_format: str, **chart: Any
) -> Chart:
    traces: list[dict[str, Any]] = []
    columns: dict[str, tuple[Column, ...]] = {}
    for run in runs:
        alone = len(runs) == 1
        series = run.find(quantity, "train")
        if series is not None:
            drawn, wanted = _training(run, series, y_format, alone)
            traces += drawn
            columns[run.id] = wanted
        traces.append(_evaluations(run, "validation", quantity, y_format, alone))
        traces.append(_evaluations(run, "test", quantity, y_format, alone))
    return Chart(
        id=quantity,
        title=title,
        section="Training",
        help=help + (_DASHED if len(runs) == 1 else _DOTTED),
        empty=empty,
        traces=traces,
        columns=columns,
        y_title=quantity,
        **chart,
    )


def _training(run: RecordedRun, series: Any, y_format: str, alone: bool) -> tuple[list[dict[str, Any]], tuple]:
    colour = TRAIN_COLOUR if alone else run.run.colour
    name, whole = ("train", "train") if alone else (run.label, run.name)
    raw, mean = Column("band", (series,)), Column("mean", (series,))
    marks, bad = non_finite_marks(run, [series])
    thin = curve(
        run,
        raw,
        name=name,
        legendgroup=run.id,
        showlegend=False,
        opacity=0.35,
        line={"width": 1, "color": colour},
        hovertemplate=hover(y_format, f"{whole}, each step"),
    )
    thick = curve(
        run,
        mean,
        half_life=half_life_of(run.num_steps),
        name=name,
        legendgroup=run.id,
        line={"width": 2, "color": colour, "dash": "solid" if alone else run.run.dash},
        hovertemplate=hover(y_format, f"{whole}, smoothed"),
    )
    return [thin, thick, marks], (raw, mean, bad)


def _evaluations(run: RecordedRun, split: str, quantity: str, y_format: str, alone: bool) -> dict[str, Any]:
    own = TEST_COLOUR if split == "test" else VALIDATION_COLOUR
    colour = own if alone else run.run.colour
    name = split if alone else f"{run.name}, {split}"
    star = split == "test"
    return {
        "type": "scatter",
        "mode": "markers" if star else "lines+markers",
        "uid": uid_of(run.id, split, quantity),
        "meta": {"table": f"{run.id}/{split}", "column": quantity},
        "name": name,
        "legendgroup": run.id if not alone else split,
        "showlegend": alone and not star,
        "cliponaxis": False,
        "line": {"width": 1.6, "color": colour, "dash": "dash" if alone else run.run.dash},
        "marker": {
            "size": 11 if star else 4,
            "color": colour,
            "symbol": "star" if star else "circle",
            "maxdisplayed": MAX_DOTS,
        },
        "hovertemplate": hover(y_format, name),
    }
