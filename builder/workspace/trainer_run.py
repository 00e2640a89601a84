"""A run as its trainer holds it: the document, commands between steps, status."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from builder.workspace import life
from builder.workspace.runs import DOCUMENT_NAME, Command

if TYPE_CHECKING:
    from builder.workspace.store import Workspace


class TrainerRun:
    """Holds a run's lock from construction to `close`; a context manager.

    Attributes:
        run: as it was when the trainer took it.
        folder: for run.db, weights and the log.
        document: JSON text, as submitted.

    Raises:
        WorkspaceUnusable: if another process holds the run.
        TransitionNotAllowed: if the run is not `starting`.
    """

    def __init__(self, workspace: Workspace, run_id: str):
        self._workspace = workspace
        self._last_seq = 0
        self._seen_version: int | None = None
        self.folder = workspace.run_folder(run_id)
        with ExitStack() as stack:
            stack.enter_context(life.hold(self.folder))
            workspace.set_status(run_id, "starting")
            workspace.record_process(run_id, life.identity_of())
            self.run = workspace.run(run_id)
            self.document = (self.folder / DOCUMENT_NAME).read_text(encoding="utf-8")
            self._held = stack.pop_all()

    def poll_commands(self) -> list[Command]:
        """Commands not given out before. Costs microseconds when there are none; call it between any two steps."""
        version = self._workspace.data_version()
        if version == self._seen_version:
            return []
        self._seen_version = version
        commands = self._workspace.take_commands(self.run.id, self._last_seq)
        if commands:
            self._last_seq = commands[-1].seq
        return commands

    def set_status(self, status: str, reason: str = "", summary: Mapping[str, Any] | None = None) -> None:
        """Move the run on. `running` belongs right before the first step."""
        self._workspace.set_status(self.run.id, status, reason, summary)

    def close(self) -> None:
        """Release the lock; a run without a final status counts as crashed from now on."""
        self._held.close()

    def __enter__(self) -> TrainerRun:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
