"""What a person can do on the screen, without the screen."""

import json
from contextlib import closing

import numpy as np
import pytest

from builder.pages.studio_actions import StudioActions
from builder.spec import dump_experiment, load_experiment, parse_experiment, with_value
from builder.spec.presets.registry import DEFAULT_PRESET, PRESETS
from builder.workspace.checkpoints import STATE_NAME, checkpoint_folder, checkpoint_path
from builder.workspace.rows import RunWriter, Series

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


def edited(experiment, **changes):
    return {**experiment.model_dump(mode="json"), **changes}


def stored(workspace, tab):
    return parse_experiment(workspace.head(tab.editing.experiment_id).document)


def commands(workspace, run):
    return [(each.kind, each.payload) for each in workspace.take_commands(run.id)]


# Keeping edits


def test_looking_around_stores_nothing(open_tab, workspace):
    tab = open_tab()
    tab.undo()
    tab.redo()
    tab.edit(None)
    assert tab.editing.experiment == load_experiment(DEFAULT_PRESET)
    assert workspace.experiments() == []


def test_the_first_edit_stores_an_experiment_that_begins_with_the_preset(open_tab, send, workspace):
    tab = open_tab()
    send(tab, notes="mine")
    (entry,) = workspace.experiments()
    assert entry.id == tab.editing.experiment_id
    assert stored(workspace, tab).notes == "mine"
    tab.undo()
    assert tab.editing.experiment == load_experiment(DEFAULT_PRESET)
    tab.redo()
    assert tab.editing.experiment.notes == "mine"


def test_an_edit_is_taken_once(tab, send, workspace):
    message = {"epoch": tab.editing.epoch, "rev": 5, "document": tab.editing.experiment.model_dump(mode="json")}
    message["document"]["notes"] = "once"
    tab.edit(message)
    head = workspace.head(tab.editing.experiment_id).id
    message["document"]["notes"] = "twice"
    tab.edit(message)
    assert workspace.head(tab.editing.experiment_id).id == head
    assert tab.editing.experiment.notes == "once"


def test_an_edit_that_the_schema_refuses_is_answered_with_the_old_document_and_a_reason(tab, send, workspace):
    before = tab.editing
    send(tab, groups=[{"name": "all", "learning_rate": -1}])
    assert tab.editing.experiment == before.experiment == stored(workspace, tab)
    assert tab.editing.epoch > before.epoch
    assert tab.session.notice.kind == "error"
    assert "learning_rate" in tab.session.notice.text


def test_undo_and_redo_survive_a_reload(tab, send, open_tab):
    for notes in ("one", "two", "three"):
        send(tab, notes=notes)
    reloaded = open_tab(tab.editing.experiment_id)
    assert reloaded.editing.experiment == tab.editing.experiment
    reloaded.undo()
    reloaded.undo()
    assert reloaded.editing.experiment.notes == "one"
    again = open_tab(tab.editing.experiment_id)
    again.redo()
    assert again.editing.experiment.notes == "two"
    epoch = again.editing.epoch
    again.redo()
    again.redo()
    assert again.editing.experiment.notes == "three"
    assert again.editing.epoch > epoch


def test_an_edit_after_an_undo_ends_what_can_be_redone(tab, send):
    send(tab, notes="one")
    tab.undo()
    send(tab, notes="other")
    tab.redo()
    assert tab.editing.experiment.notes == "other"


# Two tabs


def test_a_tab_follows_what_another_tab_does(tab, send, open_tab):
    other = open_tab(tab.editing.experiment_id)
    assert not other.follow()
    send(tab, notes="from the first")
    assert other.follow()
    assert other.editing.experiment == tab.editing.experiment
    assert not other.follow()


