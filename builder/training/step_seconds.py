"""How long each step took, as rows: beside what is recorded of a step, for that is the same again with the same seed.

Once there is a column, a run that goes on on another device has it too, without values.
"""

import numpy as np

from builder.training.events import StepsRecorded
from builder.workspace.rows import ABSENT, Series

STEP_SECONDS = "step_seconds"
"""The quantity; its subject is `train`."""


def written_series(series: tuple[Series, ...]) -> tuple[Series, ...]:
    """The columns that are written: those of a step and, last, its time."""
    return (*series, Series(id=len(series), quantity=STEP_SECONDS, subject="train", family="scalar", unit="s"))


def written_values(recorded: StepsRecorded) -> np.ndarray:
    """Rows for these columns, `[steps, series + 1]`, float32; `ABSENT` where steps are not timed one by one."""
    seconds = recorded.step_seconds
    if seconds is None:
        seconds = np.full(len(recorded.values), ABSENT, dtype=np.float32)
    return np.column_stack([recorded.values, seconds])
