"""The fully connected layer."""

from torch import nn

from builder.modules.layers.affine import affine
from builder.spec.layers.linear import LinearLayer
from builder.spec.plan import LayerPlan


def build_linear(layer: LinearLayer, plan: LayerPlan) -> nn.Module:
    return affine(plan.in_shape, plan.out_shape, bias=layer.bias)
