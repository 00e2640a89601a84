"""Towers of equal size: the width at which a tower has nearest to a given number of parameters."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from builder.spec.blocks.base import Block
from builder.spec.datasets import DATASETS
from builder.spec.experiment import Experiment
from builder.spec.layers.base import Layer
from builder.spec.network import changed_network, walk
from builder.spec.plan import plan_network
from builder.spec.shapes import num_entries

MAX_FACTOR = 4
"""Of the widest layer, up and down: a tower that would have to change more is no twin any more."""
MAX_WIDTH = 8192


@dataclass(frozen=True, slots=True)
class Matched:
    """A tower of another width.

    Attributes:
        widths: In words, as in “width 71 for 64”; empty if it stays as it was.
        num_parameters: Of the tower now.
    """

    experiment: Experiment
    widths: str
    num_parameters: int


def matched(experiment: Experiment, num_parameters: int) -> Matched | None:
    """The experiment at the width at which it has nearest to so many parameters; None if no width keeps it sound.

    All widths of the tower change by one factor, since a block with an identity shortcut must keep its shape; only the last
    layer, which gives the classes, stays. Where the first block stands on the data itself, whose width is given, the hidden
    layers of the bodies change alone.
    """
    own = _count(experiment)
    if own is None or own == num_parameters:
        return None if own is None else Matched(experiment, "", own)
    for what, layers in (("width", _widths_of_tower), ("hidden width", _hidden_widths)):
        widths = {layer.id: getattr(layer, layer.width_field or "") for layer in layers(experiment)}
        if found := _nearest(experiment, widths, num_parameters, what):
            return found
    return None


def _nearest(experiment: Experiment, widths: dict[str, int], num_parameters: int, what: str) -> Matched | None:
    """Bisects for the width of the widest layer, by which the others follow: the count grows with it."""
    if not widths:
        return None
    widest = max(widths.values())
    counts: dict[int, int] = {}
    low, high = max(1, widest // MAX_FACTOR), min(MAX_WIDTH, MAX_FACTOR * widest)
    while low <= high:
        middle = (low + high) // 2
        count = _count(_scaled(experiment, widths, middle / widest))
        if count is None:
            return None
        counts[middle] = count
        low, high = (middle + 1, high) if count < num_parameters else (low, middle - 1)
    # The last ones that were tried stand on either side of the number.
    best = min(counts, key=lambda width: (abs(counts[width] - num_parameters), abs(width - widest)))
    named = "" if best == widest else f"{what} {best} for {widest}"
    return Matched(_scaled(experiment, widths, best / widest), named, counts[best])


def _scaled(experiment: Experiment, widths: dict[str, int], factor: float) -> Experiment:
    """These layers' widths by one factor: equal ones stay equal, and their order stays."""

    def changed(item: Any) -> Any:
        if item.id not in widths:
            return item
        return item.model_copy(update={item.width_field: max(1, round(widths[item.id] * factor))})

    return experiment.model_copy(update={"network": changed_network(experiment.network, changed)})


def _widths_of_tower(experiment: Experiment) -> Iterator[Layer]:
    wide = [item for item in walk(experiment.network.items) if isinstance(item, Layer) and item.width_field]
    yield from filter(_has_number, wide[:-1])


def _hidden_widths(experiment: Experiment) -> Iterator[Layer]:
    for block in walk(experiment.network.items):
        if isinstance(block, Block):
            yield from filter(_has_number, [layer for layer in block.body if layer.width_field][:-1])


def _has_number(layer: Layer) -> bool:
    return isinstance(getattr(layer, layer.width_field or ""), int)


def _count(experiment: Experiment) -> int | None:
    """Parameters of the tower; None if a shape does not fit."""
    facts = DATASETS[experiment.data.dataset]
    plan = plan_network(experiment.network, facts.shape, facts.num_classes)
    return None if plan.problems else sum(num_entries(parameter.shape) for parameter in plan.parameters())
