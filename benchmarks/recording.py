"""What recording costs: the real loop with everything, norms of every step and probes, and with loss and accuracy alone."""

from typing import Any
from unittest.mock import patch

import numpy as np
from torch import Tensor

from benchmarks.engine import WARMUP_STEPS, seconds_per_step
from benchmarks.table import Row, summarise
from benchmarks.throughput import measured, random_data
from builder.data.dataset import Dataset
from builder.spec import Experiment
from builder.training.recorder import Recorder

ROUNDS = 5
MUST = 1.06
"""Of the step time with loss and accuracy alone."""


NEVER = 10**9
"""Steps to the next probe."""


class LossAndAccuracy(Recorder):
    """Records loss and accuracy of every step as the recorder does, and nothing else."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.series = self.series[:2]

    def record(self, loss: Tensor, logits: Tensor, targets: Tensor, mask: list[bool], rates: list[float]) -> None:
        row = self.num_rows
        self._loss_rows[row].copy_(loss.detach())
        self._logits[row, : len(targets)].copy_(logits.detach())
        self._targets.append(targets)

    def flush(self) -> np.ndarray:
        num_rows = self.num_rows
        losses = self._losses[:num_rows].cpu().numpy()
        rows = np.column_stack([losses, self._accuracies(num_rows)]).astype(np.float32)
        self._targets = []
        return rows


def loss_and_accuracy_alone() -> Any:
    """Within it runs record and probe nothing else."""
    return patch.multiple("builder.training.run", Recorder=LossAndAccuracy, PROBE_EVERY=NEVER)


def seconds_with_little(experiment: Experiment, data: Dataset) -> float:
    """Seconds of a step of the same loop with loss and accuracy alone, written too."""
    with loss_and_accuracy_alone():
        return seconds_per_step(experiment, data)


def compare(what: str, preset: str, num_steps: int) -> Row:
    """Both in turn, each first as often as the other, so that the machine's drift hits both alike."""
    experiment, data = measured(preset, WARMUP_STEPS + num_steps), random_data((1, 28, 28))
    ratios = []
    for _ in range(ROUNDS):
        before, all_of_it = seconds_with_little(experiment, data), seconds_per_step(experiment, data)
        again, after = seconds_per_step(experiment, data), seconds_with_little(experiment, data)
        ratios.append((all_of_it + again) / (before + after))
    return summarise(
        f"{what}: step time with everything recorded against loss and accuracy alone",
        ratios,
        floor=MUST,
        sense="at most",
        note=f"the real loop, its rows written; {ROUNDS} rounds of two and two times {num_steps} steps",
    )


def measure() -> list[Row]:
    return [compare("dense tower", "mnist-dense", 300), compare("convolutional tower", "mnist-conv", 20)]
