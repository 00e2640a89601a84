"""Where a run's checkpoints are. What is in them is the trainer's."""

from __future__ import annotations

from pathlib import Path

FOLDER_NAME = "checkpoints"
STATE_NAME = "state.json"
"""In each checkpoint: step, base rate of each group, accuracies."""
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
