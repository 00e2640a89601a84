"""The `--workspace` option, and opening a workspace that is there."""

import argparse
from pathlib import Path

from builder.workspace.errors import NotFound, WorkspaceUnusable
from builder.workspace.runs import Run
from builder.workspace.store import Workspace, default_folder
from builder.workspace.supervision import CURRENT, running
from builder.workspace.tables import FILE_NAME
from builder.workspace.watch import mark_dead_runs


def add_workspace_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workspace",
        metavar="DIR",
        type=Path,
        help="folder of experiments and runs; by default $HIGHRISE_WORKSPACE or this system's folder for user data",
    )


def workspace_exists(folder: Path | None) -> bool:
    """Whether a workspace was ever made there."""
    return ((folder or default_folder()).expanduser() / FILE_NAME).is_file()


def open_existing(folder: Path | None) -> Workspace:
    """A workspace to look at: it is not made, and runs whose trainer is gone are not called running.

    Raises:
        WorkspaceUnusable: If there is none.
    """
    if not workspace_exists(folder):
        raise WorkspaceUnusable(
            f"There is no workspace in {folder or default_folder()}: nothing was trained or saved there yet."
        )
    workspace = Workspace.open(folder)
    # Where a supervisor watches, it knows better how a trainer ended.
    if running(workspace, CURRENT) is None:
        mark_dead_runs(workspace)
    return workspace


def find_run(workspace: Workspace, beginning: str, *, deleted: bool = False) -> Run:
    """The one run whose id begins so; with `deleted`, of those that were deleted.

    Raises:
        NotFound: If none does, or several do.
    """
    found = [run for run in workspace.runs(deleted=deleted) if run.id.startswith(beginning)]
    if len(found) > 1:
        raise NotFound(f"{len(found)} runs begin with “{beginning}”: {', '.join(run.id for run in found)}.")
    return found[0] if found else workspace.run(beginning)
