"""y = a(b F(x) + S(x)), b ~ Bernoulli(p) once per mini-batch. Source: Huang et al. 2016, arXiv 1603.09382, eq. 2 to 5."""

from typing import ClassVar

import torch
from torch import Tensor

from builder.modules.blocks.base import BlockModule
from builder.spec.blocks.stochastic_depth import StochasticDepthBlock
from builder.spec.init import InitSpec
from builder.spec.plan import BlockPlan


class StochasticDepthModule(BlockModule[StochasticDepthBlock]):
    """A residual block whose body is not computed when it is dropped.

    Attributes:
        alive: b of the next training step; the trainer draws it on the host, before the step.
    """

    spec_kind: ClassVar = "stochastic_depth"

    def __init__(self, plan: BlockPlan, init: InitSpec, seed: int) -> None:
        super().__init__(plan, init, seed)
        block = plan.block
        assert isinstance(block, StochasticDepthBlock)
        assert plan.survival_prob is not None
        self.survival_prob = plan.survival_prob
        self.train_scale = 1.0 / plan.survival_prob if block.scaling == "train" else 1.0
        self.eval_scale = 1.0 if block.scaling == "train" else plan.survival_prob
        self.skips_update = block.dropped_update == "skip"
        self.alive = True

    def merge(self, x: Tensor) -> Tensor:
        carried = self.carry(x)
        if self.training and not self.alive:
            return carried
        scale = self.train_scale if self.training else self.eval_scale
        return torch.add(carried, self.body(x), alpha=scale)
