"""The workspace: one folder that holds everything a person made and ran."""

from __future__ import annotations

import os
import time
from pathlib import Path

import platformdirs

from builder.workspace.database import Database
from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.experiments import ExperimentStore
from builder.workspace.labels import LabelStore
from builder.workspace.owners import OwnerStore
from builder.workspace.removal import RemovalStore
from builder.workspace.tables import ADDITIONS, FILE_NAME, SCHEMA, VERSION
from builder.workspace.trainer_run import TrainerRun

_HEARTBEAT_SECONDS = 20.0


def default_folder() -> Path:
    """`$HIGHRISE_WORKSPACE`, or the platform's folder for user data."""
    chosen = os.environ.get("HIGHRISE_WORKSPACE")
    folder = Path(chosen) if chosen else Path(platformdirs.user_data_dir("highrise"))
    return folder.expanduser().resolve()


class Workspace(ExperimentStore, LabelStore, RemovalStore, OwnerStore):
    """Experiments, runs, queue and commands of one folder; may be shared by threads. Made by `Workspace.open`."""

    @classmethod
    def open(cls, folder: Path | str | None = None) -> Workspace:
        """Open a workspace, made if it does not exist.

        Args:
            folder: None for `default_folder()`.

        Raises:
            WorkspaceUnusable: if it cannot be written, or a newer version made it.
        """
        path = Path(folder).expanduser().resolve() if folder else default_folder()
        try:
            (path / "runs").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceUnusable(
                f"The workspace {path} cannot be made: {error.strerror}. "
                "Choose another folder by --workspace or the variable HIGHRISE_WORKSPACE."
            ) from error
        return cls(path, Database(path / FILE_NAME, SCHEMA, VERSION, additions=ADDITIONS))

    def start_trainer(self, run_id: str) -> TrainerRun:
        """Take a run that is `starting`, as the one process that trains it."""
        return TrainerRun(self, run_id)

    def data_version(self) -> int:
        """A number that differs after another process or `Workspace` has written; costs microseconds."""
        return self._database.data_version()

    def heartbeat(self) -> None:
        """Say that somebody looks at the workspace, so that the supervisor stays; cheap to call often."""
        now = time.time()
        if now - self.setting("heartbeat", 0.0) > _HEARTBEAT_SECONDS:
            self.set_setting("heartbeat", now)

    def close(self) -> None:
        """Close the database."""
        self._database.close()
