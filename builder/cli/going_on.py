"""`resume`, `branch` and `stop`: what can be done with a run that has begun."""

import argparse
import sys
from contextlib import closing
from typing import Any

from builder.cli.train import add_training_options, with_settings
from builder.cli.workspaces import add_workspace_option, find_run, open_existing
from builder.spec import dump_experiment, parse_experiment
from builder.workspace.branching import branch
from builder.workspace.runs import Run
from builder.workspace.store import Workspace
from builder.workspace.watch import mark_dead_runs


def add_parser(commands: Any) -> None:
    resume = commands.add_parser("resume", help="go on with a run that was stopped, failed or crashed, here and now")
    resume.add_argument("id", metavar="RUN", help="a run's id, or its first letters")
    resume.add_argument("--json", action="store_true", help="print one event per line, as JSON")
    add_workspace_option(resume)
    resume.set_defaults(run=resume_run)

    branches = commands.add_parser("branch", help="train a new run from a checkpoint of another, here and now")
    branches.add_argument("id", metavar="RUN", help="a run's id, or its first letters")
    branches.add_argument("--step", metavar="N", type=int, help="of the checkpoint; by default the newest")
    add_training_options(branches)
    add_workspace_option(branches)
    branches.set_defaults(run=branch_run)

    stop = commands.add_parser("stop", help="ask a run to stop, with a checkpoint")
    stop.add_argument("id", metavar="RUN", help="a run's id, or its first letters")
    add_workspace_option(stop)
    stop.set_defaults(run=stop_run)


def resume_run(options: argparse.Namespace) -> int:
    with closing(open_existing(options.workspace)) as workspace:
        # Of a run that died while nobody watched, nobody has said so.
        mark_dead_runs(workspace)
        run = workspace.resume(find_run(workspace, options.id).id, queue=False)
        return _train(workspace, run, options.json)


def branch_run(options: argparse.Namespace) -> int:
    with closing(open_existing(options.workspace)) as workspace:
        run = find_run(workspace, options.id)
        experiment = parse_experiment(workspace.run_document(run.id))
        experiment = with_settings(experiment, options)
        # As it was chosen for the run, unless it is chosen anew.
        device = {} if options.device is None else {"device": options.device}
        branched = branch(workspace, run.id, dump_experiment(experiment), step=options.step, queue=False, **device)
        return _train(workspace, branched, options.json)


def stop_run(options: argparse.Namespace) -> int:
    with closing(open_existing(options.workspace)) as workspace:
        mark_dead_runs(workspace)
        run = find_run(workspace, options.id)
        if run.is_final:
            print(f"Run {run.id} is {run.status} already.", file=sys.stderr)
            return 0
        workspace.command(run.id, "stop")
        print(f"Run {run.id} is asked to stop.", file=sys.stderr)
        return 0


def _train(workspace: Workspace, run: Run, as_json: bool) -> int:
    # Only here: what is wrong must be told of within a moment, and torch takes seconds to load.
    from builder.cli.foreground import train_started_run

    return train_started_run(workspace, run, as_json=as_json)
