"""The list of an experiment's runs: what each is called, how it stands, and how the charts draw it. Knows no Streamlit."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from builder.charts import EvaluationTable
from builder.pages.differences import difference_rows, differences, in_short, values_of
from builder.pages.opening import MAX_SHOWN_RUNS
from builder.pages.racing import race_line, race_of
from builder.pages.run_actions import is_there
from builder.pages.run_status import looks_of, with_siblings
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

MAX_LISTED = 40
"""The newest ones, and those that are drawn."""
MAX_PARTS = 3

EXACT_SECONDS = 120
"""From here on the list writes minutes alone."""

Validation = Callable[[str], EvaluationTable | None]


def run_list(
    workspace: Workspace, experiment_id: str | None, shown: Sequence[str], validation: Validation | None = None
) -> dict[str, Any]:
    """What the list of runs shows, as JSON.

    Args:
        workspace: Where the runs are.
        experiment_id: Whose runs are offered; None for those that are drawn alone.
        shown: Ids of the runs that are drawn, the one in view first.
        validation: The evaluations of a run that is drawn, where they are known.
    """
    runs = _runs_of(workspace, experiment_id, shown)
    by_id = {run.id: run for run in runs}
    drawn = [run_id for run_id in shown if run_id in by_id]
    listed = {run.id: run for run in (*runs[:MAX_LISTED], *(by_id[run_id] for run_id in drawn))}
    looks = looks_of(workspace, [*with_siblings(workspace, runs), *runs])
    among_all, among_drawn = _differences(workspace, list(listed)), _differences(workspace, drawn)
    rows = []
    for run in listed.values():
        parts = (among_drawn if len(drawn) > 1 and run.id in among_drawn else among_all).get(run.id, [])
        colour, dash = looks[run.id]
        rows.append(
            {
                "id": run.id,
                "number": run.number,
                "name": run.name,
                "differs": in_short(parts, MAX_PARTS),
                "differs_whole": " · ".join(parts),
                "status": run.status,
                "reason": run.reason,
                "tags": list(run.tags),
                "notes": run.notes,
                "colour": colour,
                "dash": dash,
                "seconds_ago": _age(time.time() - (run.finished_at or run.started_at or run.created_at)),
                **_accuracy(run, validation),
            }
        )
    return {
        "rows": rows,
        "shown": drawn,
        "most": MAX_SHOWN_RUNS,
        "num_older": len(by_id) - len(listed),
        "num_deleted": len(workspace.runs(experiment_id=experiment_id, deleted=True)) if experiment_id else 0,
        "race": race_line(race_of(workspace, experiment_id)),
    }


def _runs_of(workspace: Workspace, experiment_id: str | None, shown: Sequence[str]) -> list[Run]:
    if experiment_id:
        return workspace.runs(experiment_id=experiment_id)
    return [workspace.run(run_id) for run_id in shown if is_there(workspace, run_id)]


def difference_table(workspace: Workspace, run_ids: Sequence[str]) -> dict[str, Any]:
    """In which values of their documents runs differ: `{runs, rows}`, ids of those whose document is there."""
    values = _values(workspace, [run_id for run_id in run_ids if is_there(workspace, run_id)])
    return {"runs": list(values), "rows": difference_rows(values)}


def _age(seconds: float) -> int:
    """Seconds, whole minutes where no more is written, so that a list in which nothing happens stays the same list."""
    whole = round(max(0.0, seconds))
    return whole if whole < EXACT_SECONDS else whole - whole % 60


def choice(sent: Any, workspace: Workspace, experiment_id: str | None) -> list[str] | None:
    """The runs that a browser asks to be drawn; None if it sent what the list never sends."""
    wanted = sent.get("shown") if isinstance(sent, dict) else None
    if experiment_id is None or not isinstance(wanted, list) or not all(isinstance(each, str) for each in wanted):
        return None
    known = {run.id for run in workspace.runs(experiment_id=experiment_id)}
    return [run_id for run_id in dict.fromkeys(wanted) if run_id in known][:MAX_SHOWN_RUNS]


def _differences(workspace: Workspace, run_ids: Sequence[str]) -> dict[str, list[str]]:
    return differences(_values(workspace, run_ids)) if len(run_ids) > 1 else {}


def _values(workspace: Workspace, run_ids: Sequence[str]) -> dict[str, Any]:
    values = {}
    for run_id in run_ids:
        try:
            values[run_id] = values_of(workspace.run_folder(run_id))
        except (OSError, ValueError):
            # Its folder was taken away; the run is listed all the same.
            continue
    return values


def _accuracy(run: Run, validation: Validation | None) -> dict[str, float | int | None]:
    """Validation accuracy as it is now or was at the end, and the best so far with its step, where it is drawn."""
    table = validation(run.id) if validation else None
    best = table.best("accuracy") if table else None
    newest = table.newest_value("accuracy") if table else None
    kept = (run.summary or {}).get("val_accuracy")
    return {
        "val_accuracy": newest if kept is None else kept,
        "best_accuracy": best[0] if best else None,
        "best_step": best[1] if best else None,
    }
