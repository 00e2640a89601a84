"""The mixer while a run trains: each change has a checkpoint before it, and is replayed to the bit from any of them."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from recorded import rows

from builder.spec import Experiment, dump_experiment, with_value
from builder.training import loop
from builder.training.checkpoints import Progress, save_checkpoint
from builder.training.continuation import Continuation
from builder.training.events import CheckpointSaved, Event, Intervened, RunFinished, RunPaused, RunStarted, RunStopped
from builder.training.loop import TrainingRun, train
from builder.training.session import train_run
from builder.workspace import checkpoints as kept
from builder.workspace.branching import WayBack, WaysBack, branch, settings_at
from builder.workspace.checkpoints import checkpoint_folder, checkpoint_path, checkpoints, flagged_steps, step_of
from builder.workspace.rows import Intervention, RunReader, find_series, is_absent
from builder.workspace.store import Workspace
from soak import subject
from soak.every_step import read_every_step

CHANGES: dict[int, tuple[str, str, Any]] = {
    6: ("set_frozen", "bodies", True),
    12: ("set_weight_decay", "rest", 0.2),
    18: ("set_frozen", "bodies", False),
    25: ("set_solo", "bodies", True),
    33: ("set_learning_rates", "", {"bodies": 0.02, "rest": 0.005}),
    41: ("set_solo", "bodies", False),
    52: ("set_learning_rate", "rest", 0.03),
}
"""By the step after which they are made."""
NUM_STEPS = 70


@pytest.fixture
def experiment() -> Experiment:
    return with_value(subject.experiment(), "training.duration.steps", NUM_STEPS)


@pytest.fixture
def workspace(tmp_path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "workspace")
    yield opened
    opened.close()


def push(script: Any, kind: str, subject: str, value: Any) -> None:
    script.push(kind, **({"group": subject} if subject else {}), value=value)


def steered(events: Iterator[Event], script: Any, changes: dict[int, tuple[str, str, Any]]) -> Iterator[Event]:
    """Lets a run pause at each of these steps, changes it there, and lets it go on."""
    places = [*sorted(changes), None]
    for _ in range(places[0] or 0):
        script.push("step")
    for event in events:
        yield event
        if isinstance(event, RunPaused) and event.step == places[0]:
            push(script, *changes[event.step])
            places.pop(0)
            for _ in range(places[0] - event.step if places[0] else 0):
                script.push("step")
            if places[0] is None:
                script.push("resume")


def recorded(events: list[Event]) -> list[Intervention]:
    found = [each for each in events if isinstance(each, Intervened)]
    return [
        Intervention(id=place, step=each.step, kind=each.kind, subject=each.subject, value=each.value)
        for place, each in enumerate(found, 1)
    ]


@pytest.fixture
def every_change_has_a_checkpoint(monkeypatch) -> None:
    monkeypatch.setattr(loop, "BURST_SECONDS", 0.0)


def test_a_run_that_was_changed_goes_on_from_the_checkpoint_of_every_flag_bit_for_bit(
    experiment, digits_of, tmp_path, script, every_change_has_a_checkpoint
) -> None:
    data = digits_of(experiment)
    events = list(steered(train(experiment, data, commands=script, checkpoint_folder=tmp_path), script, CHANGES))
    assert [(each.step, each.kind) for each in recorded(events)] == [(step, each[0]) for step, each in CHANGES.items()]
    assert flagged_steps(tmp_path) == list(CHANGES)
    whole = rows(events)
    untouched = rows(train(experiment, data))
    assert whole[:6].tobytes() == untouched[:6].tobytes()
    for step in CHANGES:
        resumed = list(
            train(experiment, data, continuation=Continuation(checkpoint_path(tmp_path, step), recorded(events)))
        )
        assert rows(resumed).tobytes() == whole[step:].tobytes(), step


def test_each_change_is_announced_after_its_checkpoint_and_before_its_step(
    experiment, digits_of, tmp_path, script, every_change_has_a_checkpoint
) -> None:
    data = digits_of(experiment)
    events = list(steered(train(experiment, data, commands=script, checkpoint_folder=tmp_path), script, CHANGES))
    for place, event in enumerate(events):
        if isinstance(event, Intervened):
            before = events[place - 1]
            assert isinstance(before, CheckpointSaved)
            assert (before.step, before.is_flagged) == (event.step, True)
            assert len(rows(events[:place])) == event.step


def test_a_frozen_group_has_no_gradient_and_no_update_until_it_thaws(experiment, digits_of, script) -> None:
    events = list(steered(train(experiment, digits_of(experiment), commands=script), script, CHANGES))
    values = rows(events)
    series = next(each for each in events if isinstance(each, RunStarted)).series
    frozen = {"bodies": [*range(7, 19)], "rest": [*range(26, 42)]}
    for group, steps in frozen.items():
        for quantity in ("grad_norm", "grad_rms"):
            (column,) = [each.id for each in find_series(series, quantity, group) if each.family == "scalar"]
            assert (np.flatnonzero(is_absent(values[:, column])) + 1).tolist() == steps, (group, quantity)
        (column,) = [each.id for each in find_series(series, "update_ratio", group) if each.family == "scalar"]
        probed = values[9::10, column]
        assert (10 * (np.flatnonzero(is_absent(probed)) + 1)).tolist() == [each for each in steps if each % 10 == 0]


def test_a_slider_that_is_dragged_has_one_checkpoint_before_it(experiment, digits_of, tmp_path, script) -> None:
    pushed = 0
    events = []
    slowly = with_value(experiment, "training.pace", 200.0)
    for event in train(slowly, digits_of(experiment), commands=script, checkpoint_folder=tmp_path):
        events.append(event)
        if pushed < 50 and not script.waiting:
            pushed += 1
            script.push("set_learning_rate", group="rest", value=0.01 + pushed / 1000)
    assert len(recorded(events)) > 5
    assert sum(isinstance(each, CheckpointSaved) and each.is_flagged for each in events) == 1


def test_a_refused_change_is_neither_announced_nor_worth_a_checkpoint(
    experiment, digits_of, tmp_path, script, caplog
) -> None:
    for kind, group, value in [
        ("set_frozen", "nobody", True),
        ("set_weight_decay", "rest", -1.0),
        ("set_solo", "rest", 1),
        ("set_learning_rates", "", {"rest": "fast"}),
    ]:
        push(script, kind, group, value)
    push(script, "set_frozen", "bodies", True)
    push(script, "set_frozen", "rest", True)
    events = list(train(experiment, digits_of(experiment), commands=script, checkpoint_folder=tmp_path))
    assert [(each.kind, each.subject) for each in recorded(events)] == [("set_frozen", "bodies")]
    assert "“rest” is the only group that learns" in caplog.text
    assert "There is no group “nobody”" in caplog.text
    assert isinstance(events[-1], RunFinished)


def test_of_two_changes_at_one_step_the_checkpoint_is_that_before_the_first(
    experiment, digits_of, tmp_path, script, every_change_has_a_checkpoint
) -> None:
    """A run waits at a step, is changed twice, and is stopped there: what its end saves must not overwrite the way back."""
    changes = iter([("set_frozen", "bodies", True), ("set_weight_decay", "rest", 0.5), None])
    events = []
    script.push("pause")
    for event in train(experiment, digits_of(experiment), commands=script, checkpoint_folder=tmp_path):
        events.append(event)
        if isinstance(event, RunPaused | Intervened):
            change = next(changes)
            push(script, *change) if change else script.push("stop")
    assert isinstance(events[-1], RunStopped)
    state = json.loads((checkpoint_path(tmp_path, 0) / "state.json").read_text())
    assert (state["frozen"], state["weight_decays"]["rest"]) == ([], 0.0)
    # And yet nothing is lost to who resumes: the changes are in the rows.
    continuation = Continuation(checkpoint_path(tmp_path, 0), recorded(events))
    resumed = train(experiment, digits_of(experiment), continuation=continuation)
    series = next(event for event in resumed if isinstance(event, RunStarted)).series
    (column,) = [each.id for each in find_series(series, "grad_norm", "bodies")]
    assert is_absent(rows(resumed)[:, column]).all()


def changed_run(workspace: Workspace, experiment: Experiment, script: Any, changes=CHANGES) -> str:
    run = workspace.submit(dump_experiment(experiment), queue=False)
    with workspace.start_trainer(run.id) as held:
        for _ in steered(train_run(held, script), script, changes):
            pass
    return run.id


def train_to_the_end(workspace: Workspace, run_id: str) -> np.ndarray:
    with workspace.start_trainer(run_id) as held:
        for _ in train_run(held):
            pass
    return read_every_step(RunReader(workspace.run_folder(run_id)))


def test_to_rewind_is_to_go_on_as_if_the_change_had_not_been_made(
    workspace, experiment, script, every_change_has_a_checkpoint
) -> None:
    run_id = changed_run(workspace, experiment, script)
    rewound = branch(workspace, run_id, step=25, queue=False)
    found = train_to_the_end(workspace, rewound.id)
    # The same as a run that was never changed from there on.
    first = {step: change for step, change in CHANGES.items() if step < 25}
    other = changed_run(workspace, experiment, script, first)
    assert found.tobytes() == read_every_step(RunReader(workspace.run_folder(other))).tobytes()
    kinds = [each.kind for each in RunReader(workspace.run_folder(rewound.id)).interventions()]
    assert kinds == ["set_frozen", "set_weight_decay", "set_frozen"]


def test_a_branch_as_written_sets_every_group_as_its_document_says(
    workspace, experiment, script, every_change_has_a_checkpoint
) -> None:
    run_id = changed_run(workspace, experiment, script)
    thawed = branch(workspace, run_id, step=12, queue=False)
    as_written = branch(workspace, run_id, step=12, as_written=True, queue=False)
    states = [
        json.loads((checkpoint_path(checkpoint_folder(workspace.run_folder(each.id)), 12) / "state.json").read_text())
        for each in (thawed, as_written)
    ]
    assert [state["frozen"] for state in states] == [["bodies"], []]
    frozen = with_value(experiment, "groups.1.frozen", True)
    refused = branch(workspace, run_id, dump_experiment(frozen), step=12, queue=False)
    with workspace.start_trainer(refused.id) as held:
        (failed,) = train_run(held)
    assert "every group is frozen" in failed.reason  # pyright: ignore[reportAttributeAccessIssue]


def test_the_ways_back_lead_to_before_each_change_and_through_the_origin_of_a_branch(
    workspace, experiment, script, every_change_has_a_checkpoint
) -> None:
    run_id = changed_run(workspace, experiment, script)

    def ways(run_id: str) -> WaysBack:
        folder = workspace.run_folder(run_id)
        return WaysBack(run_id, folder, RunReader(folder).info())

    assert [ways(run_id).before(step) for step in CHANGES] == [WayBack(run_id, step) for step in CHANGES]
    branched = branch(workspace, run_id, step=25, queue=False)
    again = branch(workspace, changed_run_of(workspace, branched.id, script), step=30, queue=False)
    assert ways(again.id).before(18) == WayBack(run_id, 18)
    assert ways(again.id).before(29) is None
    # A change of the branch's own, at a step of which only the origin has a checkpoint, has none.
    assert ways(again.id).before(40) is None


def changed_run_of(workspace: Workspace, run_id: str, script: Any) -> str:
    with workspace.start_trainer(run_id) as held:
        for event in train_run(held, script):
            if isinstance(event, RunStarted):
                for _ in range(5):
                    script.push("step")
            if isinstance(event, RunPaused) and event.step == 30:
                script.push("set_learning_rate", group="rest", value=0.5)
                script.push("resume")
    return run_id


def test_what_was_set_at_a_checkpoint_is_told(workspace, experiment, script, every_change_has_a_checkpoint) -> None:
    run_id = changed_run(workspace, experiment, script)
    bodies, rest = settings_at(workspace, run_id, 18)
    assert bodies == {"name": "bodies", "learning_rate": 0.01, "weight_decay": 0.0, "frozen": True}
    assert rest == {"name": "rest", "learning_rate": 0.01, "weight_decay": 0.2, "frozen": False}


def test_flags_checkpoints_stay_within_number_and_bytes_and_what_goes_is_told(
    make, digits, tmp_path, monkeypatch
) -> None:
    experiment = make({"kind": "residual", "body": [{"kind": "linear", "out_features": 12}]})
    run = TrainingRun(experiment, digits, torch.device("cpu"))

    def save(is_flagged: bool) -> tuple[int, ...]:
        run.take_step()
        saved = save_checkpoint(
            tmp_path, run.step, run.network, run.layout, run.mixer, Progress(), is_flagged=is_flagged
        )
        return saved.let_go

    monkeypatch.setattr(kept, "MAX_FLAGGED", 3)
    assert [save(is_flagged) for is_flagged in (True, False, True, False, False, True)] == [()] * 6
    assert [step_of(each) for each in checkpoints(tmp_path)] == [1, 3, 5, 6]
    assert save(True) == (1,)
    assert flagged_steps(tmp_path) == [3, 6, 7]
    one = sum(file.stat().st_size for file in checkpoint_path(tmp_path, 7).iterdir())
    monkeypatch.setattr(kept, "MAX_FLAGGED_BYTES", int(2.5 * one))
    assert save(True) == (3, 6)
    monkeypatch.setattr(kept, "MAX_FLAGGED_BYTES", one // 2)
    # The two newest are kept whatever they are.
    assert save(False) == (7,)
    assert [step_of(each) for each in checkpoints(tmp_path)] == [8, 9]
