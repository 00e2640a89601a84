"""Initial values of parameters: each a function of (seed, address), drawn on the CPU, equal on every device."""

import math

import torch
from torch import Tensor

from builder.spec.chance import derive_seed
from builder.spec.init import (
    HeInit,
    IdentityInit,
    InitSpec,
    NormalInit,
    OnesInit,
    PytorchInit,
    XavierInit,
    ZerosInit,
)


def fans(weight: Tensor) -> tuple[int, int]:
    """Inputs and outputs of one unit, kernel positions included: `(fan_in, fan_out)`."""
    receptive = weight[0, 0].numel()
    return weight.shape[1] * receptive, weight.shape[0] * receptive


def address_generator(seed: int, address: str) -> torch.Generator:
    """The CPU generator that draws the initial values at `address`."""
    return torch.Generator().manual_seed(derive_seed(seed, "init", address))


@torch.no_grad()
def initialise_weight(weight: Tensor, init: InitSpec, seed: int, address: str) -> None:
    """Fills `weight` (`[out, in]` or `[out, in, height, width]`, on the CPU) in place."""
    generator = address_generator(seed, address)
    fan_in, fan_out = fans(weight)
    match init:
        case HeInit(fan_mode=fan_mode, distribution=distribution):
            std = math.sqrt(2.0 / (fan_in if fan_mode == "fan_in" else fan_out))
            _draw(weight, std, distribution, generator)
        case XavierInit(distribution=distribution):
            _draw(weight, math.sqrt(2.0 / (fan_in + fan_out)), distribution, generator)
        case PytorchInit():
            _draw(weight, 1.0 / math.sqrt(3.0 * fan_in), "uniform", generator)
        case NormalInit(std=std):
            weight.normal_(0.0, std, generator=generator)
        case OnesInit():
            weight.fill_(1.0)
        case ZerosInit():
            weight.zero_()
        case IdentityInit():
            weight.zero_()
            centre = tuple(size // 2 for size in weight.shape[2:])
            for channel in range(min(weight.shape[:2])):
                weight[(channel, channel, *centre)] = 1.0


@torch.no_grad()
def initialise_bias(bias: Tensor, init: InitSpec, fan_in: int, seed: int, address: str) -> None:
    """Fills `bias` (`[out]`, on the CPU) in place: zero, except under PyTorch's own rule."""
    if isinstance(init, PytorchInit):
        bound = 1.0 / math.sqrt(fan_in)
        bias.uniform_(-bound, bound, generator=address_generator(seed, address))
    else:
        bias.zero_()


def _draw(weight: Tensor, std: float, distribution: str, generator: torch.Generator) -> None:
    if distribution == "normal":
        weight.normal_(0.0, std, generator=generator)
    else:
        bound = math.sqrt(3.0) * std
        weight.uniform_(-bound, bound, generator=generator)