def test_of_two_edits_at_once_the_later_is_kept_beside_and_offered(tab, send, open_tab, workspace):
    other = open_tab(tab.editing.experiment_id)
    send(tab, notes="first")
    send(other, notes="second")
    assert stored(workspace, tab).notes == other.editing.experiment.notes == "first"
    notice = other.session.notice
    assert (notice.kind, notice.action) == ("warning", "use_revision")
    other.use_revision(notice.payload)
    assert stored(workspace, tab).notes == other.editing.experiment.notes == "second"
    tab.follow()
    assert tab.editing.experiment.notes == "second"
    tab.undo()
    assert tab.editing.experiment.notes == "first"


def test_an_edit_that_an_undo_overtakes_is_kept_beside_and_offered(tab, send, workspace):
    send(tab, notes="one")
    editing = tab.editing
    late = {"epoch": editing.epoch, "rev": editing.rev + 1, "document": edited(editing.experiment, notes="late")}
    tab.undo()
    undone = tab.editing.experiment
    tab.edit(late)
    assert tab.editing.experiment == stored(workspace, tab) == undone
    notice = tab.session.notice
    assert (notice.kind, notice.action) == ("warning", "use_revision")
    tab.use_revision(notice.payload)
    assert tab.editing.experiment.notes == stored(workspace, tab).notes == "late"
    tab.undo()
    assert tab.editing.experiment == undone


def test_an_edit_that_was_taken_before_an_undo_is_not_taken_again_after_it(tab, send):
    editing = tab.editing
    message = {"epoch": editing.epoch, "rev": 1, "document": edited(editing.experiment, notes="one")}
    tab.edit(message)
    tab.undo()
    tab.edit(message)
    assert tab.editing.experiment == editing.experiment
    assert tab.session.notice is None


def test_an_edit_that_another_experiment_overtakes_stays_with_its_own(tab, workspace):
    editing = tab.editing
    late = {"epoch": editing.epoch, "rev": 1, "document": edited(editing.experiment, notes="late")}
    tab.open_preset("digits-four-kinds")
    tab.edit(late)
    assert tab.editing.experiment == PRESETS["digits-four-kinds"].experiment()
    tab.open_experiment(editing.experiment_id)
    assert tab.editing.experiment.notes == "late"


def test_an_edit_that_is_both_late_and_refused_changes_nothing(tab, send, workspace):
    send(tab, notes="one")
    editing = tab.editing
    tab.undo()
    head = workspace.head(editing.experiment_id)
    tab.edit({"epoch": editing.epoch, "rev": editing.rev + 1, "document": {"groups": []}})
    assert workspace.head(editing.experiment_id) == head
    assert tab.session.notice.kind == "error"


def test_an_edit_that_a_rate_has_overtaken_is_taken_and_so_is_the_rate(tab, workspace):
    before = tab.editing

    def late(rev, **changes):
        document = edited(before.experiment, **changes)
        tab.edit({"epoch": before.epoch, "rev": rev, "document": document})

    rates = [{"name": "stem", "learning_rate": 0.5}]
    tab.edit_rates({"epoch": tab.session.mixer_epoch, "rev": 1, "groups": rates})
    late(before.rev + 1, notes="half")
    late(before.rev + 2, notes="whole")
    late(before.rev + 2, notes="repeated")
    after = stored(workspace, tab)
    assert after == tab.editing.experiment
    assert (after.notes, after.groups[0].learning_rate) == ("whole", 0.5)
    assert after.groups[1:] == before.experiment.groups[1:]
    assert tab.session.notice is None

    # Of another change from here, such an edit is only kept.
    tab.undo()
    late(before.rev + 3, notes="too late")
    assert stored(workspace, tab).notes != "too late"
    assert tab.session.notice.action == "use_revision"


# Learning rates of a live run


