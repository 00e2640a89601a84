"""Sums over the segments of a flat layout, per group and per block copy, on the host in float64."""

import numpy as np

from builder.modules.network import NetworkModule
from builder.spec.analysis import Analysis
from builder.training.layout import FlatLayout


class SegmentSums:
    """Which segments belong to which group and block copy.

    Attributes:
        groups: Names of the groups with parameters, in the document's order.
        blocks: Addresses of the block copies with parameters, by depth.
        num_group_entries: Parameters of each of these groups, `[groups]`.
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
        self._groups = np.array(groups, dtype=int)
        self._dropped_with = np.array([segment.dropped_with for segment in segments], dtype=int)
        self._num_groups = len(analysis.groups)
        self._num_copies = len(network.stochastic_blocks)

    def absent(self, alive: list[list[bool]], frozen: list[frozenset[int]]) -> tuple[np.ndarray, np.ndarray]:
        """What has no gradient: frozen groups; block copies all of whose parameters are frozen or in a dropped body.

        Args:
            alive: For each row, which stochastic-depth copies took part.
            frozen: For each row, the indices of the frozen groups.

        Returns:
            Booleans `[rows, groups]` and `[rows, blocks]`.
        """
        are_frozen = np.zeros((len(frozen), self._num_groups), dtype=bool)
        for row, groups in enumerate(frozen):
            are_frozen[row, list(groups)] = True
        by_segment = are_frozen[:, self._groups]
        # Segments that no drop takes out have -1, which is the column of ones.
        takes_part = np.array([[*row, True] for row in alive], dtype=bool).reshape(len(alive), self._num_copies + 1)
        rests = by_segment | ~takes_part[:, self._dropped_with]
        return (
            np.logical_and.reduceat(by_segment, self._group_starts, axis=1),
            np.logical_and.reduceat(rests[:, self._by_block], self._block_starts, axis=1),
        )

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
