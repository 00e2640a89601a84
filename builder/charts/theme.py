"""Light and dark, for figures that leave the page; in the page the component takes its colours from Streamlit."""

from __future__ import annotations

from typing import Any

_THEMES = {
    "light": {"paper": "#FFFFFF", "line": "#DDE3EC", "text": "#1B2330"},
    "dark": {"paper": "#1A1F28", "line": "#313A4A", "text": "#E7EBF2"},
}


def themed(figure: dict[str, Any], theme: str) -> dict[str, Any]:
    """The figure with background, lines and text of a theme.

    Raises:
        ValueError: for an unknown theme.
    """
    if theme not in _THEMES:
        raise ValueError(f"There is no theme {theme!r}; there are {list(_THEMES)}.")
    colours = _THEMES[theme]
    axis = {"gridcolor": colours["line"], "zeroline": False, "linecolor": colours["line"]}
    layout = figure["layout"]
    return {
        "data": [_inked(trace, colours["text"]) for trace in figure["data"]],
        "layout": {
            "paper_bgcolor": colours["paper"],
            "plot_bgcolor": colours["paper"],
            "font": {"color": colours["text"], "size": 11},
            "margin": {"l": 52, "r": 12, "t": 40, "b": 36},
            "legend": {"orientation": "h", "y": -0.15},
            "hovermode": "closest",
            **layout,
            "xaxis": {**axis, **layout.get("xaxis", {})},
            "yaxis": {**axis, **layout.get("yaxis", {})},
        },
    }


def _inked(trace: dict[str, Any], colour: str) -> dict[str, Any]:
    """Text inside of cells in the theme's colour: where cells are see-through, plotly chooses one for a white page."""
    if "texttemplate" not in trace:
        return trace
    return {**trace, "textfont": {**trace.get("textfont", {}), "color": colour}}
