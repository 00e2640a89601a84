"""The samples that the network gets most wrong."""

from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from builder.data.dataset import Dataset
from builder.data.pictures import seen
from builder.modules.network import NetworkModule
from builder.spec.training import LossSpec
from builder.training.findings.finder import Finder, Judged
from builder.training.losses import scores_are_probabilities
from builder.workspace.rows import Arrays

NUM_WORST = 36
"""Of all samples; and of each true class its equal share of as many, so that each has some to look at."""


class Mistakes(Finder):
    """Of the wrongly classified samples those of highest loss, with their pictures or points.

    Arrays: `sample` int32 (its place in the validation part), `true`, `predicted` int16, `loss`, `score`, `true_score`
    float32, all `[samples]` by falling loss; `pictures` or `points`, see `data.pictures`; `num_wrong` of `num_samples`;
    `num_worst`, how many of the first are the worst of all; `is_probability`, whether scores are the softmax.
    """

    kind: ClassVar = "mistakes"

    def __init__(self, data: Dataset, loss: LossSpec) -> None:
        self._data = data
        self._is_probability = np.array(scores_are_probabilities(loss))

    def find(self, network: NetworkModule, judged: Judged) -> Arrays:
        samples = worst_of(judged, self._data.num_classes)
        return {
            **{name: values.cpu().numpy() for name, values in judged.facts(samples).items()},
            **seen(self._data, self._data.validation.inputs[samples]),
            "num_wrong": np.array(int((judged.predicted != judged.targets).sum()), np.int32),
            "num_samples": np.array(len(judged.targets), np.int32),
            "num_worst": np.array(min(NUM_WORST, len(samples)), np.int32),
            "is_probability": self._is_probability,
        }


def worst_of(judged: Judged, num_classes: int, num_worst: int = NUM_WORST) -> Tensor:
    """Places of the `num_worst` wrong samples of highest loss, and of `num_worst // num_classes` of each class.

    They come by falling loss. A loss that is no number counts as the highest; of equal ones the earlier sample comes first.
    """
    wrong = (judged.predicted != judged.targets).nonzero()[:, 0]
    # On the host from here: a few numbers, and ties in one order whatever the device.
    losses = torch.nan_to_num(judged.loss[wrong].double().cpu(), nan=torch.inf, posinf=torch.inf)
    order = losses.sort(descending=True, stable=True).indices
    targets = judged.targets[wrong].cpu()[order]
    chosen = torch.zeros(len(order), dtype=torch.bool)
    chosen[:num_worst] = True
    for target in range(num_classes):
        chosen[(targets == target).nonzero()[: num_worst // num_classes, 0]] = True
    return wrong[order[chosen].to(wrong.device)]
