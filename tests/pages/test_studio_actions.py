"""What a person can do with runs on the screen, without the screen."""

import json
import re
from contextlib import closing

import numpy as np
import pytest
from tabs import commands, edited

from builder.spec import dump_experiment, parse_experiment, with_value
from builder.workspace.checkpoints import FLAG_NAME, STATE_NAME, checkpoint_folder, checkpoint_path
from builder.workspace.rows import RunReader, RunWriter, Series

NAN, INF = float("nan"), float("inf")
FORGED = [
    None,
    True,
    NAN,
    INF,
    -1,
    10**400,
    "",
    "x" * 10_000,
    "\ud800",
    [],
    ["x"],
    {},
    {"a": 1},
    {"kind": ["x"]},
    [[[[]]]],
]


def test_the_pace_is_the_running_runs_and_the_next_ones(tab, workspace, start_run):
    run = start_run(tab)
    tab.set_pace(7.0)
    tab.set_pace(None)
    for wrong in (-1, NAN, "fast", 1e12):
        tab.set_pace(wrong)
    assert tab.editing.experiment.training.pace is None
    assert commands(workspace, run) == [("set_pace", {"steps_per_second": pace}) for pace in (7.0, None)]


def test_train_queues_the_document_once(tab, workspace):
    tab.train()
    tab.train()
    (run,) = workspace.runs()
    assert workspace.run_document(run.id) == dump_experiment(tab.editing.experiment)
    assert (run.experiment_id, run.revision) == (tab.editing.experiment_id, tab.editing.revision)
    assert (tab.session.run_id, tab.session.shown) == (run.id, [run.id])


def test_a_document_with_a_problem_is_not_trained(tab, send, workspace):
    network = tab.editing.experiment.model_dump(mode="json")["network"]
    network["items"][1]["out_features"] = 32
    send(tab, network=network)
    assert "32" in tab.why_not()
    tab.train()
    tab.restart()
    assert workspace.runs() == []


def test_reset_stops_what_runs_and_trains_with_the_next_seed(tab, workspace, start_run):
    run = start_run(tab)
    seed = tab.editing.experiment.training.seed
    tab.restart()
    assert commands(workspace, run) == [("stop", {})]
    fresh = workspace.run(tab.session.run_id)
    assert fresh.id != run.id
    assert parse_experiment(workspace.run_document(fresh.id)).training.seed == seed + 1


def test_commands_reach_the_run_in_view(tab, workspace, start_run):
    run = start_run(tab)
    for kind in ("pause", "step", "resume", "stop"):
        tab.command(kind)
    assert [kind for kind, _ in commands(workspace, run)] == ["pause", "step", "resume", "stop"]


# Forged messages


@pytest.mark.parametrize("value", FORGED, ids=lambda value: repr(value)[:20])
def test_a_forged_message_raises_nothing_and_changes_nothing(tab, workspace, start_run, value):
    run = start_run(tab)
    before, head = tab.editing.experiment, workspace.head(tab.editing.experiment_id)
    now = {"epoch": tab.editing.epoch, "rev": tab.editing.rev + 1}
    raw = before.model_dump(mode="json")
    for message in (value, now, {**now, "rev": value}, {**now, "document": [value]}, {"epoch": value, "rev": 1}):
        tab.edit(message)
    for forged in (
        {"groups": value},
        {"groups": [value]},
        {"network": [value]},
        {"name": value},
        {"training": [value]},
    ):
        tab.edit({"epoch": tab.editing.epoch, "rev": tab.editing.rev + 1, "document": {**raw, **forged}})
    for groups in (value, [value], [{"name": value}], [{"name": "stem", "frozen": value, "learning_rate": value}]):
        tab.edit_rates({"epoch": tab.session.mixing.epoch, "rev": tab.session.mixing.rev + 1, "groups": groups})
        tab.edit_rates({"epoch": tab.session.mixing.epoch, "rev": value, "groups": groups})
    tab.edit_rates(value)
    tab.rename(value)
    tab.set_field("training.device", value)
    if value is not None:
        tab.set_pace(value)
    tab.solo(value, value)
    tab.solo("stem", value) if value is not True else None
    for act in (tab.rewind, tab.branch_from):
        act(value, value, value)
        act(run.id, run.id, value)
    assert tab.editing.experiment == before
    assert workspace.head(tab.editing.experiment_id) == head
    assert commands(workspace, run) == []


