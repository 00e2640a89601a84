"""Dropout."""

from typing import ClassVar, Literal

from builder.spec.base import field
from builder.spec.layers.base import Layer
from builder.spec.shapes import Shape, ShapeContext, num_entries


class DropoutLayer(Layer):
    """Zeroes entries at random in training and scales the rest by 1 / (1 - p).

    Source: Srivastava et al. 2014, JMLR 15.
    """

    title: ClassVar = "Dropout"
    sentence: ClassVar = "Zeroes random entries while training; does nothing in evaluation."
    formula: ClassVar = "y = m x / (1 - p)"
    summary: ClassVar = "p = {p}"

    kind: Literal["dropout"] = "dropout"
    p: float = field(
        0.25, title="Probability", help="Share of the entries that are zeroed at each step.", ge=0.0, le=0.95
    )

    def output_shape(self, in_shape: Shape, context: ShapeContext) -> Shape:
        return in_shape

    def num_extra_saved(self, in_shape: Shape, out_shape: Shape) -> int:
        return num_entries(out_shape) if self.p > 0 else 0
