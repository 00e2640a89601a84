"""Runs of many steps, written as a trainer writes them, without training them."""

from pathlib import Path

import numpy as np

from benchmarks.throughput import measured, random_data
from benchmarks.towers import deep_tower
from builder.training.events import RunStarted
from builder.training.loop import train
from builder.workspace.rows import RunWriter

NUM_BLOCKS = 100
FLUSH_STEPS = 50
"""Ten flushes a second, from a tower that takes 500 steps in it."""

STEPS_PER_EVALUATION = 500
NUM_DRAWN = 4000
"""Rows that are drawn at random; a longer run has them again and again."""


class LongRun:
    """A run of the deep tower: its real series, random positive values, evaluations.

    Args:
        folder: Is the run's.
        num_steps: Planned; none is taken yet.
        num_blocks: Of the tower.
    """

    def __init__(self, folder: Path, num_steps: int, num_blocks: int = NUM_BLOCKS) -> None:
        started = next(train(measured(deep_tower(num_blocks), num_steps), random_data((1, 28, 28))))
        assert isinstance(started, RunStarted)
        self.num_series = len(started.series)
        self.writer = RunWriter(folder)
        self.writer.start(started.info, started.series)
        draws = np.random.default_rng(0)
        self._values = draws.lognormal(size=(NUM_DRAWN, self.num_series)).astype(np.float32)
        self._confusion = draws.integers(0, 1000, (10, 10))

    def go_on(self, num_steps: int) -> None:
        """Takes so many more steps, a multiple of `FLUSH_STEPS`."""
        for _ in range(num_steps // FLUSH_STEPS):
            self.flush()

    def flush(self) -> None:
        """Writes the next `FLUSH_STEPS` rows, and an evaluation where it is due."""
        step = self.writer.last_step
        start = step % NUM_DRAWN
        self.writer.append_steps(step + 1, self._values[start : start + FLUSH_STEPS], 0.1)
        if (step := self.writer.last_step) % STEPS_PER_EVALUATION == 0:
            metrics = {"loss": 1.0, "accuracy": 0.9}
            self.writer.add_evaluation(step, step / STEPS_PER_EVALUATION, "validation", metrics, self._confusion)

    def close(self) -> None:
        self.writer.close()
