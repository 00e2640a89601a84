"""The parameter-free shortcut between shapes."""

from typing import ClassVar, Literal

from builder.spec.base import field
from builder.spec.layers.base import Layer
from builder.spec.layers.match import body_shape
from builder.spec.shapes import Shape, ShapeContext, ShapeProblem, inferred_stride, is_image, shape_text


class PadChannelsLayer(Layer):
    """Subsamples or averages to the body's size and appends zero channels.

    Source: He et al. 2015, arXiv 1512.03385, section 3.3, option A (subsample); Huang et al. 2016, arXiv 1603.09382,
    authors' code (average).
    """

    title: ClassVar = "Pad channels"
    sentence: ClassVar = (
        "Brings the shortcut to the body's shape without weights: fewer pixels, zero channels appended."
    )
    formula: ClassVar = "S(x) = [x at stride s, 0]"
    summary: ClassVar = "{method}"
    shortcut_only: ClassVar = True

    kind: Literal["pad_channels"] = "pad_channels"
    method: Literal["subsample", "average"] = field(
        "subsample", title="Method", help="Keep every s-th pixel, or the average of each s×s window."
    )

    def output_shape(self, in_shape: Shape, context: ShapeContext) -> Shape:
        target = body_shape(context)
        if len(in_shape) != len(target):
            raise ShapeProblem(
                f"Pad channels cannot turn {shape_text(in_shape)} into the body's {shape_text(target)}: one is an image "
                "and the other a vector. Put a flatten or a global pool before it."
            )
        if target[0] < in_shape[0]:
            raise ShapeProblem(
                f"Pad channels can only add channels, but the input has {in_shape[0]} and the body gives {target[0]}. "
                "Use match, or widen the body.",
                assumed=target,
            )
        if is_image(in_shape):
            stride = inferred_stride(in_shape, target)
            average_fits = stride is not None and all(
                size // stride == out for size, out in zip(in_shape[1:], target[1:], strict=True)
            )
            if stride is None or (self.method == "average" and not average_fits):
                raise ShapeProblem(
                    f"No single stride takes {shape_text(in_shape)} to the body's {shape_text(target)} by {self.method}. "
                    "Make the body's height and width equal to the input's divided by a whole number.",
                    assumed=target,
                )
        return target
