"""A run that was killed, wherever that was, goes on to the same end as if nothing had happened, bit for bit."""

import json
import math
import random
import signal
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks.table import Row
from builder.spec import dump_experiment
from builder.workspace.rows import RunReader
from builder.workspace.store import Workspace
from soak.killed_trainer import NEW_RATE, NOWHERE, PLACES, outcome
from soak.nursery import Nursery
from soak.subject import experiment
from soak.tally import Tally


def train_until_killed(
    workspace: Workspace, run_id: str, processes: Nursery, place: str = NOWHERE, kill_after: float | None = None
) -> bool:
    """Trains a run in a process of its own; returns whether that was killed before the run's end."""
    function = "soak.killed_trainer:train_until_killed"
    code = processes.call(function, workspace.folder, run_id, place, kill_after=kill_after)
    if code not in (0, -signal.SIGKILL):
        raise RuntimeError(f"The trainer ended with code {code}; its traceback is above.")
    if is_killed := workspace.run(run_id).is_live:
        workspace.set_status(run_id, "crashed", "killed by the soak")
    return is_killed


def resume_until_finished(workspace: Workspace, run_id: str, processes: Nursery) -> None:
    """Lets a run that has ended before its time go on to its end."""
    while workspace.run(run_id).status != "finished":
        workspace.resume(run_id, queue=False)
        train_until_killed(workspace, run_id, processes)


def differences(workspace: Workspace, run_id: str, processes: Nursery) -> list[str]:
    """What of a finished run differs from the same one trained by another process without a break."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "unbroken.json"
        code = processes.call("soak.killed_trainer:unbroken_outcome", workspace.folder, run_id, result)
        if code != 0:
            raise RuntimeError(f"The unbroken run ended with code {code}; its traceback is above.")
        expected = json.loads(result.read_text())
    found = json.loads(json.dumps(outcome(workspace.folder, run_id)))
    return [name for name in sorted(found.keys() | expected.keys()) if found.get(name) != expected.get(name)]


def how_it_went_on(workspace: Workspace, run_id: str, place: str) -> str:
    """What was wrong with the way a run killed at a place went on: it must not merely have begun again."""
    with closing(RunReader(workspace.run_folder(run_id))) as reader:
        steps = [each.step for each in reader.events() if each.kind == "went_on"]
        values = {each.value for each in reader.interventions()}
    if not steps or (steps[0] > 0) == (place == "in the first step"):
        return f"went on at {steps}"
    return "" if values == {NEW_RATE} else f"its rate was set to {values}"


def killed_at(place: str, workspace: Workspace, processes: Nursery) -> str:
    """Kills a run at a place and resumes it; returns what differs from an unbroken one."""
    run_id = workspace.submit(dump_experiment(experiment()), queue=False).id
    if not train_until_killed(workspace, run_id, processes, place):
        return "was not killed there"
    resume_until_finished(workspace, run_id, processes)
    return how_it_went_on(workspace, run_id, place) or ", ".join(differences(workspace, run_id, processes))


def measure(number: int) -> list[Row]:
    """Kills runs at `number` random moments, every other run once more while it goes on, and at each aimed place."""
    document, draws = dump_experiment(experiment()), random.Random(number)
    anywhere = Tally("runs killed at a random moment and resumed that end otherwise than unbroken ones")
    aimed = Tally("runs killed at an aimed place and resumed that end otherwise than unbroken ones")
    num_kills = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Workspace.open(folder)) as workspace,
        Nursery("soak.killed_trainer") as processes,
    ):
        for place in PLACES:
            wrong = killed_at(place, workspace, processes)
            aimed.count(wrong and f"{place}: {wrong}")
        began = time.monotonic()
        train_until_killed(workspace, workspace.submit(document, queue=False).id, processes)
        seconds = time.monotonic() - began
        while anywhere.num_tries < number:
            run_id = workspace.submit(document, queue=False).id
            if not train_until_killed(workspace, run_id, processes, kill_after=draws.uniform(0, seconds)):
                continue
            num_kills += 1
            if anywhere.num_tries % 2:
                workspace.resume(run_id, queue=False)
                kill_after = draws.uniform(0, seconds)
                num_kills += train_until_killed(workspace, run_id, processes, kill_after=kill_after)
            resume_until_finished(workspace, run_id, processes)
            anywhere.count(", ".join(differences(workspace, run_id, processes)))
            workspace.delete_run(run_id)
            workspace.purge_runs(math.inf)
    how = "weights, optimizer, kept weights, every row and evaluation, compared by hash with another process's run"
    return [anywhere.row(f"{num_kills} kill -9 in all; {how}"), aimed.row(", ".join(PLACES))]
