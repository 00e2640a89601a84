"""One curve per parameter group: gradient norm and learning rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from builder.charts.blocks import empty_text, stride_text
from builder.charts.chart import Chart, Column, curve, hover, non_finite_marks
from builder.charts.look import symbol_of, transparent
from builder.charts.runs import RecordedRun
from builder.charts.text import escape


def grad_norm_chart(runs: Sequence[RecordedRun]) -> Chart:
    """Gradient norm of each group, logarithmic."""
    return _by_group(
        runs,
        quantity="grad_norm",
        title="Gradient norm by group",
        help="Euclidean norm of the gradient over each group's parameters, before clipping. Line: mean of the steps a "
        "point stands for; band: their least and greatest value. A norm of exactly zero is drawn at the floor "
        "marked 0. Frozen groups have no gradient.",
        empty="Press Train: how large each group's gradient is will appear here.",
        band=True,
    )


def learning_rate_chart(runs: Sequence[RecordedRun]) -> Chart:
    """Learning rate of each group, logarithmic."""
    return _by_group(
        runs,
        quantity="learning_rate",
        title="Learning rate",
        help="Each group's rate at every step: its base rate times the schedule and warm-up. Where a person changed "
        "a base rate stands a flag.",
        empty="Press Train: each group's learning rate, schedule included, will appear here.",
        band=False,
    )


def update_ratio_chart(runs: Sequence[RecordedRun]) -> Chart:
    """Relative size of each group's updates, logarithmic."""
    return _by_group(
        runs,
        quantity="update_ratio",
        title="Update ratio by group",
        help="How far each update moves a group's weights against their size, ‖Δw‖ / ‖w‖, weight decay and momentum "
        "included. About 1e-3 is a common rule of thumb: much more is restless, much less hardly learns (Stanford "
        "CS231n notes, “Ratio of weights:updates”)." + stride_text(runs, "update_ratio"),
        empty=empty_text(
            runs, "update_ratio", "Press Train: how far each update moves each group's weights will appear here."
        ),
        band=True,
    )


def _by_group(runs: Sequence[RecordedRun], *, quantity: str, title: str, help: str, empty: str, band: bool) -> Chart:
    traces: list[dict[str, Any]] = []
    columns: dict[str, tuple[Column, ...]] = {}
    alone = len(runs) == 1
    for run in runs:
        names = [group["name"] for group in run.groups]
        wanted: list[Column] = []
        found = []
        for group in run.groups:
            series = run.find(quantity, group["name"])
            if series is None:
                continue
            found.append(series)
            colour = group["colour"] if alone else run.run.colour
            name = escape(group["name"])
            label, whole = (name, name) if alone else (f"{run.label} {name}", f"{run.name}: {name}")
            mean = Column("mean", (series,))
            wanted.append(mean)
            if band:
                wanted.append(Column("band", (series,)))
                faint = {"width": 1, "color": transparent(colour, 0.3)}
                traces.append(
                    curve(
                        run,
                        wanted[-1],
                        name=label,
                        legendgroup=label,
                        showlegend=False,
                        line=faint,
                        hovertemplate=hover(".3g", f"{whole}, least and greatest"),
                    )
                )
            traces.append(
                curve(
                    run,
                    mean,
                    name=label,
                    legendgroup=label,
                    line={"width": 1.5, "color": colour, "dash": "solid" if alone else run.run.dash},
                    **({} if alone else _marked(symbol_of(names, group["name"]), colour)),
                    hovertemplate=hover(".3g", whole),
                )
            )
        if found:
            marks, bad = non_finite_marks(run, found)
            traces.append(marks)
            columns[run.id] = (*wanted, bad)
    return Chart(
        id=quantity,
        title=title,
        section="Training",
        help=help,
        empty=empty,
        traces=traces,
        columns=columns,
        y_title=title.lower(),
        scale="log",
    )


def _marked(symbol: str, colour: str) -> dict[str, Any]:
    """A few markers along the line: where colour and dash are the run's, they tell groups apart."""
    return {"mode": "lines+markers", "marker": {"symbol": symbol, "size": 6, "color": colour, "maxdisplayed": 8}}
