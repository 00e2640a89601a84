"""How a trainer's process is told which run it trains: one line on its standard input."""

from __future__ import annotations

import json
import subprocess
import sys

READY = "ready"
"""What a fork server says once it is warm."""


def assign(process: subprocess.Popen[bytes], run_id: str) -> None:
    """Name a run to a process that waits for one.

    Raises:
        BrokenPipeError: if the process has died.
    """
    assert process.stdin is not None
    process.stdin.write(json.dumps({"run": run_id}).encode() + b"\n")
    process.stdin.flush()


def await_run() -> str | None:
    """The run that this process is given; None if its input ends, as it does with the supervisor."""
    line = sys.stdin.readline()
    return json.loads(line)["run"] if line.strip() else None
