"""Timing our own trainer: the real loop, its rows written to a real run.db."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from builder.data.dataset import Dataset
from builder.spec.experiment import Experiment
from builder.training.events import RunStarted, StepsRecorded
from builder.training.loop import train
from builder.workspace.rows import RunWriter

WARMUP_STEPS = 10


@dataclass(frozen=True, slots=True)
class Timed:
    """What a step took, on an average.

    Attributes:
        seconds: All of it, with everything recorded and written.
        writing_seconds: Of these, for writing.
    """

    seconds: float
    writing_seconds: float


def time_steps(experiment: Experiment, data: Dataset, warmup_steps: int = WARMUP_STEPS) -> Timed:
    """Trains with everything recorded at every step.

    The first flush after `warmup_steps` starts the clock, the last one stops it.
    """
    # Step, time, and how much of it went into writing.
    begun: tuple[int, float, float] | None = None
    ended: tuple[int, float, float] | None = None
    writing = 0.0
    with tempfile.TemporaryDirectory() as folder:
        writer = RunWriter(Path(folder))
        for event in train(experiment, data):
            if isinstance(event, RunStarted):
                writer.start(event.info, event.series)
            elif isinstance(event, StepsRecorded):
                began = time.perf_counter()
                writer.append_steps(event.first_step, event.values, event.seconds)
                now = time.perf_counter()
                writing += now - began
                ended = (writer.last_step, now, writing)
                if begun is None and writer.last_step >= warmup_steps:
                    begun = ended
        writer.close()
    assert begun is not None
    assert ended is not None
    num_steps = ended[0] - begun[0]
    return Timed((ended[1] - begun[1]) / num_steps, (ended[2] - begun[2]) / num_steps)


def seconds_per_step(experiment: Experiment, data: Dataset, warmup_steps: int = WARMUP_STEPS) -> float:
    """Seconds of a step with everything recorded at every step, writing included."""
    return time_steps(experiment, data, warmup_steps).seconds
