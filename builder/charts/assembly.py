"""Puts messages together into figures, as the component in the browser does; also the way to a finished figure.

`components/frontend/src/live/{merge,fill}.ts` hold the same rules.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from builder.charts.axis import above, full_colour, linear_range, log_ticks, zero_floor
from builder.charts.live import Message
from builder.charts.smoothing import smooth_line
from builder.charts.theme import themed

_AT_FLOOR = " (exactly 0, drawn at the floor)"
_LABELLED_FLAGS = 3
_FLAG_PIXELS = 18
"""Height of a flag's words over the plot."""
_MAX_COLOUR_TICKS = 5
"""About so many have room beside a small map."""


class Assembly:
    """All that the messages so far say."""

    def __init__(self) -> None:
        self._generation: str | None = None
        self._tables: dict[str, dict[str, Any]] = {}
        self._message: Message = {}
        self._once: Message = {}
        """What full messages alone say."""

    def apply(self, message: Message) -> bool:
        """Take a message; False if something before it is missing, and then nothing changes."""
        if not message["full"] and (message["generation"] != self._generation or self._gap(message)):
            return False
        if message["full"]:
            self._tables = {}
            self._once = {name: message[name] for name in ("charts", "items", "runs")}
        self._generation, self._message = message["generation"], message
        for name, new in message["tables"].items():
            self._tables[name] = _merged(self._tables.get(name, {"x": [], "columns": {}}), new)
        return True

    def whole(self) -> Message:
        """The last message as a full one: all that the messages so far say."""
        tables = {name: _rows_from(table, 0) for name, table in self._tables.items()}
        return {**self._message, "full": True, **self._once, "tables": tables}

    def since(self, firsts: Mapping[str, int]) -> Message:
        """The last message, with the rows of each of these tables from the given one on, and no other table's."""
        tables = {name: _rows_from(self._tables[name], first) for name, first in firsts.items()}
        return {**self._message, "tables": tables}

    def tables(self) -> dict[str, dict[str, Any]]:
        """`{id: {x, columns, labels}}`, everything held."""
        return copy.deepcopy(self._tables)

    def newest_findings(self, chart_ids: Sequence[str]) -> dict[str, int]:
        """The newest finding of each of these charts that shows one."""
        tables = {chart["id"]: self._tables.get(chart["finding"] or "", {"x": []}) for chart in self._once["charts"]}
        return {each: tables[each]["x"][-1] for each in chart_ids if each in tables and tables[each]["x"]}

    def figure(self, chart_id: str, theme: str = "light", content: Mapping[str, Any] | None = None) -> go.Figure:
        """One chart with its data.

        Args:
            chart_id: as in the messages.
            theme: `light` or `dark`.
            content: of the finding that it shows; of tiles the first one is chosen, and only a sheet's pictures are drawn.

        Raises:
            KeyError: if there is no such chart.
        """
        charts = self._once["charts"]
        chart = next((chart for chart in charts if chart["id"] == chart_id), None)
        if chart is None:
            raise KeyError(f"There is no chart {chart_id!r}; there are {[each['id'] for each in charts]}.")
        fills = _fills_of(content) if content else self._message["fills"]
        traces = [self._filled(trace, fills) for trace in chart["figure"]["data"]] or _sheet(content)
        layout = copy.deepcopy(chart["figure"]["layout"])
        layout["title"] = {"text": self._title(chart)}
        floor = None
        if chart["scale"] == "log":
            heights = [height for trace in traces for height in trace.get("y", [])]
            floor = zero_floor(heights)
            layout["yaxis"] = {**layout.get("yaxis", {}), "type": "log", **_log_axis(heights, floor)}
        else:
            layout["yaxis"] = {**layout.get("yaxis", {}), "tickformat": chart["tick_format"]}
        if chart["x"] == "step":
            layout["xaxis"] = {**layout.get("xaxis", {}), "range": [0, self._message["axis_end"]]}
            layout.update(_flag_layout(self._message["flags"]))
        if chart["scale"] == "linear" and (limit := self._message["limits"].get(chart_id)):
            _hold_back(layout, [height for trace in traces for height in trace.get("y", [])], limit)
        for trace in traces:
            _mark_zeros(trace, floor)
        return go.Figure(themed({"data": traces, "layout": layout}, theme))

    def _title(self, chart: Mapping[str, Any]) -> str:
        """Of what is drawn one row at a time, also which row it is: nothing else on a figure says so."""
        tables = [trace["meta"]["table"] for trace in chart["figure"]["data"] if "matrix" in trace.get("meta", {})]
        tables += [chart["finding"]] if chart["finding"] else []
        labels = [self._tables[name]["labels"][-1] for name in tables if self._tables.get(name, {}).get("labels")]
        return " · ".join([chart["title"], *labels])

    def _gap(self, message: Message) -> bool:
        held = {name: len(table["x"]) for name, table in self._tables.items()}
        return any(new["first"] > held.get(name, 0) for name, new in message["tables"].items())

    def _filled(self, declared: Mapping[str, Any], fills: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        trace = copy.deepcopy(dict(declared))
        meta = trace.pop("meta", None)
        if meta is None:
            for key, value in fills.get(trace["uid"], {}).items():
                trace[key] = {**trace.get(key, {}), **value} if isinstance(value, dict) else value
            return trace
        table = self._tables.get(meta["table"], {"x": [], "columns": {}})
        if "columns" in meta:
            trace["x"] = table["x"]
            rows = [table["columns"].get(name, []) for name in meta["columns"]]
            if meta.get("scale") == "linear":
                return {"zmax": full_colour(rows), **trace, "z": [list(row) for row in rows]}
            floor = zero_floor(value for row in rows for value in row)
            trace["z"] = [[_log10(value, floor) for value in row] for row in rows]
            trace["colorbar"] = {**trace.get("colorbar", {}), **_colour_ticks(trace["z"])}
            return trace
        if "matrix" in meta:
            return {**trace, **_matrix(trace, table["columns"].get(meta["matrix"], []), len(table["x"]))}
        values = table["columns"].get(meta["column"], [])
        width = max(1, len(values) // max(1, len(table["x"])))
        trace["x"] = [x for x in table["x"] for _ in range(width)] if values else []
        is_smoothed = values and "half_life" in meta
        trace["y"] = smooth_line(table["x"], values, meta["half_life"]) if is_smoothed else list(values)
        return trace


def _fills_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Data by uid, of tiles that of the first one."""
    return {**content.get("fills", {}), **next(iter(content.get("variants", [])), {})}


def _sheet(content: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The pictures of tiles as one image; what else is on them only the component draws."""
    sheet = (content or {}).get("wall", {}).get("sheet")
    return [{"type": "image", "source": sheet["uri"]}] if sheet else []


def _rows_from(table: Mapping[str, Any], first: int) -> dict[str, Any]:
    num_rows = max(1, len(table["x"]))
    columns = {name: values[first * (len(values) // num_rows) :] for name, values in table["columns"].items()}
    rows = {"first": first, "x": table["x"][first:], "columns": columns}
    return {**rows, "labels": table["labels"][first:]} if table["labels"] else rows


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    first = new["first"]
    columns = {}
    for name, values in new["columns"].items():
        width = len(values) // len(new["x"])
        columns[name] = old["columns"].get(name, [])[: first * width] + values
    return {
        "x": old["x"][:first] + new["x"],
        "columns": columns or dict(old["columns"]),
        "labels": old.get("labels", [])[:first] + new.get("labels", []),
    }


def _matrix(trace: Mapping[str, Any], values: list[int], num_rows: int) -> dict[str, Any]:
    """The newest row's square of counts: the share of each of its rows, and the counts, zeros unwritten."""
    size = math.isqrt(len(values) // max(1, num_rows))
    newest = values[len(values) - size * size :]
    counts = [newest[start : start + size] for start in range(0, len(newest), size or 1)]
    names = [str(number) for number in range(size)]
    return {
        "x": trace.get("x", names) if counts else [],
        "y": trace.get("y", names) if counts else [],
        "z": [[count / max(1, sum(row)) for count in row] for row in counts],
        "customdata": counts,
        "text": [[str(count) if count else "" for count in row] for row in counts],
    }


def _colour_ticks(powers: list[list[float | None]]) -> dict[str, Any]:
    """Ticks of a colour bar over powers of ten, few enough to stand beside each other."""
    finite = [power for row in powers for power in row if power is not None]
    if not finite:
        return {}
    values, labels = log_ticks(10 ** (min(finite) - 0.01), 10 ** (max(finite) + 0.01), most=_MAX_COLOUR_TICKS)
    return {"tickvals": [math.log10(value) for value in values], "ticktext": labels}


def _log10(value: float | None, floor: float) -> float | None:
    return None if value is None else math.log10(value if value > 0 else floor)


def _log_axis(heights: list[float | None], floor: float) -> dict[str, Any]:
    positive = [height for height in heights if height is not None and height > 0]
    if not positive:
        return {}
    zeros = any(height == 0 for height in heights)
    low, high = (floor if zeros else min(positive)), max(positive)
    values, labels = log_ticks(low / 1.5, high * 1.5, floor if zeros else None)
    return {"range": [math.log10(low / 1.5), math.log10(high * 1.5)], "tickvals": values, "ticktext": labels}


def _hold_back(layout: dict[str, Any], heights: list[float | None], limit: float) -> None:
    """Leaves values above the limit outside, and says so in the plot's corner."""
    greatest = above(heights, limit)
    if greatest is None:
        return
    layout["yaxis"] = {**layout["yaxis"], "range": linear_range(heights, limit)}
    word = {
        "xref": "paper",
        "yref": "paper",
        "x": 1,
        "y": 1,
        "xanchor": "right",
        "yanchor": "top",
        "text": f"▲ values up to {greatest:.2g} lie above",
        "showarrow": False,
        "font": {"size": 10},
    }
    layout["annotations"] = [*layout.get("annotations", []), word]


def _mark_zeros(trace: dict[str, Any], floor: float | None) -> None:
    """On a logarithmic axis a true zero is drawn at the floor and says so; otherwise the hover adds nothing."""
    if trace["type"] in ("heatmap", "image"):
        return
    heights = trace.get("y", [])
    zeros = [floor is not None and height == 0 for height in heights]
    trace["y"] = [floor if zero else height for zero, height in zip(zeros, heights, strict=True)]
    if "hovertemplate" not in trace:
        return
    if any(zeros):
        trace["text"] = [_AT_FLOOR if zero else "" for zero in zeros]
    else:  # plotly writes a dash for a variable that has no value
        trace["hovertemplate"] = trace["hovertemplate"].replace("%{text}", "")


def _flag_layout(flags: list[dict[str, Any]]) -> dict[str, Any]:
    shapes = [
        {
            "type": "line",
            # Over the curves it would hide them.
            "layer": "below",
            "xref": "x",
            "yref": "paper",
            "x0": flag["x"],
            "x1": flag["x"],
            "y0": 0,
            "y1": 1,
            "line": {"width": 1, "dash": "dash", "color": flag["colour"]},
        }
        for flag in flags
    ]
    labels = [
        {
            "xref": "x",
            "yref": "paper",
            "x": flag["x"],
            "y": 1,
            "yshift": _FLAG_PIXELS * place,
            "xanchor": "left",
            "yanchor": "bottom",
            "text": flag["text"],
            "showarrow": False,
            "bgcolor": flag["colour"],
            "borderpad": 2,
            "font": {"size": 10, "color": "#FFFFFF"},
        }
        for place, flag in enumerate(flags[-_LABELLED_FLAGS:])
    ]
    return {"shapes": shapes, "annotations": labels}
