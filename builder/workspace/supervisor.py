"""The supervisor: starts queued runs in trainers of their own, watches them, outlives the server.

`python -m builder.workspace.supervisor --workspace DIR`; `supervision.ensure_supervisor` does that when needed.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from filelock import FileLock, Timeout

from builder.workspace.fork_server import ForkServer
from builder.workspace.life import identity_of
from builder.workspace.log import redirect_output
from builder.workspace.processes import code_version
from builder.workspace.removal import KEPT_SECONDS
from builder.workspace.spare import Spare
from builder.workspace.store import Workspace
from builder.workspace.supervision import (
    CURRENT,
    LAUNCHED,
    LOCK_NAME,
    LOG_NAME,
    REQUEST,
    START_METHOD,
    TRAINER_MODULE,
    StartMethod,
    describe,
)
from builder.workspace.warm_process import WarmProcess
from builder.workspace.watch import Watch

_WARM_PROCESSES: dict[StartMethod, type[WarmProcess]] = {"forkserver": ForkServer, "spawn": Spare}

_TICK_SECONDS = 0.02
_LOOK_SECONDS = 0.5
# A supervisor of older code needs a moment to leave.
_LOCK_SECONDS = 15.0


class Supervisor:
    """Runs until it is asked to leave or nothing has happened for long.

    Args:
        workspace: to supervise; its lock is held by the caller.
        warm: from which the trainers come.
        idle_seconds: how long it stays without runs, queue or server.
        stop_seconds: how long a trainer may take to stop.
    """

    def __init__(self, workspace: Workspace, warm: WarmProcess, idle_seconds: float, stop_seconds: float):
        self._workspace = workspace
        self._idle_seconds = idle_seconds
        self._watch = Watch(workspace, stop_seconds)
        self._warm = warm
        self._active_at = time.time()
        self._is_shutting_down = False

    def run(self) -> None:
        """Supervise; returns once it has left."""
        seen, look_at = None, 0.0
        while True:
            reaped = self._watch.reap()
            found = self._workspace.data_version(), self._warm.is_ready()
            if reaped or found != seen or time.monotonic() >= look_at:
                seen, look_at = found, time.monotonic() + _LOOK_SECONDS
                if self._look():
                    self._warm.dismiss()
                    return
            time.sleep(_TICK_SECONDS)

    def _look(self) -> bool:
        """Do what is to be done now; returns whether to leave."""
        request = self._request()
        if request == "drain":
            return self._leave()
        self._watch.look()
        if request == "shutdown" or self._is_shutting_down:
            self._is_shutting_down = True
            return self._stop_runs() and self._leave()
        self._warm.keep()
        self._start_runs()
        return self._is_idle() and self._leave(only_if_idle=True)

    def _request(self) -> str | None:
        request = self._workspace.setting(REQUEST)
        return request["kind"] if request and request["pid"] == os.getpid() else None

    def _start_runs(self) -> None:
        while self._warm.is_ready() and self._workspace.can_claim():
            # Until it has a trainer, a run lives and dies with this process.
            run = self._workspace.claim_next(identity_of())
            if run is None:
                return
            trainer = self._warm.start_trainer(run.id)
            self._workspace.record_process(run.id, trainer.identity)
            self._watch.add(run.id, trainer)

    def _stop_runs(self) -> bool:
        """Ask every live run to stop; returns whether all have ended."""
        live = self._workspace.live_runs()
        for run in live:
            if self._workspace.stop_asked_at(run.id) is None:
                self._workspace.command(run.id, "stop")
        return not live and self._watch.is_empty()

    def _is_idle(self) -> bool:
        if self._workspace.live_runs() or self._workspace.queue() or not self._watch.is_empty():
            self._active_at = time.time()
        heartbeat = self._workspace.setting("heartbeat", 0.0)
        return time.time() - max(self._active_at, heartbeat) > self._idle_seconds

    def _leave(self, *, only_if_idle: bool = False) -> bool:
        # In one transaction with the last look at the queue: whoever submits after it finds no supervisor and starts one.
        with self._workspace.transaction():
            if only_if_idle and not self._is_idle():
                return False
            self._workspace.set_setting(CURRENT, None)
            self._workspace.set_setting(REQUEST, None)
        return True


def _sign_on(workspace: Workspace) -> None:
    with workspace.transaction():
        workspace.set_setting(CURRENT, describe(identity_of(), code_version()))
        launched = workspace.setting(LAUNCHED)
        if launched and launched["pid"] == os.getpid():
            workspace.set_setting(LAUNCHED, None)


def supervise(folder: Path, warm: WarmProcess, idle_seconds: float, stop_seconds: float) -> None:
    """Supervise a workspace, unless another process does so with the same code."""
    workspace = Workspace.open(folder)
    lock = FileLock(workspace.folder / LOCK_NAME, thread_local=False)
    try:
        lock.acquire(timeout=_LOCK_SECONDS, poll_interval=0.01)
    except Timeout:
        print(f"Another process supervises {workspace.folder}; this one ends.")
        return
    try:
        redirect_output(workspace.folder / LOG_NAME)
        _sign_on(workspace)
        workspace.purge_runs(time.time() - KEPT_SECONDS)
        Supervisor(workspace, warm, idle_seconds, stop_seconds).run()
    finally:
        lock.release()
        workspace.close()


def main() -> None:
    """Read the command line and supervise."""
    parser = argparse.ArgumentParser(prog="python -m builder.workspace.supervisor", description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--trainer-module", default=TRAINER_MODULE)
    parser.add_argument("--start-method", choices=_WARM_PROCESSES, default=START_METHOD)
    parser.add_argument("--idle-seconds", type=float, default=600.0)
    parser.add_argument("--stop-seconds", type=float, default=10.0)
    arguments = parser.parse_args()
    warm = _WARM_PROCESSES[arguments.start_method](arguments.trainer_module, arguments.workspace)
    supervise(arguments.workspace, warm, arguments.idle_seconds, arguments.stop_seconds)


if __name__ == "__main__":
    main()
