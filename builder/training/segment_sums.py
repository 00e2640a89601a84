"""Sums over the segments of a flat layout, per group and per block copy, on the host in float64."""

import numpy as np

from builder.modules.network import NetworkModule
from builder.spec.analysis import Analysis
from builder.training.layout import FlatLayout


class SegmentSums:
    """Which segments belong to which group and block copy.

    Attributes:
        groups: Names of the groups with trained parameters, in the document's order.
        blocks: Addresses of the block copies with trained parameters, by depth.
        num_group_entries: Trained parameters of each of these groups, `[groups]`.
        absent_with: Pairs of a place in `blocks` and the stochastic-depth copy whose drop leaves it without a gradient:
            copies all of whose trained parameters are in the body.
    """

    def __init__(self, network: NetworkModule, layout: FlatLayout, analysis: Analysis) -> None:
        segments = layout.segments
        groups = [segment.group for segment in segments]
        entries = np.array([segment.num_entries for segment in segments], dtype=np.float64)
        by_block = sorted((s for s in segments if s.block >= 0), key=lambda segment: segment.block)
        self._group_starts = _first_of_each(groups)
        self._by_block = [segments.index(segment) for segment in by_block]
        self._block_starts = _first_of_each([segment.block for segment in by_block])
        self.groups = [analysis.groups[group].spec.name for group in sorted(set(groups))]
        trained = sorted({segment.block for segment in by_block})
        self.blocks = [network.blocks[block].address for block in trained]
        self.num_group_entries = self.by_group(entries[np.newaxis])[0]
        dropped_with = [{s.dropped_with for s in by_block if s.block == block} for block in trained]
        self.absent_with = [(place, min(found)) for place, found in enumerate(dropped_with) if min(found) >= 0]

    # Sums over runs of neighbours: a product with a matrix of zeros and ones would spread one infinity over all.

    def by_group(self, values: np.ndarray) -> np.ndarray:
        """`[rows, segments]` summed to `[rows, groups]`."""
        return np.add.reduceat(values, self._group_starts, axis=1)

    def by_block(self, values: np.ndarray) -> np.ndarray:
        """`[rows, segments]` summed to `[rows, blocks]`."""
        return np.add.reduceat(values[:, self._by_block], self._block_starts, axis=1)


def _first_of_each(values: list[int]) -> np.ndarray:
    """Where each run of equal neighbours begins."""
    return np.array([place for place, value in enumerate(values) if not place or value != values[place - 1]], dtype=int)
