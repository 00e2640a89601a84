"""Trainer processes as the supervisor sees them: a spare one that is already warm, and those at work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from builder.workspace.life import ProcessIdentity, identity_of
from builder.workspace.processes import start_module

# Starting a process and importing torch takes seconds of a core; the run that has just begun comes first.
_AFTER_START_SECONDS = 2.0
_MAX_WAIT_SECONDS = 60.0


class Trainer:
    """A child that waits for one line on its standard input and then trains that run."""

    def __init__(self, module: str, folder: Path):
        self._process = start_module(module, ["--workspace", str(folder)], stdin=subprocess.PIPE)
        self.identity: ProcessIdentity = identity_of(self._process.pid)
        self.assigned_at: float | None = None

    def assign(self, run_id: str) -> None:
        """Name the run.

        Raises:
            BrokenPipeError: if the process has died meanwhile.
        """
        if self._process.stdin is None:
            raise AssertionError("a trainer is started with a pipe")
        self._process.stdin.write(json.dumps({"run": run_id}).encode() + b"\n")
        self._process.stdin.flush()
        self.assigned_at = time.monotonic()

    def exit_code(self) -> int | None:
        """None while it runs; negative for a signal."""
        return self._process.poll()

    def dismiss(self) -> None:
        """End an unassigned trainer, which has nothing to lose."""
        self._process.kill()
        self._process.wait()


def describe_exit(code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        name = signal.Signals(-code).name
        hint = " (the system does this when memory runs out)" if name == "SIGKILL" else ""
        return f"The trainer was ended by {name}{hint}."
    return f"The trainer ended with exit code {code} and no result."


class Spare:
    """Keeps one unassigned trainer ready.

    Args:
        module: of the trainer.
        folder: of the workspace.
    """

    def __init__(self, module: str, folder: Path):
        self.module = module
        self._folder = folder
        self._trainer: Trainer | None = None
        self._num_failures = 0
        self._not_before = 0.0

    def take(self) -> Trainer:
        """The warm trainer, or one that starts now."""
        trainer, self._trainer = self._trainer, None
        if trainer is not None and trainer.exit_code() is None:
            return trainer
        return Trainer(self.module, self._folder)

    def give_back(self, trainer: Trainer) -> None:
        """Keep a trainer that was taken but not assigned."""
        self._trainer = trainer

    def refill(self, at_work: list[Trainer]) -> None:
        """Start a trainer if there is none, unless one of those `at_work` has only just begun."""
        now = time.monotonic()
        if self._trainer is not None and self._trainer.exit_code() is not None:
            # One that ends by itself would end again: wait longer each time.
            self._trainer = None
            self._num_failures += 1
            self._not_before = now + min(2.0**self._num_failures, _MAX_WAIT_SECONDS)
        if self._trainer is not None or now < self._not_before or os.name != "posix":
            return
        if all(now - (trainer.assigned_at or now) >= _AFTER_START_SECONDS for trainer in at_work):
            self._trainer = Trainer(self.module, self._folder)

    def dismiss(self) -> None:
        """End the spare trainer."""
        if self._trainer is not None:
            self._trainer.dismiss()
            self._trainer = None
