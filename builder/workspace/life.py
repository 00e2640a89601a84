"""Whether a process lives: a lock that the kernel releases with it, and (pid, start time) to end the right one."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from builder.workspace.errors import WorkspaceUnusable

_LOCK_NAME = "alive.lock"
# Whoever asks whether a run lives holds its lock for a moment.
_HOLD_SECONDS = 5.0
# psutil derives a start time from clock ticks; two processes may read it a little differently.
_SAME_START_SECONDS = 1.0


@contextmanager
def hold(run_folder: Path) -> Iterator[None]:
    """Be the one process that a run lives in.

    Raises:
        WorkspaceUnusable: if another process is.
    """
    lock = FileLock(run_folder / _LOCK_NAME, thread_local=False)
    try:
        lock.acquire(timeout=_HOLD_SECONDS, poll_interval=0.01)
    except Timeout:
        raise WorkspaceUnusable(f"The run in {run_folder} already lives in another process. Stop it first.") from None
    try:
        yield
    finally:
        lock.release()


def is_alive(run_folder: Path) -> bool:
    """Whether some process holds the run."""
    return is_held(run_folder / _LOCK_NAME)


def is_held(path: Path) -> bool:
    """Whether some process holds the lock file, without creating it."""
    if not path.exists():
        return False
    lock = FileLock(path, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process that a later one of the same pid is not taken for; `started` is in unix seconds."""

    pid: int
    started: float


def identity_of(pid: int | None = None) -> ProcessIdentity:
    """The identity of a running process, by default this one."""
    process = psutil.Process(pid)
    return ProcessIdentity(process.pid, process.create_time())


def is_running(identity: ProcessIdentity) -> bool:
    """Whether this very process runs; a zombie does not."""
    try:
        process = psutil.Process(identity.pid)
        same = abs(process.create_time() - identity.started) < _SAME_START_SECONDS
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def signal_group(identity: ProcessIdentity, number: int) -> bool:
    """Send a signal to the process and all of its group, if it is still that process.

    Returns:
        Whether it was.
    """
    if not is_running(identity):
        return False
    with suppress(ProcessLookupError):
        # A process that leads no group of its own shares it with others, a person's shell among them.
        if hasattr(os, "killpg") and os.getpgid(identity.pid) == identity.pid:
            os.killpg(identity.pid, number)
        else:
            os.kill(identity.pid, number)
    return True


def end_group(identity: ProcessIdentity, grace_seconds: float = 2.0) -> None:
    """Ask the process's group to end, and end it when it has not after `grace_seconds`."""
    signal_group(identity, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while is_running(identity):
        if time.monotonic() > deadline:
            signal_group(identity, getattr(signal, "SIGKILL", signal.SIGTERM))
            return
        time.sleep(0.01)
