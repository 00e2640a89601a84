"""How far the linear axis of the loss reaches by itself: one run that explodes must not flatten all others.

The limit is `FACTOR` times what the loss was at the start, the median of the first few steps, and of several runs the lower
median of theirs. It bends no healthy curve, for a loss that falls stays far below, and a run that begins too high leaves the
others their room. Where values lie above, the chart says so and how far; a logarithmic axis shows them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from builder.charts.runs import RecordedRun

FACTOR = 3.0
NUM_FIRST_STEPS = 8


def loss_at_start(run: RecordedRun, last_step: int) -> float:
    """Median of the finite losses of the first steps; NaN where there are none."""
    series = run.find("loss", "train")
    if series is None or not last_step:
        return math.nan
    losses = run.reader.read([series.id], 1, min(last_step, NUM_FIRST_STEPS)).mean
    finite = losses[np.isfinite(losses)]
    return float(np.median(finite)) if len(finite) else math.nan


def loss_limit(starts: Sequence[float]) -> float | None:
    """Up to where losses widen a linear axis; None where no run has begun."""
    found = sorted(start for start in starts if math.isfinite(start) and start > 0)
    return FACTOR * found[(len(found) - 1) // 2] if found else None
