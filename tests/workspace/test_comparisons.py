"""A comparison in the workspace: one experiment, its revisions, a run of each; or nothing."""

import json

import pytest

from builder.workspace.comparisons import Entrant, submit_comparison
from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.store import Workspace


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace.open(tmp_path)
    yield workspace
    workspace.close()


def entrant(name, next_id=1):
    document = json.dumps({"name": name, "network": {"next_id": next_id}})
    return Entrant(document=document, name=f"run {name}", device="cpu")


def documents(workspace, runs):
    return [json.loads(workspace.run_document(run.id))["name"] for run in runs]


def test_each_document_is_a_revision_and_a_queued_run_in_order(workspace):
    runs = submit_comparison(workspace, [entrant("a"), entrant("b"), entrant("c")])
    (entry,) = workspace.experiments()
    assert {run.experiment_id for run in runs} == {entry.id}
    assert [(run.name, run.status, run.device) for run in runs] == [
        (f"run {name}", "queued", "cpu") for name in ("a", "b", "c")
    ]
    assert documents(workspace, runs) == ["a", "b", "c"]
    assert workspace.queue() == [run.id for run in runs]
    assert [workspace.revision(run.revision).document for run in runs] == [
        workspace.run_document(run.id) for run in runs
    ]
    walked = [workspace.head(entry.id), workspace.undo(entry.id), workspace.undo(entry.id), workspace.undo(entry.id)]
    assert [json.loads(each.document)["name"] for each in walked] == ["c", "b", "a", "a"]


def test_what_fails_half_way_leaves_nothing(workspace, monkeypatch):
    submit, count = Workspace.submit, 0

    def fill_the_disk(self, *arguments, **options):
        nonlocal count
        count += 1
        if count == 2:
            raise WorkspaceUnusable("the disk is full")
        return submit(self, *arguments, **options)

    monkeypatch.setattr(Workspace, "submit", fill_the_disk)
    with pytest.raises(WorkspaceUnusable):
        submit_comparison(workspace, [entrant("a"), entrant("b")])
    assert (workspace.experiments(), workspace.runs()) == ([], [])
    assert list((workspace.folder / "runs").iterdir()) == []


def test_a_document_goes_on_from_the_nearest_revision_that_was_run(workspace):
    first, second = submit_comparison(workspace, [entrant("a"), entrant("b")])
    assert first.experiment_id is not None
    assert workspace.runs_of_line(first.revision) == [first.id]
    later = workspace.append_revision(first.experiment_id, entrant("edited").document, second.revision)
    latest = workspace.append_revision(first.experiment_id, entrant("edited again").document, later.id)
    assert workspace.runs_of_line(latest.id) == [second.id]
    alone = workspace.create_experiment(entrant("alone").document)
    assert workspace.runs_of_line(alone.head) == []
