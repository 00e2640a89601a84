"""Rows of a run: what its trainer writes at each step and what charts read."""

from builder.workspace.rows.absent import ABSENT, ABSENT_BITS, is_absent
from builder.workspace.rows.findings import Arrays, Finding
from builder.workspace.rows.reader import Evaluation, Event, Intervention, Points, RunReader
from builder.workspace.rows.retention import Keep
from builder.workspace.rows.series import Family, Series, find_series
from builder.workspace.rows.sheet import RunSheet, Sheet, SheetColumn, missing_text, recorded_column
from builder.workspace.rows.writer import RunWriter

__all__ = [
    "ABSENT",
    "ABSENT_BITS",
    "Arrays",
    "Evaluation",
    "Event",
    "Family",
    "Finding",
    "Intervention",
    "Keep",
    "Points",
    "RunReader",
    "RunSheet",
    "RunWriter",
    "Series",
    "Sheet",
    "SheetColumn",
    "find_series",
    "is_absent",
    "missing_text",
    "recorded_column",
]
