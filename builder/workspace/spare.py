"""A spare trainer: a process of its own that is already warm, and is used once."""

from __future__ import annotations

import subprocess

from builder.workspace.assignment import assign
from builder.workspace.trainers import Trainer, start_unassigned
from builder.workspace.warm_process import WarmProcess


class Spare(WarmProcess):
    """Keeps one unassigned trainer, which becomes a run's; one that is not warm yet takes its run all the same."""

    def is_ready(self) -> bool:
        """Always: a run may be given to a spare that is still warming up."""
        return True

    def _launch(self) -> subprocess.Popen[bytes]:
        return start_unassigned(self._module, self._folder)

    def _warm_trainer(self, run_id: str) -> Trainer | None:
        process, self._process = self._process, None
        if process is None:
            return None
        try:
            assign(process, run_id)
        except BrokenPipeError:
            process.wait()
            return None
        return Trainer(process)
