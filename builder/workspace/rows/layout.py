"""Tables of run.db, and how arrays become blobs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from builder.workspace.database import Database
from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.rows.series import Series

FILE_NAME = "run.db"
VERSION = 2
FIRST_WITH_FINDINGS = 2

# chunk: the records of one flush, float32 little-endian [records, series of the track].
# bin: one complete bin, float32 little-endian [5, series of the track], see bins.py.
SCHEMA = """
CREATE TABLE info (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE series (id INTEGER PRIMARY KEY, quantity TEXT NOT NULL, subject TEXT NOT NULL, family TEXT NOT NULL,
                     unit TEXT NOT NULL, every INTEGER NOT NULL);
CREATE TABLE flush (last_step INTEGER PRIMARY KEY, num_steps INTEGER NOT NULL, seconds REAL NOT NULL);
CREATE TABLE chunk (track INTEGER NOT NULL, first_record INTEGER NOT NULL, num_records INTEGER NOT NULL,
                    data BLOB NOT NULL, PRIMARY KEY (track, first_record));
CREATE TABLE bin (track INTEGER NOT NULL, level INTEGER NOT NULL, number INTEGER NOT NULL, summary BLOB NOT NULL,
                  PRIMARY KEY (track, level, number));
CREATE TABLE evaluation (id INTEGER PRIMARY KEY AUTOINCREMENT, step INTEGER NOT NULL, epoch REAL NOT NULL,
                         split TEXT NOT NULL, metrics TEXT NOT NULL, num_classes INTEGER NOT NULL, confusion BLOB);
CREATE TABLE intervention (id INTEGER PRIMARY KEY AUTOINCREMENT, step INTEGER NOT NULL, kind TEXT NOT NULL,
                           subject TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, step INTEGER NOT NULL, kind TEXT NOT NULL,
                    payload TEXT NOT NULL, time REAL NOT NULL);
"""

# finding: of an evaluation, arrays by name as npz; number counts the evaluations of the split, from 0, see findings.py.
ADDITIONS = {
    FIRST_WITH_FINDINGS: """
CREATE TABLE finding (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, number INTEGER NOT NULL,
                      evaluation INTEGER NOT NULL REFERENCES evaluation (id), arrays BLOB NOT NULL);
CREATE INDEX finding_kind ON finding (kind, number);
"""
}


def open_rows(folder: Path, *, read_only: bool) -> Database:
    """Open the run.db of a run's folder.

    Raises:
        WorkspaceUnusable: if it is missing (for a reader), damaged or of a newer version.
    """
    path = folder / FILE_NAME
    if read_only and not path.exists():
        raise WorkspaceUnusable(f"{path} does not exist: this run has recorded nothing yet, or its folder was moved.")
    return Database(path, SCHEMA, VERSION, additions=ADDITIONS, read_only=read_only)


def read_series(database: Database) -> tuple[Series, ...]:
    """The series in order of their ids."""
    return tuple(Series(**dict(row)) for row in database.rows("SELECT * FROM series ORDER BY id"))


def to_blob(values: np.ndarray) -> bytes:
    """float32 values as little-endian bytes."""
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def from_blobs(blobs: list[bytes], *shape: int) -> np.ndarray:
    """Blobs end to end as one float32 array `[-1, *shape]`."""
    return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(-1, *shape)
