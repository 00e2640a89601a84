"""Checkpoints are whole or absent: killed while they are written, on a full disk, in a folder that is read-only."""

import os
import random
import resource
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import torch

from benchmarks.table import Row
from builder.data.dataset import load_dataset
from builder.spec import dump_experiment
from builder.training import loop
from builder.training.checkpoints import CheckpointUnusable, Progress, load_checkpoint, save_checkpoint
from builder.training.events import CheckpointSaved
from builder.training.loop import TrainingRun
from builder.training.session import train_run
from builder.workspace.checkpoints import checkpoint_folder, checkpoints, step_of
from builder.workspace.log import redirect_output
from builder.workspace.runs import LOG_NAME
from builder.workspace.store import Workspace
from builder.workspace.trainers import describe_exit
from builder.workspace.watch import mark_ended
from soak.killed_trainer import checkpoint_often, die
from soak.nursery import Nursery, say_ready
from soak.resume import differences, resume_until_finished
from soak.subject import experiment
from soak.tally import Tally

KILL_SECONDS = 0.3
"""Of saving one checkpoint after the other; each takes some hundredths of one."""

CHANGES = ("mkdir", "unlink", "rename", "replace", "rmdir")
NUM_CHANGES = 30
"""Of some three checkpoints."""

WIDTH = 200
"""Of the network on a full disk: its files are half a megabyte to one, larger than anything else that is written."""

REASONS = ("disk", "Permission denied")
FILE_BYTES = (50_000, 1_200_000)
NOBODY = 65_534


def new_run() -> TrainingRun:
    """A run after its first step, so that its optimizer has a state."""
    document = experiment()
    data = load_dataset(document.data, seed=document.training.seed, device="cpu")
    run = TrainingRun(document, data, torch.device("cpu"))
    run.take_step()
    return run


def numbers(run: TrainingRun) -> list[torch.Tensor]:
    """All weights, and the optimizer's moments."""
    states = run.mixer.optimizer.state.values()
    return [run.layout.values, *(value for state in states for value in state.values())]


def save_for_ever(folder: str, acknowledged: str, num_calls: int | None) -> None:
    """Saves checkpoint after checkpoint, each with its step for all its numbers; first the newest one again.

    Args:
        folder: Of the checkpoints.
        acknowledged: A file that is told of each step once it is safe.
        num_calls: After so many changes to the folder the process dies; None for never.
    """
    torch.set_num_threads(1)
    run, path = new_run(), Path(folder)
    file = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    step = max(map(step_of, checkpoints(path)), default=1)
    if num_calls is not None:
        _die_after(num_calls)
    say_ready()
    while True:
        with torch.no_grad():
            for values in numbers(run):
                values.fill_(step)
        save_checkpoint(path, step, run.network, run.layout, run.mixer, Progress())
        os.write(file, f"{step}\n".encode())
        step += 1


def _die_after(num_calls: int) -> None:
    """Makes this process die between two changes to a folder; by time alone few kills find such a place."""
    calls = iter(range(10**9))

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if next(calls) == num_calls:
                die()
            return function(*arguments, **options)

        return call

    for name in CHANGES:
        setattr(os, name, counted(getattr(os, name)))


def what_is_wrong(folder: Path, acknowledged: list[int], run: TrainingRun) -> str:
    """What is wrong with the checkpoints that a killed process has left; its run's weights are those of the last read."""
    steps = [step_of(each) for each in checkpoints(folder)]
    # One more may have been whole, and the older of the two have gone, when the kill came before its word.
    due = set(acknowledged[-2:] if max(steps, default=0) in acknowledged else acknowledged[-1:])
    if not due <= set(steps):
        return f"{sorted(due)} were saved, and there are {steps}"
    for path in checkpoints(folder):
        try:
            step, _ = load_checkpoint(path, run.network, run.layout, run.mixer)
        except CheckpointUnusable as error:
            return str(error)
        if step != step_of(path) or any(not bool((values == step).all()) for values in numbers(run)):
            return f"{path.name} holds other numbers than its own"
    return ""


def killed(number: int, processes: Nursery) -> Row:
    """Kills a process that saves checkpoints, in the same folder again and again."""
    tally, draws, run = (
        Tally("kill -9 during checkpoints that left one unreadable or lost"),
        random.Random(0),
        new_run(),
    )
    with tempfile.TemporaryDirectory() as name:
        folder, acknowledged = Path(name) / "checkpoints", Path(name) / "acknowledged"
        for _ in range(number):
            # Every other one at a random moment, every other one between two changes to the folder.
            kill_after = draws.uniform(0, KILL_SECONDS) if tally.num_tries % 2 else None
            num_calls = draws.randint(0, NUM_CHANGES) if kill_after is None else None
            processes.call("soak.checkpoints:save_for_ever", folder, acknowledged, num_calls, kill_after=kill_after)
            told = acknowledged.read_text().split() if acknowledged.exists() else []
            tally.count(what_is_wrong(folder, sorted({int(step) for step in told}), run))
        num_saved = len(acknowledged.read_text().split())
    how = f"at random moments, or between two changes to the folder; {num_saved:,} saved"
    return tally.row(f"{how}; every number is its checkpoint's own, and the last two are there")


