"""The trainer: one process per run. `python -m builder.training.worker --workspace DIR`

It is started ahead of time, imports torch, takes two steps of a tiny network on the CPU (torch loads half of itself
only then), touches no other device, and waits for one line on standard input: `{"run": id}`. The end of the input before
that line ends it. With `--fork-server` it takes no step and forks a trainer for each such line instead.
"""

import argparse
import os
import signal
import sys
from collections import deque
from contextlib import closing
from pathlib import Path

import torch

from builder.data.dataset import load_dataset
from builder.spec import load_experiment, with_value
from builder.spec.presets.registry import DEFAULT_PRESET
from builder.training.loop import train
from builder.training.session import train_run
from builder.workspace.assignment import await_run
from builder.workspace.forking import fork_for_runs
from builder.workspace.log import redirect_output
from builder.workspace.runs import LOG_NAME
from builder.workspace.store import Workspace


def warm_up() -> None:
    """Two steps and an evaluation of a tiny network, so that the first step of a run is not torch's first."""
    experiment = load_experiment(DEFAULT_PRESET)
    experiment = with_value(experiment, "training.duration.steps", 2)
    experiment = with_value(experiment, "training.device", "cpu")
    data = load_dataset(experiment.data, seed=0, device="cpu")
    deque(train(experiment, data), maxlen=0)


def warm_up_to_fork() -> None:
    """Loads a data set, on one thread: all that a fork survives.

    The first backward pass starts a thread for each CUDA device, and to ask for devices wakes CUDA's driver: after either,
    no child could use them.
    """
    torch.set_num_threads(1)
    load_dataset(load_experiment(DEFAULT_PRESET).data, seed=0, device="cpu")


def run_to_train(*, forks: bool) -> str | None:
    """The run that this process is for, once it is warm; None if its input ends before."""
    if forks:
        warm_up_to_fork()
        return fork_for_runs()
    warm_up()
    return await_run()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m builder.training.worker")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--fork-server", action="store_true", help="fork a trainer for each run")
    arguments = parser.parse_args()
    # The terminal's Ctrl-C is for the server; a run is stopped by a command.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    run_id = run_to_train(forks=arguments.fork_server)
    if run_id is None:
        return
    with closing(Workspace.open(arguments.workspace)) as workspace:
        redirect_output(workspace.run_folder(run_id) / LOG_NAME)
        print(f"Trainer {os.getpid()} takes run {run_id}.", flush=True)
        with workspace.start_trainer(run_id) as held:
            deque(train_run(held), maxlen=0)


if __name__ == "__main__":
    main()
    # All is written and closed. Python would take torch apart first: most of a second of a core that the next run needs.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
