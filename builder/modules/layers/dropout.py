"""Dropout."""

from torch import nn

from builder.spec.layers.dropout import DropoutLayer
from builder.spec.plan import LayerPlan


def build_dropout(layer: DropoutLayer, plan: LayerPlan) -> nn.Module:
    return nn.Dropout(layer.p)
