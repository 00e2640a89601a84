"""The projection of a shortcut to the shape of its block's body."""

from torch import nn

from builder.modules.layers.affine import affine
from builder.spec.layers.match import MatchLayer
from builder.spec.plan import LayerPlan
from builder.spec.shapes import inferred_stride, is_image


def build_match(layer: MatchLayer, plan: LayerPlan) -> nn.Module:
    stride = inferred_stride(plan.in_shape, plan.out_shape) if is_image(plan.in_shape) else 1
    return affine(plan.in_shape, plan.out_shape, stride=stride or 1, bias=layer.bias)
