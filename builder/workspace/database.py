"""One SQLite file in WAL mode: opening it, its version, transactions, and errors in words."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from builder.workspace.errors import WorkspaceUnusable

BUSY_SECONDS = 10.0


class Database:
    """A connection that several threads may share; each statement or transaction holds its lock.

    Args:
        path: the file; made with `schema` if it does not exist, unless `read_only`.
        schema: SQL that creates the tables of version 1.
        version: the newest layout this code can read; a file with a higher one is refused.
        additions: SQL that each later version has added, by version. A file of an earlier one gets them when it is opened to
            be written; whoever only reads it does without (`found_version`).
    """

    def __init__(
        self,
        path: Path,
        schema: str,
        version: int,
        *,
        additions: Mapping[int, str] | None = None,
        read_only: bool = False,
    ):
        self.path = path
        self._lock = threading.RLock()
        with self._words():
            self._connection = _connect_to_read(path) if read_only else _connect_to_write(path)
            found = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if found > version:
                self._connection.close()
                raise WorkspaceUnusable(
                    f"{path} was written by a newer version of Highrise (layout {found}, this one reads up to "
                    f"{version}). Update Highrise, or choose another workspace folder."
                )
            if found == 0 and read_only:
                self._connection.close()
                raise WorkspaceUnusable(f"{path} holds no rows yet. Wait for its run to start.")
            if found < version and not read_only:
                self._grow({1: schema, **(additions or {})}, version)

    def _grow(self, additions: Mapping[int, str], version: int) -> None:
        with self.transaction():
            # Another process may have made the tables while this one waited for the write lock.
            for each in range(self.found_version + 1, version + 1):
                for statement in filter(str.strip, additions.get(each, "").split(";")):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {each}")

    @property
    def found_version(self) -> int:
        """The layout that the file has now."""
        return self.number("PRAGMA user_version")

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of one statement."""
        with self._lock, self._words():
            return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Row | None:
        """The first row of one statement, or None."""
        with self._lock, self._words():
            return self._connection.execute(sql, parameters).fetchone()

    def number(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """The one integer that a statement answers; 0 for NULL or no row."""
        row = self.row(sql, parameters)
        return int(row[0] or 0) if row else 0

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement that answers nothing."""
        with self._lock, self._words():
            self._connection.execute(sql, parameters)

    def insert(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run an INSERT and return the new row's number."""
        with self._lock, self._words():
            return self._connection.execute(sql, parameters).lastrowid or 0

    def write_many(self, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each tuple of parameters."""
        with self._lock, self._words():
            self._connection.executemany(sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, with the write lock taken at once, so that what is read inside stays true; may be nested."""
        with self._lock, self._words():
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several reads of one moment, while others go on writing."""
        with self._lock, self._words():
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.rollback()

    def data_version(self) -> int:
        """A number that differs after another connection has committed; costs microseconds."""
        with self._lock, self._words():
            return self._connection.execute("PRAGMA data_version").fetchone()[0]

    def copy_to(self, path: Path) -> None:
        """Write all that is committed into a new file."""
        with self._lock, self._words():
            self._connection.execute("VACUUM INTO ?", (str(path),))

    def used_bytes(self) -> int:
        """Bytes of the file in use, without the pages that deleted rows have left free."""
        with self._lock, self._words():
            pages = self._connection.execute("PRAGMA page_count").fetchone()[0]
            free = self._connection.execute("PRAGMA freelist_count").fetchone()[0]
            return (pages - free) * self._connection.execute("PRAGMA page_size").fetchone()[0]

    def close(self) -> None:
        """Close the connection; the last one to close folds the write-ahead log into the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            # What is wrong comes first: the top bar has room for some words.
            raise WorkspaceUnusable(f"{_explain(error)} ({self.path})") from error


def _connect_to_write(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    # In WAL mode NORMAL loses nothing when a process is killed, and saves a disk flush at each commit.
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _connect_to_read(path: Path) -> sqlite3.Connection:
    def connect(mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?{mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.row_factory = sqlite3.Row
        return connection

    connection = connect("mode=ro")
    try:
        connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        log = path.with_name(path.name + "-wal")
        # A reader of a WAL file must be able to write beside it. Without a log nobody is writing,
        # and the file alone is whole; with one, ignoring it would hide the newest rows.
        if not path.exists() or (log.exists() and log.stat().st_size > 0):
            raise
        connection = connect("immutable=1")
    return connection


def _explain(error: sqlite3.Error) -> str:
    text = str(error)
    if "readonly" in text:
        return "The file or its folder is read-only. Allow writing there, or choose another workspace folder."
    if "full" in text:
        return "The disk is full. Free some space; what was recorded before stays readable."
    if "locked" in text or "busy" in text:
        return f"Another process has kept the file locked for {BUSY_SECONDS:.0f} s. Try again, or close that process."
    if "disk I/O" in text:
        return "The disk cannot be read or written. See that it is attached and has free space."
    if "unable to open" in text:
        return "The file cannot be opened. See that its folder exists and can be read and written."
    if "not a database" in text or "malformed" in text:
        return "The file is damaged or no Highrise file. Move it away, or choose another workspace folder."
    return f"SQLite says: {text}."
