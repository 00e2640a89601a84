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
