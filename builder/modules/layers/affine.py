"""Weights with a bias: the torch layers behind linear, conv, match and gates, without torch's own draws."""

import torch
from torch import nn

from builder.modules.initialise import fans, initialise_bias, initialise_weight
from builder.spec.init import InitSpec
from builder.spec.shapes import Shape


def affine(
    in_shape: Shape,
    out_shape: Shape,
    *,
    kernel_size: int = 1,
    stride: int = 1,
    padding: int = 0,
    bias: bool = True,
) -> nn.Linear | nn.Conv2d:
    """A linear layer for vectors, a convolution for images; its values are undefined until initialised."""
    module = (
        nn.Linear(in_shape[0], out_shape[0], bias=bias, device="meta")
        if len(in_shape) == 1
        else nn.Conv2d(in_shape[0], out_shape[0], kernel_size, stride=stride, padding=padding, bias=bias, device="meta")
    )
    # As torch's `skip_init`, which would import torch's symbolic shapes and sympy for it.
    for name, parameter in list(module.named_parameters()):
        setattr(module, name, nn.Parameter(torch.empty(parameter.shape)))
    return module


def initialise_affine(module: nn.Linear | nn.Conv2d, init: InitSpec, seed: int, address: str) -> None:
    """Initial values of weight and bias, each from its own address."""
    initialise_weight(module.weight, init, seed, f"{address}.weight")
    if module.bias is not None:
        initialise_bias(module.bias, init, fans(module.weight)[0], seed, f"{address}.bias")
