"""Whether drops save time: how long a step takes, against how many stochastic-depth blocks lived in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from builder.charts.blocks import empty_text, recorded_blocks
from builder.charts.chart import Chart, uid_of
from builder.charts.look import KindLook, look_of
from builder.charts.runs import RecordedRun
from builder.charts.survival import NO_DROPS, NORMAL_95
from builder.charts.text import to_json_numbers

NEWEST_STEPS = 10_000
"""Of so many steps a run's file keeps which blocks lived in each."""
OUTLIER = 3.0
"""Steps that took over so many times the median are left out: the first one, and those that had to wait for the machine."""
LEAST_STEPS = 30
"""Of fewer, a line says nothing."""
_READ_STEPS = 2_000
_MILLISECONDS = 1000.0


def step_time_chart(runs: Sequence[RecordedRun], kinds: Mapping[str, KindLook]) -> Chart:
    """Step time over the number of live blocks, of the first run alone."""
    look = look_of(kinds, "stochastic_depth")
    timed = [run for run in runs[:1] if recorded_blocks(run, "alive") and run.find("step_seconds", "train")]
    return Chart(
        id="step_time",
        title="Step time by live blocks",
        section="Drops",
        help="How long a training step took, against the number of stochastic-depth blocks that lived in it: dropped blocks "
        "are not computed (Huang et al. 2016, arXiv 1603.09382, section 3). Dots: mean, bars: standard deviation; line: "
        f"least squares over the newest {NEWEST_STEPS:,} steps, without those over {OUTLIER:g} times the median."
        + (" Of the first run only." if len(runs) > 1 else ""),
        empty=_empty(runs[:1]),
        traces=[trace for run in timed for trace in _traces(run, look)],
        columns={},
        x="count",
        y_title="ms per step",
        scale=None,
        layout={"xaxis": {"title": {"text": "live blocks"}}, "yaxis": {"title": {"text": "ms per step"}}},
    )


def _empty(runs: Sequence[RecordedRun]) -> str:
    for run in runs:
        device = str(run.info.get("device", "cpu"))
        if recorded_blocks(run, "alive") and device != "cpu":
            return (
                f"This run trains on {device}, where steps are queued and not waited for one by one, so how long one took "
                "is not known. Train on the CPU to see it here."
            )
    return empty_text(
        runs,
        "step_seconds",
        "Press Train: how long a step takes, by the number of blocks that live in it, will appear here.",
        kind="stochastic_depth",
        without=NO_DROPS,
    )


def _traces(run: RecordedRun, look: KindLook) -> list[dict[str, Any]]:
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "uid": uid_of(run.id, "step_time_line"),
            "name": "fitted",
            "showlegend": False,
            "line": {"width": 1.5, "dash": "dot", "color": "#7A8699"},
        },
        {
            "type": "scatter",
            "mode": "markers",
            "uid": uid_of(run.id, "step_time"),
            "name": "mean",
            "showlegend": False,
            "marker": {"size": 6, "color": look.colour, "symbol": look.symbol},
            "error_y": {"type": "data", "thickness": 1, "width": 2, "color": look.colour},
            "hovertemplate": "%{x} live blocks<br>%{y:.3g} ms, %{customdata:,} steps<extra></extra>",
        },
    ]


@dataclass(frozen=True, slots=True)
class Fit:
    """A straight line by least squares: `seconds = intercept + slope * blocks`, and the slope's standard error."""

    intercept: float
    slope: float
    error: float


@dataclass(frozen=True, slots=True)
class StepTimes:
    """Seconds of steps by the number of live blocks.

    Attributes:
        num_alive: int `[counts]`, the numbers of live blocks that there were, ascending.
        num_steps: int `[counts]`, steps that had so many.
        mean: `[counts]`, of their seconds.
        spread: `[counts]`, the standard deviation, 0 of a single step.
        fit: over single steps; None of under `LEAST_STEPS`, and without two different numbers of blocks.
    """

    num_alive: np.ndarray
    num_steps: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    fit: Fit | None


