"""y = a(F(x))."""

from typing import ClassVar

from torch import Tensor

from builder.modules.blocks.base import BlockModule
from builder.spec.blocks.plain import PlainBlock


class PlainModule(BlockModule[PlainBlock]):
    """The body alone."""

    spec_kind: ClassVar = "plain"

    def merge(self, x: Tensor) -> Tensor:
        return self.body(x)
