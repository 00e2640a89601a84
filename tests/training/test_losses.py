"""What is minimised, in the precision of the network."""

import numpy as np
import pytest
import torch

from builder.spec.training import CrossEntropyLoss, LossSpec, SquaredErrorLoss
from builder.training.losses import build_loss

OUTPUTS = np.random.default_rng(0).standard_normal((6, 4))
TARGETS = np.array([0, 3, 1, 1, 2, 0])
ONE_HOT = np.eye(4)[TARGETS]


def log_softmax(x: np.ndarray) -> np.ndarray:
    return x - np.log(np.exp(x).sum(1, keepdims=True))


EXPECTED: list[tuple[LossSpec, float]] = [
    (CrossEntropyLoss(), -(ONE_HOT * log_softmax(OUTPUTS)).sum(1).mean()),
    (SquaredErrorLoss(), 0.5 * ((OUTPUTS - ONE_HOT) ** 2).sum(1).mean()),
]


@pytest.mark.parametrize(("spec", "expected"), EXPECTED, ids=lambda each: getattr(each, "kind", ""))
def test_a_network_in_float64_has_its_loss_in_float64(spec: LossSpec, expected: float) -> None:
    loss = build_loss(spec)(torch.from_numpy(OUTPUTS), torch.from_numpy(TARGETS))
    assert loss.dtype == torch.float64
    assert loss.item() == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("spec", [CrossEntropyLoss(), SquaredErrorLoss()], ids=lambda each: each.kind)
def test_the_loss_of_bf16_outputs_is_in_float32(spec: LossSpec) -> None:
    loss = build_loss(spec)(torch.from_numpy(OUTPUTS).to(torch.bfloat16), torch.from_numpy(TARGETS))
    assert loss.dtype == torch.float32
