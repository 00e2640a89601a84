"""The process that is kept warm, so that a run need not wait for torch to be imported."""

from __future__ import annotations

import os
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path

from builder.workspace.assignment import assign
from builder.workspace.trainers import Trainer, start_unassigned

# To import torch takes seconds of a core; the run that has just begun comes first.
_AFTER_START_SECONDS = 2.0
_MAX_WAIT_SECONDS = 60.0


class WarmProcess(ABC):
    """Keeps one process that has imported what a run needs, and gets trainers from it.

    Args:
        module: of the trainer.
        folder: of the workspace.
    """

    def __init__(self, module: str, folder: Path):
        self._module = module
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._num_failures = 0
        self._not_before = 0.0

    def start_trainer(self, run_id: str) -> Trainer:
        """The trainer of a run: warm, or cold where nothing is warm."""
        trainer = self._warm_trainer(run_id)
        if trainer is None:
            process = start_unassigned(self._module, self._folder)
            assign(process, run_id)
            trainer = Trainer(process)
        self._not_before = max(self._not_before, time.monotonic() + _AFTER_START_SECONDS)
        return trainer

    def keep(self) -> None:
        """Start the process if there is none, unless a run has only just begun."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is not None:
            self._process = None
            # One that ends by itself would end again: wait longer each time.
            self._num_failures += 1
            self._not_before = now + min(2.0**self._num_failures, _MAX_WAIT_SECONDS)
        if self._process is None and now >= self._not_before and os.name == "posix":
            self._process = self._launch()

    def dismiss(self) -> None:
        """End the process, which has nothing to lose."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether a run need not wait for the process: a trainer that starts now has its first step soonest."""

    @abstractmethod
    def _launch(self) -> subprocess.Popen[bytes]:
        """Start the process."""

    @abstractmethod
    def _warm_trainer(self, run_id: str) -> Trainer | None:
        """The trainer of a run, from the process; None if there is none."""
