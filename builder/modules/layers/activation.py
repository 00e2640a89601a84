"""The element-wise non-linearities."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from builder.spec.layers.activation import ActivationLayer, Function
from builder.spec.plan import LayerPlan

FUNCTIONS: dict[Function, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "arctan": torch.arctan,
    "gelu": functional.gelu,
    "silu": functional.silu,
}

IN_PLACE: dict[Function, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu_,
    "tanh": torch.tanh_,
    "sigmoid": torch.sigmoid_,
}
"""Functions whose derivative follows from their output, so that the input need not live on."""


class ActivationModule(nn.Module):
    """y = a(x); in place where nobody else needs x."""

    def __init__(self, function: Function, owns_input: bool) -> None:
        super().__init__()
        self.function = function
        apply = IN_PLACE.get(function) if owns_input else None
        self.apply_function = apply or FUNCTIONS[function]

    def forward(self, x: Tensor) -> Tensor:
        return self.apply_function(x)

    def extra_repr(self) -> str:
        return self.function


def build_activation(layer: ActivationLayer, plan: LayerPlan) -> nn.Module:
    return ActivationModule(layer.function, plan.owns_input)
