"""Flatten."""

from typing import ClassVar, Literal

from builder.spec.layers.base import Layer
from builder.spec.shapes import Shape, ShapeContext, num_entries


class FlattenLayer(Layer):
    """An image as one vector, row by row, channel by channel."""

    title: ClassVar = "Flatten"
    sentence: ClassVar = "Writes all entries of an image into one vector."
    formula: ClassVar = "y = vec(x)"
    summary: ClassVar = ""

    kind: Literal["flatten"] = "flatten"

    def output_shape(self, in_shape: Shape, context: ShapeContext) -> Shape:
        return (num_entries(in_shape),)
