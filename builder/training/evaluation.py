"""Measuring a network on a split."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field

import numpy as np
import torch

from builder.data.dataset import Split
from builder.modules.network import NetworkModule
from builder.spec.training import TrainingSpec
from builder.training.device import autocast
from builder.training.findings.registry import Look
from builder.training.losses import LossFunction
from builder.workspace.rows import Arrays

SMALLEST_BATCH, LARGEST_BATCH = 128, 1024

KeepGoing = Callable[[], bool]


def always() -> bool:
    """Nothing ends the evaluation early."""
    return True


@dataclass(frozen=True, slots=True)
class Measurement:
    """Averages over a split.

    Attributes:
        confusion: `[true class, predicted class]` counts.
        findings: Arrays by name, by kind; see `findings`.
    """

    loss: float
    accuracy: float
    confusion: np.ndarray
    findings: Mapping[str, Arrays] = field(default_factory=dict)


@torch.inference_mode()
def measure(
    network: NetworkModule,
    split: Split,
    loss_function: LossFunction,
    training: TrainingSpec,
    num_classes: int,
    keep_going: KeepGoing = always,
    look: Look | None = None,
) -> Measurement | None:
    """Loss, accuracy and confusion matrix in evaluation mode; the network is in training mode again afterwards.

    Batches are about as large as in training, so that an evaluation takes no more memory than a step, and none takes
    much longer than a step. `keep_going` is asked before each of them; once it says no, the result is None. What `look`
    finds is found in the same pass.
    """
    network.eval()
    device = split.inputs.device
    loss_sum = torch.zeros((), dtype=torch.float64 if device.type != "mps" else torch.float32, device=device)
    confusion = torch.zeros(num_classes * num_classes, dtype=torch.int64, device=device)
    batch_size = min(LARGEST_BATCH, max(SMALLEST_BATCH, training.batch_size))
    with look.watch() if look else nullcontext():
        for inputs, targets in zip(split.inputs.split(batch_size), split.targets.split(batch_size), strict=True):
            if not keep_going():
                network.train()
                return None
            with autocast(training, device):
                logits = network(inputs)
            loss_sum += loss_function(logits, targets) * len(targets)
            confusion += torch.bincount(targets * num_classes + logits.argmax(1), minlength=num_classes**2)
            if look:
                look.take(logits, targets)
    findings = look.found(network) if look else {}
    network.train()
    counts = confusion.reshape(num_classes, num_classes).cpu().numpy()
    return Measurement(float(loss_sum) / len(split), float(counts.trace()) / len(split), counts, findings)
