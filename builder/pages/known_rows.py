"""Which rows the editor of a tab has been answered, so that an answer leaves out what is as it was."""

import threading
from typing import Any

from builder.pages.editing import Editing, Rows, item_rows

MAX_KNOWN = 16
"""As many edits may be on their way: each says which answer the editor had when it was made."""


class KnownRows:
    """The rows of an epoch's newest answers, by their rev; may be shared by threads."""

    def __init__(self) -> None:
        self._epoch: int | None = None
        self._rows: dict[int, Rows] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._rows)

    def of(self, editing: Editing) -> Rows:
        """The document's rows, noted as an answer's."""
        with self._lock:
            if editing.epoch != self._epoch:
                self._epoch, self._rows = editing.epoch, {}
            if editing.rev not in self._rows:
                self._rows[editing.rev] = item_rows(editing.analysis)
                for old in sorted(self._rows)[:-MAX_KNOWN]:
                    del self._rows[old]
            return self._rows[editing.rev]

    def base(self, epoch: int, rev: Any) -> tuple[int, Rows] | None:
        """The rev of an answer that the editor has, and its rows; None if they are not remembered, or it is no rev."""
        with self._lock:
            rows = self._rows.get(rev) if type(rev) is int and epoch == self._epoch else None
        return None if rows is None else (rev, rows)
