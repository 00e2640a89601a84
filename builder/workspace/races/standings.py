"""How a run of a race stands: its newest and its final numbers, read from its rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from builder.workspace.errors import WorkspaceError
from builder.workspace.races.facts import RaceFacts
from builder.workspace.rows import RunReader, find_series
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

MAX_REMEMBERED = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a run has recorded so far.

    Attributes:
        evaluations: Step and validation accuracy of each, in order.
        train_loss: Mean over the batches of the newest epoch; None where nothing was finite.
        train_error: Share of wrong answers over the same batches, each before its update.
        num_validation: Samples of the validation part.
        is_changed: Whether a person changed a rate while it ran.
    """

    step: int = 0
    num_steps: int = 0
    evaluations: tuple[tuple[int, float], ...] = ()
    train_loss: float | None = None
    train_error: float | None = None
    num_validation: int = 0
    is_changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A run of a race: what it is, and how far it has come."""

    run: Run
    facts: RaceFacts
    progress: Progress

    @property
    def best_accuracy(self) -> float | None:
        """The best validation accuracy so far."""
        return self.accuracy_by(self.progress.step)

    @property
    def test_accuracy(self) -> float | None:
        return (self.run.summary or {}).get("test_accuracy")

    def accuracy_by(self, step: int) -> float | None:
        """The best validation accuracy up to a step."""
        return max((value for at, value in self.progress.evaluations if at <= step), default=None)


def standings(workspace: Workspace, raced: Sequence[tuple[Run, RaceFacts]]) -> list[Standing]:
    """How the runs of a race stand now, in its order."""
    return [
        Standing(run=run, facts=facts, progress=_progress(workspace.run_folder(run.id), run)) for run, facts in raced
    ]


def _progress(folder: Path, run: Run) -> Progress:
    if run.is_final:
        return _final_progress(folder, run.status, run.finished_at)
    return _read(folder)


@lru_cache(MAX_REMEMBERED)
def _final_progress(folder: Path, _status: str, _finished_at: float | None) -> Progress:
    """Of a run that has ended so at that time nothing more is written."""
    return _read(folder)


def _read(folder: Path) -> Progress:
    try:
        reader = RunReader(folder)
    except WorkspaceError:
        # Its trainer has not begun, or the folder was taken away.
        return Progress()
    with closing(reader):
        info, step = reader.info(), reader.last_step()
        loss, accuracy = _newest_epoch(reader, step, int(info.get("steps_per_epoch") or 1))
        found = [(each.step, each.metrics["accuracy"]) for each in reader.evaluations() if each.split == "validation"]
        return Progress(
            step=step,
            num_steps=int(info.get("num_steps") or 0),
            evaluations=tuple(each for each in found if math.isfinite(each[1])),
            train_loss=loss,
            train_error=None if accuracy is None else 1.0 - accuracy,
            num_validation=int(info.get("num_validation") or 0),
            is_changed=bool(reader.interventions()),
        )


def _newest_epoch(reader: RunReader, step: int, steps_per_epoch: int) -> tuple[float | None, float | None]:
    """Means of loss and accuracy of the training batches over the newest epoch's steps."""
    series = reader.series()
    wanted = [each.id for name in ("loss", "accuracy") for each in find_series(series, name, "train")]
    if not step or len(wanted) != 2:
        return None, None
    points = reader.read(wanted, max(1, step - steps_per_epoch + 1), step, bin_size=1)
    means = [float(np.mean(points.mean[:, column], dtype=np.float64)) for column in (0, 1)]
    loss, accuracy = (value if math.isfinite(value) else None for value in means)
    return loss, accuracy
