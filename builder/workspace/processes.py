"""How this project starts processes of its own: by module name, detached from whoever started them."""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).resolve().parents[2]

_PR_SET_CHILD_SUBREAPER = 36

_Stream = int | IO[bytes] | None


def start_module(
    module: str,
    arguments: list[str],
    *,
    stdin: _Stream = None,
    stdout: _Stream = None,
    stderr: _Stream = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `python -m module`, as the leader of a session of its own; `environment` is added to this process's."""
    # The packages are not installed: a child finds them by path, whatever its working directory.
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **(environment or {}), "PYTHONPATH": path},
        close_fds=True,
        # It outlives the terminal and the server, and its group can be ended as a whole.
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
    )


def adopt_orphans() -> None:
    """From now on a process below this one whose parent ends becomes this one's child, on Linux.

    Raises:
        OSError: if the kernel does not know how.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "This kernel has no child subreapers")


def code_version() -> str:
    """A text that differs once a source file on disk has changed, whatever this process has loaded."""
    digest = hashlib.sha256()
    for path in sorted((_ROOT / "builder").rglob("*.py")):
        found = path.stat()
        digest.update(f"{path}:{found.st_mtime_ns}:{found.st_size}\n".encode())
    return digest.hexdigest()[:16]
