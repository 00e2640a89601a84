"""Output of a process into a file of bounded size: a pipe that nobody drains would freeze it, a file cannot."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

_CHECK_SECONDS = 0.5
_CUT = b"[earlier output was cut]\n"


def redirect_output(path: Path, max_bytes: int = 2**20) -> None:
    """Send standard output and error of this process, also of its C code, to the end of a file, until it ends.

    Args:
        path: created if missing.
        max_bytes: about the file's greatest size; the older half goes when it is reached.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    # With O_APPEND every write lands at the end, wherever that is after a cut.
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(file, 1)
    os.dup2(file, 2)
    threading.Thread(target=_cut_for_ever, args=(file, max_bytes), name="log size", daemon=True).start()


def last_lines(path: Path, num_lines: int = 12, max_bytes: int = 4000) -> str:
    """The end of a log; empty if there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - max_bytes))
        text = file.read().decode("utf-8", "replace")
    return "\n".join(text.strip().splitlines()[-num_lines:])


def _cut_for_ever(file: int, max_bytes: int) -> None:
    while True:
        if os.fstat(file).st_size > max_bytes:
            kept = os.pread(file, max_bytes, os.fstat(file).st_size - max_bytes // 2)
            os.ftruncate(file, 0)
            os.write(file, _CUT + kept[kept.find(b"\n") + 1 :])
        threading.Event().wait(_CHECK_SECONDS)
