"""Having a supervisor: starting one where none is, asking it to leave. For the server, the command line and tests."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import Any, Literal

from builder.workspace.life import ProcessIdentity, identity_of, is_held, is_running
from builder.workspace.processes import code_version, start_module
from builder.workspace.store import Workspace
from builder.workspace.watch import mark_dead_runs

LOG_NAME = "supervisor.log"
LOCK_NAME = "supervisor.lock"
TRAINER_MODULE = "builder.training.worker"
StartMethod = Literal["forkserver", "spawn"]
START_METHOD: StartMethod = "forkserver" if sys.platform == "linux" else "spawn"
"""How trainers come to be: forked from one warm process, or each started by itself while a spare one waits warm. On Linux
alone, a process that has imported torch is safely forked."""
# One that cannot start, as on a full disk, is not tried at every look.
_RETRY_SECONDS = 5.0
# Settings that the two sides write: who supervises, who was started to and has not signed on yet, what is asked of whom.
CURRENT, LAUNCHED, REQUEST = "supervisor", "supervisor_launched", "supervisor_request"


def ensure_supervisor(
    workspace: Workspace,
    *,
    trainer_module: str = TRAINER_MODULE,
    start_method: StartMethod = START_METHOD,
    idle_seconds: float = 600.0,
    stop_seconds: float = 10.0,
) -> None:
    """See that a supervisor of today's code watches the workspace; returns in milliseconds.

    One of older code is asked to leave; the new one takes over its live runs. May be called at any time, by any number
    of processes at once.
    """
    version = code_version()
    if _is_current(workspace, CURRENT, version):
        return
    with workspace.transaction():
        # Another caller may have been first, and its supervisor not have begun yet.
        if _is_current(workspace, CURRENT, version) or _is_current(workspace, LAUNCHED, version):
            return
        ask_to_leave(workspace, "drain")
        with (workspace.folder / LOG_NAME).open("ab") as log:
            process = start_module(
                "builder.workspace.supervisor",
                [
                    *("--workspace", str(workspace.folder), "--trainer-module", trainer_module),
                    *("--start-method", start_method),
                    *("--idle-seconds", str(idle_seconds), "--stop-seconds", str(stop_seconds)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        workspace.set_setting(LAUNCHED, describe(identity_of(process.pid), version))
    # Whoever starts a process must also take note of its end, or it stays in the process table.
    threading.Thread(target=process.wait, name="supervisor's end", daemon=True).start()


def replace_dead_supervisor(workspace: Workspace, **options: Any) -> None:
    """Start a supervisor where one has died without signing off; for whoever looks at the workspace, as often as it does.

    Where one has left, or was shut down, it stays away until there is something to do. Costs a fraction of a millisecond.

    Args:
        workspace: whose.
        options: as for `ensure_supervisor`.
    """
    if workspace.setting(CURRENT) is None or running(workspace, CURRENT):
        return
    launched = workspace.setting(LAUNCHED)
    if launched is None or time.time() - launched["started"] > _RETRY_SECONDS:
        ensure_supervisor(workspace, **options)


def shutdown_supervisor(workspace: Workspace, timeout: float = 30.0, **options: Any) -> bool:
    """Stop every live run and then the supervisor; queued runs stay queued.

    Args:
        workspace: whose.
        timeout: seconds to wait for it.
        options: as for `ensure_supervisor`, which is called if live runs are left without a supervisor.

    Returns:
        Whether nothing is running any more.
    """
    deadline = time.monotonic() + timeout
    mark_dead_runs(workspace)
    seen: set[ProcessIdentity] = set()
    while time.monotonic() < deadline:
        supervisors = {each for key in (CURRENT, LAUNCHED) if (each := running(workspace, key))}
        trainers = {run.process for run in workspace.live_runs() if run.process}
        seen |= {each for each in supervisors | trainers if each.pid != os.getpid()}
        # Who has signed off, or given its run a final status, still clears up; only its own end is the end.
        is_leaving = is_held(workspace.folder / LOCK_NAME) or any(map(is_running, seen))
        if not supervisors and not is_leaving and not workspace.live_runs():
            return True
        if not supervisors and workspace.live_runs():
            ensure_supervisor(workspace, **options)
        ask_to_leave(workspace, "shutdown")
        time.sleep(0.02)
    return False


def describe(process: ProcessIdentity, version: str) -> dict[str, Any]:
    """A supervisor as it stands in the settings."""
    return {"pid": process.pid, "started": process.started, "version": version}


def running(workspace: Workspace, key: str) -> ProcessIdentity | None:
    """The process that a setting names, if it runs."""
    found = workspace.setting(key)
    identity = found and ProcessIdentity(found["pid"], found["started"])
    return identity if identity and is_running(identity) else None


def ask_to_leave(workspace: Workspace, kind: str) -> None:
    """Ask the present supervisor for `drain` (leave at once, runs go on) or `shutdown` (stop runs, then leave)."""
    current = running(workspace, CURRENT)
    request = current and {"kind": kind, "pid": current.pid}
    if request and workspace.setting(REQUEST) != request:
        workspace.set_setting(REQUEST, request)


def _is_current(workspace: Workspace, key: str, version: str) -> bool:
    found = workspace.setting(key)
    return bool(found and found["version"] == version and running(workspace, key))
