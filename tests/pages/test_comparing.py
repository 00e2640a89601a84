"""Comparisons of presets, as the page starts them."""

import dataclasses

import psutil
import pytest

from builder.pages import comparing
from builder.pages.comparing import analysed, comparison_of
from builder.pages.opening import MAX_SHOWN_RUNS
from builder.spec import parse_experiment
from builder.spec.presets.base import Comparison
from builder.spec.presets.registry import PRESETS, STUDIES

STUDY = "first-steps"
TWO = Comparison("two", "Which?", ("digits-four-kinds", "digits-residual"), "Watch.")
MANY = Comparison("many", "Which?", ("digits-residual", "digits-four-kinds") * 4, "Watch.")
FAR = Comparison("far", "Which?", ("mnist-dense", "mnist-conv"), "Watch.")


@pytest.fixture(autouse=True)
def comparisons(monkeypatch):
    study = dataclasses.replace(STUDIES[STUDY], comparisons=(TWO, MANY, FAR))
    monkeypatch.setitem(STUDIES, STUDY, study)


@pytest.fixture(autouse=True)
def no_data(tmp_path, monkeypatch):
    monkeypatch.setenv("HIGHRISE_DATA_CACHE", str(tmp_path / "cache"))


def stored(workspace, run):
    return parse_experiment(workspace.run_document(run.id))


def without_next_id(experiment):
    """The document; ids are never used twice within an experiment, so the next free one is the greatest of all."""
    raw = experiment.model_dump(mode="json")
    del raw["network"]["next_id"]
    return raw


def test_a_comparison_is_a_new_experiment_with_a_run_of_each_preset(tab, workspace):
    before = tab.editing.experiment_id
    assert tab.compare(STUDY, "two")
    assert tab.editing.experiment_id != before
    second, first = workspace.runs(experiment_id=tab.editing.experiment_id)
    assert [first.name, second.name] == [PRESETS[name].title for name in TWO.presets]
    assert [stored(workspace, run) for run in (first, second)] == [analysed(name)[0] for name in TWO.presets]
    assert (tab.session.run_id, tab.session.shown) == (first.id, [first.id, second.id])


def test_the_last_document_is_open_and_undo_and_redo_walk_them(tab):
    tab.compare(STUDY, "two")
    assert without_next_id(tab.editing.experiment) == without_next_id(analysed("digits-residual")[0])
    tab.undo()
    assert without_next_id(tab.editing.experiment) == without_next_id(analysed("digits-four-kinds")[0])
    tab.undo()
    assert tab.editing.experiment.name == "digits-four-kinds"
    tab.redo()
    assert tab.editing.experiment.name == "digits-residual"


def test_at_most_six_runs_are_drawn_over_each_other(tab, workspace):
    tab.compare(STUDY, "many")
    runs = workspace.runs(experiment_id=tab.editing.experiment_id)
    assert len(runs) == len(MANY.presets) > MAX_SHOWN_RUNS == len(tab.session.shown)
    assert tab.session.shown == [run.id for run in reversed(runs)][:MAX_SHOWN_RUNS]


def test_missing_data_is_told_before_anything_is_created(tab, workspace):
    experiments, editing = workspace.experiments(), tab.editing
    assert not tab.compare(STUDY, "far")
    assert (tab.session.notice.kind, tab.editing) == ("error", editing)
    assert "MNIST is not on this machine yet. Download it (11.1 MiB) first." in tab.session.notice.text
    assert (workspace.experiments(), workspace.runs()) == (experiments, [])


def test_too_little_memory_is_a_warning_that_one_may_pass_over(tab, workspace, monkeypatch):
    monkeypatch.setattr(comparing, "psutil", FakeMemory(analysed("digits-residual")[1].memory.total))
    assert not tab.compare(STUDY, "two")
    notice = tab.session.notice
    assert (notice.action, workspace.runs()) == ("compare", [])
    assert tab.compare(*notice.payload, regardless=True)
    assert len(workspace.runs()) == 2


class FakeMemory:
    """psutil with so many bytes free."""

    def __init__(self, available):
        self.available = available

    def virtual_memory(self):
        return psutil.virtual_memory()._replace(available=self.available)


@pytest.mark.parametrize("names", [("no", "two"), (STUDY, "no"), (None, None), ([STUDY], {"a": 1})])
def test_what_there_is_not_is_not_started(tab, workspace, names):
    assert comparison_of(*names) is None
    assert not tab.compare(*names)
    assert workspace.runs() == []


def test_a_read_only_view_starts_none(tab, open_tab, start_run, workspace):
    view = open_tab(run_id=start_run(tab).id)
    num_runs, experiments = len(workspace.runs()), workspace.experiments()
    assert not view.compare(STUDY, "two")
    assert (len(workspace.runs()), workspace.experiments()) == (num_runs, experiments)


def test_a_reload_finds_the_runs_that_were_drawn(tab, open_tab):
    tab.compare(STUDY, "two")
    first, second = tab.session.shown
    again = open_tab(tab.editing.experiment_id, first, [second, "nobody", first])
    assert (again.session.run_id, again.session.shown) == (first, [first, second])


def live(workspace, run_id):
    workspace.set_status(run_id, "starting")
    workspace.set_status(run_id, "running")
    return workspace.run(run_id)


def test_rates_of_one_document_never_reach_the_run_of_another(tab, workspace, send):
    tab.compare(STUDY, "two")
    first, second = (live(workspace, run_id) for run_id in tab.session.shown)

    def change_rates(rate):
        groups = tab.editing.experiment.model_dump(mode="json")["groups"]
        send(tab, groups=[{**group, "learning_rate": rate} for group in groups])

    # The last one's document is open, the first one's run in view.
    assert not tab.edits_run(first)
    change_rates(0.3)
    tab.undo()
    tab.undo()
    tab.redo()
    assert workspace.take_commands(first.id) == workspace.take_commands(second.id) == []
    tab.session.run_id = second.id
    assert tab.edits_run(second)
    change_rates(0.4)
    (command,) = workspace.take_commands(second.id)
    assert set(command.payload["value"].values()) == {0.4}
    assert workspace.take_commands(first.id) == []
    num_sent = len(workspace.take_commands(second.id))
    tab.undo()
    assert len(workspace.take_commands(second.id)) == 2 * num_sent
    tab.undo()
    assert tab.edits_run(first) is True
    assert len(workspace.take_commands(second.id)) == 2 * num_sent
