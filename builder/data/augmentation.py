"""Augmentation of a batch of images on its device, each sample with its own draws, as a function of (seed, step)."""

import math

import torch
import torch.nn.functional as F

from builder.spec.chance import derive_seed
from builder.spec.data import AugmentationSpec

# One row of draws each, whether it is on or not: turning one on leaves the others' draws as they are.
_FLIP, _CROP_Y, _CROP_X, _ANGLE, _SHIFT_Y, _SHIFT_X = range(6)
_NUM_DRAWS = 6


class Augmenter:
    """Rotation and shift, then the padded crop, then the flip; what is off costs nothing.

    Crop and flip move pixels exactly; a crop's padding is 0 in the normalised image. Rotation and shift are one
    bilinear resampling whose border repeats outwards. Draws are made on the batch's device, so that CPU and GPU, which
    have different generators, augment differently from the same seed.
    """

    def __init__(self, spec: AugmentationSpec, seed: int) -> None:
        self._spec = spec
        self._seed = seed
        self._is_on = bool(spec.enabled)
        self._generator: torch.Generator | None = None

    def __call__(self, inputs: torch.Tensor, step: int) -> torch.Tensor:
        """The changed batch, `[batch, channels, height, width]`; `inputs` itself when everything is off.

        Args:
            inputs: `[batch, channels, height, width]`; left unchanged.
            step: Counts from 1; the same step of the same seed gives the same changes.
        """
        if not self._is_on:
            return inputs
        draws = self._draw(inputs, step)
        spec = self._spec
        if spec.rotation_degrees or spec.shift_fraction:
            angles = (2 * draws[_ANGLE] - 1) * math.radians(spec.rotation_degrees)
            shifts = (2 * draws[[_SHIFT_Y, _SHIFT_X]] - 1) * spec.shift_fraction
            inputs = rotate_and_shift(inputs, angles, shifts[0], shifts[1])
        if spec.crop_padding:
            offsets = (draws[[_CROP_Y, _CROP_X]] * (2 * spec.crop_padding + 1)).long()
            inputs = pad_and_crop(inputs, spec.crop_padding, offsets[0], offsets[1])
        if spec.horizontal_flip:
            inputs = flip(inputs, draws[_FLIP] < 0.5)
        return inputs

    def _draw(self, inputs: torch.Tensor, step: int) -> torch.Tensor:
        """Uniform numbers in [0, 1), `[6, batch]`."""
        if self._generator is None or self._generator.device != inputs.device:
            self._generator = torch.Generator(inputs.device)
        self._generator.manual_seed(derive_seed(self._seed, "augmentation", step))
        return torch.rand(_NUM_DRAWS, len(inputs), generator=self._generator, device=inputs.device)


def flip(inputs: torch.Tensor, flipped: torch.Tensor) -> torch.Tensor:
    """Mirrors left and right the samples where `flipped`, `[batch]`, is true."""
    return torch.where(flipped[:, None, None, None], inputs.flip(3), inputs)


def pad_and_crop(inputs: torch.Tensor, padding: int, top: torch.Tensor, left: torch.Tensor) -> torch.Tensor:
    """Pads each side with zeros and cuts a window of the original size.

    Args:
        inputs: `[batch, channels, height, width]`.
        padding: Pixels on each side.
        top: `[batch]`, the window's first row in the padded image, 0 to `2 * padding`.
        left: `[batch]`, its first column.
    """
    batch, _, height, width = inputs.shape
    padded = F.pad(inputs, (padding,) * 4)
    windows = padded.unfold(2, height, 1).unfold(3, width, 1)  # [B, C, 2p+1, 2p+1, H, W], a view
    return windows[torch.arange(batch, device=inputs.device), :, top, left]


def rotate_and_shift(
    inputs: torch.Tensor, angles: torch.Tensor, down: torch.Tensor, right: torch.Tensor
) -> torch.Tensor:
    """Resamples each image, turned about its centre, then shifted.

    Args:
        inputs: `[batch, channels, height, width]`.
        angles: `[batch]`, radians, counter-clockwise as seen.
        down: `[batch]`, as a fraction of the height.
        right: `[batch]`, as a fraction of the width.
    """
    height, width = inputs.shape[2:]
    cos, sin = angles.cos(), angles.sin()
    # A pixel at (x, y) of the result comes from R (x - right, y - down); grid_sample's axes run from -1 to 1, so that a
    # fraction counts twice, and unequal sides stretch the off-diagonal entries.
    row_x = torch.stack([cos, -sin * height / width], dim=1)
    row_y = torch.stack([sin * width / height, cos], dim=1)
    linear = torch.stack([row_x, row_y], dim=1)  # [B, 2, 2]
    shift = torch.stack([-2 * right, -2 * down], dim=1)[:, :, None]
    theta = torch.cat([linear, linear @ shift], dim=2).to(inputs.dtype)  # [B, 2, 3]
    grid = F.affine_grid(theta, list(inputs.shape), align_corners=False)
    return F.grid_sample(inputs, grid, mode="bilinear", padding_mode="border", align_corners=False)
