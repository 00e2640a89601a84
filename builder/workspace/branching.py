"""A new run that goes on from a checkpoint of another one, with other settings of training."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

from builder.workspace.checkpoints import STATE_NAME, checkpoint_folder, checkpoint_path, checkpoints, step_of
from builder.workspace.errors import NotFound, WorkspaceError
from builder.workspace.rows import RunWriter
from builder.workspace.rows.copying import copy_rows
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

BRANCHED_FROM = "branched_from"
"""In the rows' `info`: the run and the step that a branch comes from."""

_SAME_IN_GROUPS = ("name", "rule", "frozen")


def branch(
    workspace: Workspace, run_id: str, document: str | None = None, *, step: int | None = None, **submitted: Any
) -> Run:
    """Submit a run that begins with the rows, weights and optimizer state of another one at a checkpoint.

    Learning rates are those in force at the checkpoint, but for groups whose rate differs in the new document.

    Args:
        workspace: of both.
        run_id: whose checkpoint; it stays as it is, and may be live.
        document: validated JSON text; None for the run's own. Network, data and groups' rules are the run's.
        step: of the checkpoint; None for the newest.
        submitted: as for `Workspace.submit`.

    Raises:
        NotFound: if there is no such run, or no checkpoint of that step.
        WorkspaceError: if the document's network, data or groups are others.
    """
    run = workspace.run(run_id)
    source = workspace.run_folder(run_id)
    before = json.loads(workspace.run_document(run_id))
    after = before if document is None else json.loads(document)
    _check_same_network(before, after)
    step = _checkpoint_step(run_id, source, step)
    changed = _changed_rates(before, after)

    def fill(folder: Path) -> None:
        target = checkpoint_path(checkpoint_folder(folder), step)
        shutil.copytree(checkpoint_path(checkpoint_folder(source), step), target)
        state = json.loads((target / STATE_NAME).read_text())
        state["rates"].update(changed)
        (target / STATE_NAME).write_text(json.dumps(state))
        copy_rows(source, folder, step)
        with closing(RunWriter(folder)) as writer:
            writer.set_info({BRANCHED_FROM: {"run": run_id, "step": step}})

    options = {
        "owner": run.owner,
        "experiment_id": run.experiment_id,
        "revision": run.revision,
        "device": run.device,
        "name": f"{run.name}, from step {step}",
        **submitted,
    }
    return workspace.submit(json.dumps(after, ensure_ascii=False), fill=fill, **options)


def _check_same_network(before: dict[str, Any], after: dict[str, Any]) -> None:
    """The weights, their groups and the data that they have seen are the run's."""
    differing = [part for part in ("network", "data") if before[part] != after[part]]
    if _fixed_in_groups(before) != _fixed_in_groups(after):
        differing.append("groups")
    if differing:
        raise WorkspaceError(
            f"A branch goes on with the weights of its run, so the {' and the '.join(differing)} must be the same; only "
            "training, rates and weight decay may differ. For anything else start a new run."
        )


def _fixed_in_groups(document: dict[str, Any]) -> list[list[Any]]:
    return [[group[field] for field in _SAME_IN_GROUPS] for group in document["groups"]]


def _changed_rates(before: dict[str, Any], after: dict[str, Any]) -> dict[str, float]:
    pairs = zip(before["groups"], after["groups"], strict=True)
    return {new["name"]: new["learning_rate"] for old, new in pairs if old["learning_rate"] != new["learning_rate"]}


def _checkpoint_step(run_id: str, folder: Path, step: int | None) -> int:
    steps = [step_of(each) for each in checkpoints(checkpoint_folder(folder))]
    if not steps:
        raise NotFound(f"Run {run_id} has no checkpoint yet. One is written every half minute and at the end.")
    if step is not None and step not in steps:
        kept = " and ".join(f"{each:,}" for each in steps)
        raise NotFound(f"Run {run_id} has no checkpoint of step {step:,}; it has those of step {kept}.")
    return steps[-1] if step is None else step
