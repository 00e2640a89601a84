"""The rows of a run up to a step, as the beginning of another."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from builder.workspace.rows.layout import FILE_NAME, open_rows
from builder.workspace.rows.writer import RunWriter


def copy_rows(source: Path, target: Path, step: int) -> None:
    """Copies a run.db, as far as it was at a checkpoint's `step`; changes made from there on are not part of it.

    Args:
        source: Folder of the run, which may be live.
        target: Folder of another run, without rows.
        step: As for `RunWriter.truncate_after`.
    """
    with closing(open_rows(source, read_only=True)) as rows:
        rows.copy_to(target / FILE_NAME)
    with closing(RunWriter(target)) as writer:
        writer.truncate_after(step)
        writer.forget_interventions(step)
