"""Batch and layer normalisation."""

from torch import nn

from builder.spec.layers.norm import NormLayer
from builder.spec.plan import LayerPlan
from builder.spec.shapes import is_image


def build_norm(layer: NormLayer, plan: LayerPlan) -> nn.Module:
    """Layer norm of an image is a group norm with one group: scale and shift per channel."""
    channels = plan.in_shape[0]
    if layer.method == "layer":
        if is_image(plan.in_shape):
            return nn.GroupNorm(1, channels, eps=layer.eps, affine=layer.affine)
        return nn.LayerNorm(channels, eps=layer.eps, elementwise_affine=layer.affine)
    batch_norm = nn.BatchNorm2d if is_image(plan.in_shape) else nn.BatchNorm1d
    return batch_norm(channels, eps=layer.eps, momentum=layer.momentum, affine=layer.affine)
