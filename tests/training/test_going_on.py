"""Going on with a run that ended before its time, and branching from one. That it is exact, `soak.resume` shows."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
from soak import subject
from soak.every_step import read_every_step
from soak.subject import GROUPS

TOWER = subject.tower()


@pytest.fixture
def workspace(tmp_path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "workspace")
    yield opened
    opened.close()


@pytest.fixture
def experiment() -> Experiment:
    return subject.experiment()


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
    before, after = (read_every_step(reader) for reader in readers)
    assert len(after) == 150
    assert after[:120].tobytes() == before.tobytes()
    assert readers[1].info()["branched_from"] == {"run": run_id, "step": 120}
    assert readers[1].info()["num_steps"] == 150
    # The parent is as it was.
    assert workspace.run(run_id).status == "finished"
    assert readers[0].last_step() == 120
    # As if it had been planned so long from the beginning.
    whole = workspace.submit(dump_experiment(longer), queue=False)
    go_on(workspace, whole.id)
    assert read_every_step(RunReader(workspace.run_folder(whole.id))).tobytes() == after.tobytes()


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
        (with_value(experiment, "groups.0.rule.lanes", ["gate"]), "groups must be the same"),
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
    path = save_checkpoint(tmp_path, 3, run.network, run.layout, run.mixer, Progress()).path
    (path / "state.json").write_text(state)
    with pytest.raises(CheckpointUnusable, match="damaged, or another version"):
        load_checkpoint(path, run.network, run.layout, run.mixer)


def test_a_checkpoint_of_another_network_changes_nothing(make, digits, tmp_path) -> None:
    wide, narrow = (TrainingRun(make(*tower), digits, torch.device("cpu")) for tower in (TOWER, TOWER[:1]))
    path = save_checkpoint(tmp_path, 3, narrow.network, narrow.layout, narrow.mixer, Progress()).path
    before = wide.layout.values.clone()
    with pytest.raises(CheckpointUnusable, match="the document has"):
        load_checkpoint(path, wide.network, wide.layout, wide.mixer)
    assert torch.equal(wide.layout.values, before)


def test_a_run_of_the_loop_alone_begins_at_its_first_step(make, digits) -> None:
    (started,) = [event for event in train(make(*TOWER), digits) if isinstance(event, RunStarted)]
    assert started.step == 0
