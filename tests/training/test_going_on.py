"""A run that was killed, wherever that was, goes on to the same end, bit for bit, as if nothing had happened."""

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import killed_trainer
import numpy as np
import pytest
import torch

from builder.spec import Experiment, dump_experiment, with_value
from builder.training.checkpoints import CheckpointUnusable, Progress, load_checkpoint, save_checkpoint
from builder.training.continuation import Continuation
from builder.training.events import CheckpointSaved, RunFailed, RunFinished, RunStarted, StepsRecorded
from builder.training.loop import TrainingRun, train
from builder.training.session import train_run
from builder.workspace.branching import branch
from builder.workspace.errors import NotFound, TransitionNotAllowed, WorkspaceError
from builder.workspace.rows import Intervention, RunReader
from builder.workspace.store import Workspace

ROOT = Path(__file__).parents[2]
PLACES = [
    "during a checkpoint",
    "between a checkpoint and its row",
    "in the first step",
    "in mid-epoch",
    "during an evaluation",
    "while it stops",
]
BODY = [{"kind": "norm"}, {"kind": "linear", "out_features": 12}, {"kind": "dropout"}]
TOWER = [
    {"kind": "residual", "body": BODY},
    {"kind": "repeat", "times": 2, "items": [{"kind": "stochastic_depth", "body": BODY}]},
]
GROUPS = [
    {"name": "bodies", "rule": {"lanes": ["body"]}, "learning_rate": 0.01},
    {"name": "rest", "learning_rate": 0.01},
]
InAProcess = Callable[..., int]


@pytest.fixture
def workspace(tmp_path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "workspace")
    yield opened
    opened.close()


@pytest.fixture
def experiment(make) -> Experiment:
    """Everything that has a state or draws: norms, dropout, masks, augmentation, Adam, a schedule, the best weights."""
    document = make(
        *TOWER,
        groups=GROUPS,
        optimizer={"kind": "adam"},
        schedule={"kind": "cosine"},
        keep="best_validation",
        evaluate_every={"steps": 25},
        duration={"steps": 120},
    )
    return with_value(document, "data.augmentation.shift_fraction", 0.1)


