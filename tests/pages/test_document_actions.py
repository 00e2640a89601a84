"""What a person can do with the document, without the screen."""

from contextlib import closing

from tabs import commands, edited, set_rates, stored

from builder.pages.settings import MIXED
from builder.pages.studio_actions import StudioActions
from builder.spec import load_experiment
from builder.spec.presets.registry import DEFAULT_PRESET, PRESETS
from builder.workspace.rows import RunWriter

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


def test_what_is_typed_letter_by_letter_is_one_step_of_undo(tab, send):
    send(tab, notes="before")
    send(tab, notes="a")
    for notes in ("ab", "abc"):
        send(tab, notes=notes, gesture=tab.editing.rev)
    tab.undo()
    assert tab.editing.experiment.notes == "before"
    tab.redo()
    assert tab.editing.experiment.notes == "abc"


def test_a_gesture_does_not_go_on_over_what_came_between(tab, send, open_tab):
    send(tab, notes="a")
    other = open_tab(tab.editing.experiment_id)
    send(other, notes="from another tab")
    tab.follow()
    send(tab, notes="ab", gesture=tab.editing.rev)
    tab.undo()
    assert tab.editing.experiment.notes == "from another tab"


def test_a_gesture_that_did_not_change_anything_at_first_replaces_nothing(tab, send):
    send(tab, notes="before")
    send(tab, notes="before")
    send(tab, notes="after", gesture=tab.editing.rev)
    tab.undo()
    assert tab.editing.experiment.notes == "before"


def test_drawing_a_slider_of_the_mixer_is_one_step_of_undo(tab, send):
    send(tab, notes="before")
    set_rates(tab, 0.5)
    for rate in (0.6, 0.7):
        set_rates(tab, rate, gesture=tab.session.mixing.rev)
    set_rates(tab, 0.01)
    rates = []
    for _ in range(2):
        tab.undo()
        rates.append(tab.editing.experiment.groups[0].learning_rate)
    assert rates == [0.7, load_experiment(DEFAULT_PRESET).groups[0].learning_rate]
    assert tab.editing.experiment.notes == "before"


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
    tab.edit_rates({"epoch": tab.session.mixing.epoch, "rev": 1, "groups": rates})
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


def test_a_rate_that_an_edit_has_overtaken_is_taken_and_so_is_the_edit(tab, send, workspace):
    epoch = tab.session.mixing.epoch
    sent = [{"name": group.name, "learning_rate": group.learning_rate} for group in tab.editing.experiment.groups]
    sent[0]["learning_rate"] = 0.02
    groups = tab.editing.experiment.model_dump(mode="json")["groups"]
    groups[1]["learning_rate"] = 0.01
    send(tab, groups=groups)
    for _ in range(2):
        tab.edit_rates({"epoch": epoch, "rev": 1, "groups": sent})
        assert [group.learning_rate for group in stored(workspace, tab).groups][:2] == [0.02, 0.01]
    assert tab.session.mixing.epoch > epoch + 1
    tab.undo()
    assert [group.learning_rate for group in stored(workspace, tab).groups][1] == 0.01


def test_a_rate_for_the_document_before_is_not_taken_for_another_s(tab, send, workspace):
    send(tab, notes="kept")
    epoch = tab.session.mixing.epoch
    tab.open_new(tab.editing.experiment)
    tab.edit_rates({"epoch": epoch, "rev": 1, "groups": [{"name": "stem", "learning_rate": 0.02}]})
    assert stored(workspace, tab).groups[0].learning_rate != 0.02


# Learning rates of a live run


