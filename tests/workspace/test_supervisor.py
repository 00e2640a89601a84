"""Real supervisors and real trainers; each test ends with nothing of its workspace running."""

import json
import os
import signal
import threading
import time

import pytest
from supervised import ensure, kill_supervisor, num_starts, submit, wait_for, wait_for_status

from builder.workspace import supervision
from builder.workspace.life import ProcessIdentity, is_alive, is_running
from builder.workspace.rows import RunReader
from builder.workspace.supervision import (
    CURRENT,
    LAUNCHED,
    START_METHOD,
    replace_dead_supervisor,
    shutdown_supervisor,
)
from builder.workspace.trainers import Trainer, start_unassigned
from builder.workspace.watch import Watch, mark_dead_runs
from soak.processes import processes_of

pytestmark = pytest.mark.process
BOTH_WAYS = pytest.mark.parametrize("start_method", sorted({START_METHOD, "spawn"}))


def test_the_queue_is_worked_off_each_run_once_and_never_more_than_the_slots(workspace):
    workspace.set_slots(2)
    ids = [submit(workspace, 5) for _ in range(5)]
    callers = [threading.Thread(target=ensure, args=(workspace,)) for _ in range(4)]
    for caller in callers:
        caller.start()
    most = 0

    def all_finished():
        nonlocal most
        most = max(most, len(workspace.live_runs()))
        return all(workspace.run(run_id).status == "finished" for run_id in ids)

    wait_for(all_finished, 40)
    assert most == 2
    assert [num_starts(workspace, run_id) for run_id in ids] == [1] * 5
    assert len(processes_of(workspace.folder, "builder.workspace.supervisor")) == 1
    assert workspace.run(ids[0]).summary == {"num_steps": 5}
    assert RunReader(workspace.run_folder(ids[4])).read([0]).mean.ravel().tolist() == [1, 2, 3, 4, 5]
    assert shutdown_supervisor(workspace)
    assert processes_of(workspace.folder) == []


@BOTH_WAYS
def test_a_killed_trainer_is_marked_with_its_signal(workspace, start_method):
    run_id = submit(workspace, 10_000)
    ensure(workspace, start_method=start_method)
    run = wait_for_status(workspace, run_id, "running")
    reader = RunReader(workspace.run_folder(run_id))
    seen = wait_for(reader.last_step)
    os.kill(run.process.pid, signal.SIGKILL)
    killed_at = time.monotonic()
    ended = wait_for_status(workspace, run_id, "crashed")
    assert time.monotonic() - killed_at < 5
    assert "SIGKILL" in ended.reason
    assert f"pid {run.process.pid}" in ended.reason
    assert reader.last_step() >= seen


@BOTH_WAYS
def test_a_trainer_that_just_ends_is_marked_with_its_code_and_last_words(workspace, start_method):
    run_id = submit(workspace, exit_code=3)
    ensure(workspace, start_method=start_method)
    ended = wait_for_status(workspace, run_id, "crashed")
    assert "exit code 3" in ended.reason
    assert "last words" in ended.reason


def test_stop_is_obeyed(workspace):
    run_id = submit(workspace, 10_000)
    ensure(workspace)
    wait_for_status(workspace, run_id, "running")
    workspace.command(run_id, "stop")
    assert wait_for_status(workspace, run_id, "stopped", "crashed").summary["num_steps"] < 10_000


def test_a_trainer_that_does_not_stop_is_ended(workspace):
    run_id = submit(workspace, 10_000, deaf=True)
    ensure(workspace)
    run = wait_for_status(workspace, run_id, "running")
    workspace.command(run_id, "stop")
    ended = wait_for_status(workspace, run_id, "stopped", "crashed")
    assert ended.status == "stopped"
    assert "did not stop within" in ended.reason
    assert not is_running(run.process)


def test_a_frozen_trainer_is_gone_when_the_time_to_stop_is_over(workspace):
    run_id = submit(workspace, 10_000)
    ensure(workspace, stop_seconds=2.0)
    run = wait_for_status(workspace, run_id, "running")
    os.kill(run.process.pid, signal.SIGSTOP)
    workspace.command(run_id, "stop")
    asked_at = time.monotonic()
    wait_for(lambda: not is_running(run.process))
    # The supervisor looks twice a second.
    assert time.monotonic() - asked_at < 2.0 + 0.6
    assert "did not stop within 2 s" in wait_for_status(workspace, run_id, "stopped", "crashed").reason


@pytest.mark.process
def test_a_run_that_is_resumed_before_its_last_trainer_has_left_is_watched_in_the_new_one(workspace):
    first, second = (Trainer(start_unassigned("loop_trainer", workspace.folder)) for _ in range(2))
    watch = Watch(workspace, stop_seconds=10.0)
    watch.add("run", first)
    watch.add("run", second)
    try:
        assert first.exit_code() is not None
        assert watch.children() == [second]
        assert second.exit_code() is None
    finally:
        second.dismiss()


def test_a_trainer_that_stays_after_its_run_is_ended(workspace):
    run_id = submit(workspace, 1, lingers=True)
    ensure(workspace)
    run = wait_for_status(workspace, run_id, "finished")
    wait_for(lambda: not is_running(run.process))
    assert workspace.run(run_id).status == "finished"


