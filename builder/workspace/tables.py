"""Tables of workspace.db, and what the stores over them share."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from builder.workspace.database import Database

FILE_NAME = "workspace.db"
VERSION = 2

# Times are unix seconds. `head` and `redo` are revision ids; `next_id` is the greatest the experiment ever had.
# `number` orders the queue, `claim` the starts.
SCHEMA = """
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE experiment (id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, head INTEGER NOT NULL,
                         redo TEXT NOT NULL, next_id INTEGER NOT NULL, created_at REAL NOT NULL,
                         changed_at REAL NOT NULL, deleted_at REAL);
CREATE TABLE revision (id INTEGER PRIMARY KEY AUTOINCREMENT, experiment_id TEXT NOT NULL REFERENCES experiment (id),
                       parent INTEGER, document TEXT NOT NULL, created_at REAL NOT NULL);
CREATE INDEX revision_of ON revision (experiment_id);
CREATE TABLE run (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
                  experiment_id TEXT, revision INTEGER, name TEXT NOT NULL, device TEXT NOT NULL,
                  status TEXT NOT NULL, reason TEXT NOT NULL, summary TEXT, created_at REAL NOT NULL,
                  started_at REAL, finished_at REAL, claim INTEGER, pid INTEGER, process_started REAL);
CREATE INDEX run_status ON run (status);
CREATE VIEW live_run AS SELECT * FROM run WHERE status IN ('starting', 'running', 'paused');
CREATE TABLE command (seq INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, kind TEXT NOT NULL,
                      payload TEXT NOT NULL, created_at REAL NOT NULL);
CREATE INDEX command_of ON command (run_id, seq);
"""
_MARKS = """
CREATE TABLE mark (run_id TEXT PRIMARY KEY, tags TEXT NOT NULL DEFAULT '[]', notes TEXT NOT NULL DEFAULT '',
                   deleted_at REAL) WITHOUT ROWID;
"""
# A table of its own: a trainer of the layout before that is at work meanwhile reads and writes `run` as it knows it.
ADDITIONS = {2: _MARKS}


class Store:
    """Part of a workspace: methods over some of its tables.

    Args:
        folder: of the workspace.
        database: its workspace.db.
    """

    def __init__(self, folder: Path, database: Database):
        self.folder = folder
        self._database = database

    def transaction(self) -> AbstractContextManager[None]:
        """Several reads and writes as one, while no other process writes; may be nested."""
        return self._database.transaction()

    def setting(self, key: str, default: Any = None) -> Any:
        """A value that holds for the whole workspace."""
        row = self._database.row("SELECT value FROM setting WHERE key = ?", (key,))
        return json.loads(row[0]) if row else default

    def set_setting(self, key: str, value: Any) -> None:
        """Set a JSON value; None removes it."""
        if value is None:
            self._database.execute("DELETE FROM setting WHERE key = ?", (key,))
        else:
            self._database.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (key, json.dumps(value)))
