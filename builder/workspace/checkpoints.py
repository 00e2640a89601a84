"""Where a run's checkpoints are, and which of them are kept. What is in them is the trainer's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from builder.workspace.errors import WorkspaceError

FOLDER_NAME = "checkpoints"
STATE_NAME = "state.json"
"""In each checkpoint: step, what the groups are set to, accuracies."""
FLAG_NAME = "flag"
"""In a checkpoint that belongs to a flag: it was written before somebody changed something."""

NUM_NEWEST = 2
MAX_FLAGGED, MAX_FLAGGED_BYTES = 24, 2**30
"""Of flags' checkpoints; the newest is kept whatever its size."""
_PREFIX = "step-"


def checkpoint_folder(run_folder: Path) -> Path:
    """The folder of a run's checkpoints."""
    return run_folder / FOLDER_NAME


def checkpoint_path(folder: Path, step: int) -> Path:
    """The checkpoint after `step` updates; names sort as steps do."""
    return folder / f"{_PREFIX}{step:012d}"


def checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints in a folder of them, oldest first."""
    return sorted(folder.glob(f"{_PREFIX}*"))


def step_of(checkpoint: Path) -> int:
    """How many updates a checkpoint holds."""
    return int(checkpoint.name.removeprefix(_PREFIX))


def is_flagged(checkpoint: Path) -> bool:
    """Whether it belongs to a flag."""
    return (checkpoint / FLAG_NAME).exists()


def flagged_steps(folder: Path) -> list[int]:
    """Steps before a change from which one can go on, oldest first."""
    return [step_of(each) for each in checkpoints(folder) if is_flagged(each)]


def step_before(flagged: Sequence[int], step: int) -> int | None:
    """The step from which to go on as if a change after `step` had not been made; None if its checkpoint is not there.

    Since the oldest go first, the newest one up to there is the change's own, or that of the burst it belongs to.
    """
    return max((each for each in flagged if each <= step), default=None)


def superfluous(folder: Path) -> list[Path]:
    """Checkpoints that are not kept: neither among the newest nor, as far as these have room, a flag's; oldest first."""
    found = checkpoints(folder)
    kept, num_bytes = set(found[-NUM_NEWEST:]), 0
    flagged = [each for each in found if is_flagged(each)]
    for num_flagged, checkpoint in enumerate(reversed(flagged), 1):
        num_bytes += sum(file.stat().st_size for file in checkpoint.iterdir())
        if num_flagged > 1 and (num_flagged > MAX_FLAGGED or num_bytes > MAX_FLAGGED_BYTES):
            break
        kept.add(checkpoint)
    return [each for each in found if each not in kept]


def read_state(checkpoint: Path) -> dict[str, Any]:
    """What a checkpoint says of itself beside its tensors.

    Raises:
        WorkspaceError: if it is gone or damaged.
    """
    try:
        return json.loads((checkpoint / STATE_NAME).read_text())
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"The checkpoint {checkpoint} cannot be read: {error}.") from error
