"""The torch twin of each layer kind; same keys as `builder.spec.layers.registry`."""

from collections.abc import Callable
from typing import Any

from torch import nn

from builder.modules.layers.activation import build_activation
from builder.modules.layers.affine import initialise_affine
from builder.modules.layers.conv import build_conv
from builder.modules.layers.dropout import build_dropout
from builder.modules.layers.flatten import build_flatten
from builder.modules.layers.linear import build_linear
from builder.modules.layers.match import build_match
from builder.modules.layers.norm import build_norm
from builder.modules.layers.pad_channels import build_pad_channels
from builder.modules.layers.pool import build_global_pool, build_pool
from builder.spec.init import InitSpec
from builder.spec.plan import LayerPlan

BUILDERS: dict[str, Callable[[Any, LayerPlan], nn.Module]] = {
    "linear": build_linear,
    "conv": build_conv,
    "norm": build_norm,
    "activation": build_activation,
    "pool": build_pool,
    "global_pool": build_global_pool,
    "dropout": build_dropout,
    "flatten": build_flatten,
    "match": build_match,
    "pad_channels": build_pad_channels,
}


def build_layer(plan: LayerPlan, default_init: InitSpec, seed: int) -> nn.Module:
    """The torch module of one layer copy, initialised from (seed, address)."""
    module = BUILDERS[plan.layer.kind](plan.layer, plan)
    if isinstance(module, nn.Linear | nn.Conv2d):
        init = getattr(plan.layer, "init", None) or default_init
        initialise_affine(module, init, seed, "/".join(plan.path))
    return module
