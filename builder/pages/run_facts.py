"""What the table of runs says of a run besides its entry: how far it came, and how well. Knows no Streamlit."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from builder.workspace.errors import WorkspaceError
from builder.workspace.rows import RunReader, find_series
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

NEWEST_STEPS = 16
"""The training loss is the mean of so many."""
MAX_REMEMBERED = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """Of one run; None for what is not known.

    Attributes:
        steps: taken so far.
        epochs: the same in epochs.
        seconds: of training, pauses and evaluations left out.
        val_accuracy: of the newest evaluation.
        best_accuracy: the best validation accuracy so far.
        best_step: where that was first reached.
        train_loss: mean of the newest steps' loss; None if it is not finite.
        num_parameters: of all groups.
    """

    steps: int | None = None
    epochs: float | None = None
    seconds: float | None = None
    val_accuracy: float | None = None
    best_accuracy: float | None = None
    best_step: int | None = None
    train_loss: float | None = None
    num_parameters: int | None = None


_ended: dict[tuple[Any, ...], RunFacts] = {}
"""Those of runs that have ended, which change only if these are resumed."""


def known_facts(workspace: Workspace, run: Run) -> RunFacts | None:
    """The facts of an ended run, if they were read before."""
    return _ended.get(_key(workspace, run))


def read_facts(workspace: Workspace, run: Run) -> RunFacts:
    """The facts as the run's rows have them now."""
    try:
        with closing(RunReader(workspace.run_folder(run.id))) as reader:
            facts = _facts(reader)
    except WorkspaceError:
        # It has recorded nothing, or its folder was taken away: the run is listed all the same.
        facts = RunFacts()
    if run.is_final:
        if len(_ended) >= MAX_REMEMBERED:
            _ended.clear()
        _ended[_key(workspace, run)] = facts
    return facts


def _key(workspace: Workspace, run: Run) -> tuple[Any, ...]:
    return workspace.folder, run.id, run.status, run.finished_at


def _facts(reader: RunReader) -> RunFacts:
    info, steps = reader.info(), reader.last_step()
    per_epoch = info.get("steps_per_epoch")
    measured = [
        (each.metrics["accuracy"], -each.step)
        for each in reader.evaluations()
        if each.split == "validation" and "accuracy" in each.metrics
    ]
    best, place = max(measured, default=(None, 0))
    groups = info.get("groups", [])
    return RunFacts(
        steps=steps,
        epochs=steps / per_epoch if per_epoch else None,
        seconds=float(reader.clock(max(1, steps))[1].sum()),
        val_accuracy=measured[-1][0] if measured else None,
        best_accuracy=best,
        best_step=-place if measured else None,
        train_loss=_train_loss(reader, steps),
        num_parameters=sum(group.get("num_parameters", 0) for group in groups) or None,
    )


def _train_loss(reader: RunReader, steps: int) -> float | None:
    found = find_series(reader.series(), "loss", "train")
    if not found or not steps:
        return None
    losses = reader.read([found[0].id], max(1, steps - NEWEST_STEPS + 1), steps, bin_size=found[0].every).mean
    mean = float(losses.astype(np.float64).mean())
    return mean if np.isfinite(mean) else None
