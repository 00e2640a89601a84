"""What a run has recorded, step by step, as its trainer gave it: all that is the same again with the same seed."""

import numpy as np

from builder.workspace.rows import ABSENT, RunReader


def read_every_step(reader: RunReader) -> np.ndarray:
    """`[steps, series]`, float32; of series recorded every few steps the others are `ABSENT`.

    How long each step took, the last column of the file, is left out.

    Raises:
        ValueError: if profiles are no longer kept step by step.
    """
    series = [each for each in reader.series() if each.quantity != "step_seconds"]
    values = np.full((reader.last_step(), len(series)), ABSENT, dtype=np.float32)
    for every in {each.every for each in series}:
        ids = [each.id for each in series if each.every == every]
        points = reader.read(ids, bin_size=every)
        values[points.steps[:, np.newaxis] - 1, ids] = points.mean
    return values
