"""MiniModel's step, everything recorded, against a hand-written eager loop of the same network and augmentation."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.table import Row
from benchmarks.throughput import compare

# A step takes a second or two on two cores.
NUM_STEPS, WARMUP_STEPS = 5, 2


class Unit(nn.Module):
    """The article's Unit, as a PyTorch user would write it."""

    def __init__(self, in_channels: int, filters: int, pool: bool = False) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels, eps=1e-3, momentum=0.01)
        self.conv1 = nn.Conv2d(in_channels, filters, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1)
        self.project = nn.Conv2d(in_channels, filters, 1, stride=2) if pool else None

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x
        if self.project is not None:
            shortcut, x = self.project(x), functional.max_pool2d(x, 2)
        x = self.conv1(functional.relu(self.norm1(x)))
        x = self.conv2(functional.relu(self.norm2(x)))
        return shortcut + x


def bare_mini_model() -> nn.Module:
    units: list[nn.Module] = [Unit(32, 32) for _ in range(3)]
    for before, filters in ((32, 64), (64, 128), (128, 256)):
        units += [Unit(before, filters, pool=True), Unit(filters, filters), Unit(filters, filters)]
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1),
        *units,
        nn.BatchNorm2d(256, eps=1e-3, momentum=0.01),
        nn.ReLU(),
        nn.Dropout(0.25),
        nn.AvgPool2d(4),
        nn.Flatten(),
        nn.Linear(256, 10),
    )


def turn_shift_and_flip(inputs: Tensor) -> Tensor:
    """Ten degrees, 5/32 of the size, mirrored or not: a whole batch in one resampling, each image with its own draws."""
    draws = torch.rand(4, len(inputs))
    angles = (2 * draws[0] - 1) * math.radians(10)
    shifts = (2 * draws[1:3] - 1) * 2 * 5 / 32
    cos, sin = angles.cos(), angles.sin()
    mirror = torch.where(draws[3] < 0.5, -1.0, 1.0)
    theta = torch.stack(
        [torch.stack([cos * mirror, -sin, shifts[0]], 1), torch.stack([sin * mirror, cos, shifts[1]], 1)], 1
    )
    grid = functional.affine_grid(theta, list(inputs.shape), align_corners=False)
    return functional.grid_sample(inputs, grid, padding_mode="border", align_corners=False)


def measure() -> list[Row]:
    return compare(
        "MiniModel",
        "minimodel",
        bare_mini_model(),
        NUM_STEPS,
        1.1,
        shape=(3, 32, 32),
        augment=turn_shift_and_flip,
        warmup_steps=WARMUP_STEPS,
    )