@BOTH_WAYS
def test_after_a_killed_supervisor_the_next_adopts_and_starts_nothing_twice(workspace, start_method):
    workspace.set_slots(2)
    first, second = submit(workspace, 10_000), submit(workspace, 10_000)
    ensure(workspace, start_method=start_method)
    for run_id in (first, second):
        wait_for_status(workspace, run_id, "running")
    kill_supervisor(workspace)
    third = submit(workspace, 1)
    os.kill(workspace.run(second).process.pid, signal.SIGKILL)
    ensure(workspace, start_method=start_method)
    assert "signal unknown" in wait_for_status(workspace, second, "crashed").reason
    wait_for_status(workspace, third, "finished")
    assert workspace.run(first).status == "running"
    assert is_alive(workspace.run_folder(first))
    workspace.command(first, "stop")
    wait_for_status(workspace, first, "stopped")
    assert [num_starts(workspace, run_id) for run_id in (first, second, third)] == [1, 1, 1]


def look(workspace):
    """As an open page does."""
    replace_dead_supervisor(workspace, trainer_module="loop_trainer")


def test_whoever_looks_replaces_a_supervisor_that_died_but_none_that_left(workspace):
    look(workspace)
    assert supervision.running(workspace, LAUNCHED) is None
    ensure(workspace)
    wait_for(lambda: workspace.setting(LAUNCHED) is None)
    run_id = submit(workspace, 1)
    wait_for_status(workspace, run_id, "finished")
    kill_supervisor(workspace)
    waiting = submit(workspace, 1)
    for _ in range(3):
        look(workspace)
    wait_for_status(workspace, waiting, "finished")
    assert len(processes_of(workspace.folder, "builder.workspace.supervisor")) == 1
    assert shutdown_supervisor(workspace)
    look(workspace)
    assert processes_of(workspace.folder) == []


def test_a_supervisor_that_cannot_start_is_not_tried_at_every_look(workspace, monkeypatch):
    dead = ProcessIdentity(os.getpid(), 0.0)
    launches = []
    monkeypatch.setattr(supervision, "ensure_supervisor", lambda *_, **__: launches.append(time.time()))
    workspace.set_setting(CURRENT, supervision.describe(dead, "code"))
    for seconds_ago in (0.0, 4.0, 6.0):
        launched = ProcessIdentity(os.getpid(), time.time() - seconds_ago)
        workspace.set_setting(LAUNCHED, supervision.describe(launched, "code"))
        look(workspace)
    assert len(launches) == 1


def test_a_supervisor_of_older_code_hands_over_its_runs(workspace):
    run_id = submit(workspace, 10_000)
    ensure(workspace)
    wait_for_status(workspace, run_id, "running")
    old = wait_for(lambda: supervision.running(workspace, CURRENT))
    workspace.set_setting(CURRENT, supervision.describe(old, "older code"))
    ensure(workspace)
    wait_for(lambda: supervision.running(workspace, CURRENT) not in (None, old))
    wait_for(lambda: not is_running(old))
    assert workspace.run(run_id).status == "running"
    assert shutdown_supervisor(workspace)
    assert workspace.run(run_id).status == "stopped"
    assert num_starts(workspace, run_id) == 1
    assert processes_of(workspace.folder) == []


def test_an_idle_supervisor_leaves_but_not_while_somebody_looks(workspace):
    workspace.heartbeat()
    ensure(workspace, idle_seconds=3)
    wait_for(lambda: supervision.running(workspace, CURRENT))
    assert workspace.setting("heartbeat") > time.time() - 5
    wait_for(lambda: processes_of(workspace.folder) == [])
    assert time.time() - workspace.setting("heartbeat") > 3
    run_id = submit(workspace, 1)
    ensure(workspace)
    wait_for_status(workspace, run_id, "finished")


@BOTH_WAYS
def test_a_module_that_does_not_start_marks_the_run_and_is_not_tried_in_a_loop(workspace, start_method):
    run_id = submit(workspace, 1)
    ensure(workspace, start_method=start_method, trainer_module="no_such_trainer")
    assert "exit code 1" in wait_for_status(workspace, run_id, "crashed").reason
    time.sleep(1)
    assert (workspace.folder / "supervisor.log").read_text().count("no_such_trainer") <= 3


def test_a_phantom_run_of_a_reused_pid_is_marked_without_a_supervisor(workspace):
    run = workspace.submit(json.dumps({"name": "loop"}), queue=False)
    assert mark_dead_runs(workspace) == []
    workspace.set_status(run.id, "running")
    assert mark_dead_runs(workspace) == [run.id]
    assert "signal unknown" in workspace.run(run.id).reason


def test_shutdown_ends_trainers_that_a_killed_supervisor_left(workspace):
    run_id = submit(workspace, 10_000)
    ensure(workspace)
    wait_for_status(workspace, run_id, "running")
    kill_supervisor(workspace)
    assert shutdown_supervisor(workspace, trainer_module="loop_trainer")
    assert workspace.run(run_id).status == "stopped"
    assert processes_of(workspace.folder) == []
