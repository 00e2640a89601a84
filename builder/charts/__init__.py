"""Rows of runs → plotly figures and live messages; knows no Streamlit."""

from builder.charts.contents import read_content
from builder.charts.depth_race import DepthPoint, depth_figure
from builder.charts.finished import figures
from builder.charts.live import LiveView, charts_of
from builder.charts.look import KindLook, kind_looks, run_colours, run_dashes
from builder.charts.recorded import chart_sheets, scalar_sheets
from builder.charts.runs import RecordedRun, ShownRun
from builder.charts.shared_view import SharedView
from builder.charts.tables import EvaluationTable

__all__ = [
    "DepthPoint",
    "EvaluationTable",
    "KindLook",
    "LiveView",
    "RecordedRun",
    "SharedView",
    "ShownRun",
    "chart_sheets",
    "charts_of",
    "depth_figure",
    "figures",
    "kind_looks",
    "read_content",
    "run_colours",
    "run_dashes",
    "scalar_sheets",
]
