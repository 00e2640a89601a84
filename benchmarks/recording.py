"""What recording costs: the real loop with norms of every step, with probes too, and with loss and accuracy alone."""

from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

import numpy as np
from torch import Tensor

from benchmarks.engine import WARMUP_STEPS, seconds_per_step
from benchmarks.table import Row, summarise
from benchmarks.throughput import measured, random_data
from builder.training.recorder import Recorder

ROUNDS = 5
MUST_WITH_NORMS, MUST_WITH_ALL = 1.06, 1.08
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


def norms_alone() -> Any:
    """Within it runs record what every step has, and probe nothing."""
    return patch.multiple("builder.training.run", PROBE_EVERY=NEVER)


def compare(what: str, preset: str, num_steps: int) -> list[Row]:
    """All three in turn and back again, so that the machine's drift hits all alike."""
    experiment, data = measured(preset, WARMUP_STEPS + num_steps), random_data((1, 28, 28))
    ways = (loss_and_accuracy_alone, norms_alone, nullcontext)
    with_norms, with_all = [], []
    for _ in range(ROUNDS):
        seconds = dict.fromkeys(ways, 0.0)
        for way in (*ways, *reversed(ways)):
            with way():
                seconds[way] += seconds_per_step(experiment, data)
        little, norms, everything = seconds.values()
        with_norms.append(norms / little)
        with_all.append(everything / little)
    note = f"the real loop, its rows written; {ROUNDS} rounds of two times {num_steps} steps of each"
    against = "against loss and accuracy alone"
    return [
        summarise(
            f"{what}: step time with every step's norms, {against}",
            with_norms,
            floor=MUST_WITH_NORMS,
            sense="at most",
            note=note,
        ),
        summarise(
            f"{what}: step time with everything recorded, {against}",
            with_all,
            floor=MUST_WITH_ALL,
            sense="at most",
            note=f"probes at every tenth step too; {note}",
        ),
    ]


def measure() -> list[Row]:
    return [*compare("dense tower", "mnist-dense", 300), *compare("convolutional tower", "mnist-conv", 20)]
