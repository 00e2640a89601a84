"""What a fork server does: for each run it forks a trainer, which finds everything imported. Linux alone."""

from __future__ import annotations

import gc
import os

import numpy as np

from builder.workspace.assignment import READY, await_run


def fork_for_runs() -> str | None:
    """Answer each run that is named on standard input with the pid of its trainer, on standard output, first with `READY`.

    Returns:
        In a trainer its run; in the fork server None, once nobody asks any more.

    Raises:
        RuntimeError: if this process has more than one thread.
    """
    if len(os.listdir("/proc/self/task")) > 1:
        raise RuntimeError("A fork of several threads keeps one of them and all of their locks. Start none before it.")
    # A collection would write to every page that trainers share with this process, and so copy it.
    gc.collect()
    gc.freeze()
    answers = os.dup(1)
    os.dup2(2, 1)
    try:
        os.write(answers, f"{READY}\n".encode())
        while run_id := await_run():
            trainer = _fork_orphan()
            if trainer == 0:
                os.close(answers)
                _leave_what_is_shared()
                return run_id
            os.write(answers, f"{trainer}\n".encode())
    except BrokenPipeError:
        # The supervisor was killed.
        return None
    return None


def _fork_orphan() -> int:
    """Fork a process whose parent has ended, so that the supervisor adopts it; returns its pid, and 0 in it."""
    reading, writing = os.pipe()
    parent = os.fork()
    if parent:
        os.close(writing)
        os.waitpid(parent, 0)
        with open(reading) as pipe:
            return int(pipe.read())
    if orphan := os.fork():
        os.write(writing, str(orphan).encode())
        os._exit(0)
    os.close(reading)
    os.close(writing)
    return 0


def _leave_what_is_shared() -> None:
    """Give a trainer a session, an input and random numbers of its own. Python's `random` sees to itself."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    np.random.seed()