def train_on_a_full_disk(folder: str, run_id: str, max_bytes: int) -> None:
    """Trains where no file can grow beyond so many bytes, as if the disk were full there."""
    checkpoint_often()
    with closing(Workspace.open(folder)) as workspace, workspace.start_trainer(run_id) as held:
        redirect_output(held.folder / LOG_NAME)
        resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes, max_bytes))
        for _ in train_run(held):
            pass


def train_in_a_read_only_folder(folder: str, run_id: str, num_checkpoints: int) -> None:
    """Trains in a folder that can no longer be written after so many checkpoints."""
    checkpoint_often()
    kept = checkpoint_folder(Path(folder) / "runs" / run_id)
    kept.mkdir()
    if os.geteuid() == 0:
        # To the superuser nothing is read-only.
        Path(folder).chmod(0o711)
        os.chown(kept, NOBODY, NOBODY)
        loop.save_checkpoint, loop.save_kept_weights = map(_as_nobody, (loop.save_checkpoint, loop.save_kept_weights))
    kept.chmod(0o755 if num_checkpoints else 0o555)
    with closing(Workspace.open(folder)) as workspace, workspace.start_trainer(run_id) as held:
        num_saved = 0
        for event in train_run(held):
            num_saved += isinstance(event, CheckpointSaved)
            if num_saved >= num_checkpoints:
                kept.chmod(0o555)


def _as_nobody(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        os.seteuid(NOBODY)
        try:
            return function(*arguments, **options)
        finally:
            os.seteuid(0)

    return call


def spoiled(folder: Path, processes: Nursery, function: str, argument: int) -> tuple[bool, str]:
    """Trains a run where something cannot be written, and resumes it where everything can.

    Returns:
        Whether the run had to stop, and what was wrong: with its reason, or with the end to which it went on.
    """
    with closing(Workspace.open(folder)) as workspace:
        run_id = workspace.submit(dump_experiment(experiment(WIDTH)), queue=False).id
        code = processes.call(f"soak.checkpoints:{function}", folder, run_id, argument)
        if workspace.run(run_id).is_live:
            # Where not even its status could be written, the supervisor tells how it ended, and the end of its log.
            mark_ended(workspace, run_id, "crashed", describe_exit(code))
        run = workspace.run(run_id)
        if run.status != "finished" and not any(words in run.reason for words in REASONS):
            return True, f"exit code {code}, {run.status}: {run.reason}"
        if (kept := checkpoint_folder(workspace.run_folder(run_id))).exists():
            kept.chmod(0o755)
        resume_until_finished(workspace, run_id, processes)
        return run.status != "finished", ", ".join(differences(workspace, run_id, processes))


def refused(what: str, function: str, arguments: list[int], processes: Nursery, how: str) -> Row:
    """Lets runs fail at their files, a workspace for each."""
    tally, num_stopped = Tally(what), 0
    for argument in arguments:
        with tempfile.TemporaryDirectory() as folder:
            has_stopped, wrong = spoiled(Path(folder), processes, function, argument)
        num_stopped += has_stopped
        tally.count(wrong and f"{argument}: {wrong}")
    return tally.row(f"{num_stopped} stopped and said why; {how}")


def measure(number: int) -> list[Row]:
    """Kills `number` times while checkpoints are written; fills the disk, and takes the folder away, more seldom."""
    draws = random.Random(1)
    limits = [draws.randint(*FILE_BYTES) for _ in range(max(1, number // 25))]
    how = "each goes on to the end of an unbroken run once there is room"
    with Nursery("soak.killed_trainer", "soak.checkpoints") as processes:
        return [
            killed(number, processes),
            refused(
                "runs on a full disk that lost a checkpoint, or stopped without a reason",
                "train_on_a_full_disk",
                limits,
                processes,
                f"no file larger than a random size of {FILE_BYTES[0]:,} to {FILE_BYTES[1]:,} bytes; {how}",
            ),
            refused(
                "runs in a read-only folder that lost a checkpoint, or stopped without a reason",
                "train_in_a_read_only_folder",
                [each % 3 for each in range(1, 1 + max(1, number // 50))],
                processes,
                f"read-only from the start, or after one or two checkpoints; {how}",
            ),
        ]
