"""Two-dimensional toys, drawn by formula inside the square from -1 to 1; noise may lead a little out of it."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
Targets = npt.NDArray[np.uint8]

_NUM_TURNS = 1.5
_INNER_RADIUS = 0.5


def draw_toy(
    name: str, num_samples: int, noise: float, random: np.random.Generator
) -> tuple[npt.NDArray[np.float32], Targets]:
    """Points `[num_samples, 2]` and targets `[num_samples]`; the two classes are equal in size, up to one sample.

    Args:
        name: One of `TOYS`.
        num_samples: How many points in all.
        noise: Standard deviation of the normal noise on each coordinate.
        random: Where the points come from.
    """
    targets = (np.arange(num_samples) % 2).astype(np.uint8)
    points = TOYS[name](targets, random)
    points = points + random.normal(0.0, noise, points.shape)
    return points.astype(np.float32), targets


def _spirals(targets: Targets, random: np.random.Generator) -> Points:
    """Arm k at radius r has the angle 2π · 1.5 · r + k π."""
    # The square root spreads the points evenly along the arm, which is longer further out.
    radius = np.sqrt(random.uniform(0.0, 1.0, len(targets)))
    angle = 2 * np.pi * _NUM_TURNS * radius + np.pi * targets
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _circles(targets: Targets, random: np.random.Generator) -> Points:
    """Radius 1 for class 0, 1/2 for class 1."""
    angle = random.uniform(0.0, 2 * np.pi, len(targets))
    radius = np.where(targets == 0, 1.0, _INNER_RADIUS)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _moons(targets: Targets, random: np.random.Generator) -> Points:
    """Half circles of radius 1 around (0, 0) and, upside down, (1, 1/2); then halved and centred to fit the square."""
    angle = random.uniform(0.0, np.pi, len(targets))
    upper = targets == 0
    horizontal = np.where(upper, np.cos(angle), 1 - np.cos(angle))  # -1 to 2
    vertical = np.where(upper, np.sin(angle), 0.5 - np.sin(angle))  # -1/2 to 1
    return np.stack([horizontal - 0.5, vertical - 0.25], axis=1) / 1.5


def _xor(targets: Targets, random: np.random.Generator) -> Points:
    """Class 1 where the signs of the coordinates differ, before noise."""
    points = random.uniform(-1.0, 1.0, (len(targets), 2))
    wrong = (points[:, 0] * points[:, 1] < 0) != targets.astype(bool)
    points[wrong, 0] *= -1
    return points


TOYS: dict[str, Callable[[Targets, np.random.Generator], Points]] = {
    "spirals": _spirals,
    "circles": _circles,
    "moons": _moons,
    "xor": _xor,
}
