"""A trainer that kills itself, as `kill -9` would, at a place that a test names; and the run as it should have been.

Run as a program it is a nursery: it imports torch once, and for each line of JSON `[function, *arguments]` on its input
forks a process that calls the function, and prints how that process ended.
"""

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from builder.data.dataset import load_dataset
from builder.spec import parse_experiment
from builder.training import checkpoints, loop, session
from builder.training.continuation import Continuation
from builder.training.events import CheckpointSaved, Evaluated, StepsRecorded
from builder.training.loop import TrainingRun, train
from builder.workspace.checkpoints import checkpoint_folder
from builder.workspace.checkpoints import checkpoints as checkpoints_in
from builder.workspace.rows import RunReader
from builder.workspace.store import Workspace

RATE_STEP, NEW_RATE = 20, 0.004


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _dying(function: Callable[..., Any], when: Callable[..., bool]) -> Callable[..., Any]:
    """`function`, but for the first call of which `when` is true."""

    def called(*arguments: Any, **options: Any) -> Any:
        if when(*arguments):
            die()
        return function(*arguments, **options)

    return called


def _at_call(number: int) -> Callable[..., bool]:
    calls = iter(range(1, 10**9))
    return lambda *_: next(calls) == number


def _arrange(place: str, seconds: float) -> None:
    """Makes this process die at a place, or after some seconds of training."""
    match place:
        case "during a checkpoint":
            checkpoints._save_tensors = _dying(checkpoints._save_tensors, _at_call(5))
        case "between a checkpoint and its row":
            found = iter(range(10**9))
            session._commit = _dying(
                session._commit, lambda event, *_: isinstance(event, CheckpointSaved) and next(found)
            )
        case "in the first step":
            TrainingRun.take_step = _dying(TrainingRun.take_step, lambda run: run.step == 0)
        case "in mid-epoch":
            TrainingRun.take_step = _dying(TrainingRun.take_step, lambda run: run.step == 37)
        case "during an evaluation":
            TrainingRun.measure = _dying(TrainingRun.measure, _at_call(2))
        case "while it stops":
            loop._Loop.end = _dying(loop._Loop.end, lambda _: True)
        case "after some time":
            threading.Timer(seconds, die).start()
        case "nowhere":
            pass
        case _:
            raise ValueError(place)


def train_until_killed(folder: str, run_id: str, place: str, seconds: float = 0.0) -> None:
    """Takes a run as its trainer does; checkpoints come often, and a rate changes on the way."""
    torch.set_num_threads(1)
    loop.CHECKPOINT_SECONDS, loop.FLUSH_SECONDS = 0.03, 0.01
    # A trainer looks for commands only once another connection has written.
    workspace, person = Workspace.open(folder), Workspace.open(folder)
    _arrange(place, seconds)
    is_asked = False
    with workspace.start_trainer(run_id) as held:
        for event in session.train_run(held):
            if not isinstance(event, StepsRecorded) or event.first_step < RATE_STEP:
                continue
            if not is_asked:
                is_asked = True
                person.command(run_id, "set_learning_rate", group="bodies", value=NEW_RATE)
            elif place == "while it stops":
                person.command(run_id, "stop")


def outcome(folder: Path, run_id: str) -> dict[str, Any]:
    """All that a run has left: rows, evaluations, weights and optimizer state."""
    workspace = Workspace.open(folder)
    run_folder = workspace.run_folder(run_id)
    reader = RunReader(run_folder)
    evaluations = reader.evaluations()
    confusions = reader.confusions([each.id for each in evaluations])
    points = reader.read([each.id for each in reader.series()], max_points=10**6)
    newest = checkpoints_in(checkpoint_folder(run_folder))[-1]
    return {
        "steps": points.steps.tolist(),
        "rows": points.mean.tobytes(),
        "evaluations": [(each.step, each.split, each.metrics, confusions[each.id].tobytes()) for each in evaluations],
        **_tensors(newest / checkpoints.WEIGHTS, newest / checkpoints.OPTIMIZER),
        **_tensors(checkpoint_folder(run_folder) / checkpoints.KEPT),
    }


def unbroken_outcome(folder: str, run_id: str, result: str) -> None:
    """What the run would have left without a break, with the same changes at the same steps; pickled into `result`."""
    torch.set_num_threads(1)
    workspace = Workspace.open(folder)
    interventions = RunReader(workspace.run_folder(run_id)).interventions()
    experiment = parse_experiment(workspace.run_document(run_id))
    data = load_dataset(experiment.data, seed=experiment.training.seed, device="cpu")
    rows, evaluations, last = [], [], Path()
    for event in train(
        experiment, data, checkpoint_folder=Path(result).with_suffix(""), continuation=Continuation(None, interventions)
    ):
        if isinstance(event, StepsRecorded):
            rows.append(event.values)
        elif isinstance(event, Evaluated):
            metrics = {"loss": event.loss, "accuracy": event.accuracy}
            evaluations.append((event.step, event.split, metrics, event.confusion.astype("<i8").tobytes()))
        elif isinstance(event, CheckpointSaved):
            last = Path(event.folder)
    values = np.concatenate(rows)
    torch.save(
        {
            "steps": list(range(1, len(values) + 1)),
            "rows": values.tobytes(),
            "evaluations": evaluations,
            **_tensors(last / checkpoints.WEIGHTS, last / checkpoints.OPTIMIZER),
            **_tensors(last.parent / checkpoints.KEPT),
        },
        result,
    )


def _tensors(*files: Path) -> dict[str, bytes]:
    return {f"{path.name}/{name}": value.numpy().tobytes() for path in files for name, value in load_file(path).items()}


def nursery() -> None:
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        pid = os.fork()
        if pid == 0:
            try:
                {"train": train_until_killed, "unbroken": unbroken_outcome}[name](*arguments)
                os._exit(0)
            finally:
                traceback.print_exc()
                os._exit(1)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    nursery()
