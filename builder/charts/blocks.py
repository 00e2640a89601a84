"""What charts by block share: which blocks have recorded a quantity, and what stands where there is nothing to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from builder.charts.runs import RecordedRun
from builder.workspace.rows import Series

NO_BLOCKS = "This tower has no blocks, only single layers, so there is nothing to draw by block."
_EARLIER = (
    "This run was recorded by an earlier version of Highrise, which did not measure this. Train again to see it here."
)


def recorded_blocks(run: RecordedRun, quantity: str) -> list[tuple[Mapping[str, Any], Series]]:
    """Blocks of which a quantity is recorded, in order of depth, with their series."""
    found = [(block, run.find(quantity, block["address"], "profile")) for block in run.blocks]
    return [(block, series) for block, series in found if series is not None]


def num_trained(block: Mapping[str, Any]) -> int:
    """Parameters of a block copy that were trained from the start; an early version tells only how many there are."""
    return max(1, int(block.get("num_trained", block.get("num_parameters", 1))))


def is_frozen(block: Mapping[str, Any]) -> bool:
    """Whether it has parameters, and none of them was trained from the start."""
    return block.get("num_trained") == 0 and block["num_parameters"] > 0


def empty_text(
    runs: Sequence[RecordedRun], quantity: str, appears: str, *, kind: str | None = None, without: str | None = None
) -> str:
    """The words in the place of a chart: what will appear, or why nothing can.

    Args:
        runs: that the chart draws.
        quantity: that it draws.
        appears: what will appear.
        kind: of blocks that have the quantity; None for all kinds.
        without: what to say of a tower without such blocks; None if the quantity is not one of blocks.
    """
    if not runs:
        return appears
    blocks = [block for run in runs for block in run.blocks if kind in (None, block["kind"])]
    if not blocks and without is not None:
        return without
    strides = {each.every for run in runs for each in run.series if each.quantity == quantity}
    if not strides:
        return _EARLIER
    every = max(strides)
    return f"{appears} It is measured at every {every}th step." if every > 1 else appears


def stride_of(runs: Sequence[RecordedRun], quantity: str) -> int:
    """At the multiples of how many steps it is measured."""
    return max((each.every for run in runs for each in run.series if each.quantity == quantity), default=1)


def stride_text(runs: Sequence[RecordedRun], quantity: str) -> str:
    """A sentence for the help on how often it is measured; empty for every step."""
    every = stride_of(runs, quantity)
    return f" Measured at every {every}th step." if every > 1 else ""
