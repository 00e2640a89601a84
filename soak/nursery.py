"""Processes by the hundred, each to be killed: forked from one that has imported torch once.

The nursery reads lines of JSON `[function, arguments, kill_after]`, forks a process that calls the function, kills it so
many seconds after it has said that it is ready, unless that is null, and prints how it ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[1]
_ready: list[int] = []
"""In a process that the nursery has forked, the pipe on which to say that it is ready."""


def say_ready() -> None:
    """From now on the seconds to this process's end are counted."""
    while _ready:
        os.close(_ready.pop())


class Nursery:
    """Calls functions of modules in processes of their own; a context manager.

    Args:
        modules: Imported once, before anything is forked.
    """

    def __init__(self, *modules: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from soak.nursery import main; main()", *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )

    def call(self, function: str, *arguments: Any, kill_after: float | None = None) -> int:
        """Calls a function and waits for its process to end.

        Args:
            function: As in `soak.killed_trainer:train_until_killed`.
            arguments: JSON or paths.
            kill_after: Seconds from when it says that it is ready until it gets SIGKILL; None for never.

        Returns:
            Its exit code, negative for a signal.
        """
        assert self._process.stdin
        assert self._process.stdout
        values = [str(each) if isinstance(each, Path) else each for each in arguments]
        self._process.stdin.write(json.dumps([function, values, kill_after]) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        code = self._process.wait(30)
        assert code == 0, f"the nursery ended with code {code}"


def _fork(function: str, arguments: list[Any], kill_after: float | None) -> int:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _ready.append(writing)
        _call(function, arguments)
    os.close(writing)
    if kill_after is not None:
        # The pipe's end: it is ready, or has ended without ever being so.
        os.read(reading, 1)
        time.sleep(kill_after)
        # One that has ended meanwhile keeps its pid until it is waited for, and minds no signal.
        os.kill(pid, signal.SIGKILL)
    os.close(reading)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _call(function: str, arguments: list[Any]) -> NoReturn:
    """Calls a function in this copy of the nursery, which must not go on as one, whatever happens."""
    try:
        # The answers' pipe is the nursery's alone.
        os.dup2(2, 1)
        module, name = function.split(":")
        getattr(import_module(module), name)(*arguments)
        os._exit(0)
    finally:
        traceback.print_exc()
        os._exit(1)


def main() -> None:
    """Reads what to call until its input ends."""
    for module in sys.argv[1:]:
        import_module(module)
    for line in sys.stdin:
        print(_fork(*json.loads(line)), flush=True)
