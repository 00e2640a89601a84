"""`runs`: list, show and export runs, and write on them."""

import argparse
import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from builder.cli import labels
from builder.cli.text import percent, print_json, print_table
from builder.cli.workspaces import add_workspace_option, find_run, open_existing
from builder.workspace.branching import BRANCHED_FROM, WaysBack
from builder.workspace.checkpoints import checkpoint_folder, checkpoints, step_of
from builder.workspace.errors import NotFound
from builder.workspace.rows import RunReader, RunSheet, Sheet, missing_text, recorded_column
from builder.workspace.rows.layout import FILE_NAME as ROWS_NAME
from builder.workspace.runs import Run
from builder.workspace.store import Workspace


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("runs", help="list, show and export runs")
    actions = parser.add_subparsers(required=True, dest="action")
    for name, action, text in (
        ("list", list_runs, "list the runs, newest first"),
        ("show", show_run, "print what a run is, its evaluations and interventions"),
        ("export", export_run, "write a run's rows to standard output"),
    ):
        inner = actions.add_parser(name, help=text)
        if action is not list_runs:
            inner.add_argument("id", metavar="RUN", help="a run's id, or its first letters")
        if action is export_run:
            inner.add_argument("--format", choices=["csv"], required=True, help="of the output")
        as_json = "say in JSON what is missing" if action is export_run else "print JSON"
        inner.add_argument("--json", action="store_true", help=as_json)
        add_workspace_option(inner)
        if action is list_runs:
            inner.add_argument("--tag", metavar="TAG", help="those with this tag alone")
            inner.add_argument("--deleted", action="store_true", help="those that were deleted and can be restored")
        inner.set_defaults(run=action)
    labels.add_parsers(actions)


def list_runs(options: argparse.Namespace) -> int:
    with closing(open_existing(options.workspace)) as workspace:
        runs = workspace.runs(deleted=options.deleted)
    if options.tag:
        wanted = options.tag.casefold()
        runs = [run for run in runs if wanted in [tag.casefold() for tag in run.tags]]
    if options.json:
        print_json([_as_json(run) for run in runs])
        return 0
    print_table(
        ("run", "name", "status", "validation", "test", "steps", "submitted", "tags"),
        [
            (
                run.id,
                run.name[:40],
                run.status,
                percent((run.summary or {}).get("val_accuracy")),
                percent((run.summary or {}).get("test_accuracy")),
                f"{run.summary['num_steps']:,}" if run.summary else "",
                _moment(run.created_at) or "",
                ", ".join(run.tags),
            )
            for run in runs
        ],
        "<<<>>>",
    )
    return 0


def show_run(options: argparse.Namespace) -> int:
    with closing(open_existing(options.workspace)) as workspace:
        run = find_run(workspace, options.id)
        shown = {**_as_json(run), "folder": str(workspace.run_folder(run.id)), **_recorded(workspace, run)}
    if options.json:
        print_json(shown)
        return 0
    print(f"{run.id}  {run.name}: {run.status}, submitted {_moment(run.created_at)}")
    if run.reason:
        print(run.reason)
    if run.tags:
        print(f"tags: {', '.join(run.tags)}")
    if run.notes:
        print(run.notes)
    print(shown["folder"])
    info = shown["info"]
    if info:
        print(
            f"{shown['last_step']:,} of {info['num_steps']:,} steps, batch size {info['batch_size']}, "
            f"{info['device']}, {info['precision']}, seed {info['seed']}"
        )
    if origin := info.get(BRANCHED_FROM):
        print(f"branched from {origin['run']} at step {origin['step']:,}")
    if shown["evaluations"]:
        print()
        print_table(
            ("step", "epoch", "split", "loss", "accuracy"),
            [
                (
                    f"{each['step']:,}",
                    f"{each['epoch']:.2f}",
                    each["split"],
                    f"{each['metrics']['loss']:.4f}",
                    percent(each["metrics"]["accuracy"]),
                )
                for each in shown["evaluations"]
            ],
            ">><>>",
        )
    for each in shown["interventions"]:
        print(f"from step {each['step'] + 1:,}: {each['kind']} {each['subject']} = {each['value']}{_way_back(each)}")
    if shown["checkpoints"]:
        print(f"checkpoints at steps {', '.join(f'{step:,}' for step in shown['checkpoints'])}")
    return 0


def _way_back(intervention: dict[str, Any]) -> str:
    back = intervention["back"]
    return f"  (before it: branch {back['run']} --step {back['step']})" if back else ""


def export_run(options: argparse.Namespace) -> int:
    with closing(open_existing(options.workspace)) as workspace:
        run = find_run(workspace, options.id)
        folder = workspace.run_folder(run.id)
    if not (folder / ROWS_NAME).exists():
        raise NotFound(f"Run {run.id} is {run.status} and has recorded nothing.")
    with closing(RunReader(folder)) as reader:
        columns = tuple(map(recorded_column, reader.series()))
        sheet = Sheet([RunSheet(number=run.number, name=run.name, reader=reader, columns=columns)])
        for piece in sheet.pieces():
            sys.stdout.write(piece)
        note = missing_text(sheet)
    if options.json:
        print(json.dumps({"run": run.id, "format": options.format, "note": note}), file=sys.stderr)
    elif note:
        print(note, file=sys.stderr)
    return 0


def _recorded(workspace: Workspace, run: Run) -> dict[str, Any]:
    folder = workspace.run_folder(run.id)
    if not (folder / ROWS_NAME).exists():
        return {"info": {}, "last_step": 0, "evaluations": [], "interventions": [], "checkpoints": []}
    with closing(RunReader(folder)) as reader:
        info = reader.info()
        ways_back = WaysBack(run.id, folder, info)
        return {
            "info": info,
            "last_step": reader.last_step(),
            "evaluations": [
                {"step": each.step, "epoch": each.epoch, "split": each.split, "metrics": each.metrics}
                for each in reader.evaluations()
            ],
            "interventions": [
                {
                    "step": each.step,
                    "kind": each.kind,
                    "subject": each.subject,
                    "value": each.value,
                    "back": {"run": back.run_id, "step": back.step} if (back := ways_back.before(each.step)) else None,
                }
                for each in reader.interventions()
            ],
            "checkpoints": [step_of(each) for each in checkpoints(checkpoint_folder(folder))],
        }


def _as_json(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "name": run.name,
        "status": run.status,
        "reason": run.reason,
        "device": run.device,
        "summary": run.summary,
        "experiment": run.experiment_id,
        "created_at": _moment(run.created_at),
        "started_at": _moment(run.started_at),
        "finished_at": _moment(run.finished_at),
        "tags": list(run.tags),
        "notes": run.notes,
        "deleted_at": _moment(run.deleted_at),
    }


def _moment(seconds: float | None) -> str | None:
    """ISO 8601, in this system's time zone."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).astimezone().isoformat(timespec="seconds")
