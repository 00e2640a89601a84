"""A new run that goes on from a checkpoint of another one, with other settings of training."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.workspace.checkpoints import (
    FLAG_NAME,
    STATE_NAME,
    checkpoint_folder,
    checkpoint_path,
    checkpoints,
    flagged_steps,
    read_state,
    step_before,
    step_of,
)
from builder.workspace.errors import NotFound, WorkspaceError, WorkspaceUnusable
from builder.workspace.rows import RunReader, RunWriter
from builder.workspace.rows.copying import copy_rows
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

BRANCHED_FROM = "branched_from"
"""In the rows' `info`: the run and the step that a branch comes from."""

_SAME_IN_GROUPS = ("name", "rule")


def branch(
    workspace: Workspace,
    run_id: str,
    document: str | None = None,
    *,
    step: int | None = None,
    as_written: bool = False,
    **submitted: Any,
) -> Run:
    """Submit a run that begins with the rows, weights and optimizer state of another one at a checkpoint.

    Groups are set as they were at the checkpoint, but for what differs in the new document.

    Args:
        workspace: of both.
        run_id: whose checkpoint; it stays as it is, and may be live.
        document: validated JSON text; None for the run's own. Network, data and groups' rules are the run's.
        step: of the checkpoint; None for the newest.
        as_written: whether all groups are set as the document says, also where that is what the run began with.
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
    pairs = list(zip(before["groups"], after["groups"], strict=True))

    def fill(folder: Path) -> None:
        target = checkpoint_path(checkpoint_folder(folder), step)
        shutil.copytree(
            checkpoint_path(checkpoint_folder(source), step), target, ignore=shutil.ignore_patterns(FLAG_NAME)
        )
        state = json.loads((target / STATE_NAME).read_text())
        for old, new in pairs:
            _set_group(state, None if as_written else old, new)
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
            "training, rates, weight decay and freezing may differ. For anything else start a new run."
        )


def _fixed_in_groups(document: dict[str, Any]) -> list[list[Any]]:
    return [[group[field] for field in _SAME_IN_GROUPS] for group in document["groups"]]


def _set_group(state: dict[str, Any], old: dict[str, Any] | None, new: dict[str, Any]) -> None:
    """Sets a group in a checkpoint's state where its new document differs from the old one; from none everything does.

    What an earlier version of Highrise did not keep in its checkpoints was the document's.
    """
    name = new["name"]
    for field, key in (("learning_rate", "rates"), ("weight_decay", "weight_decays")):
        if old is None or old[field] != new[field]:
            state.setdefault(key, {})[name] = new[field]
    if (old is None or old["frozen"] != new["frozen"]) and "frozen" in state:
        state["frozen"] = [each for each in state["frozen"] if each != name] + [name] * new["frozen"]


def _checkpoint_step(run_id: str, folder: Path, step: int | None) -> int:
    steps = [step_of(each) for each in checkpoints(checkpoint_folder(folder))]
    if not steps:
        raise NotFound(
            f"Run {run_id} has no checkpoint yet. One is written every half minute, before a change in the mixer, and at "
            "the end."
        )
    if step is not None and step not in steps:
        kept = " and ".join(f"{each:,}" for each in steps)
        raise NotFound(f"Run {run_id} has no checkpoint of step {step:,}; it has those of step {kept}.")
    return steps[-1] if step is None else step


def settings_at(workspace: Workspace, run_id: str, step: int) -> list[dict[str, Any]]:
    """How the groups of a run were set at a checkpoint: `name` and what is known of rate, weight decay and freezing.

    Raises:
        NotFound: if there is no such run, or no checkpoint of that step.
        WorkspaceError: if it is damaged.
    """
    source = workspace.run_folder(workspace.run(run_id).id)
    state = read_state(checkpoint_path(checkpoint_folder(source), _checkpoint_step(run_id, source, step)))
    settings = []
    for name, rate in state["rates"].items():
        group: dict[str, Any] = {"name": name, "learning_rate": rate}
        if name in state.get("weight_decays", {}):
            group["weight_decay"] = state["weight_decays"][name]
        if "frozen" in state:
            group["frozen"] = name in state["frozen"]
        settings.append(group)
    return settings


@dataclass(frozen=True, slots=True)
class WayBack:
    """A checkpoint from which one can go on as if a change had not been made."""

    run_id: str
    step: int


class WaysBack:
    """The ways back to before each change of a run: its own checkpoints, and for what it began with those of its origins.

    Args:
        run_id: whose.
        folder: the run's.
        info: what its rows say of it.
    """

    def __init__(self, run_id: str, folder: Path, info: Mapping[str, Any]) -> None:
        # Of each run from which step on its own changes are; the run itself first.
        self._runs: list[tuple[str, Path, int]] = []
        known: set[str] = set()
        while run_id not in known:
            known.add(run_id)
            origin = info.get(BRANCHED_FROM)
            self._runs.append((run_id, checkpoint_folder(folder), origin["step"] if origin else 0))
            if origin is None:
                break
            run_id, folder = origin["run"], folder.with_name(origin["run"])
            try:
                with closing(RunReader(folder)) as reader:
                    info = reader.info()
            except WorkspaceUnusable:
                break
        self._flagged: list[list[int]] = []
        self.look()

    def look(self) -> None:
        """Take what checkpoints there are now."""
        self._flagged = [flagged_steps(folder) for _, folder, _ in self._runs]

    def before(self, step: int) -> WayBack | None:
        """The way back to before the change after `step`; None if its checkpoint is not there."""
        for (run_id, _, since), flagged in zip(self._runs, self._flagged, strict=True):
            if step >= since:
                found = step_before(flagged, step)
                return None if found is None else WayBack(run_id, found)
        return None
