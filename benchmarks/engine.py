"""Timing our own trainer: the real loop, its rows written to a real run.db."""

import tempfile
import time
from pathlib import Path

from builder.data.dataset import Dataset
from builder.spec.experiment import Experiment
from builder.training.events import RunStarted, StepsRecorded
from builder.training.loop import train
from builder.workspace.rows import RunWriter

WARMUP_STEPS = 10


def seconds_per_step(experiment: Experiment, data: Dataset, warmup_steps: int = WARMUP_STEPS) -> float:
    """Seconds of a step with everything recorded at every step, writing included.

    The first flush after `warmup_steps` starts the clock, the last one stops it.
    """
    begun: tuple[int, float] | None = None
    ended: tuple[int, float] | None = None
    with tempfile.TemporaryDirectory() as folder:
        writer = RunWriter(Path(folder))
        for event in train(experiment, data):
            if isinstance(event, RunStarted):
                writer.start(event.info, event.series)
            elif isinstance(event, StepsRecorded):
                writer.append_steps(event.first_step, event.values, event.seconds)
                ended = (writer.last_step, time.perf_counter())
                if begun is None and writer.last_step >= warmup_steps:
                    begun = ended
        writer.close()
    assert begun is not None
    assert ended is not None
    return (ended[1] - begun[1]) / (ended[0] - begun[0])
