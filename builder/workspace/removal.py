"""Runs that are deleted: first off the list, from where they can be restored; gone for good after a month."""

from __future__ import annotations

import shutil
import time

from builder.workspace.errors import WorkspaceError
from builder.workspace.runs import RunStore

KEPT_SECONDS = 30 * 24 * 3600
"""So long a deleted run can be restored."""


class RemovalStore(RunStore):
    """The methods of a workspace that take runs away; `by` is as for labels."""

    def delete_run(self, run_id: str, *, by: str | None = None) -> None:
        """Take a run off the list; one that waits leaves the queue. Its folder stays until `purge_runs`.

        Raises:
            WorkspaceError: if it is live.
            NotYours: if it is somebody else's.
        """
        with self.transaction():
            run = self._own_run(run_id, by)
            if run.is_live:
                raise WorkspaceError(f"Run #{run.number} is {run.status}. Stop it before deleting it.")
            if run.status == "queued":
                self.command(run_id, "stop")
            if run.deleted_at is None:
                self._mark(run_id, "deleted_at", time.time())

    def restore_run(self, run_id: str, *, by: str | None = None) -> None:
        """Put a deleted run back on the list, as it was.

        Raises:
            NotFound: if it is gone for good.
            NotYours: if it is somebody else's.
        """
        with self.transaction():
            self._own_run(run_id, by)
            self._mark(run_id, "deleted_at", None)

    def purge_runs(self, deleted_before: float) -> list[str]:
        """Remove for good what was deleted before a moment (unix seconds), with its folder; ids of what is gone."""
        with self.transaction():
            found = [run.id for run in self.runs(deleted=True) if (run.deleted_at or 0.0) < deleted_before]
            for run_id in found:
                for statement in (
                    "DELETE FROM command WHERE run_id = ?",
                    "DELETE FROM mark WHERE run_id = ?",
                    "DELETE FROM run WHERE id = ?",
                ):
                    self._database.execute(statement, (run_id,))
        for run_id in found:
            shutil.rmtree(self.run_folder(run_id), ignore_errors=True)
        return found
