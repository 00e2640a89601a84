"""What all kinds of blocks share: two lanes, an activation after the merge, and what is asked of them without torch."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from builder.spec.base import Document, ItemId, field
from builder.spec.layers.activation import Function
from builder.spec.layers.base import ParameterShape
from builder.spec.layers.registry import BodyLayer, ShortcutLayer
from builder.spec.shapes import Shape

Arc = Literal["none", "solid", "gated", "broken"]


class Block(Document):
    """F = body and S = shortcut are lists of layers (S = [] is the identity); a = activation after the merge, or none.

    All kinds share the lanes, so swapping a block's kind keeps both. Class attributes describe the kind itself; the
    palette, the cards and the charts are drawn from them.
    """

    title: ClassVar[str]
    sentence: ClassVar[str]
    formula: ClassVar[str]
    summary: ClassVar[str] = ""
    colour: ClassVar[str]
    symbol: ClassVar[str]
    glyph: ClassVar[str]
    arc: ClassVar[Arc]
    merges_shortcut: ClassVar[bool] = True

    kind: str
    id: ItemId = field(title="Id", help="Name of this item in addresses; never used again.", hidden=True)
    body: tuple[BodyLayer, ...] = field(
        (), title="Body", help="F: the layers that transform the input.", hidden=True, max_length=64
    )
    shortcut: tuple[ShortcutLayer, ...] = field(
        (),
        title="Shortcut",
        help="S: the layers on the way around the body; none is the identity.",
        hidden=True,
        max_length=64,
    )
    activation: Function | None = field(
        None, title="Activation after the merge", help="a: applied to the block's output; empty for none."
    )
    bypassed: bool = field(
        False,
        title="Bypassed",
        help="Absent from the network without being deleted: no parameters, no depth; the input passes by its shortcut.",
        hidden=True,
    )
    parked: dict[str, dict[str, Any]] = Field(
        {},
        title="Parked",
        description="Own fields of other kinds, kept for swapping back.",
        json_schema_extra={"hidden": True},
        max_length=32,
    )

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        """Names of the fields that only this kind has."""
        return tuple(name for name in cls.model_fields if name not in Block.model_fields)

    def gate_parameters(self, in_shape: Shape, out_shape: Shape) -> tuple[ParameterShape, ...]:
        """Trainable tensors beside the lanes (the gate's), in the order of the torch module.

        Raises:
            ShapeProblem: If no gate of that shape can be.
        """
        return ()

    def num_gate_macs(self, in_shape: Shape, out_shape: Shape) -> int:
        """Multiply-adds of the gate for one sample."""
        return 0

    def lanes_kept_by_merge(self) -> tuple[Literal["body", "shortcut"], ...]:
        """Lanes whose outputs the backward pass of the merge needs."""
        return ()

    def num_merge_saved(self, in_shape: Shape, out_shape: Shape) -> int:
        """Float-sized entries that the merge keeps for the backward pass besides the lanes' outputs, per sample."""
        return 0

    def num_merge_gradients(self) -> int:
        """Tensors of the output's size that the backward pass of the merge has at once."""
        return 2

    def num_waiting_gradients(self) -> int:
        """Gradients of the output's size that wait while the body's backward pass runs."""
        return int(self.merges_shortcut)
