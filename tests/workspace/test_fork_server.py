"""What becomes of runs when the fork server, a trainer that it has forked, or their supervisor is killed."""

import json
import os
import signal
import sys

import psutil
import pytest
from supervised import ensure, kill_supervisor, num_starts, submit, wait_for, wait_for_status

from builder.workspace import fork_server, supervision
from builder.workspace.fork_server import ForkServer
from builder.workspace.life import is_running
from builder.workspace.store import Workspace
from builder.workspace.supervision import CURRENT
from soak.processes import processes_of

pytestmark = [pytest.mark.process, pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks trainers")]


@pytest.fixture
def supervisor(workspace: Workspace) -> psutil.Process:
    """Of the workspace, with a fork server."""
    ensure(workspace)
    return psutil.Process(wait_for(lambda: supervision.running(workspace, CURRENT)).pid)


def server_of(supervisor: psutil.Process) -> psutil.Process:
    """The fork server, which is its supervisor's first child."""
    return wait_for(supervisor.children)[0]


def test_every_run_is_a_child_of_the_supervisor_forked_from_one_server(workspace, supervisor):
    server = server_of(supervisor)
    runs = [wait_for_status(workspace, submit(workspace, 10_000), "running") for _ in range(2)]
    assert {each.pid for each in supervisor.children()} == {server.pid, *(run.process.pid for run in runs)}
    assert server.children() == []
    for run in runs:
        assert "--fork-server" in psutil.Process(run.process.pid).cmdline()


def test_no_ended_trainer_stays_in_the_process_table(workspace, supervisor):
    for _ in range(3):
        run = wait_for_status(workspace, submit(workspace, 1), "finished")
        wait_for(lambda run=run: not psutil.pid_exists(run.process.pid))
    assert supervisor.children(recursive=True) == [server_of(supervisor)]


def test_a_killed_fork_server_is_replaced_and_its_trainers_go_on(workspace, supervisor):
    workspace.set_slots(2)
    server = server_of(supervisor)
    run = wait_for_status(workspace, submit(workspace, 10_000), "running")
    server.kill()
    wait_for(lambda: not server.is_running())
    next_run = wait_for_status(workspace, submit(workspace, 1), "finished")
    assert next_run.process != run.process
    known = {server.pid, run.process.pid, next_run.process.pid}
    wait_for(lambda: {each.pid for each in processes_of(workspace.folder, "loop_trainer")} - known)
    assert workspace.run(run.id).status == "running"
    # How a trainer ends is told although what forked it is gone.
    os.kill(run.process.pid, signal.SIGSEGV)
    assert "SIGSEGV" in wait_for_status(workspace, run.id, "crashed").reason


def test_the_fork_server_ends_with_a_killed_supervisor_and_trainers_do_not(workspace, supervisor):
    server = server_of(supervisor)
    run = wait_for_status(workspace, submit(workspace, 10_000), "running")
    kill_supervisor(workspace)
    wait_for(lambda: not server.is_running())
    assert is_running(run.process)
    assert "Traceback" not in (workspace.folder / supervision.LOG_NAME).read_text()


def test_a_run_waits_in_the_queue_until_the_fork_server_is_warm(workspace, supervisor):
    server = server_of(supervisor)
    workspace.command(submit(workspace, 1), "stop")
    first, second = submit(workspace, 1), submit(workspace, 1)
    for run_id in (first, second):
        run = wait_for_status(workspace, run_id, "finished")
        assert num_starts(workspace, run_id) == 1
    assert server_of(supervisor) == server
    assert run.process.pid != server.pid


def test_a_frozen_fork_server_is_ended_and_the_run_starts_without_it(workspace, monkeypatch):
    monkeypatch.setattr(fork_server, "_FORK_SECONDS", 0.2)
    # Nothing of this process is to adopt what other tests leave.
    monkeypatch.setattr(fork_server, "adopt_orphans", lambda: None)
    warm = ForkServer("loop_trainer", workspace.folder)
    warm.keep()
    wait_for(warm.is_ready)
    (server,) = processes_of(workspace.folder)
    server.suspend()
    run = workspace.submit(json.dumps({"name": "loop", "num_steps": 1}), queue=False)
    trainer = warm.start_trainer(run.id)
    assert not server.is_running()
    wait_for(lambda: trainer.exit_code() is not None)
    assert workspace.run(run.id).status == "finished"


def test_a_fork_server_that_does_not_get_warm_is_not_waited_for(workspace, monkeypatch):
    monkeypatch.setattr(fork_server, "_PATIENCE_SECONDS", 1e9)
    monkeypatch.setattr(fork_server, "adopt_orphans", lambda: None)
    warm = ForkServer("loop_trainer", workspace.folder)
    warm.keep()
    (server,) = processes_of(workspace.folder)
    server.suspend()
    assert not warm.is_ready()
    monkeypatch.setattr(fork_server, "_PATIENCE_SECONDS", 0.0)
    assert warm.is_ready()
    run = workspace.submit(json.dumps({"name": "loop", "num_steps": 1}), queue=False)
    trainer = warm.start_trainer(run.id)
    wait_for(lambda: trainer.exit_code() is not None)
    assert workspace.run(run.id).status == "finished"
    warm.dismiss()
