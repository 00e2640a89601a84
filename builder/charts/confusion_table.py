"""Confusion matrices of a run's evaluations as rows that travel once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from builder.charts.binning import MAX_BINS
from builder.charts.tables import Sent, Table, evaluation_label
from builder.workspace.rows import Evaluation

MAX_COUNTS = 100_000
"""Counts held and sent at once, at two or three bytes each: 512 evaluations of 10 classes, 10 of 100 classes."""


class ConfusionTable:
    """One row per evaluation: `counts` is its matrix, row by row; its label says which evaluation it is.

    A row holds what was counted at one evaluation and never a mean of several. Where there are more than fit, every 2nd,
    4th, 8th, … is kept from the first on, and the newest.

    Args:
        load: matrices by evaluation, `RunReader.confusions`; asked only for those that are sent.
    """

    def __init__(self, load: Callable[[Sequence[int]], Mapping[int, np.ndarray]]):
        self._load = load
        self._sent = Sent()
        self._num_evaluations = 0
        self._every = 1
        self._kept: list[tuple[int, Evaluation]] = []
        self._was_thinned = False

    def extend(self, evaluation: Evaluation) -> None:
        """Take one more evaluation; one without a matrix is no row."""
        if not evaluation.num_classes:
            return
        size = evaluation.num_classes**2
        if self._kept and self._kept[-1][0] % self._every:
            self._kept.pop()
            self._sent.changed(len(self._kept))
        self._kept.append((self._num_evaluations, evaluation))
        self._num_evaluations += 1
        while len(self._kept) > max(2, min(MAX_BINS, MAX_COUNTS // size)):
            self._thin()

    def starts_over(self) -> bool:
        """Whether rows were left out since the last reset, so that others have another place."""
        return self._was_thinned

    def reset(self) -> None:
        """Begin again; everything is sent next."""
        self._was_thinned = False
        self._sent.clear()

    def newest(self) -> Table:
        """The rows that are new or have changed; `x` are the evaluations' ids, which only grow."""
        num_rows = len(self._kept)
        first = self._sent.first(num_rows, is_settled=True)
        matrices = self._load([evaluation.id for _, evaluation in self._kept[first:]])
        # What a trainer that went back to a checkpoint has cut off meanwhile is left out until the feed starts over.
        rows = [evaluation for _, evaluation in self._kept[first:] if evaluation.id in matrices]
        counts = [count for each in rows for count in matrices[each.id].ravel().tolist()]
        return {
            "first": first,
            "x": [each.id for each in rows],
            "labels": [evaluation_label(each) for each in rows],
            "columns": {"counts": counts} if rows else {},
        }

    def _thin(self) -> None:
        self._every *= 2
        newest = self._num_evaluations - 1
        self._kept = [each for each in self._kept if each[0] % self._every == 0 or each[0] == newest]
        self._was_thinned = True