def test_a_rate_from_the_mixer_reaches_the_live_run_of_its_group_only(tab, workspace, start_run):
    run = start_run(tab)
    epoch = tab.editing.epoch
    tab.edit_rates(
        {
            "epoch": tab.session.mixing.epoch,
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


def mix(tab, **groups):
    """An edit of the mixer, which names every group."""
    now = tab.editing.experiment.groups
    sent = [
        {**{name: getattr(group, name) for name in ("name", *MIXED)}, **groups.get(group.name, {})} for group in now
    ]
    tab.edit_rates({"epoch": tab.session.mixing.epoch, "rev": tab.session.mixing.rev + 1, "groups": sent})


def test_freezing_and_weight_decay_reach_the_live_run_and_are_the_next_one_s_too(tab, workspace, start_run):
    run = start_run(tab)
    mix(tab, stem={"frozen": True}, bodies={"weight_decay": 0.25})
    assert commands(workspace, run) == [
        ("set_weight_decay", {"group": "bodies", "value": 0.25}),
        ("set_frozen", {"group": "stem", "value": True}),
    ]
    groups = {group.name: group for group in stored(workspace, tab).groups}
    assert (groups["stem"].frozen, groups["bodies"].weight_decay) == (True, 0.25)
    assert not tab.has_edits_for_next_run(workspace.run(run.id))
    tab.undo()
    assert commands(workspace, run)[2:] == [
        ("set_weight_decay", {"group": "bodies", "value": 0.005}),
        ("set_frozen", {"group": "stem", "value": False}),
    ]


def test_a_move_of_the_fader_is_one_command(tab, workspace, start_run):
    run = start_run(tab)
    mix(tab, **{group.name: {"learning_rate": group.learning_rate / 2} for group in tab.editing.experiment.groups})
    rates = {group.name: group.learning_rate for group in tab.editing.experiment.groups}
    assert commands(workspace, run) == [("set_learning_rates", {"value": rates})]


def test_without_a_run_the_document_alone_is_set(tab, workspace):
    mix(tab, stem={"frozen": True}, bodies={"weight_decay": 0.25})
    assert stored(workspace, tab).groups[0].frozen
    mix(tab, stem={"frozen": True}, bodies={"frozen": True}, head={"frozen": True})
    assert "Every group is frozen" in tab.editing.analysis.problems[0].message


def test_the_last_group_that_learns_in_a_live_run_is_not_frozen_by_the_mixer(tab, workspace, start_run):
    run = start_run(tab)
    mix(tab, stem={"frozen": True}, bodies={"frozen": True})
    epoch = tab.session.mixing.epoch
    mix(tab, head={"frozen": True})
    assert "no group would learn" in tab.session.notice.text
    assert tab.session.mixing.epoch > epoch
    assert [group.frozen for group in stored(workspace, tab).groups] == [True, True, False]
    assert len(commands(workspace, run)) == 2


def test_where_the_editor_freezes_all_the_live_run_goes_on_as_it_is(tab, send, workspace, start_run):
    run = start_run(tab)
    groups = tab.editing.experiment.model_dump(mode="json")["groups"]
    send(tab, groups=[{**group, "frozen": True, "learning_rate": 0.5} for group in groups])
    assert [kind for kind, _ in commands(workspace, run)] == ["set_learning_rates"]
    assert "The document has it for the next run" in tab.session.notice.text


def test_solo_is_asked_of_the_live_run_and_refused_where_nothing_would_learn(tab, workspace, start_run):
    tab.solo("stem", True)
    assert "for a run that trains" in tab.session.notice.text
    run = start_run(tab)
    tab.solo("stem", True)
    tab.solo("nobody", True)
    assert "There is no group “nobody”" in tab.session.notice.text
    mix(tab, bodies={"frozen": True})
    tab.solo("bodies", True)
    assert "solo and frozen" in tab.session.notice.text
    assert commands(workspace, run) == [
        ("set_solo", {"group": "stem", "value": True}),
        ("set_frozen", {"group": "bodies", "value": True}),
    ]


def test_a_group_that_is_solo_in_the_run_is_not_frozen(tab, workspace, start_run):
    run = start_run(tab)
    with closing(RunWriter(workspace.run_folder(run.id))) as writer:
        writer.add_intervention(3, "set_solo", "stem", True)
    mix(tab, stem={"frozen": True})
    assert "no group would learn" in tab.session.notice.text
    mix(tab, bodies={"frozen": True})
    assert commands(workspace, run) == [("set_frozen", {"group": "bodies", "value": True})]


def test_an_edit_of_the_structure_asks_nothing_of_the_live_run(tab, send, workspace, start_run):
    run = start_run(tab)
    network = tab.editing.experiment.model_dump(mode="json")["network"]
    network["items"][3]["times"] = 2
    send(tab, network=network)
    assert commands(workspace, run) == []


def test_an_edit_of_the_structure_is_marked_as_the_next_runs_until_that_one_starts(tab, send, workspace, start_run):
    send(tab, notes="begun")
    start_run(tab)
    set_rates(tab, 0.5)
    assert not tab.has_edits_for_next_run(tab.run())
    send(tab, network={"items": [], "next_id": 99})
    assert tab.has_edits_for_next_run(tab.run())
    tab.undo()
    assert not tab.has_edits_for_next_run(tab.run())


def test_rates_of_another_experiment_or_of_an_ended_run_go_nowhere(tab, send, workspace, start_run):
    run = start_run(tab)
    tab.open_preset("digits-residual")
    tab.session.run_id = run.id
    set_rates(tab, 0.4)
    assert commands(workspace, run) == []
    tab.open_experiment(run.experiment_id)
    workspace.set_status(run.id, "stopped")
    set_rates(tab, 0.4)
    assert commands(workspace, run) == []


def test_a_run_that_ends_between_the_look_and_the_command_raises_nothing(tab, workspace, start_run, monkeypatch):
    run = start_run(tab)
    workspace.set_status(run.id, "stopped")
    monkeypatch.setattr(StudioActions, "run", lambda self: run)
    set_rates(tab, 0.4)
    tab.set_pace(7.0)
    tab.command("pause")
    assert tab.editing.experiment.training.pace == 7.0
    assert commands(workspace, run) == []


def test_a_rate_that_is_refused_leaves_the_document_and_says_why(tab):
    before = tab.editing.experiment
    set_rates(tab, -1.0)
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
