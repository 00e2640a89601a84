"""What the editor of a tab has been answered: an answer leaves out the rows that are as they were, an edit the items."""

import threading
from dataclasses import dataclass
from typing import Any

from builder.pages.editing import Editing, Rows, item_rows
from builder.spec import Experiment

MAX_KNOWN = 16
"""As many edits may be on their way: each says which answer the editor had when it was made."""


@dataclass(frozen=True, slots=True)
class _Answered:
    experiment: Experiment
    rows: Rows


class KnownAnswers:
    """The documents of the newest answers and their rows, by epoch and rev; may be shared by threads."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], _Answered] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._known)

    def rows(self, editing: Editing) -> Rows:
        """The document's rows, noted as an answer's."""
        place = editing.epoch, editing.rev
        with self._lock:
            known = self._known.get(place)
            if known is None or known.experiment is not editing.experiment:
                self._known[place] = known = _Answered(editing.experiment, item_rows(editing.analysis))
                for old in sorted(self._known)[:-MAX_KNOWN]:
                    del self._known[old]
            return known.rows

    def base(self, epoch: int, rev: Any) -> tuple[int, Rows] | None:
        """The rev of an answer that the editor has, and its rows; None if they are not remembered, or it is no rev."""
        known = self._of(epoch, rev)
        return None if known is None else (rev, known.rows)

    def document(self, epoch: Any, rev: Any) -> Experiment | None:
        """The document of an answer that the editor has; None as for `base`."""
        known = self._of(epoch, rev)
        return None if known is None else known.experiment

    def _of(self, epoch: Any, rev: Any) -> _Answered | None:
        with self._lock:
            return self._known.get((epoch, rev)) if type(epoch) is type(rev) is int else None
