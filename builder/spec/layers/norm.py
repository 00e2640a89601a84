"""Batch and layer normalisation."""

from typing import ClassVar, Literal

from builder.spec.base import field
from builder.spec.layers.base import Layer, ParameterShape
from builder.spec.shapes import Shape, ShapeContext


class NormLayer(Layer):
    """Zero mean and unit variance, then a trainable scale and shift per channel.

    Batch norm (Ioffe and Szegedy 2015, arXiv 1502.03167) takes the statistics over the batch; layer norm
    (Ba et al. 2016, arXiv 1607.06450) over all entries of one sample.
    """

    title: ClassVar = "Norm"
    sentence: ClassVar = "Brings each channel (batch) or each sample (layer) to mean 0 and variance 1."
    formula: ClassVar = "y = g (x - mean) / std + b"
    summary: ClassVar = "{method} norm"
    saves_input: ClassVar = True
    output_is_fresh: ClassVar = True

    kind: Literal["norm"] = "norm"
    method: Literal["batch", "layer"] = field(
        "batch",
        title="Over",
        help="batch: statistics of a channel over the mini-batch; layer: of all entries of one sample.",
    )
    affine: bool = field(True, title="Scale and shift", help="Trainable scale and shift per channel.", advanced=True)
    eps: float = field(
        1e-5, title="Epsilon", help="Added to the variance, so that it is never zero.", ge=1e-12, le=1.0, scale="log",
        advanced=True,
    )  # fmt: skip
    momentum: float = field(
        0.1,
        title="Momentum",
        help="Weight of the newest batch in the running statistics that evaluation uses (batch norm only).",
        gt=0.0,
        le=1.0,
        advanced=True,
    )

    def output_shape(self, in_shape: Shape, context: ShapeContext) -> Shape:
        return in_shape

    def parameters(self, in_shape: Shape, out_shape: Shape) -> tuple[ParameterShape, ...]:
        if not self.affine:
            return ()
        channels = in_shape[:1]
        return ParameterShape("weight", channels, "norm_scale"), ParameterShape("bias", channels, "norm_shift")
