"""`stop`, `resume` and `branch`, as a person types them one after the other."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from builder.workspace.rows import RunReader
from builder.workspace.store import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def stopped(builder, tiny: Path, workspace: Path) -> str:
    """A run of 10 steps that was stopped after a few; its id."""
    words = ["train", tiny, "--workspace", workspace, "--json", "--set", "training.pace=2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "builder", *map(str, words)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    run_id = next(json.loads(line)["run"] for line in process.stdout if "steps_recorded" in line)
    # It waits there for as long as the next command takes to start.
    store = Workspace.open(workspace)
    store.command(run_id, "pause")
    store.close()
    asked = builder("stop", run_id[:5], "--workspace", workspace)
    assert (asked.returncode, "asked to stop" in asked.stderr) == (0, True)
    process.communicate(timeout=60)
    assert process.returncode == 130
    return run_id


def test_a_stopped_run_is_resumed_and_a_finished_one_branched(builder, workspace: Path, stopped: str) -> None:
    store = Workspace.open(workspace)
    reached = RunReader(store.run_folder(stopped)).last_step()
    resumed = builder("resume", stopped, "--workspace", workspace, "--json")
    events = [json.loads(line) for line in resumed.stdout.splitlines()]
    assert resumed.returncode == 0, resumed.stderr
    assert {event["run"] for event in events} == {stopped}
    assert events[0]["step"] == reached
    assert (events[-1]["event"], events[-1]["num_steps"]) == ("run_finished", 10)

    again = builder("resume", stopped, "--workspace", workspace)
    assert again.returncode == 1
    assert "finished. To train on, branch it with a longer duration." in again.stderr

    longer = ("--set", "training.duration.epochs=4", "--set", "training.pace=null", "--device", "cpu")
    branched = builder("branch", stopped, *longer, "--workspace", workspace, "--json")
    events = [json.loads(line) for line in branched.stdout.splitlines()]
    assert branched.returncode == 0, branched.stderr
    assert events[0]["step"] == 10
    assert (events[-1]["event"], events[-1]["num_steps"]) == ("run_finished", 20)
    shown = json.loads(builder("runs", "show", events[-1]["run"], "--workspace", workspace, "--json").stdout)
    assert shown["info"]["branched_from"] == {"run": stopped, "step": 10}
    told = builder("runs", "show", events[-1]["run"], "--workspace", workspace).stdout
    assert f"branched from {stopped} at step 10" in told
    store.close()


def test_what_cannot_be_branched_is_told_and_leaves_nothing(builder, workspace: Path, stopped: str) -> None:
    where = ("--workspace", workspace)
    missing = builder("branch", stopped, "--step", 99999, *where)
    assert (missing.returncode, "no checkpoint of step 99,999" in missing.stderr) == (1, True)
    wider = builder("branch", stopped, "--set", "data.num_samples=400", *where)
    assert (wider.returncode, "data must be the same" in wider.stderr) == (1, True)
    wrong = builder("branch", stopped, "--set", "training.batch_size=0", *where)
    assert (wrong.returncode, "batch_size" in wrong.stderr) == (2, True)
    unknown = builder("stop", "nothing", *where)
    assert (unknown.returncode, "no run" in unknown.stderr) == (1, True)
    ended = builder("stop", stopped, *where)
    assert (ended.returncode, "stopped already" in ended.stderr) == (0, True)
    assert len(json.loads(builder("runs", "list", *where, "--json").stdout)) == 1
