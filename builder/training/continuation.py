"""Where a run that has begun goes on: its newest whole checkpoint, and what people have changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.workspace.checkpoints import checkpoints, step_of
from builder.workspace.rows import Intervention


@dataclass(frozen=True, slots=True)
class Continuation:
    """How to go on.

    Attributes:
        checkpoint: Of which; None begins again at the first step.
        interventions: All that were recorded; those after the checkpoint are applied again at their steps.
    """

    checkpoint: Path | None
    interventions: Sequence[Intervention]


def find_continuation(folder: Path, last_step: int, interventions: Sequence[Intervention]) -> Continuation:
    """The newest checkpoint of a folder that the rows reach.

    Args:
        folder: Of the checkpoints.
        last_step: The newest row.
        interventions: All that were recorded.
    """
    reached = [each for each in checkpoints(folder) if step_of(each) <= last_step]
    return Continuation(reached[-1] if reached else None, interventions)
