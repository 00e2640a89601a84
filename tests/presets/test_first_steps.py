"""The first steps tell the truth about fifty layers: what each change does to the gradient at the first step."""

import math

import pytest
import torch

from builder.data.dataset import load_dataset
from builder.modules import compile_network
from builder.spec.presets.registry import PRESETS, STUDIES
from builder.training.losses import build_loss

FIFTY = next(each for each in STUDIES["first-steps"].comparisons if each.name == "fifty-layers").presets


def decades_from_head_to_stem(name: str) -> float:
    """log10 of the gradient norm of the last block's weight over that of the first one's, for 64 digits."""
    experiment = PRESETS[name].experiment()
    data = load_dataset(experiment.data, seed=0, device="cpu")
    compiled = compile_network(experiment).double()
    inputs, targets = data.train.inputs[:64].double(), data.train.targets[:64]
    build_loss(experiment.training.loss)(compiled(inputs), targets).backward()
    weights = [next(value for value in block.body.parameters() if value.ndim == 2) for block in compiled.blocks]
    norms = [
        torch.linalg.vector_norm(value.grad).item() for value in (weights[0], weights[-1]) if value.grad is not None
    ]
    return math.log10(norms[1] / norms[0])


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("digits-plain-50", 15, 30),
        ("digits-plain-50-he", -2, 2),
        ("digits-plain-50-norm", -7, -2.5),
        ("digits-residual-50", -1, 1),
        ("digits-highway-50", -1, 1),
    ],
)
def test_the_gradient_of_fifty_layers_vanishes_explodes_or_stays(name: str, least: float, most: float) -> None:
    assert name in FIFTY
    assert least < decades_from_head_to_stem(name) < most


def test_fifty_layers_differ_only_in_what_they_are_about() -> None:
    first, *others = (PRESETS[name].experiment() for name in FIFTY)
    assert all((each.training, each.groups, each.data) == (first.training, first.groups, first.data) for each in others)
