"""No phantom is shown running: a killed trainer is told with its signal, and a reused pid fools nobody."""

import os
import signal

from benchmarks.table import Row, summarise
from builder.workspace.life import ProcessIdentity, hold, identity_of
from builder.workspace.runs import Run
from builder.workspace.store import Workspace
from builder.workspace.watch import mark_dead_runs
from soak.living import (
    PROMISED_SECONDS,
    START_SECONDS,
    kill_trainer,
    living_workspace,
    long_document,
    resume,
    seconds_until,
    start_runs,
)
from soak.tally import Tally

NUM_RUNS = 2
SIGNALS = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGTERM, signal.SIGBUS)


def killed(workspace: Workspace, run: Run, number: signal.Signals) -> tuple[float, str]:
    """Kills a run's trainer; returns the seconds until it was told, and what was wrong with the telling."""
    assert run.process is not None
    kill_trainer(run, number)
    took = seconds_until(lambda: workspace.run(run.id).status == "crashed")
    told = workspace.run(run.id)
    if took is None or took > PROMISED_SECONDS:
        return (
            START_SECONDS if took is None else took,
            f"{told.status} {took or START_SECONDS:.1f} s after {number.name}",
        )
    log = f"Trainer {run.process.pid} takes run {run.id}"
    missing = [words for words in (number.name, log) if words not in told.reason]
    return took, f"{missing} not in the reason: {told.reason}" if missing else ""


def reused(workspace: Workspace, has_same_start: bool) -> str:
    """A run whose trainer's pid is another process's now; returns what was wrong with the telling."""
    run = workspace.submit(long_document(), queue=False)
    this = identity_of(os.getpid())
    workspace.set_status(run.id, "running")
    with hold(workspace.run_folder(run.id)):
        if mark_dead_runs(workspace):
            return "a run that lives was marked as dead"
        if not has_same_start:
            workspace.record_process(run.id, ProcessIdentity(this.pid, this.started - 60.0))
            return "" if mark_dead_runs(workspace) == [run.id] else "fooled by a process that began later"
    return "" if mark_dead_runs(workspace) == [run.id] else "fooled by a process without the lock"


def measure(number: int) -> list[Row]:
    """Kills `number` trainers of running runs, and forges as many reused pids."""
    phantoms = Tally(f"killed trainers not told in {PROMISED_SECONDS:.0f} s, with signal and the log's end")
    fooled = Tally("reused pids taken for a trainer")
    seconds = []
    with living_workspace(NUM_RUNS) as workspace:
        run_ids = start_runs(workspace, NUM_RUNS)
        for round_ in range(number):
            run = workspace.run(run_ids[round_ % NUM_RUNS])
            took, wrong = killed(workspace, run, SIGNALS[round_ % len(SIGNALS)])
            phantoms.count(wrong)
            seconds.append(took)
            if round_ < number - 1:
                resume(workspace, run.id)
    with living_workspace(NUM_RUNS) as workspace:
        for round_ in range(number):
            fooled.count(reused(workspace, bool(round_ % 2)))
    how = f"{', '.join(each.name for each in SIGNALS)} in turn"
    return [
        phantoms.row(how),
        fooled.row("a live process of that pid that began later, or that holds no lock; one that does is believed"),
        summarise("killed trainer told", seconds, unit="s", note=how),
    ]