def test_a_rate_from_the_mixer_reaches_the_live_run_of_its_group_only(tab, workspace, start_run):
    run = start_run(tab)
    epoch = tab.editing.epoch
    tab.edit_rates(
        {
            "epoch": tab.session.mixer_epoch,
            "rev": 1,
            "groups": [
                {"name": "stem", "learning_rate": 0.1, "frozen": False},
                {"name": "bodies", "learning_rate": 0.3, "frozen": False},
            ],
        }
    )
    assert commands(workspace, run) == [("set_learning_rate", {"group": "bodies", "value": 0.3})]
    assert {group.name: group.learning_rate for group in stored(workspace, tab).groups}["bodies"] == 0.3
    assert tab.editing.epoch > epoch


def test_a_rate_from_the_editor_or_an_undo_reaches_the_live_run_too(tab, send, workspace, start_run):
    run = start_run(tab)
    groups = tab.editing.experiment.model_dump(mode="json")["groups"]
    groups[0]["learning_rate"] = 0.5
    send(tab, groups=groups)
    tab.undo()
    assert commands(workspace, run) == [
        ("set_learning_rate", {"group": "stem", "value": 0.5}),
        ("set_learning_rate", {"group": "stem", "value": 0.1}),
    ]


def test_an_edit_of_the_structure_asks_nothing_of_the_live_run(tab, send, workspace, start_run):
    run = start_run(tab)
    network = tab.editing.experiment.model_dump(mode="json")["network"]
    network["items"][3]["times"] = 2
    send(tab, network=network)
    assert commands(workspace, run) == []


def test_rates_of_another_experiment_or_of_an_ended_run_go_nowhere(tab, send, workspace, start_run):
    run = start_run(tab)
    tab.open_preset("digits-residual")
    tab.session.run_id = run.id
    rates(tab, 0.4)
    assert commands(workspace, run) == []
    tab.open_experiment(run.experiment_id)
    workspace.set_status(run.id, "stopped")
    rates(tab, 0.4)
    assert commands(workspace, run) == []


def test_a_run_that_ends_between_the_look_and_the_command_raises_nothing(tab, workspace, start_run, monkeypatch):
    run = start_run(tab)
    workspace.set_status(run.id, "stopped")
    monkeypatch.setattr(StudioActions, "run", lambda self: run)
    rates(tab, 0.4)
    tab.set_pace(7.0)
    tab.command("pause")
    assert tab.editing.experiment.training.pace == 7.0
    assert commands(workspace, run) == []


def rates(tab, value):
    groups = [{"name": group.name, "learning_rate": value} for group in tab.editing.experiment.groups]
    tab.edit_rates({"epoch": tab.session.mixer_epoch, "rev": tab.session.mixer_rev + 1, "groups": groups})


def test_a_rate_that_is_refused_leaves_the_document_and_says_why(tab):
    before = tab.editing.experiment
    rates(tab, -1.0)
    assert tab.editing.experiment == before
    assert tab.session.notice.kind == "error"


# Names, presets, fields


def test_a_new_name_is_the_documents_and_the_lists(tab, workspace):
    tab.rename("<b>deep</b>")
    assert tab.editing.experiment.name == stored(workspace, tab).name == "<b>deep</b>"
    assert [entry.name for entry in workspace.experiments()] == ["<b>deep</b>"]
    tab.rename("")
    assert tab.editing.experiment.name == "<b>deep</b>"
    assert tab.session.notice.kind == "error"


def test_a_preset_is_opened_as_a_copy(open_tab, send, workspace):
    tab = open_tab()
    name = "digits-four-kinds"
    tab.open_preset(name)
    assert tab.editing.experiment == PRESETS[name].experiment()
    first = tab.editing.experiment_id
    send(tab, notes="changed")
    tab.open_preset(name)
    assert tab.editing.experiment == PRESETS[name].experiment()
    assert tab.editing.experiment_id != first
    assert len(workspace.experiments()) == 2


def test_another_experiment_comes_with_its_newest_run(tab, workspace, start_run):
    run = start_run(tab)
    tab.open_preset("digits-four-kinds")
    assert tab.session.run_id is None
    tab.open_experiment(run.experiment_id)
    assert (tab.session.run_id, tab.session.shown) == (run.id, [run.id])


