"""Live charts: Plotly in a component that receives new points only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from streamlit.components.v2 import component

_LIVE = component("components.live", js="index.js", css="index.css")


def live(
    data: Mapping[str, Any], *, key: str, on_resync: Callable[[], None], height: int | None = 500, below: int = 0
) -> None:
    """Four charts that follow some runs.

    Args:
        data: what `builder.charts.LiveView.data()` returns, at every run of the script or fragment.
        key: the widget's; another set of runs should keep it, so that nothing is mounted again.
        on_resync: called when the component missed a message; it must call `LiveView.resync()` of the view that `data`
            comes from.
        height: of the whole, in pixels, for two rows of charts; None fills the window from where the charts begin.
        below: pixels to leave free under the charts when they fill the window.
    """
    _LIVE(key=key, data={"key": key, "feed": data, "height": height, "below": below}, on_resync_change=on_resync)
