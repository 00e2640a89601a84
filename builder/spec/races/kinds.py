"""Twins of a tower: the same blocks as another kind."""

from typing import Any

from builder.spec.blocks.base import Block
from builder.spec.blocks.registry import swap_kind
from builder.spec.experiment import Experiment
from builder.spec.network import changed_network, walk


def kinds_of(experiment: Experiment) -> tuple[str, ...]:
    """Kinds of the tower's blocks, in the order in which they first stand there."""
    blocks = (item for item in walk(experiment.network.items) if isinstance(item, Block))
    return tuple(dict.fromkeys(block.kind for block in blocks))


def with_kind(experiment: Experiment, kind: str) -> Experiment:
    """The experiment with every block, also within repeats, as one kind; there and back gives the identical document.

    Lanes, ids and with them the addresses stay, so that twins begin with equal weights where they have the same parameters.
    """

    def swapped(item: Any) -> Any:
        return swap_kind(item, kind) if isinstance(item, Block) else item

    return experiment.model_copy(update={"network": changed_network(experiment.network, swapped)})
