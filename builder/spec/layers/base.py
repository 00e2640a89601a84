"""What a layer of the document can be asked, without torch."""

from typing import ClassVar, Literal, NamedTuple

from builder.spec.base import Document, ItemId, field
from builder.spec.shapes import Shape, ShapeContext

Role = Literal["weight", "bias", "norm_scale", "norm_shift"]


class ParameterShape(NamedTuple):
    """One parameter tensor of a layer: its name in the torch module, its shape and its role."""

    name: str
    shape: Shape
    role: Role


class Layer(Document):
    """A layer that maps one tensor to one tensor.

    Class attributes describe the kind itself; the palette, the forms and the cards are drawn from them.
    `saves_input` and `saves_output` say what the backward pass needs; `output_is_fresh` that the output is a new tensor
    which the backward pass does not need, so that the next layer may overwrite it. `width_field` names the field that says
    how many features or channels the layer gives, of one that chooses them.
    """

    title: ClassVar[str]
    sentence: ClassVar[str]
    formula: ClassVar[str]
    summary: ClassVar[str]
    shortcut_only: ClassVar[bool] = False
    saves_input: ClassVar[bool] = False
    saves_output: ClassVar[bool] = False
    output_is_fresh: ClassVar[bool] = False
    width_field: ClassVar[str | None] = None

    kind: str
    id: ItemId = field(title="Id", help="Name of this item in addresses; never used again.", hidden=True)

    def output_shape(self, in_shape: Shape, context: ShapeContext) -> Shape:
        """Shape of one output sample.

        Raises:
            ShapeProblem: If the layer cannot take `in_shape`.
        """
        raise NotImplementedError

    def parameters(self, in_shape: Shape, out_shape: Shape) -> tuple[ParameterShape, ...]:
        """Trainable tensors, in the order of the torch module."""
        return ()

    @property
    def has_parameters(self) -> bool:
        """Whether there is anything to train, which no shape changes."""
        return bool(self.parameters((1,), (1,)))

    def num_macs(self, in_shape: Shape, out_shape: Shape) -> int:
        """Multiply-adds of one sample's forward pass; convolutions and linears only."""
        return 0

    def num_extra_saved(self, in_shape: Shape, out_shape: Shape) -> int:
        """Float-sized entries kept for the backward pass besides the input and the output."""
        return 0
