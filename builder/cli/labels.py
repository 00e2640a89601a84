"""`runs tag`, `note`, `rename`, `delete`, `restore` and `purge`."""

import argparse
import math
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from builder.cli.workspaces import add_workspace_option, find_run, open_existing
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

_A_DAY = 24 * 3600


def add_parsers(actions: Any) -> None:
    def add(name: str, action: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        inner = actions.add_parser(name, help=text)
        if name in ("delete", "restore"):
            inner.add_argument("ids", metavar="RUN", nargs="+", help="runs' ids, or their first letters")
        elif name != "purge":
            inner.add_argument("id", metavar="RUN", help="a run's id, or its first letters")
        add_workspace_option(inner)
        inner.set_defaults(run=action)
        return inner

    tag = add("tag", tag_run, "add tags to a run, or take them away")
    tag.add_argument("tags", metavar="TAG", nargs="+", help="a few words without a comma")
    tag.add_argument("--remove", action="store_true", help="take these tags away")
    note = add("note", note_run, "set a run's notes")
    note.add_argument("text", metavar="TEXT", help="any text; an empty one takes the notes away")
    rename = add("rename", rename_run, "change the name under which a run is listed")
    rename.add_argument("name", metavar="NAME", help="the new one")
    add("delete", delete_runs, "take ended or queued runs off the list; restore brings them back for a month")
    add("restore", restore_runs, "put deleted runs back on the list")
    purge = add("purge", purge_runs, "remove deleted runs and their folders for good")
    purge.add_argument("--older-than-days", metavar="N", type=float, default=0.0, help="those deleted so long ago; 0")


def tag_run(options: argparse.Namespace) -> int:
    with closing(open_existing(options.workspace)) as workspace:
        run = find_run(workspace, options.id)
        named = {tag.casefold() for tag in options.tags}
        kept = [tag for tag in run.tags if tag.casefold() not in named]
        workspace.set_tags(run.id, kept if options.remove else [*run.tags, *options.tags])
        tags = workspace.run(run.id).tags
    print(f"{run.id}  {run.name}: {', '.join(tags) if tags else 'no tags'}")
    return 0


def note_run(options: argparse.Namespace) -> int:
    return _change(options, lambda workspace, run: workspace.set_notes(run.id, options.text))


def rename_run(options: argparse.Namespace) -> int:
    return _change(options, lambda workspace, run: workspace.rename_run(run.id, options.name))


def _change(options: argparse.Namespace, change: Callable[[Workspace, Run], None]) -> int:
    with closing(open_existing(options.workspace)) as workspace:
        run = find_run(workspace, options.id)
        change(workspace, run)
        now = workspace.run(run.id)
    print(f"{now.id}  {now.name}" + (f"\n{now.notes}" if now.notes else ""))
    return 0


def delete_runs(options: argparse.Namespace) -> int:
    with closing(open_existing(options.workspace)) as workspace:
        for run in [find_run(workspace, beginning) for beginning in options.ids]:
            workspace.delete_run(run.id)
            print(f"{run.id}  {run.name}: deleted; python -m builder runs restore {run.id} brings it back")
    return 0


def restore_runs(options: argparse.Namespace) -> int:
    with closing(open_existing(options.workspace)) as workspace:
        for run in [find_run(workspace, beginning, deleted=True) for beginning in options.ids]:
            workspace.restore_run(run.id)
            print(f"{run.id}  {run.name}: restored, {run.status}")
    return 0


def purge_runs(options: argparse.Namespace) -> int:
    days = options.older_than_days
    with closing(open_existing(options.workspace)) as workspace:
        gone = workspace.purge_runs(time.time() - days * _A_DAY if days > 0 else math.inf)
    print(f"{len(gone)} deleted {'run is' if len(gone) == 1 else 'runs are'} gone for good.")
    return 0
