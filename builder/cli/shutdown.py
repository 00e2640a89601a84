"""`shutdown`: ends what runs in the background."""

import argparse
import sys
from contextlib import closing
from typing import Any

from builder.cli.workspaces import add_workspace_option, open_existing, workspace_exists
from builder.workspace.downloads import end_downloads
from builder.workspace.store import default_folder
from builder.workspace.supervision import shutdown_supervisor


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "shutdown", help="stop every live run, download and the supervisor; queued runs stay queued"
    )
    add_workspace_option(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if not workspace_exists(options.workspace):
        print(f"Nothing runs: there is no workspace in {options.workspace or default_folder()}.")
        return 0
    with closing(open_existing(options.workspace)) as workspace:
        num_live = len(workspace.live_runs())
        end_downloads(workspace)
        if not shutdown_supervisor(workspace):
            print(f"Something in {workspace.folder} still runs after 30 s. Try again.", file=sys.stderr)
            return 1
        print(f"Nothing runs any more in {workspace.folder}; stopped: {num_live}.")
    return 0
