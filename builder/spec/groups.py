"""Groups of parameters with their own learning rates: rules, and who belongs where."""

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Literal

from pydantic import StringConstraints

from builder.spec.base import Document, ItemId, field
from builder.spec.layers.base import Role

Lane = Literal["layer", "body", "shortcut", "gate"]
GroupName = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]

GROUP_COLOURS = ("#4477AA", "#CC6677", "#228833", "#CCBB44", "#8E6BBF", "#66CCEE", "#AA3377", "#777777")
"""Colours that stay apart for colour-blind eyes. Source: Paul Tol, colour schemes, "bright" and "muted"."""


class Rule(Document):
    """Which parameters a group takes: all given conditions hold; no condition takes everything."""

    items: tuple[ItemId, ...] = field(
        (), title="Items", help="Any of these ids is on the parameter's path.", max_length=2000
    )
    lanes: tuple[Lane, ...] = field(
        (), title="Lanes", help="Where the parameter stands: outside of blocks, body, shortcut or gate.", max_length=4
    )
    parameters: tuple[Role, ...] = field(
        (), title="Parameters", help="The parameter's role in its layer.", max_length=4
    )
    depth_from: int | None = field(
        None, title="From depth", help="First block copy, counted from the input; 0 is the stem.", ge=0, le=10_000
    )
    depth_to: int | None = field(
        None, title="To depth", help="Last block copy, counted from the input.", ge=0, le=10_000
    )

    @cached_property
    def item_ids(self) -> frozenset[str]:
        """`items` for a quick look-up: both they and the parameters can be thousands."""
        return frozenset(self.items)

    def matches(self, *, ids: Sequence[str], lane: Lane, role: Role, depth: int) -> bool:
        """Whether a parameter at this place belongs to the rule."""
        return (
            (not self.items or not self.item_ids.isdisjoint(ids))
            and (not self.lanes or lane in self.lanes)
            and (not self.parameters or role in self.parameters)
            and (self.depth_from is None or depth >= self.depth_from)
            and (self.depth_to is None or depth <= self.depth_to)
        )

    @property
    def is_everything(self) -> bool:
        return self == Rule()


class GroupSpec(Document):
    """One parameter group: the optimizer gets exactly these."""

    name: GroupName = field(title="Name", help="Shown in charts and in the mixer.")
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")] = field(
        GROUP_COLOURS[0], title="Colour", help="Colour of the group's dot and curves."
    )
    rule: Rule = field(
        Rule(), title="Rule", help="Which parameters the group takes; the first group that matches wins."
    )
    learning_rate: float = field(
        0.1,
        title="Learning rate",
        help="Base rate of this group; the schedule multiplies it. Can be changed while training.",
        ge=0.0,
        le=100.0,
        scale="log",
    )
    weight_decay: float = field(
        0.0, title="Weight decay", help="Pull of the weights towards zero at each step.", ge=0.0, le=10.0, scale="log"
    )
    frozen: bool = field(False, title="Frozen", help="The group's parameters do not learn.")
