import itertools
import json
import threading

import pytest

from builder.workspace import life
from builder.workspace.errors import TransitionNotAllowed, WorkspaceUnusable
from builder.workspace.life import ProcessIdentity, identity_of
from builder.workspace.queue import fair_order
from builder.workspace.statuses import FINAL, LIVE, NEXT
from builder.workspace.store import Workspace

DOCUMENT = json.dumps({"name": "tower"})
SELF = identity_of()


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace.open(tmp_path)
    yield opened
    opened.close()


def test_a_submitted_run_waits_with_its_document_beside_it(workspace):
    run = workspace.submit(DOCUMENT, device="cpu")
    assert (run.status, run.name, run.process) == ("queued", "tower", None)
    assert workspace.run_document(run.id) == DOCUMENT
    assert workspace.queue_place(run.id) == 1


def test_a_status_goes_only_where_the_table_allows(workspace):
    paths = {
        "queued": [],
        "starting": ["starting"],
        "running": ["starting", "running"],
        "paused": ["starting", "running", "paused"],
        **{status: ["starting", "running", status] for status in FINAL},
    }
    for now, then in itertools.product(NEXT, NEXT):
        run = workspace.submit(DOCUMENT)
        for status in paths[now]:
            workspace.set_status(run.id, status)
        if then in NEXT[now] or (then == now and now in LIVE):
            workspace.set_status(run.id, then)
            assert workspace.run(run.id).status == then
        else:
            with pytest.raises(TransitionNotAllowed, match=f"is {now} and cannot become {then}"):
                workspace.set_status(run.id, then)
            assert workspace.run(run.id).status == now


def test_reason_summary_and_times_are_kept(workspace):
    run = workspace.submit(DOCUMENT)
    workspace.set_status(run.id, "starting")
    assert workspace.run(run.id).started_at is None
    workspace.set_status(run.id, "running")
    workspace.set_status(run.id, "diverged", "Loss is not a number at step 12.", {"num_steps": 12})
    ended = workspace.run(run.id)
    assert ended.reason == "Loss is not a number at step 12."
    assert ended.summary == {"num_steps": 12}
    assert ended.created_at <= ended.started_at <= ended.finished_at


def test_stopping_a_queued_run_ends_it_and_an_ended_one_asks_for_nothing(workspace):
    run = workspace.submit(DOCUMENT)
    workspace.command(run.id, "stop")
    assert workspace.run(run.id).status == "stopped"
    workspace.command(run.id, "stop")
    with pytest.raises(TransitionNotAllowed, match="is stopped"):
        workspace.command(run.id, "pause")


def test_a_trainer_gets_each_command_once_and_in_order(workspace):
    run = workspace.submit(DOCUMENT, queue=False)
    assert run.process is not None
    assert run.process.pid == SELF.pid
    workspace.command(run.id, "set_pace", steps_per_second=3)
    browser = Workspace.open(workspace.folder)
    with workspace.start_trainer(run.id) as trainer:
        assert [(each.kind, each.payload) for each in trainer.poll_commands()] == [
            ("set_pace", {"steps_per_second": 3})
        ]
        assert trainer.poll_commands() == []
        browser.command(run.id, "pause")
        browser.command(run.id, "set_learning_rate", group="head", value=0.5)
        assert [each.kind for each in trainer.poll_commands()] == ["pause", "set_learning_rate"]
        assert trainer.poll_commands() == []
    browser.close()
    with pytest.raises(ValueError, match="no command"):
        workspace.command(run.id, "explode")


def test_a_run_lives_exactly_while_its_trainer_holds_it(workspace):
    run = workspace.submit(DOCUMENT, queue=False)
    assert not life.is_alive(workspace.run_folder(run.id))
    with workspace.start_trainer(run.id):
        assert life.is_alive(workspace.run_folder(run.id))
    assert not life.is_alive(workspace.run_folder(run.id))


def test_only_a_starting_run_can_be_taken(workspace):
    run = workspace.submit(DOCUMENT)
    workspace.command(run.id, "stop")
    with pytest.raises(TransitionNotAllowed):
        workspace.start_trainer(run.id)
    assert not life.is_alive(workspace.run_folder(run.id))


def test_claims_respect_slots_and_never_give_a_run_twice(workspace):
    workspace.set_slots(3)
    ids = {workspace.submit(DOCUMENT).id for _ in range(8)}
    claimed = []

    def claim():
        own = Workspace.open(workspace.folder)
        for _ in range(4):
            run = own.claim_next(SELF)
            if run:
                claimed.append(run.id)
        own.close()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 3
    assert set(claimed) <= ids
    assert len(workspace.live_runs()) == 3


def test_owners_take_turns(workspace):
    workspace.set_slots(1)
    owners = {workspace.submit(DOCUMENT, owner=owner).id: owner for owner in ["ada", "ada", "ada", "bob", "eve"]}
    order = []
    while run := workspace.claim_next(SELF):
        order.append(owners[run.id])
        workspace.set_status(run.id, "crashed")
    assert order == ["ada", "bob", "eve", "ada", "ada"]


def test_an_owner_with_live_runs_waits_for_one_without():
    assert fair_order([(1, "ada"), (2, "ada"), (3, "bob")], {"ada": 2}, {"ada": 7}) == [3, 1, 2]


def test_a_reused_pid_is_not_taken_for_the_old_process():
    assert life.is_running(SELF)
    assert not life.is_running(ProcessIdentity(SELF.pid, SELF.started - 60))
    assert not life.signal_group(ProcessIdentity(SELF.pid, SELF.started - 60), 9)


def test_a_newer_workspace_is_refused_in_words(workspace):
    workspace._database.execute("PRAGMA user_version = 99")
    with pytest.raises(WorkspaceUnusable, match="newer version"):
        Workspace.open(workspace.folder)


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceUnusable, match="HIGHRISE_WORKSPACE"):
        Workspace.open(tmp_path / "file" / "inside")


def test_the_environment_names_the_default_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HIGHRISE_WORKSPACE", str(tmp_path / "mine"))
    opened = Workspace.open()
    assert opened.folder == tmp_path / "mine"
    opened.close()
