"""What a run says while it trains: one family of tagged records, past tense, and nothing else crosses.

Steps count from 1; an event's `step` is the number of finished updates when it happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from builder.workspace.rows import Arrays, Series


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProgressed:
    """A file of the data set is being downloaded."""

    file: str
    bytes_done: int
    bytes_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """The first step is about to be taken.

    Attributes:
        info: JSON, as docs/architecture.md lists it.
        series: What each row of `StepsRecorded` holds, column by column.
        step: 0, or that of the checkpoint from which the run goes on.
    """

    info: dict[str, Any]
    series: tuple[Series, ...]
    step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsRecorded:
    """Some steps were taken.

    Attributes:
        first_step: The step of the first row.
        values: `[steps, series]`, float32; the same again for the same document, seed and changes.
        seconds: Time these steps took, pauses and evaluations apart.
        step_seconds: `[steps]`, float32, of each alone; None on a device on which steps are queued. Never the same again.
    """

    first_step: int
    values: np.ndarray
    seconds: float
    step_seconds: np.ndarray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A split was measured.

    Attributes:
        confusion: `[true class, predicted class]` counts.
        findings: What it found of the validation part beside them: arrays by name, by kind; see `findings`.
    """

    step: int
    epoch: float
    split: str
    loss: float
    accuracy: float
    confusion: np.ndarray
    findings: Mapping[str, Arrays] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervened:
    """A person changed what the result will be, from the step after `step` on.

    The other attributes are those of `builder.spec.mix.Change`.
    """

    step: int
    kind: str
    subject: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPaused:
    """The run waits for a command."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResumed:
    """The run goes on."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointSaved:
    """Weights and optimizer state after `step` are whole on disk.

    Attributes:
        is_flagged: It is that of a flag: a person was about to change something.
        let_go: Steps of flags whose checkpoints made room for it.
    """

    step: int
    folder: str
    is_flagged: bool = False
    let_go: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The last event of a run.

    Attributes:
        val_accuracy: At the last evaluation of the weights that are kept; None if there was none.
        test_accuracy: Measured once, at the end of a finished run; None otherwise.
        wall_seconds: From the first step, or from where the run went on, to the end, pauses included.
        reason: Why it ended so, in words; empty for a finished run.
    """

    step: int
    num_steps: int
    wall_seconds: float
    val_accuracy: float | None = None
    test_accuracy: float | None = None
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class RunFinished(RunEnded):
    """All steps were taken."""


class RunStopped(RunEnded):
    """A person stopped it."""


class RunDiverged(RunEnded):
    """The loss or a gradient stopped being a number; `reason` says at which step and what to lower."""


class RunFailed(RunEnded):
    """It could not go on; `reason` says why."""


Event = (
    DataProgressed
    | RunStarted
    | StepsRecorded
    | Evaluated
    | Intervened
    | RunPaused
    | RunResumed
    | CheckpointSaved
    | RunEnded
)
