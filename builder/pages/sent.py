"""What the editor has been sent, so that it is not sent again at every tick."""

import math
import time
from dataclasses import dataclass, field
from typing import Any

from builder.pages.editing import Editing, analysis_message
from builder.pages.known_rows import KnownRows

RESEND_SECONDS = 3.0
"""A message may be lost when another follows at once, so a change is sent for a while."""


@dataclass(slots=True)
class Sent:
    """What the editor has been sent lately. What does not change is sent for a while and then left out.

    Attributes:
        version: Epoch and rev of the newest answer.
        until: When the answer is left out.
        catalogue_until: When the catalogue is left out.
        available: The data sets on this machine, as the catalogue said last.
        document_until: When the document is left out; an edit's is the editor's own and is not sent back.
        known: The rows of the last answers.
        base: The rev whose answer the editor had when it made the edit `version`.
    """

    version: tuple[int, int] | None = None
    until: float = 0.0
    document_until: float = 0.0
    catalogue_until: float = math.inf
    available: dict[str, bool] = field(default_factory=dict)
    known: KnownRows = field(default_factory=KnownRows)
    base: int | None = None

    def news(self, editing: Editing) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """The document and the answer to its newest edit, each None if the editor must have it."""
        now = time.monotonic()
        epoch, rev = editing.epoch, editing.rev
        if self.version != (epoch, rev):
            if self.version is None or self.version[0] != epoch:
                self.base = None
                self.document_until = now + RESEND_SECONDS
            self.version, self.until = (epoch, rev), now + RESEND_SECONDS
        document = editing.experiment.model_dump(mode="json") if now < self.document_until else None
        return document, self._answer(editing) if now < self.until else None

    def _answer(self, editing: Editing) -> dict[str, Any]:
        base = self.known.base(editing.epoch, self.base) if self.base != editing.rev else None
        return analysis_message(editing, self.known.of(editing), base)

    def edit_taken(self, analysed: Any) -> None:
        """The editor has sent an edit, and had the answer to the edit `analysed` of the same epoch."""
        self.base = analysed if type(analysed) is int else None

    def catalogue_is_due(self, available: dict[str, bool]) -> bool:
        """Whether the catalogue, which changes only with the data sets on this machine, is still to be sent."""
        now = time.monotonic()
        if self.catalogue_until == math.inf or self.available != available:
            self.available = available
            self.catalogue_until = now + RESEND_SECONDS
        return now < self.catalogue_until

    def resend(self) -> None:
        """Sends everything again: the editor was mounted anew, or an answer was lost."""
        self.version, self.catalogue_until = None, math.inf
