"""Room on the disk for the last words of a run: what fills a disk must not keep the run from saying that it is full."""

import os
from pathlib import Path

from builder.workspace.errors import WorkspaceUnusable

RESERVE_NAME = "reserve"
RESERVE_BYTES = 1 << 18
"""A status takes some pages of the workspace's database; others may want a few before it."""


class Reserve:
    """A file that holds room in a run's folder until it is released.

    Args:
        folder: The run's.

    Raises:
        WorkspaceUnusable: If there is no room any more.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / RESERVE_NAME
        try:
            # Noise, which no file system makes smaller.
            self._path.write_bytes(os.urandom(RESERVE_BYTES))
        except OSError as error:
            # A part of it would take the room away.
            self.release()
            raise WorkspaceUnusable(f"{error.strerror}. Free some space. ({folder})") from error

    def release(self) -> None:
        """Gives the room back; may be called again."""
        self._path.unlink(missing_ok=True)
