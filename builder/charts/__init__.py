"""Rows of runs → plotly figures and live messages; knows no Streamlit."""

from builder.charts.depth_race import DepthPoint, depth_figure
from builder.charts.finished import figures
from builder.charts.live import LiveView
from builder.charts.look import KindLook, kind_looks, run_colours, run_dashes
from builder.charts.runs import ShownRun

__all__ = [
    "DepthPoint",
    "KindLook",
    "LiveView",
    "ShownRun",
    "depth_figure",
    "figures",
    "kind_looks",
    "run_colours",
    "run_dashes",
]
