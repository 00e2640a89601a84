"""Inputs as a person sees them: small pictures of images, coordinates of points."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from builder.data.dataset import Dataset

LARGEST_SIDE = 64
"""Of a picture, in pixels; larger images are averaged down to it."""


def seen(data: Dataset, inputs: Tensor) -> dict[str, np.ndarray]:
    """Inputs before their normalisation, by the name of what they are.

    Args:
        data: What they are of.
        inputs: `[samples, *shape]`, normalised, on any device.

    Returns:
        `pictures`: uint8 `[samples, height, width, channels]`, of one or three channels, of images; `points`: float32
        `[samples, 2]` of two features; nothing of other inputs.
    """
    if inputs.dim() == 4:
        return {"pictures": to_pictures(_raw(data, inputs), data.largest_value)}
    if inputs.dim() == 2 and inputs.shape[1] == 2:
        return {"points": _raw(data, inputs).cpu().numpy()}
    return {}


def to_pictures(values: Tensor, largest_value: float | None) -> np.ndarray:
    """Images `[samples, channels, height, width]` from 0 to `largest_value` as uint8 `[samples, height, width, channels]`.

    Args:
        values: Of other than one or three channels their mean is drawn.
        largest_value: What is white; None stretches all of them from their least to their greatest.
    """
    if values.shape[1] not in (1, 3):
        values = values.mean(1, keepdim=True)
    if max(values.shape[2:]) > LARGEST_SIDE:
        factor = LARGEST_SIDE / max(values.shape[2:])
        height, width = (max(1, round(side * factor)) for side in values.shape[2:])
        values = functional.adaptive_avg_pool2d(values, (height, width))
    if largest_value is None and values.numel():
        low, high = values.min(), values.max()
        values, largest_value = (values - low) / (high - low).clamp(min=1e-12), 1.0
    bytes_ = (values * (255.0 / (largest_value or 1.0))).round_().clamp_(0, 255).to(torch.uint8)
    return bytes_.permute(0, 2, 3, 1).cpu().numpy()


def _raw(data: Dataset, inputs: Tensor) -> Tensor:
    shift, divisor = (
        torch.as_tensor(each, dtype=torch.float32, device=inputs.device)
        for each in (data.normalization.shift, data.normalization.divisor)
    )
    return inputs.float() * divisor + shift
