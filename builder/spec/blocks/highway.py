"""The highway block: a trainable gate chooses between body and shortcut."""

from typing import ClassVar, Literal

from builder.spec.base import field
from builder.spec.blocks.base import Block
from builder.spec.init import InitSpec
from builder.spec.layers.base import ParameterShape
from builder.spec.shapes import (
    Shape,
    ShapeProblem,
    inferred_stride,
    is_image,
    num_entries,
    shape_text,
    window_output,
)


class HighwayBlock(Block):
    """y = a(T F(x) + (1 - T) S(x)) with T = sigmoid(affine(x)), or a(F(x) + (1 - T) S(x)) with the shortcut gated alone.

    Source: Srivastava et al. 2015, arXiv 1505.00387, eq. 3; the shortcut-only gate: He et al. 2016, arXiv 1603.05027,
    section 3.1.
    """

    title: ClassVar = "Highway"
    sentence: ClassVar = "A gate learns, for each entry, how much to transform and how much to carry."
    formula: ClassVar = "y = T·F(x) + (1 − T)·x"
    summary: ClassVar = "gate bias {gate_bias_init}"
    colour: ClassVar = "#D9822B"
    symbol: ClassVar = "diamond"
    glyph: ClassVar = "M7 3V21M17 3V21M7 12H17M12 9.5A2.5 2.5 0 1 0 12 14.5A2.5 2.5 0 1 0 12 9.5"
    arc: ClassVar = "gated"

    kind: Literal["highway"] = "highway"
    gates: Literal["both", "shortcut"] = field(
        "both",
        title="Gates",
        help="both: T on the body and 1 − T on the shortcut; shortcut: only the shortcut is gated.",
    )
    gate_bias_init: float = field(
        -2.0,
        title="Gate bias at start",
        help="Negative closes the gate at the start, so that the block begins by carrying its input. "
        "The papers use −1 to −10.",
        ge=-20.0,
        le=20.0,
    )
    gate_kernel_size: Literal[1, 3] = field(
        3, title="Gate kernel", help="Kernel of the gate's convolution; only for images.", unit="px", advanced=True
    )
    gate_init: InitSpec | None = field(
        None, title="Gate init", help="How the gate's weights begin; empty means the network's default.", advanced=True
    )

    def gate_stride(self, in_shape: Shape, out_shape: Shape) -> int:
        """Stride of the gate's convolution: input size / output size.

        Raises:
            ShapeProblem: If there is no such stride.
        """
        stride = inferred_stride(in_shape, out_shape)
        padding = (self.gate_kernel_size - 1) // 2
        if stride is None or any(
            window_output(size, self.gate_kernel_size, stride, padding) != out
            for size, out in zip(in_shape[1:], out_shape[1:], strict=True)
        ):
            raise ShapeProblem(
                f"The gate cannot take the block's input {shape_text(in_shape)} to the body's {shape_text(out_shape)}: no "
                f"stride gives that size with a kernel of {self.gate_kernel_size}. Make the body's height and width equal "
                "to the input's divided by a whole number."
            )
        return stride

    def gate_parameters(self, in_shape: Shape, out_shape: Shape) -> tuple[ParameterShape, ...]:
        if len(in_shape) != len(out_shape):
            raise ShapeProblem(
                f"The gate cannot take the block's input {shape_text(in_shape)} to the body's {shape_text(out_shape)}: one "
                "is an image and the other a vector. Take the flatten or global pool out of the body."
            )
        kernel: Shape = ()
        if is_image(in_shape):
            self.gate_stride(in_shape, out_shape)
            kernel = (self.gate_kernel_size, self.gate_kernel_size)
        return (
            ParameterShape("weight", (out_shape[0], in_shape[0], *kernel), "weight"),
            ParameterShape("bias", out_shape[:1], "bias"),
        )

    def num_gate_macs(self, in_shape: Shape, out_shape: Shape) -> int:
        kernel_area = self.gate_kernel_size**2 if is_image(in_shape) else 1
        return num_entries(out_shape) * in_shape[0] * kernel_area

    def lanes_kept_by_merge(self) -> tuple[Literal["body", "shortcut"], ...]:
        return ("body", "shortcut") if self.gates == "both" else ("shortcut",)

    def num_merge_saved(self, in_shape: Shape, out_shape: Shape) -> int:
        # T; with the shortcut gated alone also 1 - T, the other factor of its product.
        return (1 if self.gates == "both" else 2) * num_entries(out_shape)

    def num_merge_gradients(self) -> int:
        # Of the output, of the shortcut, of T, and F - S for the latter; with both gated also of the body.
        return 5 if self.gates == "both" else 4

    def num_waiting_gradients(self) -> int:
        return 2
