"""The two-dimensional convolution."""

from torch import nn

from builder.modules.layers.affine import affine
from builder.spec.layers.conv import ConvLayer
from builder.spec.plan import LayerPlan


def build_conv(layer: ConvLayer, plan: LayerPlan) -> nn.Module:
    return affine(
        plan.in_shape,
        plan.out_shape,
        kernel_size=layer.kernel_size,
        stride=layer.stride,
        padding=layer.padding_pixels,
        bias=layer.bias,
    )
