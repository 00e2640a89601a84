"""The list of experiments."""

import time

from builder.pages.experiment_rows import ago, experiment_rows, row_text
from builder.spec import dump_experiment, load_experiment, with_value
from builder.workspace.owners import HOST

OWNER = HOST


def named(name, preset="digits-residual"):
    return dump_experiment(with_value(load_experiment(preset), "name", name))


def test_a_row_says_data_tower_accuracy_runs_and_what_is_under_way(workspace):
    entry = workspace.create_experiment(named("<b>mine</b>", "digits-four-kinds"), OWNER)
    for accuracy in (0.9, 0.972, None):
        run = workspace.submit(named("x"), experiment_id=entry.id, queue=False)
        workspace.set_status(run.id, "running")
        if accuracy:
            workspace.set_status(run.id, "finished", summary={"val_accuracy": accuracy})
    workspace.submit(named("x"), experiment_id=entry.id)
    workspace.submit(named("of nobody"))
    (row,) = experiment_rows(workspace, OWNER)
    assert (row.dataset, row.tower) == ("Digits 8×8", "10 blocks · 4 kinds")
    totals = row.totals
    assert (totals.num_runs, totals.num_live, totals.num_queued, totals.best_val_accuracy) == (4, 1, 1, 0.972)
    text = row_text(row)
    for words in (
        "&lt;b&gt;mine",
        "Digits 8×8 · 10 blocks · 4 kinds",
        "97.2 %",
        "4 runs",
        "▶ running",
        "◷ queued",
        "just now",
    ):
        assert words in text
    assert "open" not in text
    assert ">open<" in row_text(row, is_open=True)


def test_the_last_edited_is_first_and_an_edit_is_seen(workspace):
    first, second = (workspace.create_experiment(named(name), OWNER) for name in ("a", "b"))
    assert [row.entry.name for row in experiment_rows(workspace, OWNER)] == ["b", "a"]
    workspace.append_revision(first.id, named("a", "spirals-residual"), first.head)
    rows = experiment_rows(workspace, OWNER)
    assert [row.entry.id for row in rows] == [first.id, second.id]
    assert rows[0].dataset == "Two spirals"
    workspace.delete(second.id)
    assert [row.entry.id for row in experiment_rows(workspace, OWNER)] == [first.id]
    (gone,) = experiment_rows(workspace, OWNER, deleted=True)
    assert gone.entry.id == second.id
    assert "deleted just now" in row_text(gone)


def test_words_are_found_in_name_data_and_tower(workspace):
    workspace.create_experiment(named("My Tower"), OWNER)
    (row,) = experiment_rows(workspace, OWNER)
    assert all(row.matches(wanted) for wanted in ("", "tower my", "DIGITS residual", "6 blocks"))
    assert not row.matches("my highway")


def test_two_hundred_experiments_are_listed_at_once_and_parsed_once(workspace, monkeypatch):
    with workspace.transaction():
        for number in range(200):
            entry = workspace.create_experiment(named(f"experiment {number}", "digits-four-kinds"), OWNER)
            workspace.delete(entry.id) if number % 50 == 0 else None
    asked = []
    contents = workspace.contents
    monkeypatch.setattr(workspace, "contents", lambda ids: asked.append(len(ids)) or contents(ids))
    assert len(experiment_rows(workspace, OWNER)) == 196
    started = time.perf_counter()
    experiment_rows(workspace, OWNER)
    assert asked == [196]
    # About 3 ms; a busy machine gets ten times that and more.
    assert time.perf_counter() - started < 0.5


def test_time_past_is_told_roughly():
    now = time.time()
    assert [ago(now - seconds) for seconds in (5, 130, 7300, 200_000)] == [
        "just now",
        "2 min ago",
        "2 h ago",
        "2 d ago",
    ]
