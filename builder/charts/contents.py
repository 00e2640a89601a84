"""What charts show of one finding, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import numpy as np

from builder.charts import boundary, class_gates, filters, mistakes
from builder.charts.runs import RecordedRun, ShownRun
from builder.workspace.rows import RunReader

_CONTENTS: dict[str, Callable[[RecordedRun, Mapping[str, np.ndarray]], dict[str, Any]]] = {
    mistakes.KIND: mistakes.mistakes_content,
    boundary.KIND: boundary.boundary_content,
    filters.KIND: filters.filters_content,
    class_gates.KIND: class_gates.class_gates_content,
}
KINDS = tuple(_CONTENTS)


def read_content(run: ShownRun, finding: int) -> dict[str, Any] | None:
    """What charts show of a finding of a run; None if there is none any more, or of a kind that this version does not know.

    It has any of `fills` (a trace's data by its uid), `variants` (the same for each of the tiles), `wall` (tiles with their
    `sheet` of pictures or `points`) and `empty`, words instead of all that.

    Raises:
        WorkspaceUnusable: if the run has no rows, or they cannot be read.
    """
    with closing(RunReader(run.folder)) as reader:
        found = reader.finding(finding)
        if found is None or found[0] not in _CONTENTS:
            return None
        kind, arrays = found
        return _CONTENTS[kind](RecordedRun(run, reader, reader.info(), reader.series()), arrays)
