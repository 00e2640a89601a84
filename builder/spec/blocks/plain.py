"""The plain block: its body alone."""

from typing import ClassVar, Literal

from builder.spec.blocks.base import Block


class PlainBlock(Block):
    """y = a(F(x)). The shortcut is kept for swapping kinds, but unused."""

    title: ClassVar = "Plain"
    sentence: ClassVar = "Only the body: the signal has no way around it."
    formula: ClassVar = "y = F(x)"
    colour: ClassVar = "#7A8699"
    symbol: ClassVar = "square"
    glyph: ClassVar = "M12 3V21"
    arc: ClassVar = "none"
    merges_shortcut: ClassVar = False

    kind: Literal["plain"] = "plain"
