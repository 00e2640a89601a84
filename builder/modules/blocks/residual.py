"""y = a(alpha F(x) + beta S(x)). Source: He et al. 2015, arXiv 1512.03385, eq. 1 and 2."""

from typing import ClassVar

import torch
from torch import Tensor

from builder.modules.blocks.base import BlockModule
from builder.spec.blocks.residual import ResidualBlock
from builder.spec.init import InitSpec
from builder.spec.plan import BlockPlan


class ResidualModule(BlockModule[ResidualBlock]):
    """The weighted sum of body and shortcut."""

    spec_kind: ClassVar = "residual"

    def __init__(self, plan: BlockPlan, init: InitSpec, seed: int) -> None:
        super().__init__(plan, init, seed)
        block = plan.block
        assert isinstance(block, ResidualBlock)
        self.alpha, self.beta = block.alpha, block.beta

    def merge(self, x: Tensor) -> Tensor:
        carried = self.carry(x)
        if self.beta != 1.0:
            carried = self.beta * carried
        return torch.add(carried, self.body(x), alpha=self.alpha)
