"""How runs stand, for the top bars of all tabs by one look at the files. Knows no Streamlit."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from builder.pages.run_status import open_reader, run_notes, run_status
from builder.workspace.rows import RunReader
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

LOOK_SECONDS = 0.1
"""A run's rows are looked at so often at most, however many tabs ask; what the workspace says of it is always new."""

FORGET_SECONDS = 15.0
"""Rows of which nobody has asked for so long are closed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A run's status as JSON, and what a person must know besides its numbers."""

    status: dict[str, Any]
    notes: list[str]


@dataclass(slots=True)
class _Held:
    run: Run | None = None
    reader: RunReader | None = None
    state: Standing = field(default_factory=lambda: Standing({}, []))
    looked_at: float = 0.0


class RunStates:
    """Holds the rows of those runs open that are in view; may be shared by threads.

    A tab holds no file itself: nothing says when a tab is gone, and Streamlit keeps its state for minutes.
    """

    def __init__(self, workspace: Workspace, clock: Callable[[], float] = time.monotonic) -> None:
        self._workspace = workspace
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}

    def of(self, run: Run) -> Standing:
        """How a run stands, as it is now in the workspace."""
        with self._lock:
            now = self._clock()
            held = self._held.setdefault(run.id, _Held())
            if held.run != run or now - held.looked_at >= LOOK_SECONDS:
                held.run, held.looked_at = run, now
                held.reader = held.reader or open_reader(self._workspace, run)
                notes = run_notes(held.reader.info()) if held.reader else []
                held.state = Standing(run_status(self._workspace, run, held.reader), notes)
            self._forget(now)
            return held.state

    def _forget(self, now: float) -> None:
        for run_id, held in list(self._held.items()):
            if now - held.looked_at >= FORGET_SECONDS:
                del self._held[run_id]
                if held.reader is not None:
                    held.reader.close()
