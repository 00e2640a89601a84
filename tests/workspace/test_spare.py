"""A spare trainer, on systems whose processes are not forked; everywhere, if a supervisor is told so."""

import pytest
from supervised import ensure, submit, wait_for, wait_for_status

from builder.workspace.life import is_running
from soak.processes import processes_of

pytestmark = pytest.mark.process


def test_a_trainer_is_warm_before_it_is_needed_and_used_once(workspace):
    ensure(workspace, start_method="spawn")
    spare = wait_for(lambda: processes_of(workspace.folder, "loop_trainer"))[0]
    run_id = submit(workspace, 1)
    run = wait_for_status(workspace, run_id, "finished")
    assert run.process.pid == spare.pid
    wait_for(lambda: not is_running(run.process))
    again = wait_for_status(workspace, submit(workspace, 1), "finished")
    assert again.process != run.process
