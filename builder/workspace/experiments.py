"""Experiments and their revisions: append-only, with a head that undo and redo move.

A document is JSON text here; whoever appends it has validated it. Nothing is ever overwritten: an edit based on an older
revision than the head is stored beside and refused, so two tabs cannot overwrite each other.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from builder.workspace.errors import NotFound, RevisionConflict
from builder.workspace.owners import HOST
from builder.workspace.tables import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One state of an experiment's document; `parent` is what it was edited from."""

    id: int
    experiment_id: str
    parent: int | None
    document: str
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentEntry:
    """An experiment in the list; `head` is the id of its newest revision, times are unix seconds."""

    id: str
    owner: str
    name: str
    head: int
    created_at: float
    changed_at: float
    deleted_at: float | None
    can_undo: bool
    can_redo: bool


class ExperimentStore(Store):
    """The methods of a workspace that concern experiments."""

    def create_experiment(self, document: str, owner: str = HOST) -> ExperimentEntry:
        """Store a new experiment with its first revision."""
        experiment_id, now = secrets.token_hex(6), time.time()
        name, next_id = _name_of(document), self._next_id_of(document)
        with self._database.transaction():
            self._database.insert(
                "INSERT INTO experiment VALUES (?, ?, ?, 0, '[]', ?, ?, ?, NULL)",
                (experiment_id, owner, name, next_id, now, now),
            )
            self._move_head(experiment_id, self._insert_revision(experiment_id, None, document), [])
        return self.experiment(experiment_id)

    def experiment(self, experiment_id: str) -> ExperimentEntry:
        """One experiment, deleted or not.

        Raises:
            NotFound: if this workspace has none of that id.
        """
        row = self._database.row(f"{_SELECT_ENTRY} WHERE experiment.id = ?", (experiment_id,))
        if row is None:
            raise NotFound(f"There is no experiment {experiment_id!r} in {self.folder}.")
        return _to_entry(row)

    def experiments(self, owner: str | None = None, *, deleted: bool = False) -> list[ExperimentEntry]:
        """Experiments of one owner or all, last changed first; with `deleted`, those that can be undeleted."""
        rows = self._database.rows(
            f"{_SELECT_ENTRY} WHERE (deleted_at IS NOT NULL) = ? AND (? IS NULL OR owner = ?) ORDER BY changed_at DESC",
            (deleted, owner, owner),
        )
        return [_to_entry(row) for row in rows]

    def head(self, experiment_id: str) -> Revision:
        """The newest revision. Its `network.next_id` is at least the greatest ever used, so ids are never used again."""
        return self.revision(self.experiment(experiment_id).head)

    def revision(self, revision_id: int) -> Revision:
        """Any revision, also one that lost a conflict.

        Raises:
            NotFound: if this workspace has none of that id.
        """
        row = self._database.row(
            "SELECT revision.*, next_id, json_extract(document, '$.network.next_id') AS own_next_id "
            "FROM revision JOIN experiment ON experiment.id = experiment_id WHERE revision.id = ?",
            (revision_id,),
        )
        if row is None:
            raise NotFound(f"There is no revision {revision_id} in {self.folder}.")
        fields = dict(row)
        next_id, own_next_id = fields.pop("next_id"), fields.pop("own_next_id")
        if own_next_id is not None and own_next_id < next_id:
            fields["document"] = _with_next_id(fields["document"], next_id)
        return Revision(**fields)

    def contents(self, revision_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Name of the data set and the items as JSON text of some revisions, without reading the rest of them."""
        rows = self._database.rows(
            "SELECT id, coalesce(json_extract(document, '$.data.dataset'), ''), "
            "coalesce(json_extract(document, '$.network.items'), '[]') "
            "FROM revision WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(revision_ids)),),
        )
        return {row[0]: (str(row[1]), str(row[2])) for row in rows}

    def append_revision(
        self, experiment_id: str, document: str, base: int, *, in_place_of_base: bool = False
    ) -> Revision:
        """Make `document` the newest revision; what could be redone no longer can.

        Args:
            experiment_id: of the experiment.
            document: validated JSON text; one equal to the head's adds nothing.
            base: the revision that was edited.
            in_place_of_base: the base was a moment of a gesture that goes on, as of typing a number: undo goes past it. It
                is kept, and stays in the line if a run began from it.

        Raises:
            RevisionConflict: if `base` is no longer the head. The document is kept beside.
        """
        next_id = self._next_id_of(document)
        with self._database.transaction():
            head = self.head(experiment_id)
            if document == head.document:
                return head
            parent = self._before_gesture(head) if in_place_of_base and base == head.id else base
            if parent != base and document == (origin := self.revision(parent)).document:
                # The gesture has led back to where it began.
                self._move_head(experiment_id, parent, [])
                return origin
            revision_id = self._insert_revision(experiment_id, parent, document)
            self._database.execute(
                "UPDATE experiment SET next_id = max(next_id, ?) WHERE id = ?", (next_id, experiment_id)
            )
            if base == head.id:
                self._move_head(experiment_id, revision_id, [])
        if base != head.id:
            raise RevisionConflict(self.head(experiment_id), self.revision(revision_id))
        return self.revision(revision_id)

    def _before_gesture(self, head: Revision) -> int:
        """What the next moment of the head's gesture is an edit of."""
        was_run = self._database.row("SELECT 1 FROM run WHERE revision = ? LIMIT 1", (head.id,)) is not None
        return head.id if was_run or head.parent is None else head.parent

    def undo(self, experiment_id: str) -> Revision:
        """Move the head to its parent; the first revision stays where it is."""
        with self._database.transaction():
            head = self.head(experiment_id)
            if head.parent is not None:
                self._move_head(experiment_id, head.parent, [*self._redo(experiment_id), head.id])
        return self.head(experiment_id)

    def redo(self, experiment_id: str) -> Revision:
        """Take back the last undo, if nothing was appended since."""
        with self._database.transaction():
            redo = self._redo(experiment_id)
            if redo:
                self._move_head(experiment_id, redo[-1], redo[:-1])
        return self.head(experiment_id)

    def rename(self, experiment_id: str, name: str) -> Revision:
        """Change the name in the document, as a revision like any other."""
        with self._database.transaction():
            head = self.head(experiment_id)
            return self.append_revision(experiment_id, _with_name(head.document, name), head.id)

    def duplicate(self, experiment_id: str, name: str | None = None) -> ExperimentEntry:
        """A new experiment of the same owner that begins with the head's document."""
        entry = self.experiment(experiment_id)
        document = _with_name(self.head(experiment_id).document, name or f"{entry.name} (copy)")
        return self.create_experiment(document, entry.owner)

    def delete(self, experiment_id: str) -> None:
        """Take an experiment off the list; its runs stay."""
        self.experiment(experiment_id)
        self._database.execute("UPDATE experiment SET deleted_at = ? WHERE id = ?", (time.time(), experiment_id))

    def undelete(self, experiment_id: str) -> None:
        """Put a deleted experiment back on the list."""
        self.experiment(experiment_id)
        self._database.execute("UPDATE experiment SET deleted_at = NULL WHERE id = ?", (experiment_id,))

    def _next_id_of(self, document: str) -> int:
        # SQLite finds one value in a long text sooner than Python parses all of it.
        return self._database.number("SELECT coalesce(json_extract(?, '$.network.next_id'), 1)", (document,))

    def _insert_revision(self, experiment_id: str, parent: int | None, document: str) -> int:
        return self._database.insert(
            "INSERT INTO revision (experiment_id, parent, document, created_at) VALUES (?, ?, ?, ?)",
            (experiment_id, parent, document, time.time()),
        )

    def _redo(self, experiment_id: str) -> list[int]:
        row = self._database.row("SELECT redo FROM experiment WHERE id = ?", (experiment_id,))
        return json.loads(row[0]) if row else []

    def _move_head(self, experiment_id: str, revision_id: int, redo: list[int]) -> None:
        self._database.execute(
            "UPDATE experiment SET head = ?, redo = ?, changed_at = ?, name = "
            "coalesce((SELECT json_extract(document, '$.name') FROM revision WHERE id = ?), '') WHERE id = ?",
            (revision_id, json.dumps(redo), time.time(), revision_id, experiment_id),
        )


_SELECT_ENTRY = (
    "SELECT experiment.id, owner, name, head, experiment.created_at, changed_at, deleted_at, "
    "parent IS NOT NULL AS can_undo, redo != '[]' AS can_redo "
    "FROM experiment JOIN revision ON revision.id = head"
)


def _to_entry(row: Any) -> ExperimentEntry:
    fields = dict(row)
    return ExperimentEntry(**{**fields, "can_undo": bool(fields["can_undo"]), "can_redo": bool(fields["can_redo"])})


def _parse(document: str) -> dict[str, Any]:
    parsed = json.loads(document)
    if not isinstance(parsed, dict):
        raise ValueError("An experiment's document is a JSON object.")
    return parsed


def _name_of(document: str) -> str:
    return str(_parse(document).get("name", ""))


def _with_name(document: str, name: str) -> str:
    return json.dumps({**_parse(document), "name": name}, ensure_ascii=False)


def _with_next_id(document: str, next_id: int) -> str:
    parsed = _parse(document)
    return json.dumps({**parsed, "network": {**parsed["network"], "next_id": next_id}}, ensure_ascii=False)
