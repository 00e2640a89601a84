"""What the network says of every place in the plane, for data of two features."""

from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from builder.data.dataset import Dataset, Split
from builder.data.pictures import seen
from builder.modules.network import NetworkModule
from builder.spec.training import TrainingSpec
from builder.training.device import autocast
from builder.training.findings.finder import Finder, Judged
from builder.training.losses import class_scores, scores_are_probabilities
from builder.workspace.rows import Arrays

NUM_CELLS = 48
MARGIN = 0.08
"""Of the data's extent, on each side."""
MAX_POINTS = 200
"""Drawn of each of the two parts."""
MAX_BATCH = 1024


class Boundary(Finder):
    """The predicted class and its score at the middles of a grid's cells over training and validation points.

    Arrays: `predicted` uint8 and `score` uint8 (255 is 1) `[rows upwards, columns]`; `extent` float32, left, right,
    bottom, top in the data's own units; of each part `train_points`, `validation_points` float32 `[points, 2]` and
    `train_targets`, `validation_targets` uint8; `is_probability` as for mistakes.
    """

    kind: ClassVar = "boundary"

    def __init__(self, data: Dataset, training: TrainingSpec) -> None:
        self._training = training
        lows, highs = (
            getattr(torch.cat([data.train.inputs, data.validation.inputs]), name)(0).values for name in ("min", "max")
        )
        low, high = lows - MARGIN * (highs - lows), highs + MARGIN * (highs - lows)
        middles = (torch.arange(NUM_CELLS, device=low.device) + 0.5) / NUM_CELLS  # [cells]
        x, y = (low[place] + middles * (high[place] - low[place]) for place in (0, 1))
        self._grid = torch.cartesian_prod(y, x).flip(1)  # [rows * columns, 2], x first, row by row
        corners = seen(data, torch.stack([low, high]))["points"]  # [2, 2]
        self._still = {
            "extent": corners.T.ravel(),
            "is_probability": np.array(scores_are_probabilities(training.loss)),
            **_points("train", data),
            **_points("validation", data),
        }

    def find(self, network: NetworkModule, judged: Judged) -> Arrays:
        scores = torch.cat([self._scores(network, part) for part in self._grid.split(MAX_BATCH)])
        score, predicted = scores.max(1)
        return {
            "predicted": predicted.to(torch.uint8).reshape(NUM_CELLS, NUM_CELLS).cpu().numpy(),
            "score": to_byte(score).reshape(NUM_CELLS, NUM_CELLS).cpu().numpy(),
            **self._still,
        }

    def _scores(self, network: NetworkModule, inputs: Tensor) -> Tensor:
        with autocast(self._training, inputs.device):
            logits = network(inputs)
        return class_scores(self._training.loss, logits)


def to_byte(share: Tensor) -> Tensor:
    """0 to 1 as 0 to 255; of what is no number 0."""
    return (torch.nan_to_num(share.float(), nan=0.0) * 255).round().clamp(0, 255).to(torch.uint8)


def _points(name: str, data: Dataset) -> dict[str, np.ndarray]:
    part: Split = getattr(data, name)
    chosen = torch.arange(len(part))[:: -(-len(part) // MAX_POINTS)].to(part.targets.device)
    return {
        f"{name}_points": seen(data, part.inputs[chosen])["points"],
        f"{name}_targets": part.targets[chosen].to(torch.uint8).cpu().numpy(),
    }
