"""A trainer that kills itself, as `kill -9` would, at a named place; and the run as it should have been."""

import hashlib
import json
import os
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from builder.data.dataset import load_dataset
from builder.spec import parse_experiment
from builder.training import checkpoints, loop, session
from builder.training.continuation import Continuation
from builder.training.events import CheckpointSaved, Evaluated, StepsRecorded
from builder.training.loop import TrainingRun, train
from builder.workspace.checkpoints import checkpoint_folder
from builder.workspace.checkpoints import checkpoints as checkpoints_in
from builder.workspace.rows import Arrays, RunReader
from builder.workspace.store import Workspace
from soak.every_step import read_every_step
from soak.nursery import say_ready

PLACES = (
    "during a checkpoint",
    "between a checkpoint and its row",
    "in the first step",
    "in mid-epoch",
    "during an evaluation",
    "while it stops",
)
NOWHERE = "nowhere"
RATE_STEP, NEW_RATE = 20, 0.004

Outcome = dict[str, Any]
"""All that a run has left: its number of steps, and digests of rows, weights and optimizer state by their names."""


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def checkpoint_often() -> None:
    """Lets runs of this process save and flush many times in their second of life."""
    torch.set_num_threads(1)
    loop.CHECKPOINT_SECONDS, loop.FLUSH_SECONDS = 0.03, 0.01


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


def _arrange(place: str) -> None:
    """Makes this process die at a place."""
    match place:
        case "during a checkpoint":
            checkpoints._save_tensors = _dying(checkpoints._save_tensors, _at_call(5))
        case "between a checkpoint and its row":
            found = iter(range(10**9))
            session._commit = _dying(
                session._commit, lambda event, *_: isinstance(event, CheckpointSaved) and next(found) > 0
            )
        case "in the first step":
            TrainingRun.take_step = _dying(TrainingRun.take_step, lambda run: run.step == 0)
        case "in mid-epoch":
            TrainingRun.take_step = _dying(TrainingRun.take_step, lambda run: run.step == 37)
        case "during an evaluation":
            TrainingRun.measure = _dying(TrainingRun.measure, _at_call(2))
        case "while it stops":
            loop._Loop.end = _dying(loop._Loop.end, lambda _: True)
        case "nowhere":
            pass
        case _:
            raise ValueError(place)


def train_until_killed(folder: str, run_id: str, place: str) -> None:
    """Takes a run as its trainer does; checkpoints come often, and a rate changes on the way.

    Args:
        folder: The workspace's.
        run_id: Of a run that is `starting`.
        place: One of `PLACES`, or `NOWHERE`.
    """
    checkpoint_often()
    say_ready()
    # A trainer looks for commands only once another connection has written.
    workspace, person = Workspace.open(folder), Workspace.open(folder)
    _arrange(place)
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


def outcome(folder: Path, run_id: str) -> Outcome:
    """What a finished run has left."""
    workspace = Workspace.open(folder)
    with closing(workspace), closing(RunReader(workspace.run_folder(run_id))) as reader:
        values = read_every_step(reader)
        found = reader.evaluations()
        confusions = reader.confusions([each.id for each in found])
        evaluations = [_evaluated(each.step, each.split, each.metrics, confusions[each.id]) for each in found]
        evaluations += [_found(each.step, *(reader.finding(each.id) or ("", {}))) for each in reader.findings()]
        kept = checkpoint_folder(workspace.run_folder(run_id))
        return _outcome(values, evaluations, checkpoints_in(kept)[-1], kept)


def unbroken_outcome(folder: str, run_id: str, result: str) -> None:
    """What the run would have left without a break, with the same changes at the same steps; as JSON into `result`."""
    torch.set_num_threads(1)
    workspace = Workspace.open(folder)
    interventions = RunReader(workspace.run_folder(run_id)).interventions()
    experiment = parse_experiment(workspace.run_document(run_id))
    data = load_dataset(experiment.data, seed=experiment.training.seed, device="cpu")
    rows, evaluations, findings, last = [], [], [], Path()
    for event in train(
        experiment, data, checkpoint_folder=Path(result).with_suffix(""), continuation=Continuation(None, interventions)
    ):
        if isinstance(event, StepsRecorded):
            rows.append(event.values)
        elif isinstance(event, Evaluated):
            metrics = {"loss": event.loss, "accuracy": event.accuracy}
            evaluations.append(_evaluated(event.step, event.split, metrics, event.confusion))
            findings += [_found(event.step, kind, arrays) for kind, arrays in event.findings.items()]
        elif isinstance(event, CheckpointSaved):
            last = Path(event.folder)
    values = np.concatenate(rows)
    found = _outcome(values, evaluations + findings, last, last.parent)
    Path(result).write_text(json.dumps(found))


def _outcome(rows: NDArray[np.float32], evaluations: list[list[Any]], checkpoint: Path, kept: Path) -> Outcome:
    files = [checkpoint / checkpoints.WEIGHTS, checkpoint / checkpoints.OPTIMIZER, kept / checkpoints.KEPT]
    tensors = {f"{path.name}/{name}": value for path in files for name, value in load_file(path).items()}
    return {
        "num_steps": len(rows),
        "rows": _digest(rows),
        "evaluations": evaluations,
        **{name: _digest(value.numpy()) for name, value in tensors.items()},
    }


def _evaluated(step: int, split: str, metrics: dict[str, float], confusion: NDArray[np.int64] | None) -> list[Any]:
    return [step, split, metrics, None if confusion is None else confusion.tolist()]


def _found(step: int, kind: str, arrays: Arrays) -> list[Any]:
    return [step, kind, {name: _digest(values) for name, values in sorted(arrays.items())}]


def _digest(values: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
