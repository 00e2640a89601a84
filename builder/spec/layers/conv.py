"""The two-dimensional convolution."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from builder.spec.base import field
from builder.spec.init import InitSpec
from builder.spec.layers.base import Layer, ParameterShape
from builder.spec.shapes import Shape, ShapeContext, ShapeProblem, is_image, num_entries, shape_text, window_output


class ConvLayer(Layer):
    """A square convolution over height and width."""

    title: ClassVar = "Conv"
    sentence: ClassVar = "A small kernel slides over the image and gives one map per output channel."
    formula: ClassVar = "y = K * x + b"
    summary: ClassVar = "{out_channels} channels, kernel {kernel_size}, stride {stride}"
    saves_input: ClassVar = True
    output_is_fresh: ClassVar = True
    width_field: ClassVar = "out_channels"

    kind: Literal["conv"] = "conv"
    out_channels: int = field(16, title="Channels", help="Number of output maps.", unit="channels", ge=1, le=8192)
    kernel_size: int = field(3, title="Kernel", help="Side of the square kernel.", unit="px", ge=1, le=31)
    stride: int = field(
        1, title="Stride", help="Step of the kernel; 2 halves height and width.", unit="px", ge=1, le=16
    )
    padding: Annotated[int, Field(ge=0, le=15)] | Literal["same"] = field(
        "same",
        title="Padding",
        help="Zeros around the image. “same” is (kernel - 1) / 2, which keeps the size at stride 1.",
        unit="px",
        advanced=True,
    )
    bias: bool = field(
        True, title="Bias", help="Add a trainable constant to each map; superfluous before a batch norm.", advanced=True
    )
    init: InitSpec | None = field(
        None, title="Init", help="How the weights begin; empty means the network's default.", advanced=True
    )

    @property
    def padding_pixels(self) -> int:
        return (self.kernel_size - 1) // 2 if self.padding == "same" else self.padding

    def output_shape(self, in_shape: Shape, context: ShapeContext) -> Shape:
        if not is_image(in_shape):
            raise ShapeProblem(
                f"Conv needs an image (channels×height×width) but its input is a vector of {shape_text(in_shape)}. "
                "Move it before the flatten, or use a linear layer."
            )
        if self.padding == "same" and self.kernel_size % 2 == 0:
            raise ShapeProblem(
                f"Padding “same” needs an odd kernel but the kernel is {self.kernel_size}. "
                f"Use a kernel of {self.kernel_size + 1} or give the padding as a number."
            )
        height, width = (
            window_output(size, self.kernel_size, self.stride, self.padding_pixels) for size in in_shape[1:]
        )
        if height < 1 or width < 1:
            raise ShapeProblem(
                f"A kernel of {self.kernel_size} does not fit into {shape_text(in_shape)} with padding "
                f"{self.padding_pixels}: the output would be {self.out_channels}×{height}×{width}. "
                "Use a smaller kernel or more padding, or remove a stride before it."
            )
        return (self.out_channels, height, width)

    def parameters(self, in_shape: Shape, out_shape: Shape) -> tuple[ParameterShape, ...]:
        shape = (self.out_channels, in_shape[0], self.kernel_size, self.kernel_size)
        weight = ParameterShape("weight", shape, "weight")
        return (weight, ParameterShape("bias", (self.out_channels,), "bias")) if self.bias else (weight,)

    def num_macs(self, in_shape: Shape, out_shape: Shape) -> int:
        return num_entries(out_shape) * in_shape[0] * self.kernel_size**2