def step_times(num_alive: np.ndarray, seconds: np.ndarray) -> StepTimes:
    """Groups steps by how many blocks lived in each.

    Args:
        num_alive: `[steps]`.
        seconds: `[steps]`; what is not finite, or over `OUTLIER` times the median, is left out.
    """
    known = np.isfinite(seconds)
    known[known] = seconds[known] <= OUTLIER * np.median(seconds[known]) if known.any() else False
    x, y = num_alive[known].astype(np.int64), seconds[known].astype(np.float64)
    numbers, places, counts = np.unique(x, return_inverse=True, return_counts=True)
    mean = np.bincount(places, y, len(numbers)) / np.maximum(counts, 1)
    squares = np.bincount(places, (y - mean[places]) ** 2, len(numbers))
    return StepTimes(numbers, counts, mean, np.sqrt(squares / np.maximum(counts - 1, 1)), _fitted(x, y))


def _fitted(x: np.ndarray, y: np.ndarray) -> Fit | None:
    if len(x) < LEAST_STEPS or x.min() == x.max():
        return None
    across = x - x.mean()
    square = float(across @ across)
    slope = float(across @ y) / square
    intercept = float(y.mean() - slope * x.mean())
    residual = y - intercept - slope * x
    return Fit(intercept, slope, math.sqrt(float(residual @ residual) / (len(x) - 2) / square))


class StepTimeFeed:
    """The newest steps of a run, read once each.

    Args:
        run: whose.
    """

    def __init__(self, run: RecordedRun) -> None:
        self._run = run
        self._alive = [series.id for _, series in recorded_blocks(run, "alive")]
        self._time = run.find("step_seconds", "train")
        self.forget()

    def forget(self) -> None:
        """Rows were cut off: begin again."""
        self._last = 0
        self._num_alive, self._seconds = np.empty(0), np.empty(0)

    def fills(self, last_step: int) -> tuple[dict[str, dict[str, Any]], str]:
        """The traces' data by uid up to a step, and what a live block costs in words; nothing where nothing is known."""
        if self._time is None or not self._alive:
            return {}, ""
        self._read(self._time.id, last_step)
        found = step_times(self._num_alive, self._seconds)
        if not len(found.num_alive):
            return {}, ""
        dots = {
            "x": found.num_alive.tolist(),
            "y": to_json_numbers(found.mean * _MILLISECONDS),
            "customdata": found.num_steps.tolist(),
            "error_y": {"array": to_json_numbers(found.spread * _MILLISECONDS)},
        }
        fills = {uid_of(self._run.id, "step_time"): dots}
        if found.fit is None:
            return fills, ""
        ends = found.num_alive[[0, -1]]
        words = _cost(found.fit)
        fills[uid_of(self._run.id, "step_time_line")] = {
            "x": ends.tolist(),
            "y": to_json_numbers((found.fit.intercept + found.fit.slope * ends) * _MILLISECONDS),
            "hovertemplate": f"{words}<extra></extra>",
        }
        return fills, f"{_slope(found.fit)} a live block"

    def _read(self, time_id: int, last_step: int) -> None:
        """Takes the steps that are new, in pieces that are small in memory, and lets go of old ones."""
        for first in range(max(self._last, last_step - NEWEST_STEPS) + 1, last_step + 1, _READ_STEPS):
            last = min(first + _READ_STEPS - 1, last_step)
            lives = self._run.reader.read(self._alive, first, last, _READ_STEPS)
            times = self._run.reader.read([time_id], first, last, _READ_STEPS)
            # Of a file at its greatest size only the newest few steps are kept one by one.
            if lives.bin_size == 1 and len(lives.mean) == len(times.mean):
                num_alive = np.rint(lives.mean.sum(axis=1))
                self._num_alive = np.append(self._num_alive, num_alive)[-NEWEST_STEPS:]
                self._seconds = np.append(self._seconds, times.mean[:, 0])[-NEWEST_STEPS:]
        self._last = last_step


def _cost(fit: Fit) -> str:
    margin = NORMAL_95 * fit.error * _MILLISECONDS
    return f"each live block costs {_slope(fit)}<br>± {margin:.1g} ms (95 % confidence)"


def _slope(fit: Fit) -> str:
    return f"{fit.slope * _MILLISECONDS:.2g} ms"
