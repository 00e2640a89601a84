"""The element-wise non-linearities."""

from typing import ClassVar, Literal

from builder.spec.base import field
from builder.spec.layers.base import Layer
from builder.spec.shapes import Shape, ShapeContext

Function = Literal["relu", "leaky_relu", "tanh", "sigmoid", "arctan", "gelu", "silu"]

# What torch keeps for the backward pass: the output where the derivative is a function of it.
SAVES_OUTPUT: frozenset[str] = frozenset({"relu", "tanh", "sigmoid"})


class ActivationLayer(Layer):
    """An element-wise function; leaky ReLU has slope 0.01, GELU is the exact one."""

    title: ClassVar = "Activation"
    sentence: ClassVar = "A non-linear function of each entry; without it a tower is one linear map."
    formula: ClassVar = "y = a(x)"
    summary: ClassVar = "{function}"

    kind: Literal["activation"] = "activation"
    function: Function = field("relu", title="Function", help="The non-linear function applied to each entry.")

    def output_shape(self, in_shape: Shape, context: ShapeContext) -> Shape:
        return in_shape
