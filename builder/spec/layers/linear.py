"""The fully connected layer."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from builder.spec.base import field
from builder.spec.init import InitSpec
from builder.spec.layers.base import Layer, ParameterShape
from builder.spec.shapes import Shape, ShapeContext, ShapeProblem, num_entries, shape_text


class LinearLayer(Layer):
    """y = W x + b."""

    title: ClassVar = "Linear"
    sentence: ClassVar = "Every output is a weighted sum of all inputs."
    formula: ClassVar = "y = W x + b"
    summary: ClassVar = "units: {out_features}"
    saves_input: ClassVar = True
    output_is_fresh: ClassVar = True
    width_field: ClassVar = "out_features"

    kind: Literal["linear"] = "linear"
    out_features: Annotated[int, Field(ge=1, le=65_536)] | Literal["classes"] = field(
        64,
        title="Units",
        help="Number of outputs. “classes” follows the data set, so that a change of data does not break the network.",
        unit="units",
    )
    bias: bool = field(True, title="Bias", help="Add a trainable constant to each output.")
    init: InitSpec | None = field(
        None, title="Init", help="How the weights begin; empty means the network's default.", advanced=True
    )

    def output_shape(self, in_shape: Shape, context: ShapeContext) -> Shape:
        out_shape = (context.num_classes if self.out_features == "classes" else self.out_features,)
        if len(in_shape) != 1:
            raise ShapeProblem(
                f"Linear needs a vector but its input is {shape_text(in_shape)}. "
                "Put a flatten or a global pool before it.",
                assumed=out_shape,
            )
        return out_shape

    def parameters(self, in_shape: Shape, out_shape: Shape) -> tuple[ParameterShape, ...]:
        weight = ParameterShape("weight", (*out_shape, *in_shape), "weight")
        return (weight, ParameterShape("bias", out_shape, "bias")) if self.bias else (weight,)

    def num_macs(self, in_shape: Shape, out_shape: Shape) -> int:
        return num_entries(in_shape) * num_entries(out_shape)