def test_the_pace_is_the_running_runs_and_the_next_ones(tab, workspace, start_run):
    run = start_run(tab)
    tab.set_pace(7.0)
    tab.set_pace(None)
    for wrong in (-1, NAN, "fast", 1e12):
        tab.set_pace(wrong)
    assert tab.editing.experiment.training.pace is None
    assert commands(workspace, run) == [("set_pace", {"steps_per_second": pace}) for pace in (7.0, None)]


# Training


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


# Addresses


def test_an_address_that_names_nothing_opens_the_default_preset_and_says_so(open_tab, workspace):
    for address in ({"experiment_id": "nobody"}, {"run_id": "nobody"}, {"experiment_id": "../..", "run_id": "x"}):
        tab = open_tab(**address)
        assert tab.editing.experiment == load_experiment(DEFAULT_PRESET)
        assert tab.session.notice.kind == "warning"
        assert not tab.session.read_only
    assert workspace.experiments() == []


def test_a_deleted_experiment_opens_with_an_offer_to_restore_it(tab, open_tab, workspace):
    workspace.delete(tab.editing.experiment_id)
    notice = open_tab(tab.editing.experiment_id).session.notice
    assert (notice.action, notice.payload) == ("undelete", tab.editing.experiment_id)


def test_a_run_of_another_experiment_in_the_address_is_left_out(tab, open_tab, workspace, start_run):
    run = start_run(tab)
    tab.open_preset("digits-four-kinds")
    assert open_tab(tab.editing.experiment_id, run.id).session.run_id is None
    assert open_tab(run.experiment_id, run.id).session.run_id == run.id


def test_a_read_only_view_shows_the_runs_document_and_refuses_everything(tab, send, open_tab, workspace, start_run):
    run = start_run(tab)
    send(tab, notes="after the run began")
    view = open_tab(run_id=run.id)
    assert view.session.read_only
    assert view.editing.experiment.notes != "after the run began"
    editing, everything = view.editing, (workspace.experiments(), workspace.runs())
    send(view, notes="forged")
    rates(view, 0.4)
    view.rename("forged")
    view.set_field("training.seed", 5)
    view.set_pace(3.0)
    view.undo()
    view.redo()
    view.train()
    view.submit()
    view.restart()
    view.use_revision(tab.editing.revision)
    view.open_experiment(tab.editing.experiment_id)
    view.open_preset("digits-four-kinds")
    for kind in ("pause", "resume", "step", "stop"):
        view.command(kind)
    assert view.editing is editing
    assert view.session.read_only
    assert view.session.run_id == run.id
    assert (workspace.experiments(), workspace.runs()) == everything
    assert commands(workspace, run) == []


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
        tab.edit_rates({"epoch": tab.session.mixer_epoch, "rev": tab.session.mixer_rev + 1, "groups": groups})
        tab.edit_rates({"epoch": tab.session.mixer_epoch, "rev": value, "groups": groups})
    tab.edit_rates(value)
    tab.rename(value)
    tab.set_field("training.device", value)
    if value is not None:
        tab.set_pace(value)
    assert tab.editing.experiment == before
    assert workspace.head(tab.editing.experiment_id) == head
    assert commands(workspace, run) == []


@pytest.mark.parametrize("rev", [True, 10**400, 2.0, NAN, INF, "2", [2], None])
def test_a_forged_rev_is_not_taken_although_the_document_is_sound(tab, rev):
    before = tab.editing
    tab.edit({"epoch": before.epoch, "rev": rev, "document": edited(before.experiment, notes="forged")})
    tab.edit_rates(
        {
            "epoch": tab.session.mixer_epoch,
            "rev": rev,
            "groups": [{"name": "stem", "learning_rate": 0.5, "frozen": False}],
        }
    )
    assert tab.editing is before
    assert tab.session.mixer_rev == 0


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
