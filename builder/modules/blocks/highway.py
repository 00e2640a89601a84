"""y = a(T F(x) + (1 - T) S(x)), T = sigmoid(affine(x)). Source: Srivastava et al. 2015, arXiv 1505.00387, eq. 3."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from builder.modules.blocks.base import BlockModule
from builder.modules.layers.affine import affine, initialise_affine
from builder.spec.blocks.highway import HighwayBlock
from builder.spec.init import InitSpec
from builder.spec.plan import BlockPlan
from builder.spec.shapes import is_image


class HighwayModule(BlockModule[HighwayBlock]):
    """Body and shortcut mixed by a trainable gate, entry by entry."""

    spec_kind: ClassVar = "highway"

    def __init__(self, plan: BlockPlan, init: InitSpec, seed: int) -> None:
        super().__init__(plan, init, seed)
        block = plan.block
        assert isinstance(block, HighwayBlock)
        self.gates_body = block.gates == "both"
        self.gate = build_gate(block, plan)
        initialise_affine(self.gate, block.gate_init or init, seed, f"{plan.address}/gate")
        assert self.gate.bias is not None
        nn.init.constant_(self.gate.bias, block.gate_bias_init)

    def transform_gate(self, x: Tensor) -> Tensor:
        """T(x), in the shape of the body's output; 0 carries, 1 transforms."""
        return torch.sigmoid(self.gate(x))

    def merge(self, x: Tensor) -> Tensor:
        gate, transformed, carried = self.transform_gate(x), self.body(x), self.carry(x)
        if self.gates_body:
            # Under autocast affine layers give bf16 while a carried norm or the data itself is float32.
            if not carried.dtype == transformed.dtype == gate.dtype:
                gate, transformed, carried = gate.float(), transformed.float(), carried.float()
            return torch.lerp(carried, transformed, gate)
        return transformed + (1.0 - gate) * carried


def build_gate(block: HighwayBlock, plan: BlockPlan) -> nn.Linear | nn.Conv2d:
    """The affine map of the gate, stride input size / output size."""
    if not is_image(plan.in_shape):
        return affine(plan.in_shape, plan.out_shape)
    return affine(
        plan.in_shape,
        plan.out_shape,
        kernel_size=block.gate_kernel_size,
        stride=block.gate_stride(plan.in_shape, plan.out_shape),
        padding=(block.gate_kernel_size - 1) // 2,
    )
