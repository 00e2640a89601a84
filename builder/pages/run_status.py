"""A run as the top bar and the mixer show it. Reads the workspace, knows no Streamlit."""

from collections.abc import Iterable
from contextlib import closing
from typing import Any

from builder.charts import run_colours, run_dashes
from builder.spec.blocks.registry import BLOCKS
from builder.spec.mix import SET_SOLO
from builder.workspace.errors import WorkspaceError
from builder.workspace.races.facts import facts_of
from builder.workspace.rows import Intervention, RunReader, find_series, is_absent
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

MIXED_COLOUR = "#8E68C4"


def run_status(workspace: Workspace, run: Run, reader: RunReader | None) -> dict[str, Any]:
    """Status, progress and speed as JSON.

    Args:
        workspace: Where the run is.
        run: As it is now.
        reader: Of its rows, once there are some.
    """
    info = reader.info() if reader else {}
    step = reader.last_step() if reader else 0
    steps_per_epoch = info.get("steps_per_epoch") or 1
    num_steps = info.get("num_steps") or 0
    steps_per_second = reader.steps_per_second() if reader and run.status == "running" else None
    summary = run.summary or {}
    val_accuracy = summary.get("val_accuracy")
    if val_accuracy is None and reader:
        newest = reader.newest_evaluation("validation")
        val_accuracy = newest.metrics.get("accuracy") if newest else None
    return {
        "id": run.id,
        "name": run_title(run),
        "status": run.status,
        "reason": run.reason,
        "step": step,
        "num_steps": num_steps,
        "epoch": step / steps_per_epoch,
        "num_epochs": num_steps / steps_per_epoch,
        "samples_per_second": steps_per_second * info.get("batch_size", 0) if steps_per_second else None,
        "seconds_left": (num_steps - step) / steps_per_second if steps_per_second else None,
        "queue": _queue(workspace, run) if run.status == "queued" else None,
        "data_progress": info.get("data_progress") if run.status == "starting" else None,
        "val_accuracy": val_accuracy,
        "test_accuracy": summary.get("test_accuracy"),
    }


def _queue(workspace: Workspace, run: Run) -> dict[str, Any] | None:
    """Where a queued run stands, and which runs hold the slots; None if it has left the queue meanwhile."""
    waiting = workspace.queue()
    if run.id not in waiting:
        return None
    return {
        "place": waiting.index(run.id) + 1,
        "length": len(waiting),
        "slots": workspace.slots(),
        "holders": [
            {"run": each.id, "experiment": each.experiment_id, "name": run_title(each), "status": each.status}
            for each in workspace.live_runs()
        ],
    }


def run_notes(info: dict[str, Any]) -> list[str]:
    """What a person must know about a run besides its numbers."""
    notes = []
    if info.get("data_note"):
        notes.append(str(info["data_note"]))
    if info.get("precision") == "bf16" and not info.get("bf16_is_native", True):
        notes.append(f"bf16 is emulated on {info.get('device', 'this device')}, so this run is slower than float32.")
    if info.get("full_resolution_ended_at"):
        notes.append(
            f"This run's rows reached their size limit at step {info['full_resolution_ended_at']}: from there on, curves by "
            "block are kept as summaries only."
        )
    return notes


def open_reader(workspace: Workspace, run: Run) -> RunReader | None:
    """A reader of a run's rows; None while its trainer has not created them."""
    try:
        return RunReader(workspace.run_folder(run.id))
    except WorkspaceError:
        return None


def looks_of(workspace: Workspace, runs: Iterable[Run]) -> dict[str, tuple[str, str]]:
    """Colour and line style for each run by its id, which stay as younger runs come.

    Runs of a race between kinds have the colours of their kinds; several of one kind differ in their line.
    """
    ordered = sorted(runs, key=lambda run: run.number)
    ids = [run.id for run in ordered]
    colours, dashes = run_colours(ids), run_dashes(ids)
    looks = {run_id: (colours[run_id], dashes[run_id]) for run_id in colours}
    races: dict[str, dict[str, list[str]]] = {}
    for run_id in looks:
        if facts := facts_of(workspace.run_folder(run_id)):
            races.setdefault(facts.race, {}).setdefault(facts.kind, []).append(run_id)
    for by_kind in races.values():
        if len(by_kind) > 1:
            for kind, of_kind in by_kind.items():
                lines = run_dashes(of_kind)
                looks.update({run_id: (kind_colour(kind), lines[run_id]) for run_id in of_kind})
    return looks


def with_siblings(workspace: Workspace, runs: Iterable[Run]) -> list[Run]:
    """All runs of the first one's experiment, deleted ones too: by their places `looks_of` tells runs apart."""
    runs = list(runs)
    experiment_id = runs[0].experiment_id if runs else None
    if experiment_id is None:
        return runs
    return [run for is_gone in (False, True) for run in workspace.runs(experiment_id=experiment_id, deleted=is_gone)]


def kind_colour(kind: str) -> str:
    """The colour of a kind of block; of a tower of several kinds, one that no kind has."""
    return BLOCKS[kind].colour if kind in BLOCKS else MIXED_COLOUR


def run_title(run: Run) -> str:
    """How a run is listed."""
    return f"#{run.number} {run.name}"


_PER_GROUP = ("learning_rate", "grad_norm", "grad_rms", "update_ratio")


def current_group_values(reader: RunReader | None) -> dict[str, dict[str, float]]:
    """For each group of a run: its rate, gradient and update ratio where they were measured last.

    A frozen group has neither gradient nor update.
    """
    if reader is None or not reader.last_step():
        return {}
    last = reader.last_step()
    values: dict[str, dict[str, float]] = {}
    wanted = [each for name in _PER_GROUP for each in find_series(reader.series(), name) if each.family == "scalar"]
    for every in sorted({each.every for each in wanted}):
        step = last - last % every
        alike = [each for each in wanted if each.every == every]
        points = reader.read([each.id for each in alike], step, step, 4) if step else None
        if points is None or not len(points.steps):
            continue
        for each, value, absent in zip(alike, points.mean[-1], is_absent(points.mean[-1]), strict=True):
            if not absent:
                values.setdefault(each.subject, {})[each.quantity] = float(value)
    return values


def solo_of(workspace: Workspace, run: Run) -> str | None:
    """The group that learns alone in a run."""
    reader = open_reader(workspace, run)
    if reader is None:
        return None
    with closing(reader):
        return solo_after(reader.interventions())


def solo_after(interventions: Iterable[Intervention], before: str | None = None) -> str | None:
    """The group that learns alone after some changes, oldest first."""
    for each in interventions:
        if each.kind == SET_SOLO:
            before = each.subject if each.value else None
    return before
