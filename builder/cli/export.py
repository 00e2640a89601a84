"""A run's rows as CSV: one line per step, one column per series, and the evaluations' metrics."""

import csv
from collections import defaultdict
from typing import TextIO

import numpy as np

from builder.workspace.rows import RunReader, Series, is_absent

_STEPS_AT_ONCE = 2048


def write_csv(reader: RunReader, out: TextIO) -> str | None:
    """Writes every step in full resolution.

    A cell is empty where there is no value: the gradient of a dropped block, a step without evaluation, a profile that
    is no longer kept step by step.

    Returns:
        What is missing, in words; None if nothing is.
    """
    series = reader.series()
    metrics = _evaluated_metrics(reader)
    splits = sorted({column for row in metrics.values() for column in row})
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["step", *(_column(each) for each in series), *splits])
    if 0 in metrics:
        writer.writerow([0, *("" for _ in series), *(metrics[0].get(column, "") for column in splits)])
    first_kept = 1
    last_step = reader.last_step()
    for first in range(1, last_step + 1, _STEPS_AT_ONCE):
        last = min(first + _STEPS_AT_ONCE - 1, last_step)
        cells, is_whole = _cells(reader, series, first, last)
        if not is_whole:
            first_kept = last + 1
        for offset, row in enumerate(cells):
            evaluated = metrics.get(first + offset, {})
            writer.writerow([first + offset, *row, *(evaluated.get(column, "") for column in splits)])
    if first_kept == 1:
        return None
    return f"Profiles by block are no longer kept step by step before step {first_kept:,}; their cells are empty there."


def _column(series: Series) -> str:
    return f"{series.quantity} {series.subject}"


def _evaluated_metrics(reader: RunReader) -> dict[int, dict[str, float]]:
    """By step and column name; of two evaluations at one step the later counts."""
    rows: dict[int, dict[str, float]] = defaultdict(dict)
    for each in reader.evaluations():
        rows[each.step].update({f"{name} {each.split}": value for name, value in each.metrics.items()})
    return rows


def _cells(reader: RunReader, series: tuple[Series, ...], first: int, last: int) -> tuple[list[list[str]], bool]:
    """Text `[steps, series]`, and whether every series was kept step by step."""
    cells = [[""] * len(series) for _ in range(last - first + 1)]
    is_whole = True
    for family, every in sorted({(each.family, each.every) for each in series}):
        ids = [each.id for each in series if (each.family, each.every) == (family, every)]
        try:
            points = reader.read(ids, first, last, bin_size=every)
        except ValueError:
            # Only profiles are ever thinned out; the reader answers so where their single steps are gone.
            if family != "profile":
                raise
            is_whole = False
            continue
        absent = is_absent(points.mean)
        for row, step in enumerate(points.steps):
            for column, number in enumerate(ids):
                if not absent[row, column]:
                    cells[int(step) - first][number] = _number(points.mean[row, column])
    return cells, is_whole


def _number(value: np.float32) -> str:
    """The shortest text that gives the same float32."""
    return str(value)
