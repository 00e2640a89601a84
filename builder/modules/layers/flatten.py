"""Flatten."""

from torch import nn

from builder.spec.layers.flatten import FlattenLayer
from builder.spec.plan import LayerPlan


def build_flatten(layer: FlattenLayer, plan: LayerPlan) -> nn.Module:
    return nn.Flatten()
