"""Stop means stop: with a checkpoint, soon; by force, where the trainer does not answer; and nothing is left."""

import os
import signal
import time

from benchmarks.table import Row, percentile
from builder.workspace.checkpoints import step_of
from builder.workspace.life import is_running
from builder.workspace.runs import Run
from builder.workspace.store import Workspace
from soak.living import (
    PROMISED_SECONDS,
    START_SECONDS,
    kill_trainer,
    last_checkpoint,
    living_workspace,
    num_steps,
    resume,
    seconds_until,
    start_runs,
)
from soak.tally import Tally

NUM_RUNS = 2
FORCE_SECONDS = 10.0


def is_gone(group: int) -> bool:
    """Whether no process is left of a trainer's group, the trainer included."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def stopped(workspace: Workspace, run: Run) -> tuple[float, str]:
    """Stops a run; returns the seconds until neither it nor a process of it was left, and what was wrong then."""
    assert run.process is not None
    process = run.process
    began = time.monotonic()
    workspace.command(run.id, "stop")
    seconds_until(lambda: workspace.run(run.id).is_final and not is_running(process) and is_gone(process.pid))
    took = time.monotonic() - began
    told = workspace.run(run.id)
    if told.status != "stopped" or took >= START_SECONDS:
        return took, f"{told.status} after {took:.1f} s: {told.reason}"
    return took, ""


def how_it_was_left(workspace: Workspace, run_id: str) -> str:
    """What is wrong with the checkpoint of a run that was stopped: it is of the last row."""
    last, path = num_steps(workspace, run_id), last_checkpoint(workspace, run_id)
    return "" if path and step_of(path) == last else f"the last row is {last}, the checkpoint {path}"


def measure(number: int) -> list[Row]:
    """Stops `number` runs, and a tenth as many whose trainer has been frozen."""
    wrong = Tally("stopped runs with a process left, or without a checkpoint of their last step")
    late = Tally(f"frozen trainers not killed {FORCE_SECONDS:.0f} s after Stop, or with a process left")
    seconds, forced = [], []
    with living_workspace(NUM_RUNS) as workspace:
        run_ids = start_runs(workspace, NUM_RUNS)
        for round_ in range(number):
            run = workspace.run(run_ids[round_ % NUM_RUNS])
            took, seen = stopped(workspace, run)
            seconds.append(took)
            wrong.count(seen or how_it_was_left(workspace, run.id))
            resume(workspace, run.id)
        for round_ in range(max(1, number // 10)):
            run = workspace.run(run_ids[round_ % NUM_RUNS])
            kill_trainer(run, signal.SIGSTOP)
            took, seen = stopped(workspace, run)
            forced.append(took)
            late.count(seen or (f"{took:.1f} s" if took > FORCE_SECONDS else ""))
            if round_ < number // 10 - 1:
                resume(workspace, run.id)
    p95 = percentile(seconds, 0.95)
    return [
        wrong.row("no process of the trainer's group is left; no GPU here whose memory could be"),
        Row("stopped with its checkpoint, p95", p95, min(seconds), max(seconds), "s", PROMISED_SECONDS, "at most"),
        late.row("stopped by SIGSTOP, it answers nothing but SIGKILL"),
        Row("frozen trainer killed after Stop, longest", max(forced), min(forced), max(forced), "s", 10, "at most"),
    ]
