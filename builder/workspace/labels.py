"""What a person writes on a run: its name, tags and notes. They change nothing of what was trained."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable

from builder.workspace.errors import LabelRefused
from builder.workspace.runs import RunStore

MAX_NAME, MAX_TAG, MAX_TAGS, MAX_NOTES = 120, 32, 12, 4000


class LabelStore(RunStore):
    """The methods of a workspace that write on runs.

    In all of them `by` is the owner who asks, or None for whoever sits at the machine, whose everything is; of a run of
    somebody else's `NotYours` is raised, and `LabelRefused` for text that it cannot have.
    """

    def rename_run(self, run_id: str, name: str, *, by: str | None = None) -> None:
        """Change the name under which a run is listed."""
        whole = _one_line(name)
        if not whole or len(whole) > MAX_NAME:
            raise LabelRefused(f"A run's name has 1 to {MAX_NAME} characters. Type another one.")
        with self.transaction():
            self._own_run(run_id, by)
            self._database.execute("UPDATE run SET name = ? WHERE id = ?", (whole, run_id))

    def set_tags(self, run_id: str, tags: Iterable[str], *, by: str | None = None) -> None:
        """Set a run's tags, in this order; of those that differ in capitals alone the first stays.

        A tag is a few words without a comma, which stands between tags.
        """
        wanted = [_one_line(part).lstrip("#").strip() for tag in tags for part in tag.split(",")]
        unique = {tag.casefold(): tag for tag in reversed(wanted) if tag}
        ordered = [tag for tag in dict.fromkeys(wanted) if unique.get(tag.casefold()) == tag]
        if too_long := [tag for tag in ordered if len(tag) > MAX_TAG]:
            raise LabelRefused(f"“{too_long[0][:MAX_TAG]}…” is too long for a tag: {MAX_TAG} characters at most.")
        if len(ordered) > MAX_TAGS:
            raise LabelRefused(f"A run has at most {MAX_TAGS} tags; these are {len(ordered)}.")
        with self.transaction():
            self._own_run(run_id, by)
            self._mark(run_id, "tags", json.dumps(ordered, ensure_ascii=False))

    def set_notes(self, run_id: str, notes: str, *, by: str | None = None) -> None:
        """Set a run's notes: any text of several lines."""
        whole = unicodedata.normalize("NFC", notes).replace("\r\n", "\n").strip()
        if len(whole) > MAX_NOTES:
            raise LabelRefused(f"Notes have at most {MAX_NOTES:,} characters; these have {len(whole):,}.")
        with self.transaction():
            self._own_run(run_id, by)
            self._mark(run_id, "notes", whole)


def _one_line(text: str) -> str:
    """Without line breaks and other characters that cannot be seen."""
    spaced = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))
    return "".join(letter for letter in spaced if letter.isprintable()).strip()
