"""The fork server as the supervisor sees it: a warm process that forks a trainer for each run. Linux alone."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time

from builder.workspace.assignment import READY, assign
from builder.workspace.processes import adopt_orphans
from builder.workspace.trainers import Trainer, start_unassigned
from builder.workspace.warm_process import WarmProcess

# A fork takes milliseconds; a server that is frozen is not waited for.
_FORK_SECONDS = 5.0
# A server that is not warm by then is not waited for either: where others keep the machine busy, a run's start has no end to
# wait for.
_PATIENCE_SECONDS = 3.0


class ForkServer(WarmProcess):
    """Keeps one process that has imported what a run needs, computes nothing, and forks.

    Its trainers are children of this process, so that they outlive it and their exit codes are known.
    """

    _is_warm = False
    _launched_at = 0.0

    def is_ready(self) -> bool:
        """Whether it forks, or is not to be waited for."""
        if self._process is not None and not self._is_warm and self._answer(0.0) == READY:
            self._is_warm, self._num_failures = True, 0
        is_late = time.monotonic() - self._launched_at > _PATIENCE_SECONDS
        return self._is_warm or is_late or self._process is None

    def _launch(self) -> subprocess.Popen[bytes]:
        self._is_warm, self._launched_at = False, time.monotonic()
        adopt_orphans()
        # numpy would start a thread for each core, and a fork keeps one thread of its parent.
        alone = {"OPENBLAS_NUM_THREADS": "1"}
        return start_unassigned(self._module, self._folder, "--fork-server", stdout=subprocess.PIPE, environment=alone)

    def _warm_trainer(self, run_id: str) -> Trainer | None:
        if self._process is None or not self._is_warm:
            return None
        try:
            assign(self._process, run_id)
        except BrokenPipeError:
            return None
        if pid := self._answer(_FORK_SECONDS):
            return Trainer(AdoptedChild(int(pid)))
        self.dismiss()
        return None

    def _answer(self, seconds: float) -> str:
        """The next line from the server; empty if it has ended or says nothing in time."""
        assert self._process is not None
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], seconds)
        return self._process.stdout.readline().decode().strip() if readable else ""


class AdoptedChild:
    """A child that another process has started: what `subprocess.Popen` is for one started here."""

    def __init__(self, pid: int):
        self.pid = pid
        self._exit_code: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._reap(os.WNOHANG)

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        code = self._reap(0)
        assert code is not None
        return code

    def kill(self) -> None:
        """End it, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _reap(self, options: int) -> int | None:
        if self._exit_code is None:
            pid, status = os.waitpid(self.pid, options)
            if pid == self.pid:
                self._exit_code = os.waitstatus_to_exitcode(status)
        return self._exit_code
