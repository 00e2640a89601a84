"""The residual block: body and shortcut are added."""

from typing import ClassVar, Literal

from builder.spec.base import field
from builder.spec.blocks.base import Block


class ResidualBlock(Block):
    """y = a(alpha F(x) + beta S(x)).

    Source: He et al. 2015, arXiv 1512.03385, eq. 1 and 2.
    """

    title: ClassVar = "Residual"
    sentence: ClassVar = "The body only learns a correction: the input is added to its output."
    formula: ClassVar = "y = F(x) + x"
    colour: ClassVar = "#2F7FD0"
    symbol: ClassVar = "circle"
    glyph: ClassVar = "M8 3V21M8 5C20 6 20 18 8 19"
    arc: ClassVar = "solid"

    kind: Literal["residual"] = "residual"
    alpha: float = field(1.0, title="Body scale α", help="Factor on the body before the sum.", ge=-10.0, le=10.0)
    beta: float = field(
        1.0,
        title="Shortcut scale β",
        help="Factor on the shortcut before the sum; below 1 the signal shrinks with depth.",
        ge=-10.0,
        le=10.0,
    )
