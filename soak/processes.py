"""Processes by what they carry: a mark in their environment, or a workspace on their command line."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil


@contextmanager
def may_be_gone() -> Iterator[None]:
    """Processes end at any moment, and other people's may not be looked at."""
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        yield


def processes_with(mark: str) -> list[psutil.Process]:
    """Processes that inherited this one's value of an environment variable, this one aside."""
    found = []
    for process in psutil.process_iter():
        with may_be_gone():
            value = process.environ().get(mark) if process.pid != os.getpid() else None
            if value == os.environ[mark] and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def processes_of(folder: Path, module: str | None = None) -> list[psutil.Process]:
    """All processes whose command line names a workspace, and is of a module if one is given."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if str(folder) in (line := process.info["cmdline"] or [])
        and module in (None, *line[2:3])
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def describe(process: psutil.Process) -> str:
    """Its pid and its command line, as far as it still has one."""
    with may_be_gone():
        return f"{process.pid} {' '.join(process.cmdline())[:200]}"
    return str(process.pid)
