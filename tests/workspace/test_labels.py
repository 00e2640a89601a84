"""What a person writes on a run, and who may."""

import json
import sqlite3

import pytest

from builder.workspace.errors import LabelRefused, NotFound, NotYours
from builder.workspace.store import Workspace
from builder.workspace.tables import VERSION

DOCUMENT = json.dumps({"name": "tower"})


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace.open(tmp_path)
    yield opened
    opened.close()


def test_a_new_run_has_no_tags_and_no_notes(workspace):
    run = workspace.submit(DOCUMENT)
    assert (run.tags, run.notes, run.deleted_at) == ((), "", None)


def test_what_is_written_on_a_run_is_seen_by_every_process_and_in_every_list(workspace):
    run = workspace.submit(DOCUMENT, queue=False)
    workspace.rename_run(run.id, " the  best ")
    workspace.set_tags(run.id, ["paper", "for class"])
    workspace.set_notes(run.id, "Rate too high.\r\nTry 0.1.\n")
    other = Workspace.open(workspace.folder)
    for found in (other.run(run.id), *other.runs(), *other.live_runs()):
        assert (found.name, found.tags) == ("the best", ("paper", "for class"))
        assert found.notes == "Rate too high.\nTry 0.1."
    other.close()


def test_tags_are_told_apart_by_commas_and_not_by_capitals(workspace):
    run = workspace.submit(DOCUMENT)
    workspace.set_tags(run.id, ["#Best, two\nwords", "best", "", " # "])
    assert workspace.run(run.id).tags == ("Best", "two words")
    workspace.set_tags(run.id, [])
    assert workspace.run(run.id).tags == ()


@pytest.mark.parametrize(
    "write",
    [
        lambda workspace, run_id: workspace.rename_run(run_id, " \x00 "),
        lambda workspace, run_id: workspace.rename_run(run_id, "x" * 121),
        lambda workspace, run_id: workspace.set_tags(run_id, ["x" * 33]),
        lambda workspace, run_id: workspace.set_tags(run_id, [str(number) for number in range(13)]),
        lambda workspace, run_id: workspace.set_notes(run_id, "x" * 4001),
    ],
)
def test_what_is_too_long_or_nothing_is_refused_and_changes_nothing(workspace, write):
    run = workspace.submit(DOCUMENT)
    with pytest.raises(LabelRefused):
        write(workspace, run.id)
    assert workspace.run(run.id) == run


@pytest.mark.parametrize(
    "change",
    [
        lambda workspace, run_id, by: workspace.rename_run(run_id, "mine", by=by),
        lambda workspace, run_id, by: workspace.set_tags(run_id, ["mine"], by=by),
        lambda workspace, run_id, by: workspace.set_notes(run_id, "mine", by=by),
        lambda workspace, run_id, by: workspace.delete_run(run_id, by=by),
        lambda workspace, run_id, by: workspace.restore_run(run_id, by=by),
    ],
)
def test_only_the_owner_changes_a_run(workspace, change):
    run = workspace.submit(DOCUMENT, owner="ada")
    workspace.command(run.id, "stop")
    before = workspace.run(run.id)
    for stranger in ("bob", "local"):
        with pytest.raises(NotYours, match="belongs to ada"):
            change(workspace, run.id, stranger)
    assert workspace.run(run.id) == before
    change(workspace, run.id, "ada")


def test_writing_on_a_run_that_is_none_is_told(workspace):
    with pytest.raises(NotFound):
        workspace.set_tags("nobody", ["x"])


OLD_SCHEMA = """
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE experiment (id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, head INTEGER NOT NULL,
                         redo TEXT NOT NULL, next_id INTEGER NOT NULL, created_at REAL NOT NULL,
                         changed_at REAL NOT NULL, deleted_at REAL);
CREATE TABLE revision (id INTEGER PRIMARY KEY AUTOINCREMENT, experiment_id TEXT NOT NULL REFERENCES experiment (id),
                       parent INTEGER, document TEXT NOT NULL, created_at REAL NOT NULL);
CREATE TABLE run (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
                  experiment_id TEXT, revision INTEGER, name TEXT NOT NULL, device TEXT NOT NULL,
                  status TEXT NOT NULL, reason TEXT NOT NULL, summary TEXT, created_at REAL NOT NULL,
                  started_at REAL, finished_at REAL, claim INTEGER, pid INTEGER, process_started REAL);
CREATE INDEX run_status ON run (status);
CREATE VIEW live_run AS SELECT * FROM run WHERE status IN ('starting', 'running', 'paused');
CREATE TABLE command (seq INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, kind TEXT NOT NULL,
                      payload TEXT NOT NULL, created_at REAL NOT NULL);
INSERT INTO run (id, owner, name, device, status, reason, summary, created_at)
    VALUES ('old', 'ada', 'tower', 'cpu', 'finished', '', '{"val_accuracy": 0.5}', 1.0);
PRAGMA user_version = 1;
"""


def test_a_workspace_of_the_layout_before_is_brought_up_to_date_with_everything_in_it(tmp_path):
    old = sqlite3.connect(tmp_path / "workspace.db")
    old.executescript(OLD_SCHEMA)
    old.close()
    workspace = Workspace.open(tmp_path)
    (run,) = workspace.runs()
    assert (run.id, run.owner, run.summary, run.tags, run.notes) == ("old", "ada", {"val_accuracy": 0.5}, (), "")
    workspace.set_tags("old", ["kept"], by="ada")
    again = Workspace.open(tmp_path)
    assert again.run("old").tags == ("kept",)
    assert again._database.number("PRAGMA user_version") == VERSION
    # A process of the version before that is at work meanwhile reads the table as it knows it.
    columns = [row[1] for row in sqlite3.connect(tmp_path / "workspace.db").execute("PRAGMA table_info(run)")]
    assert columns[-3:] == ["claim", "pid", "process_started"]
    again.close()
    workspace.close()
