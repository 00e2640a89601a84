"""A workspace with real runs, real trainers and a real supervisor, all gone afterwards."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from builder.spec import dump_experiment, with_value
from builder.workspace import supervision
from builder.workspace.checkpoints import checkpoint_folder, checkpoints
from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.rows import RunReader
from builder.workspace.runs import LOG_NAME, Run
from builder.workspace.store import Workspace
from builder.workspace.supervision import CURRENT, ensure_supervisor, shutdown_supervisor
from soak.processes import may_be_gone, processes_of
from soak.subject import experiment

PROMISED_SECONDS = 5.0
START_SECONDS = 90.0
"""A trainer that starts cold on a busy machine imports torch for a long while."""

PACE = 20.0


@contextmanager
def living_workspace(slots: int) -> Iterator[Workspace]:
    """A workspace; when it is left, nothing of it runs any more."""
    with tempfile.TemporaryDirectory() as folder, closing(Workspace.open(folder)) as workspace:
        workspace.set_slots(slots)
        try:
            yield workspace
        finally:
            shutdown_supervisor(workspace)
            for process in processes_of(workspace.folder):
                with may_be_gone():
                    process.kill()


def long_document() -> str:
    """A run that goes on for hours and leaves the machine to others."""
    document = with_value(experiment(), "training.duration.steps", 10**6)
    return dump_experiment(with_value(document, "training.pace", PACE))


def short_document() -> str:
    """A run of a second."""
    return dump_experiment(experiment())


def seconds_until(condition: Callable[[], object], limit: float = START_SECONDS) -> float | None:
    """How long it took until something was true; None if it was not within the limit."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > limit:
            return None
        time.sleep(0.01)
    return time.monotonic() - began


def await_running(workspace: Workspace, *run_ids: str) -> None:
    """Waits until runs have taken steps.

    Raises:
        TimeoutError: If they do not in a minute and a half.
    """
    for run_id in run_ids:
        if seconds_until(lambda run_id=run_id: num_steps(workspace, run_id)) is None:
            run = workspace.run(run_id)
            raise TimeoutError(f"Run {run_id} did not begin, it is {run.status}: {run.reason}")


def resume(workspace: Workspace, run_id: str) -> None:
    """Lets a run that has ended go on, and waits until it does."""
    workspace.resume(run_id)
    ensure_supervisor(workspace)
    if seconds_until(lambda: workspace.run(run_id).status == "running") is None:
        raise TimeoutError(f"Run {run_id} did not go on.")
    await_running(workspace, run_id)


def num_steps(workspace: Workspace, run_id: str) -> int:
    """How many rows a run has; 0 before its trainer has made the file."""
    try:
        with closing(RunReader(workspace.run_folder(run_id))) as reader:
            return reader.last_step()
    except WorkspaceUnusable:
        return 0


def goes_on(workspace: Workspace, before: Run) -> str:
    """What is wrong with a run that should still be trained by the process it had `before`."""
    now = workspace.run(before.id)
    if not now.is_live or now.process != before.process:
        return f"{now.status} instead of {before.status}: {now.reason}"
    seen = num_steps(workspace, now.id)
    if now.status == "running" and seconds_until(lambda: num_steps(workspace, now.id) > seen, 10.0) is None:
        return f"takes no steps after {seen}"
    return ""


def num_starts(workspace: Workspace, run_id: str) -> int:
    """How often a trainer has taken a run."""
    path = workspace.run_folder(run_id) / LOG_NAME
    return path.read_text().count(f"takes run {run_id}") if path.exists() else 0


def last_checkpoint(workspace: Workspace, run_id: str) -> Path | None:
    """The newest checkpoint of a run."""
    found = checkpoints(checkpoint_folder(workspace.run_folder(run_id)))
    return found[-1] if found else None


def kill_trainer(run: Run, number: int = signal.SIGKILL) -> None:
    """Sends a signal to the process that trains a run."""
    assert run.process is not None
    os.kill(run.process.pid, number)


def kill_supervisor(workspace: Workspace) -> None:
    """Kills the supervisor, and waits until it is gone."""
    seconds_until(lambda: supervision.running(workspace, CURRENT))
    supervisor = supervision.running(workspace, CURRENT)
    assert supervisor is not None
    os.kill(supervisor.pid, signal.SIGKILL)
    seconds_until(lambda: supervision.running(workspace, CURRENT) is None)


def start_runs(workspace: Workspace, number: int) -> list[str]:
    """Long runs, once all of them take steps."""
    run_ids = [workspace.submit(long_document()).id for _ in range(number)]
    ensure_supervisor(workspace)
    await_running(workspace, *run_ids)
    return run_ids
