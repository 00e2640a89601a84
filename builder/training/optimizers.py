"""The optimizer of a run: torch's own, over the flat layout, one parameter group per group of the document."""

from typing import Any

import torch
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop

from builder.spec.analysis import Analysis
from builder.spec.training import AdamOptimizer, AdamwOptimizer, OptimizerSpec, RmspropOptimizer, SgdOptimizer
from builder.training.layout import FlatLayout


class GroupRates:
    """The base rate of each group, which a person may change, and the optimizer's own groups.

    Rate at a step = the group's base rate x schedule.
    """

    def __init__(self, layout: FlatLayout, analysis: Analysis, spec: OptimizerSpec) -> None:
        self.names = [row.spec.name for row in analysis.groups]
        self.base = [row.spec.learning_rate for row in analysis.groups]
        present = sorted({update.group for update in layout.updates})
        self._indices = present
        self.optimizer = build_optimizer(
            spec,
            [
                {
                    "params": [update.parameter for update in layout.updates if update.group == group],
                    "lr": self.base[group],
                    "weight_decay": analysis.groups[group].spec.weight_decay,
                    "name": self.names[group],
                }
                for group in present
            ],
        )

    def set_base(self, name: str, learning_rate: float) -> None:
        self.base[self.names.index(name)] = learning_rate

    def apply(self, factor: float) -> None:
        """Sets every group's rate for the next step."""
        for group, parameters in zip(self._indices, self.optimizer.param_groups, strict=True):
            parameters["lr"] = self.base[group] * factor


def build_optimizer(spec: OptimizerSpec, groups: list[dict[str, Any]]) -> Optimizer:
    """torch's optimizer of the document's kind; fused where torch has a fused kernel."""
    fused = groups[0]["params"][0].device.type != "mps"
    match spec:
        case SgdOptimizer(momentum=momentum, nesterov=nesterov):
            optimizer = SGD(groups, momentum=momentum, nesterov=nesterov, fused=fused)
            if momentum:
                # torch's fused kernel wants the buffers of all parameters or of none, but a stretch that rests in the
                # first step would get its buffer later. From zeros the first update is the same.
                for group in groups:
                    for parameter in group["params"]:
                        optimizer.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)
            return optimizer
        case AdamOptimizer(beta1=beta1, beta2=beta2, eps=eps):
            return Adam(groups, betas=(beta1, beta2), eps=eps, fused=fused)
        case AdamwOptimizer(beta1=beta1, beta2=beta2, eps=eps):
            return AdamW(groups, betas=(beta1, beta2), eps=eps, fused=fused)
        case RmspropOptimizer(alpha=alpha, eps=eps, momentum=momentum):
            return RMSprop(groups, alpha=alpha, eps=eps, momentum=momentum)
