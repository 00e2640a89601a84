"""What edits make of a tab's document, worked out once: for the page, which asks as soon as an edit is made, and for its
script, which takes the edit when it comes there. Knows no Streamlit.
"""

import secrets
import threading
from dataclasses import replace
from typing import Any, Protocol
from weakref import WeakValueDictionary

from builder.pages.editing import Editing, analysis_message, is_new, take_edit
from builder.pages.known_rows import KnownRows

MAX_HELD = 2
"""Drafts that are held: the page asks about one while the script takes the one before."""


class Desk(Protocol):
    """The tab whose drafts they are."""

    editing: Editing


class Drafts:
    """The newest edits of one tab; may be shared by threads.

    Args:
        desk: Whose document they are of, as the server knows it.
        known: The rows of the answers that the editor was given.
    """

    def __init__(self, desk: Desk, known: KnownRows) -> None:
        self.key = secrets.token_urlsafe(16)
        """Names this tab; nobody else is told."""
        self._desk = desk
        self._known = known
        self._held: list[tuple[Any, Editing]] = []
        self._lock = threading.Lock()

    def answer(self, message: Any) -> dict[str, Any] | None:
        """What the editor is answered to an edit, and of which `epoch`; None to one that is neither new nor held.

        Nothing is changed by it: the script takes the edit, or refuses it.

        Raises:
            DocumentError: If the browser sent what the schema refuses.
        """
        with self._lock:
            editing = self._desk.editing
            # The script may have been sooner.
            draft = self._draft(editing, message) if is_new(editing, message) else self._held_of(message)
            if draft is None:
                return None
            base, rows = self._known.base(draft.epoch, message.get("analysed")), self._known.of(draft)
            return {"epoch": draft.epoch, **analysis_message(draft, rows, base)}

    def take(self, editing: Editing, message: dict[str, Any]) -> Editing:
        """The document after an edit that `is_new`, as `take_edit` makes it.

        Raises:
            DocumentError: If the browser sent what the schema refuses.
        """
        with self._lock:
            return self._draft(editing, message)

    def _draft(self, editing: Editing, message: dict[str, Any]) -> Editing:
        self._held = [(sent, held) for sent, held in self._held if held.epoch == editing.epoch]
        if held := self._held_of(message):
            return _with_document_of(editing, held)
        # The edit before saves time and changes nothing.
        before = _with_document_of(editing, self._held[-1][1]) if self._held else editing
        draft = take_edit(before, message)
        self._held = [*self._held, (message.get("document"), draft)][-MAX_HELD:]
        return draft

    def _held_of(self, message: Any) -> Editing | None:
        """The draft of an edit; a forged one of the same rev may have another document."""
        if not isinstance(message, dict):
            return None
        place, document = (message.get("epoch"), message.get("rev")), message.get("document")
        return next((held for sent, held in self._held if (held.epoch, held.rev) == place and sent == document), None)


def _with_document_of(editing: Editing, draft: Editing) -> Editing:
    return replace(editing, experiment=draft.experiment, analysis=draft.analysis, rev=draft.rev)


class DraftBoard:
    """The drafts of all tabs, by their key, as long as the tabs hold them; may be shared by threads."""

    def __init__(self) -> None:
        self._by_key: WeakValueDictionary[str, Drafts] = WeakValueDictionary()

    def add(self, drafts: Drafts) -> None:
        """Lets the page ask about a tab's drafts."""
        self._by_key[drafts.key] = drafts

    def of(self, key: str) -> Drafts | None:
        """The drafts of the tab with this key, if there is one."""
        return self._by_key.get(key)
