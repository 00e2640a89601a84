"""What an address opens."""

from tabs import commands, set_rates

from builder.pages.presses import act
from builder.spec import load_experiment
from builder.spec.presets.registry import DEFAULT_PRESET


def test_an_address_that_names_nothing_opens_the_default_preset_and_says_so(open_tab, workspace):
    for address in ({"experiment_id": "nobody"}, {"run_id": "nobody"}, {"experiment_id": "../..", "run_id": "x"}):
        tab = open_tab(**address)
        assert tab.editing.experiment == load_experiment(DEFAULT_PRESET)
        assert tab.session.notice.kind == "warning"
        assert next(iter(address.values())) in tab.session.notice.text
        assert tab.session.notice.elsewhere
        assert not tab.session.read_only
    assert workspace.experiments() == []


def test_a_deleted_experiment_opens_with_an_offer_to_restore_it(tab, open_tab, workspace):
    workspace.delete(tab.editing.experiment_id)
    notice = open_tab(tab.editing.experiment_id).session.notice
    assert (notice.action, notice.payload, notice.elsewhere) == ("undelete", tab.editing.experiment_id, True)
    assert "“stored” was deleted" in notice.text


def test_a_tab_is_told_when_its_experiment_is_deleted_elsewhere_and_when_it_is_back(tab, open_tab, workspace):
    experiment = tab.editing.experiment_id
    other = open_tab(experiment)
    assert not other.follow()
    workspace.delete(experiment)
    assert not other.follow()
    notice = other.session.notice
    assert (notice.action, notice.payload, notice.elsewhere) == ("undelete", experiment, True)
    assert "deleted" in other.why_not()
    other.train()
    assert workspace.runs() == []
    # Once is enough: what is dismissed stays so, while Train still says why it is off.
    other.session.notice = None
    other.follow()
    assert other.session.notice is None
    act(other, "transport", {"kind": "open_experiments", "nonce": "1"})
    assert other.session.dialog == "experiments"
    workspace.undelete(experiment)
    other.follow()
    assert other.why_not() == ""
    workspace.delete(experiment)
    other.follow()
    act(other, "transport", {"kind": "notice_action", "nonce": "2"})
    assert workspace.experiment(experiment).deleted_at is None
    other.follow()
    assert other.session.notice is None


def test_going_from_a_deleted_experiment_to_another_leaves_its_message_behind(tab, workspace):
    workspace.delete(tab.editing.experiment_id)
    tab.follow()
    assert tab.session.notice.action == "undelete"
    tab.open_preset("digits-four-kinds")
    assert tab.session.notice is None
    assert not tab.follow()
    assert tab.why_not() == ""


def test_runs_in_the_address_that_there_are_not_are_named(tab, open_tab, start_run):
    run = start_run(tab)
    opened = open_tab(tab.editing.experiment_id, "nobody", ["x" * 500, run.id])
    assert "“nobody”" in opened.session.notice.text
    assert len(opened.session.notice.text) < 200
    assert opened.session.run_id == run.id
    assert open_tab(tab.editing.experiment_id, run.id).session.notice is None


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
    set_rates(view, 0.4)
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


# What belongs to somebody else


def test_what_a_person_makes_is_theirs(open_tab, send, workspace):
    anna = open_tab(owner="Anna")
    send(anna, notes="hers")
    anna.train()
    assert [entry.owner for entry in workspace.experiments()] == ["Anna"]
    assert [run.owner for run in workspace.runs()] == ["Anna"]
    assert workspace.experiments("local") == []
    anna.open_preset("digits-four-kinds")
    assert {entry.owner for entry in workspace.experiments()} == {"Anna"}


def test_an_experiment_of_somebody_else_opens_as_a_view_of_its_run_that_changes_nothing(
    open_tab, send, workspace, start_run
):
    anna = open_tab(owner="Anna")
    send(anna, notes="hers")
    anna.train()
    run = workspace.run(anna.session.run_id)
    workspace.set_status(run.id, "starting")
    workspace.set_status(run.id, "running")
    before = (workspace.experiments(), workspace.runs())
    for ben in (open_tab(anna.editing.experiment_id, owner="Ben"), open_tab(run_id=run.id, owner="Ben")):
        assert (ben.session.owner, ben.session.read_only, ben.session.run_id) == ("Ben", True, run.id)
        send(ben, notes="his")
        set_rates(ben, 0.4)
        ben.rename("his")
        ben.undo()
        ben.train()
        ben.restart()
        ben.go_on()
        ben.use_revision(anna.editing.revision)
        for kind in ("pause", "resume", "step", "stop"):
            ben.command(kind)
    assert (workspace.experiments(), workspace.runs()) == before
    assert commands(workspace, run) == []


def test_an_experiment_of_somebody_else_without_a_run_shows_its_document(open_tab, send):
    anna = open_tab(owner="Anna")
    send(anna, notes="hers")
    ben = open_tab(anna.editing.experiment_id, owner="Ben")
    assert ben.session.read_only
    assert ben.editing.experiment.notes == "hers"
    assert "Anna" in ben.session.notice.text


def test_a_run_of_somebody_else_takes_no_command_even_from_a_session_that_may_edit(open_tab, send, workspace):
    anna, ben = open_tab(owner="Anna"), open_tab(owner="Ben")
    send(anna, notes="hers")
    anna.train()
    send(ben, notes="his")
    ben.session.run_id = anna.session.run_id
    ben.command("stop")
    ben.restart()
    assert commands(workspace, workspace.run(anna.session.run_id)) == []


def test_another_experiment_of_the_list_is_not_opened_for_somebody_else(open_tab, send):
    anna, ben = open_tab(owner="Anna"), open_tab(owner="Ben")
    send(anna, notes="hers")
    ben.open_experiment(anna.editing.experiment_id)
    assert ben.session.read_only
