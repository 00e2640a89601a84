"""How far the gates of highway blocks open for each class, and for some samples."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from builder.data.dataset import Dataset
from builder.data.pictures import seen
from builder.modules.blocks.highway import HighwayModule
from builder.modules.network import NetworkModule
from builder.spec.training import LossSpec
from builder.training.device import sum_type
from builder.training.findings.finder import Finder, Judged
from builder.training.losses import scores_are_probabilities
from builder.workspace.rows import Arrays

NUM_CHOSEN = 12
"""Samples to look at one by one: as many of each class as fit, one at least of the first classes."""


class ClassGates(Finder):
    """Mean transform gate of each highway block over the samples of each class, and of single samples.

    Arrays: `depth` int32 `[blocks]`; `by_class` float32 `[blocks, classes]`, NaN for a class without samples; `mean`
    float32 `[blocks]`, over all samples; `num_samples` int32 `[classes]`; `of_sample` float32 `[blocks, chosen]`; and of
    those chosen what `Judged.facts` has, with `pictures` or `points`; `is_probability` as for mistakes.
    """

    kind: ClassVar = "class_gates"

    def __init__(self, network: NetworkModule, data: Dataset, loss: LossSpec) -> None:
        self._gated = [block for block in network.blocks if isinstance(block, HighwayModule)]
        self._data = data
        self._num_classes = data.num_classes
        self._chosen = choose(data.validation.targets, data.num_classes)
        self._still = {
            "depth": np.array([block.depth for block in self._gated], np.int32),
            "is_probability": np.array(scores_are_probabilities(loss)),
            **seen(data, data.validation.inputs[self._chosen]),
        }
        self._means: list[list[Tensor]] = []

    @contextmanager
    def watch(self) -> Iterator[None]:
        self._means = [[] for _ in self._gated]
        with ExitStack() as hooks:
            for block, means in zip(self._gated, self._means, strict=True):
                hooks.callback(block.gate.register_forward_hook(_measure_into(means)).remove)
            yield

    def find(self, network: NetworkModule, judged: Judged) -> Arrays:
        gates = torch.stack([torch.cat(means) for means in self._means])  # [blocks, samples]
        self._means = []
        sums = gates.new_zeros(len(gates), self._num_classes).index_add_(1, judged.targets, gates)
        counts = torch.bincount(judged.targets, minlength=self._num_classes)
        facts = judged.facts(self._chosen)
        return {
            "by_class": (sums / counts).float().cpu().numpy(),
            "mean": gates.mean(1).float().cpu().numpy(),
            "num_samples": counts.to(torch.int32).cpu().numpy(),
            "of_sample": gates[:, self._chosen].float().cpu().numpy(),
            **{name: values.cpu().numpy() for name, values in facts.items()},
            **self._still,
        }


def _measure_into(means: list[Tensor]):
    def measure(module: nn.Module, inputs: object, y: Tensor) -> None:
        means.append(torch.sigmoid(y).flatten(1).mean(1, dtype=sum_type(y.device)))

    return measure


def choose(targets: Tensor, num_classes: int) -> Tensor:
    """Places of the first samples of each class, class by class, `NUM_CHOSEN` at most."""
    each = max(1, NUM_CHOSEN // num_classes)
    places = [(targets == target).nonzero()[:each, 0] for target in range(num_classes)]
    return torch.cat(places)[:NUM_CHOSEN]
