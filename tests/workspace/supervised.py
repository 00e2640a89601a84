"""A workspace with a real supervisor, and runs of the small trainer beside this file."""

import json
import os
import signal
import time

from builder.workspace import supervision
from builder.workspace.supervision import CURRENT, ensure_supervisor


def ensure(workspace, **options):
    ensure_supervisor(workspace, **{"trainer_module": "loop_trainer", "stop_seconds": 0.5, **options})


def submit(workspace, num_steps=3, **more):
    return workspace.submit(json.dumps({"name": "loop", "num_steps": num_steps, **more})).id


def wait_for(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
    return answer


def wait_for_status(workspace, run_id, *statuses):
    wait_for(lambda: workspace.run(run_id).status in statuses)
    return workspace.run(run_id)


def num_starts(workspace, run_id):
    return (workspace.run_folder(run_id) / "starts").read_text().count("start")


def kill_supervisor(workspace):
    pid = wait_for(lambda: supervision.running(workspace, CURRENT)).pid
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: supervision.running(workspace, CURRENT) is None)
