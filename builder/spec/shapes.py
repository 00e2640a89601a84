"""Shapes of one sample, and what is said when they cannot be.

A shape is `(features,)` for a vector or `(channels, height, width)` for an image; the batch axis is never part of it.
"""

from dataclasses import dataclass
from math import prod

Shape = tuple[int, ...]


class ShapeProblem(ValueError):
    """A shape that cannot be; the message names both shapes and the remedy.

    Attributes:
        assumed: The output shape once the remedy is applied, if it is certain; with it the rest can be checked too.
    """

    def __init__(self, message: str, assumed: Shape | None = None) -> None:
        super().__init__(message)
        self.assumed = assumed


@dataclass(frozen=True, slots=True)
class ShapeContext:
    """What a layer may need to know besides its input.

    Attributes:
        num_classes: Number of classes of the data set.
        target: Output shape of the block's body, for the layers of its shortcut; otherwise None.
    """

    num_classes: int
    target: Shape | None = None


def shape_text(shape: Shape) -> str:
    """`(16, 8, 8)` as a person reads it: `16×8×8`."""
    return "×".join(str(size) for size in shape)


def is_image(shape: Shape) -> bool:
    return len(shape) == 3


def num_entries(shape: Shape) -> int:
    return prod(shape)


def window_output(size: int, kernel_size: int, stride: int, padding: int) -> int:
    """Number of positions of a sliding window along one axis; 0 or less when it does not fit."""
    return (size + 2 * padding - kernel_size) // stride + 1


def inferred_stride(in_shape: Shape, out_shape: Shape) -> int | None:
    """The one stride that takes `in_shape`'s height and width to `out_shape`'s, or None.

    A 1×1 window with stride `s` gives `(size - 1) // s + 1` positions.
    """
    sizes = list(zip(in_shape[1:], out_shape[1:], strict=True))
    if any(out < 1 or out > size for size, out in sizes):
        return None
    stride = max(-(-size // out) for size, out in sizes)
    return stride if all(window_output(size, 1, stride, 0) == out for size, out in sizes) else None
