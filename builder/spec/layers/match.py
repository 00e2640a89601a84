"""The projection of a shortcut to the shape of its block's body."""

from typing import ClassVar, Literal

from builder.spec.base import field
from builder.spec.init import InitSpec
from builder.spec.layers.base import Layer, ParameterShape
from builder.spec.shapes import Shape, ShapeContext, ShapeProblem, inferred_stride, is_image, num_entries, shape_text


def body_shape(context: ShapeContext) -> Shape:
    """The body's output shape that a shortcut layer aims at."""
    if context.target is None:
        raise ShapeProblem("This layer only has a meaning in a block's shortcut. Move it there or remove it.")
    return context.target


class MatchLayer(Layer):
    """A 1×1 convolution or a linear layer to the body's output shape, stride inferred.

    Source: He et al. 2015, arXiv 1512.03385, eq. 2 (projection shortcut, options B and C).
    """

    title: ClassVar = "Match"
    sentence: ClassVar = "Projects the shortcut to the body's shape with trainable weights."
    formula: ClassVar = "S(x) = W x"
    summary: ClassVar = "projection"
    shortcut_only: ClassVar = True
    saves_input: ClassVar = True
    output_is_fresh: ClassVar = True

    kind: Literal["match"] = "match"
    bias: bool = field(False, title="Bias", help="Add a trainable constant to each channel.")
    init: InitSpec | None = field(
        None, title="Init", help="How the weights begin; empty means the network's default.", advanced=True
    )

    def output_shape(self, in_shape: Shape, context: ShapeContext) -> Shape:
        target = body_shape(context)
        if len(in_shape) != len(target):
            raise ShapeProblem(
                f"Match cannot turn {shape_text(in_shape)} into the body's {shape_text(target)}: one is an image and the "
                "other a vector. Put a flatten or a global pool before it, or take it out of the body."
            )
        if is_image(in_shape) and inferred_stride(in_shape, target) is None:
            raise ShapeProblem(
                f"No single stride takes {shape_text(in_shape)} to the body's {shape_text(target)}. "
                "Make the body's height and width equal to the input's divided by a whole number.",
                assumed=target,
            )
        return target

    def parameters(self, in_shape: Shape, out_shape: Shape) -> tuple[ParameterShape, ...]:
        kernel = (1, 1) if is_image(in_shape) else ()
        weight = ParameterShape("weight", (out_shape[0], in_shape[0], *kernel), "weight")
        return (weight, ParameterShape("bias", out_shape[:1], "bias")) if self.bias else (weight,)

    def num_macs(self, in_shape: Shape, out_shape: Shape) -> int:
        return num_entries(out_shape) * in_shape[0]