@pytest.mark.parametrize("rev", [True, 10**400, 2.0, NAN, INF, "2", [2], None])
def test_a_forged_rev_is_not_taken_although_the_document_is_sound(tab, rev):
    before = tab.editing
    tab.edit({"epoch": before.epoch, "rev": rev, "document": edited(before.experiment, notes="forged")})
    tab.edit_rates(
        {
            "epoch": tab.session.mixing.epoch,
            "rev": rev,
            "groups": [{"name": "stem", "learning_rate": 0.5, "frozen": False}],
        }
    )
    assert tab.editing is before
    assert tab.session.mixing.rev == 0


# Going on with an ended run


def ended(workspace, tab, start_run, status):
    """The run in view, ended, with a checkpoint after its two steps."""
    run = start_run(tab)
    folder = workspace.run_folder(run.id)
    with closing(RunWriter(folder)) as writer:
        writer.start({}, [Series(id=0, quantity="loss", subject="train", family="scalar")])
        writer.append_steps(1, np.ones((2, 1), dtype=np.float32), 0.1)
    path = checkpoint_path(checkpoint_folder(folder), 2)
    path.mkdir(parents=True)
    (path / STATE_NAME).write_text(json.dumps({"step": 2, "rates": {}}))
    workspace.set_status(run.id, status)
    return run


@pytest.mark.parametrize("status", ["stopped", "failed", "crashed"])
def test_a_run_that_ended_before_its_time_is_queued_again(workspace, tab, start_run, status):
    run = ended(workspace, tab, start_run, status)
    tab.go_on()
    assert workspace.run(run.id).status == "queued"
    assert (tab.session.run_id, len(workspace.runs())) == (run.id, 1)
    tab.go_on()
    assert workspace.run(run.id).status == "queued"


def test_a_finished_run_trains_on_for_as_long_again_as_a_new_run_in_its_place(workspace, tab, start_run):
    run = ended(workspace, tab, start_run, "finished")
    tab.session.shown = [run.id, "other"]
    tab.go_on()
    new = workspace.run(tab.session.run_id)
    assert (new.status, new.experiment_id) == ("queued", run.experiment_id)
    assert tab.session.shown == [new.id, "other"]
    before, after = (parse_experiment(workspace.run_document(each.id)) for each in (run, new))
    assert after.training.duration.epochs == 2 * before.training.duration.epochs
    assert with_value(after, "training.duration", before.training.duration.model_dump()) == before
    assert workspace.run(run.id).status == "finished"


def test_a_diverged_run_is_told_why_it_does_not_go_on(workspace, tab, start_run):
    run = ended(workspace, tab, start_run, "diverged")
    tab.go_on()
    assert workspace.run(run.id).status == "diverged"
    assert "lower learning rates" in tab.session.notice.text


def test_a_read_only_view_goes_on_with_nothing(workspace, tab, start_run, open_tab):
    run = ended(workspace, tab, start_run, "stopped")
    open_tab(run_id=run.id).go_on()
    assert workspace.run(run.id).status == "stopped"


# Going back to before a change


@pytest.fixture
def flagged(workspace, tab, start_run):
    """A running run that was changed after its second step, and the document with the change."""

    def make(status=None):
        run = start_run(tab)
        folder = workspace.run_folder(run.id)
        with closing(RunWriter(folder)) as writer:
            writer.start({}, [Series(id=0, quantity="loss", subject="train", family="scalar")])
            writer.append_steps(1, np.ones((4, 1), dtype=np.float32), 0.1)
            writer.add_intervention(2, "set_frozen", "bodies", True)
        path = checkpoint_path(checkpoint_folder(folder), 2)
        path.mkdir(parents=True)
        names = [group.name for group in tab.editing.experiment.groups]
        state = {
            "step": 2,
            "rates": dict.fromkeys(names, 0.25),
            "weight_decays": dict.fromkeys(names, 0.5),
            "frozen": [],
        }
        (path / STATE_NAME).write_text(json.dumps({**state, "solo": None}))
        (path / FLAG_NAME).touch()
        if status:
            workspace.set_status(run.id, status)
        tab.change(with_value(tab.editing.experiment, "groups.1.frozen", True), is_told=True)
        return workspace.run(run.id)

    return make


