"""What an address opens."""

from tabs import commands, set_rates

from builder.spec import load_experiment
from builder.spec.presets.registry import DEFAULT_PRESET


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
