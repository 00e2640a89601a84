"""A chart before its data: traces that name the columns they draw, and a layout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from builder.charts.look import NON_FINITE_COLOUR
from builder.charts.runs import RecordedRun
from builder.workspace.rows import Series

Section = Literal["Training", "Depth", "Over depth and time", "Gates", "Drops", "What it learned"]
Form = Literal["mean", "band", "bad"]


@dataclass(frozen=True, slots=True)
class Column:
    """Something computed from series of one stride, bin by bin.

    Attributes:
        form: `mean` over the finite values; `band`, the least and greatest value of each bin, in an order that makes
            one line of them; `bad`, the smooth value (see smoothing) where something was not finite.
        series: one, or for `bad` any number.
    """

    form: Form
    series: tuple[Series, ...]

    @property
    def table(self) -> str:
        """Columns of one stride share a table, those of blocks one of their own."""
        return f"{'blocks' if self.is_of_blocks else 'every'}{self.series[0].every}"

    @property
    def is_of_blocks(self) -> bool:
        """Whether it is a row of a map."""
        return self.series[0].family == "profile"

    @property
    def name(self) -> str:
        """Short: it is in every message."""
        return "+".join(str(each.id) for each in self.series) + "." + self.form


INVITATION = "Press Train: "
"""Begins what a chart says while no run is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart of the live view.

    Attributes:
        id: such as `loss`.
        title: the field's words.
        section: under which the picker lists it.
        help: what is drawn, in a sentence or two.
        empty: what will appear, while there is nothing.
        traces: plotly traces with a `uid`, without data; `meta` names the `table` and `column` that fill one, or its
            `columns` as rows of a map, in powers of ten unless `scale` is `linear`, or its `matrix` of counts, of one
            row; a trace without `meta` is filled whole by its `uid`.
        columns: what must be computed for it, by run id.
        x: what lies along it.
        y: what lies upwards, if it is no quantity.
        y_title: of the vertical axis, for the hover and exports.
        scale: of the vertical axis; `None` if it cannot be changed.
        tick_format: d3's, for a linear axis.
        every: of a chart of one step, at whose multiples it has something to show; `None` where there is no such step.
        layout: more of plotly's layout.
        finding: the table of the findings that it shows one at a time, see `contents`; their traces have no `meta`.
        tiles: how the tiles of its content are shown: as a `wall` in the place of a drawing, as a `strip` under it that
            has one of them chosen, or not at all.
    """

    id: str
    title: str
    section: Section
    help: str
    empty: str
    traces: list[dict[str, Any]]
    columns: Mapping[str, tuple[Column, ...]]
    x: Literal["step", "depth", "class", "count", "plane"] = "step"
    y: Literal["depth"] | None = None
    y_title: str = ""
    scale: Literal["linear", "log"] | None = "linear"
    tick_format: str = ""
    every: int | None = None
    layout: Mapping[str, Any] | None = None
    finding: str | None = None
    tiles: Literal["wall", "strip"] | None = None

    def to_json(self, *, is_chosen: bool) -> dict[str, Any]:
        """As the component takes it; once runs are chosen, what will appear needs no press of Train."""
        empty = self.empty.removeprefix(INVITATION) if is_chosen else self.empty
        return {
            "id": self.id,
            "title": self.title,
            "section": self.section,
            "help": self.help,
            "empty": empty[:1].upper() + empty[1:],
            "x": self.x,
            "y_title": self.y_title,
            "scale": self.scale,
            "tick_format": self.tick_format,
            "every": self.every,
            "depth": "x" if self.x == "depth" else "y" if self.y == "depth" else None,
            "finding": self.finding,
            "tiles": self.tiles,
            "figure": {"data": self.traces, "layout": dict(self.layout or {})},
        }


def uid_of(*parts: str) -> str:
    """A trace's name, the same in every message; plotly makes CSS selectors of it, so it holds no other characters."""
    return "-".join(re.sub(r"[^A-Za-z0-9]", "_", part) for part in parts)


def curve(recorded: RecordedRun, column: Column, *, half_life: float | None = None, **trace: Any) -> dict[str, Any]:
    """A line that draws a column of a run.

    Args:
        recorded: the run.
        column: what to draw.
        half_life: in steps; whoever draws the means smooths them so.
        trace: more of plotly's attributes; `uid` is made here, so that it is the same in every message.
    """
    smoothed = {} if half_life is None else {"half_life": half_life}
    names = (column.name, "smooth") if smoothed else (column.name,)
    return {
        "type": "scatter",
        "mode": "lines",
        "uid": uid_of(recorded.id, *names),
        "meta": {"table": f"{recorded.id}/{column.table}", "column": column.name, **smoothed},
        "connectgaps": False,
        **trace,
    }


def non_finite_marks(recorded: RecordedRun, series: Iterable[Series]) -> tuple[dict[str, Any], Column]:
    """Crosses where a value was NaN or infinite, on the smooth line, since they have no height of their own."""
    column = Column("bad", tuple(series))
    trace = curve(
        recorded,
        column,
        mode="markers",
        name="not finite",
        showlegend=False,
        marker={"symbol": "x", "size": 9, "color": NON_FINITE_COLOUR},
        hovertemplate="step %{x:,.0f}<br>NaN or infinite<extra></extra>",
    )
    return trace, column


def hover(y_format: str, label: str, *, place: str = "step %{x:,.0f}") -> str:
    """A hover text; `label` is already escaped."""
    return f"{place}<br>%{{y:{y_format}}}%{{text}}<extra>{label}</extra>"
