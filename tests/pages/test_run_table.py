"""The table of all runs: what it says of each, how little is told again, and what is done to runs there."""

import json
import time

import numpy as np
import pytest

from builder.pages import run_table as run_table_module
from builder.pages.run_actions import act_on_runs, leave_out_deleted
from builder.pages.run_table import RunTable
from builder.spec import dump_experiment, load_experiment, with_value
from builder.workspace.rows import RunWriter, Series
from builder.workspace.store import Workspace

SERIES = (Series(id=0, quantity="loss", subject="train", family="scalar"),)
ACCURACIES = ((0, 0.1), (20, 0.8), (40, 0.7))


@pytest.fixture
def submit(tab, workspace):
    """A run of the tab's experiment, ended, with rows."""
    base = load_experiment("digits-residual")

    def submit_(seed=0, num_steps=40, status="finished"):
        document = dump_experiment(with_value(base, "training.seed", seed))
        run = workspace.submit(document, experiment_id=tab.editing.experiment_id, queue=False)
        workspace.set_status(run.id, "running")
        writer = RunWriter(workspace.run_folder(run.id))
        groups = [{"name": "a", "colour": "#000000", "num_parameters": 30}, {"name": "b", "num_parameters": 12}]
        writer.start({"num_steps": 80, "steps_per_epoch": 16, "groups": groups}, SERIES)
        losses = np.arange(1, num_steps + 1, dtype=np.float32)[:, np.newaxis]
        writer.append_steps(1, losses[: num_steps // 2], 1.5)
        writer.append_steps(num_steps // 2 + 1, losses[num_steps // 2 :], 2.25)
        for step, accuracy in ACCURACIES:
            writer.add_evaluation(step, step / 16, "validation", {"loss": 1.0, "accuracy": accuracy})
        writer.close()
        if status != "running":
            workspace.set_status(run.id, status, summary={"val_accuracy": 0.8})
        return workspace.run(run.id)

    return submit_


@pytest.fixture
def table(tab, workspace):
    """As the feed has it: over a connection of its own, which sees what others have written."""
    own = Workspace.open(workspace.folder)
    yield RunTable(own, tab.editing.experiment_id)
    own.close()


def told(table, have=""):
    table.look()
    news = table.news(have)
    return (news[0], json.loads(news[1])) if news else (have, None)


def test_a_row_says_how_far_a_run_came_and_how_well(table, submit):
    runs = [submit(seed=0), submit(seed=1, status="running")]
    _, answer = told(table)
    younger, older = answer["rows"]
    assert answer["full"]
    assert answer["ids"] == [runs[1].id, runs[0].id]
    assert answer["known"] == 2
    # Of weights that were kept what these reach, else what the newest evaluation found.
    assert (older["val_accuracy"], younger["val_accuracy"]) == (0.8, 0.7)
    for row in answer["rows"]:
        assert (row["steps"], row["epochs"], row["seconds"]) == (40, 2.5, 3.75)
        assert (row["best_accuracy"], row["best_step"], row["num_parameters"]) == (0.8, 20, 42)
        assert row["train_loss"] == pytest.approx(np.arange(25, 41).mean())
    assert (older["differs"], younger["differs"]) == ("seed 0", "seed 1")
    assert (older["colour"], older["dash"]) != (younger["colour"], younger["dash"])


def test_a_run_that_has_recorded_nothing_is_listed_all_the_same(table, tab, workspace):
    document = dump_experiment(load_experiment("digits-residual"))
    run = workspace.submit(document, experiment_id=tab.editing.experiment_id)
    _, answer = told(table)
    (row,) = answer["rows"]
    assert (row["id"], row["status"], row["steps"], row["best_accuracy"]) == (run.id, "queued", None, None)


def test_only_rows_that_have_changed_are_told_again(table, submit, workspace):
    runs = [submit(seed=seed) for seed in range(3)]
    version, _ = told(table)
    assert told(table, version)[1] is None
    workspace.set_tags(runs[1].id, ["best"])
    version, answer = told(table, version)
    assert [row["id"] for row in answer["rows"]] == [runs[1].id]
    assert (answer["full"], answer["rows"][0]["tags"]) == (False, ["best"])
    workspace.delete_run(runs[0].id)
    later, answer = told(table, version)
    assert answer["ids"][-1] == runs[0].id
    gone = next(row for row in answer["rows"] if row["id"] == runs[0].id)
    assert gone["deleted_at"] is not None
    workspace.purge_runs(time.time() + 1)
    _, answer = told(table, later)
    assert answer["ids"] == [runs[2].id, runs[1].id]
    assert told(table, "another.7")[1]["full"]
    assert told(table, f"{later.split('.')[0]}.x")[1]["full"]


def test_colours_stay_when_an_older_run_is_deleted(table, submit, workspace):
    runs = [submit(seed=seed) for seed in range(3)]
    before = {row["id"]: row["colour"] for row in told(table)[1]["rows"]}
    workspace.delete_run(runs[0].id)
    assert {row["id"]: row["colour"] for row in told(table)[1]["rows"]} == before


def test_what_takes_long_to_read_follows_at_later_looks(table, submit, monkeypatch):
    for seed in range(4):
        submit(seed=seed)
    monkeypatch.setattr(run_table_module, "LOOK_BUDGET_SECONDS", -1.0)
    _, answer = told(table)
    assert (answer["known"], table.is_pending) == (0, True)
    assert [row["is_known"] for row in answer["rows"]] == [False] * 4
    monkeypatch.setattr(run_table_module, "LOOK_BUDGET_SECONDS", 60.0)
    _, answer = told(table)
    assert (answer["known"], table.is_pending, table.is_live) == (4, False, False)
    assert [row["best_accuracy"] for row in answer["rows"]] == [0.8] * 4


def test_a_resumed_run_is_read_again(table, submit, workspace):
    run = submit(status="stopped")
    told(table)
    workspace.resume(run.id, queue=False)
    workspace.set_status(run.id, "running")
    writer = RunWriter(workspace.run_folder(run.id))
    writer.append_steps(41, np.ones((10, 1), dtype=np.float32), 1.0)
    writer.close()
    assert told(table)[1]["rows"][0]["steps"] == 50


def test_what_is_typed_in_the_table_is_kept(tab, submit, workspace):
    first, second = submit(), submit(seed=1)
    act = lambda **message: act_on_runs(workspace, tab.session, message)  # noqa: E731
    act(kind="rename_run", id=first.id, name="the best")
    act(kind="set_notes", id=first.id, notes="again")
    act(kind="set_tags", tags={first.id: ["a"], second.id: ["a", "b"]})
    assert [(run.name, run.notes, run.tags) for run in workspace.runs()] == [
        (second.name, "", ("a", "b")),
        ("the best", "again", ("a",)),
    ]
    assert tab.session.notice is None


def test_a_deleted_run_is_no_longer_drawn_and_undo_draws_it_again(tab, submit, workspace):
    first, second = submit(), submit(seed=1)
    tab.session.shown, tab.session.run_id = [first.id, second.id], first.id
    act_on_runs(workspace, tab.session, {"kind": "delete_runs", "ids": [first.id]})
    assert (tab.session.shown, tab.session.run_id) == ([second.id], second.id)
    shown = [first.id, second.id, "gone"]
    act_on_runs(workspace, tab.session, {"kind": "restore_runs", "ids": [first.id], "shown": shown})
    assert (tab.session.shown, tab.session.run_id) == ([first.id, second.id], first.id)


def test_another_tab_no_longer_draws_a_deleted_run(tab, open_tab, submit, workspace):
    run = submit()
    other = open_tab(tab.editing.experiment_id, run.id)
    assert not leave_out_deleted(workspace, other.session)
    act_on_runs(workspace, tab.session, {"kind": "delete_runs", "ids": [run.id]})
    assert leave_out_deleted(workspace, other.session)
    assert (other.session.shown, other.session.run_id) == ([], None)


def test_a_live_run_stays_and_the_top_bar_says_why(tab, submit, workspace):
    run = submit(status="running")
    act_on_runs(workspace, tab.session, {"kind": "delete_runs", "ids": [run.id]})
    assert workspace.runs(deleted=True) == []
    assert "Stop it before deleting" in tab.session.notice.text


def test_runs_of_somebody_else_and_read_only_views_change_nothing(tab, open_tab, submit, workspace):
    run = submit()
    before = workspace.runs()
    messages = [
        {"kind": "rename_run", "id": run.id, "name": "mine"},
        {"kind": "set_tags", "tags": {run.id: ["mine"]}},
        {"kind": "set_notes", "id": run.id, "notes": "mine"},
        {"kind": "delete_runs", "ids": [run.id]},
    ]
    anna, viewer = open_tab(owner="Anna"), open_tab(run_id=run.id)
    for message in messages:
        act_on_runs(workspace, anna.session, message)
        assert "belongs to the host" in anna.session.notice.text
        act_on_runs(workspace, viewer.session, message)
    assert workspace.runs() == before


def test_whatever_a_browser_sends_does_no_harm(tab, submit, workspace):
    submit()
    before = workspace.runs()
    for message in (
        {"kind": "rename_run", "id": 3, "name": "x"},
        {"kind": "rename_run", "id": before[0].id},
        {"kind": "set_tags", "tags": [before[0].id]},
        {"kind": "delete_runs", "ids": before[0].id},
        {"kind": "delete_runs", "ids": [None, {"a": 1}]},
        {"kind": "restore_runs", "ids": ["nobody"], "shown": 7},
        {"kind": "explode"},
    ):
        act_on_runs(workspace, tab.session, message)
    assert workspace.runs() == before
