"""Trainer processes as the supervisor sees them."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import Any, Protocol

from builder.workspace.life import ProcessIdentity, identity_of
from builder.workspace.processes import start_module


class Child(Protocol):
    """A child of this process, as `subprocess.Popen` is one."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self) -> int: ...
    def kill(self) -> None: ...


class Trainer:
    """A child that trains one run and then ends."""

    def __init__(self, child: Child):
        self._child = child
        self.identity: ProcessIdentity = identity_of(child.pid)

    def exit_code(self) -> int | None:
        """None while it runs; negative for a signal."""
        return self._child.poll()

    def dismiss(self) -> None:
        """End a trainer that has nothing to lose."""
        self._child.kill()
        self._child.wait()


def start_unassigned(module: str, folder: Path, *flags: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start a trainer's process, which warms up and waits to be given a run; `options` as for `start_module`."""
    return start_module(module, ["--workspace", str(folder), *flags], stdin=subprocess.PIPE, **options)


def describe_exit(code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        name = signal.Signals(-code).name
        hint = " (the system does this when memory runs out)" if name == "SIGKILL" else ""
        return f"The trainer was ended by {name}{hint}."
    return f"The trainer ended with exit code {code} and no result."
