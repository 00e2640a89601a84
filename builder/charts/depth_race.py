"""What depth does to training: the final training error of a race's runs against their depth, a line for each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from builder.charts.look import KindLook, look_of, run_colours, symbol_of
from builder.charts.text import escape
from builder.charts.theme import themed


@dataclass(frozen=True, slots=True)
class DepthPoint:
    """A run: the line that it belongs to, its kind, its block copies and its training error, a fraction."""

    line: str
    kind: str
    depth: int
    error: float


def depth_figure(points: Sequence[DepthPoint], kinds: Mapping[str, KindLook], theme: str = "light") -> go.Figure:
    """The figure; lines have their kind's colour and marker where no two lines are of one kind.

    Args:
        points: Of runs that have recorded something, in any order.
        kinds: Looks of the block kinds.
        theme: `light` or `dark`.
    """
    lines: dict[str, list[DepthPoint]] = {}
    for point in points:
        lines.setdefault(point.line, []).append(point)
    by_kind = len({line[0].kind for line in lines.values()}) == len(lines)
    colours = run_colours(lines)
    traces = []
    for name, line in lines.items():
        look = look_of(kinds, line[0].kind)
        colour, symbol = (look.colour, look.symbol) if by_kind else (colours[name], symbol_of(list(lines), name))
        traces.append(_trace(name, sorted(line, key=lambda point: point.depth), colour, symbol))
    layout = {
        "xaxis": {"title": {"text": "blocks"}, "tickvals": sorted({point.depth for point in points})},
        "yaxis": {"title": {"text": "training error"}, "tickformat": ".0%", "rangemode": "tozero"},
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.16, "x": 0},
    }
    return go.Figure(themed({"data": traces, "layout": layout}, theme))


def _trace(name: str, line: Sequence[DepthPoint], colour: str, symbol: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": escape(name),
        "x": [point.depth for point in line],
        "y": [point.error for point in line],
        "cliponaxis": False,
        "line": {"width": 2, "color": colour},
        "marker": {"size": 9, "color": colour, "symbol": symbol},
        "hovertemplate": f"%{{x}} blocks<br>%{{y:.1%}}<extra>{escape(name)}</extra>",
    }
