"""The supervisor may die: the next one takes over its queue and its live runs, and starts nothing twice."""

import signal

from benchmarks.table import Row, summarise
from builder.workspace.runs import Run
from builder.workspace.store import Workspace
from builder.workspace.supervision import replace_dead_supervisor
from soak.living import (
    PROMISED_SECONDS,
    START_SECONDS,
    await_running,
    goes_on,
    kill_supervisor,
    kill_trainer,
    living_workspace,
    long_document,
    num_starts,
    seconds_until,
    start_runs,
)
from soak.processes import processes_of
from soak.tally import Tally

NUM_RUNS = 4


def lose_one_unseen(workspace: Workspace, run: Run, number: int) -> str:
    """Ends a run while nobody supervises; returns the status it must then have."""
    if number % 2:
        workspace.command(run.id, "stop")
        return "stopped"
    kill_trainer(run, signal.SIGKILL)
    return "crashed"


def measure(number: int) -> list[Row]:
    """Kills the supervisor `number` times while four runs are active and one waits."""
    stopped = Tally("runs that did not go on when the supervisor was killed")
    wrong = Tally(f"runs ended or waiting that the next supervisor had not taken over in {PROMISED_SECONDS:.0f} s")
    twice = Tally("runs started more than once, or supervisors beside the one")
    seconds = []
    num_runs = min(NUM_RUNS, number + 1)
    with living_workspace(num_runs) as workspace:
        run_ids = start_runs(workspace, num_runs)
        for round_ in range(number):
            waiting = workspace.submit(long_document()).id
            lost, *others = (workspace.run(run_id) for run_id in run_ids)
            kill_supervisor(workspace)
            status = lose_one_unseen(workspace, lost, round_)
            for run in others:
                stopped.count(goes_on(workspace, run))

            def is_taken_over(ended: str = lost.id, status: str = status, waiting: str = waiting) -> bool:
                # As every open page does.
                replace_dead_supervisor(workspace)
                return workspace.run(ended).status == status and workspace.run(waiting).is_live

            took = seconds_until(is_taken_over)
            seconds.append(START_SECONDS if took is None else took)
            late = seconds[-1] > PROMISED_SECONDS
            states = f"{workspace.run(lost.id).status} for {status}, and {workspace.run(waiting).status}"
            wrong.count(f"{states} after {seconds[-1]:.1f} s" if late else "")
            await_running(workspace, waiting)
            num_supervisors = len(processes_of(workspace.folder, "builder.workspace.supervisor"))
            run_ids = [*run_ids[1:], waiting]
            starts = {run.id: num_starts(workspace, run.id) for run in workspace.runs()}
            is_once = num_supervisors == 1 and set(starts.values()) == {1} and len(workspace.live_runs()) == num_runs
            twice.count("" if is_once else f"{num_supervisors} supervisors; {starts}")
    how = f"{number} kill -9, {num_runs} runs active and one waiting; meanwhile one is killed, or stopped"
    return [
        stopped.row("same process, and it takes steps"),
        wrong.row(how),
        twice.row("after each kill"),
        summarise("queue and ended runs taken over, after a page's next look", seconds, unit="s", note=how),
    ]
