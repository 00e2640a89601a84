"""Local and global pooling."""

from typing import ClassVar, Literal

from builder.spec.base import field
from builder.spec.layers.base import Layer
from builder.spec.shapes import Shape, ShapeContext, ShapeProblem, is_image, num_entries, shape_text, window_output

Method = Literal["max", "average"]


class PoolLayer(Layer):
    """The maximum or the average of each window."""

    title: ClassVar = "Pool"
    sentence: ClassVar = "Takes the maximum or the average of each window; makes the image smaller."
    formula: ClassVar = "y = max or mean over a window"
    summary: ClassVar = "{method}, window {kernel_size}"
    saves_input: ClassVar = True
    output_is_fresh: ClassVar = True

    kind: Literal["pool"] = "pool"
    method: Method = field("max", title="Method", help="Keep the largest entry of a window, or its average.")
    kernel_size: int = field(2, title="Window", help="Side of the square window.", unit="px", ge=1, le=64)
    stride: int | None = field(
        None,
        title="Stride",
        help="Step of the window; empty means the window's own size.",
        unit="px",
        ge=1,
        le=64,
        advanced=True,
    )
    padding: int = field(
        0,
        title="Padding",
        help="Border around the image; at most half the window.",
        unit="px",
        ge=0,
        le=32,
        advanced=True,
    )

    def output_shape(self, in_shape: Shape, context: ShapeContext) -> Shape:
        if not is_image(in_shape):
            raise ShapeProblem(
                f"Pool needs an image (channels×height×width) but its input is a vector of {shape_text(in_shape)}. "
                "Move it before the flatten or remove it.",
                assumed=in_shape,
            )
        if self.padding > self.kernel_size // 2:
            raise ShapeProblem(
                f"The padding is {self.padding} but may be at most half the window of {self.kernel_size}. "
                f"Set it to {self.kernel_size // 2} or less."
            )
        stride = self.stride or self.kernel_size
        height, width = (window_output(size, self.kernel_size, stride, self.padding) for size in in_shape[1:])
        if height < 1 or width < 1:
            raise ShapeProblem(
                f"A window of {self.kernel_size} does not fit into {shape_text(in_shape)}: the output would be "
                f"{in_shape[0]}×{height}×{width}. Use a smaller window, or remove a pool or a stride before it."
            )
        return (in_shape[0], height, width)

    def num_extra_saved(self, in_shape: Shape, out_shape: Shape) -> int:
        return 2 * num_entries(out_shape) if self.method == "max" else 0


class GlobalPoolLayer(Layer):
    """One number per channel: the average or the maximum over height and width."""

    title: ClassVar = "Global pool"
    sentence: ClassVar = "Turns each channel into one number; the image becomes a vector."
    formula: ClassVar = "y = mean or max over height and width"
    summary: ClassVar = "global {method} pool"

    kind: Literal["global_pool"] = "global_pool"
    method: Method = field("average", title="Method", help="Average of each channel, or its largest entry.")

    def output_shape(self, in_shape: Shape, context: ShapeContext) -> Shape:
        if not is_image(in_shape):
            raise ShapeProblem(
                f"Global pool needs an image (channels×height×width) but its input is a vector of "
                f"{shape_text(in_shape)}. Remove it, or move it before the flatten.",
                assumed=in_shape,
            )
        return (in_shape[0],)

    def num_extra_saved(self, in_shape: Shape, out_shape: Shape) -> int:
        # The maximum's gradient goes to the entries that equal it.
        return num_entries(in_shape) if self.method == "max" else 0
