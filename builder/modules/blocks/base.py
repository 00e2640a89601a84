"""What the torch twins of all block kinds share: two lanes and an activation after the merge."""

from typing import ClassVar, Generic, TypeVar

from torch import Tensor, nn

from builder.modules.layers.activation import FUNCTIONS
from builder.modules.layers.registry import build_layer
from builder.spec.blocks.base import Block
from builder.spec.init import InitSpec
from builder.spec.plan import BlockPlan, LayerPlan

B = TypeVar("B", bound=Block)


class LaneModule(nn.Module):
    """Layers one after another, named by their ids; no layer is the identity."""

    def __init__(self, plans: tuple[LayerPlan, ...], init: InitSpec, seed: int) -> None:
        super().__init__()
        for plan in plans:
            self.add_module(plan.layer.id, build_layer(plan, init, seed))
        self.layers = tuple(self.children())

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


class BypassedModule(nn.Module):
    """What is left of a bypassed block: its shortcut, under the address it has in the whole block."""

    def __init__(self, plan: BlockPlan, init: InitSpec, seed: int) -> None:
        super().__init__()
        self.shortcut = LaneModule(plan.shortcut, init, seed)

    def forward(self, x: Tensor) -> Tensor:
        return self.shortcut(x)


class BlockModule(nn.Module, Generic[B]):
    """One block copy. Subclasses say how body and shortcut are merged.

    Attributes:
        address: Of the copy, as in `i4[2]/i7`.
        depth: 1 ... N.
    """

    spec_kind: ClassVar[str]

    def __init__(self, plan: BlockPlan, init: InitSpec, seed: int) -> None:
        super().__init__()
        self.address = plan.address
        self.kind = plan.block.kind
        self.depth = plan.depth
        self.body = LaneModule(plan.body, init, seed)
        self.shortcut = LaneModule(plan.shortcut, init, seed) if plan.shortcut else None
        self.activate = FUNCTIONS[plan.block.activation] if plan.block.activation else None

    def carry(self, x: Tensor) -> Tensor:
        """S(x)."""
        return x if self.shortcut is None else self.shortcut(x)

    def merge(self, x: Tensor) -> Tensor:
        """The block's output before the activation."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        y = self.merge(x)
        return y if self.activate is None else self.activate(y)
