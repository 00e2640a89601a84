"""The first layer's weights as pictures."""

import math
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from builder.modules.network import NetworkModule, address_of
from builder.training.findings.finder import Finder, Judged
from builder.workspace.rows import Arrays

MAX_FILTERS = 64


class Filters(Finder):
    """A convolution's kernels, or what a linear layer's units weigh each pixel with.

    Arrays: `filters` uint8 `[filters, height, width, channels]`, of one or three channels, 128 is a weight of 0 and 128 +
    127 one of `scale`, the greatest magnitude of those shown; `num_filters` of the layer; `address` of its weight.
    """

    kind: ClassVar = "filters"

    def __init__(self, address: str, weight: Tensor, shape: tuple[int, ...]) -> None:
        self._address = address
        self._weight = weight  # [units, ...], seen as [units, *shape]
        self._shape = shape

    def find(self, network: NetworkModule, judged: Judged) -> Arrays:
        weights = self._weight.detach()[:MAX_FILTERS].float().reshape(-1, *self._shape)
        if weights.shape[1] not in (1, 3):
            weights = weights.mean(1, keepdim=True)
        pictures, scale = quantise(weights)
        return {
            "filters": pictures.permute(0, 2, 3, 1).cpu().numpy(),
            "scale": np.array(scale, np.float32),
            "num_filters": np.array(len(self._weight), np.int32),
            "address": np.array(self._address),
        }


def quantise(weights: Tensor) -> tuple[Tensor, float]:
    """Weights as bytes around 128, and the magnitude that is 127 away from it; what is no number is drawn as 0."""
    finite = torch.nan_to_num(weights, nan=0.0, posinf=0.0, neginf=0.0)
    scale = float(finite.abs().max())
    steps = finite * (127 / scale) if scale else finite
    return (steps.round() + 128).to(torch.uint8), scale


def find_filters(network: NetworkModule, shape: tuple[int, ...]) -> Filters | None:
    """Of the first layer with weights, if these are of pixels.

    Args:
        network: Whose.
        shape: One input's, `(channels, height, width)`; other data has no pictures.
    """
    if len(shape) != 3:
        return None
    for name, module in network.named_modules():
        address = address_of(f"{name}.weight")
        if isinstance(module, nn.Conv2d):
            return Filters(address, module.weight, tuple(module.weight.shape[1:]))
        if isinstance(module, nn.Linear):
            is_of_pixels = module.in_features == math.prod(shape)
            return Filters(address, module.weight, shape) if is_of_pixels else None
    return None
