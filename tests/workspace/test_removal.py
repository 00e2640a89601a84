"""Deleted runs: off every list, back as they were, or gone for good."""

import json
import math
import time

import pytest

from builder.workspace.errors import NotFound, WorkspaceError
from builder.workspace.life import identity_of
from builder.workspace.removal import KEPT_SECONDS
from builder.workspace.store import Workspace

DOCUMENT = json.dumps({"name": "tower"})


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def ended(workspace):
    experiment = workspace.create_experiment(DOCUMENT)
    run = workspace.submit(DOCUMENT, queue=False, experiment_id=experiment.id)
    workspace.set_status(run.id, "running")
    workspace.set_status(run.id, "finished", summary={"val_accuracy": 0.9})
    workspace.set_tags(run.id, ["kept"])
    return workspace.run(run.id)


def test_a_deleted_run_is_on_no_list_and_a_restored_one_is_as_it_was(workspace, ended):
    workspace.delete_run(ended.id)
    with pytest.raises(NotFound, match="was deleted"):
        workspace.run(ended.id)
    assert workspace.runs(experiment_id=ended.experiment_id) == []
    assert not workspace.has_runs(ended.experiment_id)
    assert workspace.run_totals() == {}
    (gone,) = workspace.runs(experiment_id=ended.experiment_id, deleted=True)
    assert abs(gone.deleted_at - time.time()) < 5
    assert workspace.run_folder(ended.id).exists()
    workspace.restore_run(ended.id)
    assert workspace.run(ended.id) == ended
    assert workspace.runs(deleted=True) == []
    assert workspace.run_totals()[ended.experiment_id].best_val_accuracy == 0.9


def test_deleting_twice_keeps_the_first_moment_and_restoring_twice_does_nothing(workspace, ended):
    workspace.delete_run(ended.id)
    (first,) = workspace.runs(deleted=True)
    workspace.delete_run(ended.id)
    assert workspace.runs(deleted=True) == [first]
    workspace.restore_run(ended.id)
    workspace.restore_run(ended.id)
    assert workspace.run(ended.id) == ended


@pytest.mark.parametrize("status", ["starting", "running", "paused"])
def test_a_live_run_is_not_deleted_and_says_why(workspace, status):
    run = workspace.submit(DOCUMENT, queue=False)
    if status != "starting":
        workspace.set_status(run.id, "running")
    if status == "paused":
        workspace.set_status(run.id, "paused")
    with pytest.raises(WorkspaceError, match=f"Run #{run.number} is {status}. Stop it before deleting it"):
        workspace.delete_run(run.id)
    assert workspace.run(run.id).status == status


def test_a_deleted_queued_run_leaves_the_queue_and_is_started_by_nobody(workspace):
    run = workspace.submit(DOCUMENT)
    workspace.delete_run(run.id)
    assert workspace.queue() == []
    assert workspace.claim_next(identity_of()) is None
    workspace.restore_run(run.id)
    assert workspace.run(run.id).status == "stopped"


def test_only_what_was_deleted_before_a_moment_is_gone_for_good(workspace, ended):
    folder = workspace.run_folder(ended.id)
    assert workspace.purge_runs(math.inf) == []
    workspace.delete_run(ended.id)
    assert workspace.purge_runs(time.time() - KEPT_SECONDS) == []
    assert folder.exists()
    assert workspace.purge_runs(math.inf) == [ended.id]
    assert not folder.exists()
    assert workspace.runs(deleted=True) == []
    with pytest.raises(NotFound):
        workspace.restore_run(ended.id)
    assert workspace._database.number("SELECT count(*) FROM mark") == 0