def state_of(workspace, run_id, step=2):
    return json.loads((checkpoint_path(checkpoint_folder(workspace.run_folder(run_id)), step) / STATE_NAME).read_text())


def test_to_rewind_stops_the_run_and_goes_on_as_it_was_then_as_a_new_one_over_it(workspace, tab, flagged):
    run = flagged()
    tab.session.shown = [run.id, "other"]
    tab.rewind(run.id, run.id, 2)
    new = workspace.run(tab.session.run_id)
    assert commands(workspace, run) == [("stop", {})]
    assert (new.status, new.experiment_id, new.name) == ("queued", run.experiment_id, run.name)
    assert tab.session.shown == [new.id, run.id, "other"]
    assert json.loads(workspace.run_document(new.id)) == json.loads(workspace.run_document(run.id))
    assert state_of(workspace, new.id)["frozen"] == []
    with closing(RunReader(workspace.run_folder(new.id))) as reader:
        assert (reader.last_step(), reader.interventions()) == (2, [])
    # The mixer shows what the new run goes on with, and can be undone.
    assert {(group.learning_rate, group.weight_decay, group.frozen) for group in tab.editing.experiment.groups} == {
        (0.25, 0.5, False)
    }
    assert commands(workspace, new) == []
    assert "goes on from step 2" in tab.session.notice.text
    workspace.set_status(new.id, "starting")
    assert tab.edits_run(workspace.run(new.id))
    # The one that was left stays, with all its rows.
    with closing(RunReader(workspace.run_folder(run.id))) as reader:
        assert reader.last_step() == 4


def test_to_rewind_an_ended_run_stops_nothing(workspace, tab, flagged):
    run = flagged("finished")
    tab.rewind(run.id, run.id, 2)
    assert workspace.run(run.id).status == "finished"
    assert workspace.run(tab.session.run_id).status == "queued"


def test_to_branch_trains_the_document_as_it_is_now_and_lets_the_other_go_on(workspace, tab, flagged):
    run = flagged()
    tab.branch_from(run.id, run.id, 2)
    new = workspace.run(tab.session.run_id)
    assert commands(workspace, run) == []
    assert workspace.run(run.id).status == "running"
    assert parse_experiment(workspace.run_document(new.id)) == tab.editing.experiment
    assert new.revision == tab.editing.revision
    state = state_of(workspace, new.id)
    assert state["frozen"] == ["bodies"]
    assert state["rates"] == {group.name: group.learning_rate for group in tab.editing.experiment.groups}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"path": "network.items.i2.out_features", "value": 65}, "problem|must be the same|65"),
        ({"path": "data.num_train", "value": 500}, "data must be the same"),
        ({"path": "training.duration", "value": {"steps": 2}}, "nothing would be left to train"),
    ],
)
def test_a_branch_that_cannot_be_says_why_and_changes_nothing(workspace, tab, flagged, change, words):
    run = flagged()
    tab.set_field(change["path"], change["value"])
    tab.branch_from(run.id, run.id, 2)
    assert re.search(words, tab.session.notice.text)
    assert (tab.session.run_id, len(workspace.runs())) == (run.id, 1)


def test_a_step_without_a_checkpoint_and_a_run_that_is_gone_are_told(workspace, tab, flagged):
    run = flagged()
    tab.rewind(run.id, run.id, 3)
    assert "no checkpoint of step 3; it has those of step 2" in tab.session.notice.text
    tab.rewind(run.id, "0" * 12, 2)
    assert "was deleted" in tab.session.notice.text
    assert commands(workspace, run) == []
    assert len(workspace.runs()) == 1


def test_nobody_else_goes_back_in_a_run(workspace, tab, flagged, open_tab):
    run = flagged()
    open_tab(run_id=run.id).rewind(run.id, run.id, 2)
    guest = open_tab(owner="guest")
    guest.rewind(run.id, run.id, 2)
    assert "somebody else's run" in guest.session.notice.text
    assert commands(workspace, run) == []
    assert len(workspace.runs()) == 1