@pytest.fixture(scope="module")
def in_a_process() -> Iterator[InAProcess]:
    """Calls `train` or `unbroken` of killed_trainer in a process of its own; gives its exit code, negative for a signal."""
    nursery = subprocess.Popen(
        [sys.executable, killed_trainer.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )
    assert nursery.stdin
    assert nursery.stdout

    def call(*arguments: Any) -> int:
        nursery.stdin.write(json.dumps([str(each) if isinstance(each, Path) else each for each in arguments]) + "\n")
        nursery.stdin.flush()
        return int(nursery.stdout.readline())

    yield call
    nursery.stdin.close()
    assert nursery.wait(30) == 0


def kill_and_resume(
    workspace: Workspace, experiment: Experiment, in_a_process: InAProcess, place: str, seconds: float = 0.0
) -> str:
    """Trains a run until it is killed, and resumes it until it is finished; returns its id."""
    run = workspace.submit(dump_experiment(experiment), queue=False)
    code = in_a_process("train", workspace.folder, run.id, place, seconds)
    assert code == -signal.SIGKILL or (place == "after some time" and code == 0)
    while workspace.run(run.id).status != "finished":
        if workspace.run(run.id).is_live:
            workspace.set_status(run.id, "crashed", "killed by a test")
        workspace.resume(run.id, queue=False)
        assert in_a_process("train", workspace.folder, run.id, "nowhere") == 0
    return run.id


def assert_same_as_unbroken(workspace: Workspace, run_id: str, in_a_process: InAProcess, tmp_path: Path) -> None:
    """Another process trains the same document without a break, with the same changes at the same steps."""
    assert in_a_process("unbroken", workspace.folder, run_id, tmp_path / "unbroken.pt") == 0
    found, expected = killed_trainer.outcome(workspace.folder, run_id), torch.load(tmp_path / "unbroken.pt")
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []


@pytest.mark.process
@pytest.mark.parametrize("place", PLACES)
def test_a_run_killed_at_this_place_ends_as_if_it_had_not_been(
    workspace, experiment, in_a_process, tmp_path, place: str
) -> None:
    run_id = kill_and_resume(workspace, experiment, in_a_process, place)
    reader = RunReader(workspace.run_folder(run_id))
    went_on = [each.step for each in reader.events() if each.kind == "went_on"]
    # Not merely begun again, and with a change on the way.
    assert (went_on[0] > 0) != (place == "in the first step")
    assert {each.value for each in reader.interventions()} == {killed_trainer.NEW_RATE}
    assert_same_as_unbroken(workspace, run_id, in_a_process, tmp_path)


@pytest.mark.process
@pytest.mark.parametrize("seconds", [0.15, 0.3, 0.45])
def test_a_run_killed_at_any_moment_ends_as_if_it_had_not_been(
    workspace, experiment, in_a_process, tmp_path, seconds: float
) -> None:
    run_id = kill_and_resume(workspace, experiment, in_a_process, "after some time", seconds)
    assert_same_as_unbroken(workspace, run_id, in_a_process, tmp_path)


def finished(workspace: Workspace, experiment: Experiment, commands: Any = None) -> str:
    run = workspace.submit(dump_experiment(experiment), queue=False)
    with workspace.start_trainer(run.id) as held:
        for _ in train_run(held, commands):
            pass
    return run.id


def go_on(workspace: Workspace, run_id: str) -> list[Any]:
    with workspace.start_trainer(run_id) as held:
        return list(train_run(held))


def test_a_stopped_run_goes_on_from_its_checkpoint_with_the_rates_of_then(workspace, experiment, script) -> None:
    run = workspace.submit(dump_experiment(with_value(experiment, "training.pace", 400)), queue=False)
    script.push("set_learning_rate", group="rest", value=0.2)
    with workspace.start_trainer(run.id) as held:
        for event in train_run(held, script):
            if isinstance(event, StepsRecorded):
                workspace.command(run.id, "stop")
                script.push("stop")
    stopped_at = RunReader(workspace.run_folder(run.id)).last_step()
    assert 0 < stopped_at < 120
    assert workspace.run(run.id).summary
    # Nothing of its first end is shown as the state of what goes on.
    assert workspace.resume(run.id, queue=False).summary is None
    events = go_on(workspace, run.id)
    started = next(event for event in events if isinstance(event, RunStarted))
    first = next(event for event in events if isinstance(event, StepsRecorded))
    assert (started.step, first.first_step) == (stopped_at, stopped_at + 1)
    rate = next(each.id for each in started.series if (each.quantity, each.subject) == ("learning_rate", "rest"))
    # The rate of then, in the cosine's course.
    assert first.values[0, rate] == pytest.approx(0.1 * (1 + math.cos(math.pi * stopped_at / 120)), rel=0.05)
    assert isinstance(events[-1], RunFinished)
    assert (workspace.run(run.id).status, workspace.run(run.id).reason) == ("finished", "")


def test_changes_are_replayed_by_their_steps_in_whatever_order_they_were_made(make, digits) -> None:
    def change(number: int, step: int, value: float) -> Intervention:
        return Intervention(id=number, step=step, kind="set_learning_rate", subject="rest", value=value)

    # A run that was killed after step 9 and resumed at 2 was then changed at 4.
    made = [change(1, 6, 0.3), change(2, 4, 0.2), change(3, 6, 0.4)]
    events = list(train(make(*TOWER, groups=GROUPS), digits, continuation=Continuation(None, made)))
    series = next(event for event in events if isinstance(event, RunStarted)).series
    rate = next(each.id for each in series if (each.quantity, each.subject) == ("learning_rate", "rest"))
    rates = np.concatenate([event.values[:, rate] for event in events if isinstance(event, StepsRecorded)])
    assert rates.round(3).tolist() == pytest.approx([0.01] * 4 + [0.2] * 2 + [0.4] * 6)


def test_a_finished_a_diverged_and_a_live_run_cannot_be_resumed(workspace, experiment) -> None:
    run_id = finished(workspace, with_value(experiment, "training.duration.steps", 2))
    with pytest.raises(TransitionNotAllowed, match=r"finished\. To train on, branch it"):
        workspace.resume(run_id)
    run = workspace.submit(dump_experiment(experiment))
    with pytest.raises(TransitionNotAllowed, match="queued"):
        workspace.resume(run.id)


def test_a_branch_trains_on_from_a_finished_run_for_longer(workspace, experiment) -> None:
    short = with_value(experiment, "training.schedule.kind", "constant")
    run_id = finished(workspace, short)
    longer = with_value(short, "training.duration.steps", 150)
    branched = branch(workspace, run_id, dump_experiment(longer), queue=False)
    events = go_on(workspace, branched.id)
    started = next(event for event in events if isinstance(event, RunStarted))
    assert started.step == 120
    assert isinstance(events[-1], RunFinished)
    readers = [RunReader(workspace.run_folder(each)) for each in (run_id, branched.id)]
    ids = [each.id for each in readers[0].series()]
    before, after = (reader.read(ids, max_points=1000) for reader in readers)
    assert after.steps.tolist() == list(range(1, 151))
    assert after.mean[:120].tobytes() == before.mean.tobytes()
    assert readers[1].info()["branched_from"] == {"run": run_id, "step": 120}
    assert readers[1].info()["num_steps"] == 150
    # The parent is as it was.
    assert workspace.run(run_id).status == "finished"
    assert readers[0].last_step() == 120
    # As if it had been planned so long from the beginning.
    whole = workspace.submit(dump_experiment(longer), queue=False)
    go_on(workspace, whole.id)
    points = RunReader(workspace.run_folder(whole.id)).read(ids, max_points=1000)
    assert points.mean.tobytes() == after.mean.tobytes()


def test_a_branch_takes_the_rates_that_its_document_changes_and_keeps_the_others(workspace, experiment, script) -> None:
    script.push("set_learning_rate", group="rest", value=0.2)
    run_id = finished(workspace, with_value(experiment, "training.duration.steps", 5), script)
    changed = with_value(experiment, "groups.0.learning_rate", 0.5)
    branched = branch(workspace, run_id, dump_experiment(changed), queue=False)
    events = go_on(workspace, branched.id)
    started = next(event for event in events if isinstance(event, RunStarted))
    saved = next(event for event in events if isinstance(event, CheckpointSaved))
    assert started.step == 5
    state = json.loads((Path(saved.folder) / "state.json").read_text())
    assert state["rates"] == {"bodies": 0.5, "rest": 0.2}
    assert RunReader(workspace.run_folder(branched.id)).interventions()[0].value == 0.2


def test_a_branch_refuses_another_network_and_a_step_without_a_checkpoint(workspace, experiment) -> None:
    run_id = finished(workspace, with_value(experiment, "training.duration.steps", 5))
    others = [
        (with_value(experiment, "network.items.i2.out_features", 13), "network must be the same"),
        (with_value(experiment, "data.num_train", 50), "data must be the same"),
        (with_value(experiment, "groups.0.frozen", True), "groups must be the same"),
    ]
    for other, words in others:
        with pytest.raises(WorkspaceError, match=words):
            branch(workspace, run_id, dump_experiment(other))
    with pytest.raises(NotFound, match="no checkpoint of step 3; it has those of step 5"):
        branch(workspace, run_id, step=3)
    queued = workspace.submit(dump_experiment(experiment))
    with pytest.raises(NotFound, match="no checkpoint yet"):
        branch(workspace, queued.id)
    assert len(workspace.runs()) == 2


def test_a_branch_with_another_optimizer_fails_with_the_reason(workspace, experiment) -> None:
    run_id = finished(workspace, with_value(experiment, "training.duration.steps", 5))
    other = with_value(experiment, "training.optimizer", {"kind": "sgd", "momentum": 0.9})
    branched = branch(workspace, run_id, dump_experiment(other), queue=False)
    (failed,) = go_on(workspace, branched.id)
    assert isinstance(failed, RunFailed)
    assert "another network or optimizer" in failed.reason
    assert workspace.run(branched.id).status == "failed"


def test_a_branch_that_cannot_be_made_leaves_no_folder(workspace, experiment, monkeypatch) -> None:
    run_id = finished(workspace, with_value(experiment, "training.duration.steps", 5))

    def fails(*_: object) -> None:
        raise WorkspaceError("no")

    monkeypatch.setattr("builder.workspace.branching.copy_rows", fails)
    with pytest.raises(WorkspaceError, match="no"):
        branch(workspace, run_id)
    assert [each.name for each in (workspace.folder / "runs").iterdir()] == [run_id]


@pytest.mark.parametrize("state", ["", "{", '{"step": 3, "rates": {}}'])
def test_a_damaged_checkpoint_or_one_of_another_version_is_told(make, digits, tmp_path, state: str) -> None:
    run = TrainingRun(make(*TOWER), digits, torch.device("cpu"))
    path = save_checkpoint(tmp_path, 3, run.network, run.layout, run.rates, Progress())
    (path / "state.json").write_text(state)
    with pytest.raises(CheckpointUnusable, match="damaged, or another version"):
        load_checkpoint(path, run.network, run.layout, run.rates)


def test_a_checkpoint_of_another_network_changes_nothing(make, digits, tmp_path) -> None:
    wide, narrow = (TrainingRun(make(*tower), digits, torch.device("cpu")) for tower in (TOWER, TOWER[:1]))
    path = save_checkpoint(tmp_path, 3, narrow.network, narrow.layout, narrow.rates, Progress())
    before = wide.layout.values.clone()
    with pytest.raises(CheckpointUnusable, match="the document has"):
        load_checkpoint(path, wide.network, wide.layout, wide.rates)
    assert torch.equal(wide.layout.values, before)


def test_a_run_of_the_loop_alone_begins_at_its_first_step(make, digits) -> None:
    (started,) = [event for event in train(make(*TOWER), digits) if isinstance(event, RunStarted)]
    assert started.step == 0
