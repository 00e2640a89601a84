"""Which edits of the mixer are taken: those of the settings that it shows, and of late ones what a hand has changed."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from builder.pages.editing import MAX_ENDED, is_newer
from builder.pages.settings import Settings, changed_settings, sent_settings, settings_of
from builder.spec import Experiment


@dataclass(slots=True)
class _Epoch:
    """A time in which the mixer owns the settings.

    Attributes:
        number: Its name; each is above the one before.
        settings: What its newest edit that was taken says, or the document at its beginning.
        rev: Of that edit.
    """

    number: int
    settings: Settings
    rev: int = 0


@dataclass(slots=True)
class Mixing:
    """The mixer's settings as the server knows them.

    A new epoch begins where something else changed them. An edit of an ended one was on its way meanwhile: what its hand
    changed holds too, and nothing else that it says.
    """

    now: _Epoch
    ended: deque[_Epoch] = field(default_factory=lambda: deque(maxlen=MAX_ENDED))

    @classmethod
    def of(cls, experiment: Experiment) -> "Mixing":
        """The first epoch, of a document that was just opened."""
        return cls(_Epoch(1, settings_of(experiment)))

    @property
    def epoch(self) -> int:
        """Data of another one is adopted by the mixer."""
        return self.now.number

    @property
    def rev(self) -> int:
        """Of the newest edit of this epoch that was taken."""
        return self.now.rev

    def follow(self, experiment: Experiment) -> None:
        """Begins an epoch if the document sets its groups otherwise than the mixer, or has others."""
        if settings_of(experiment) != self.now.settings:
            self.renew(experiment)

    def renew(self, experiment: Experiment) -> None:
        """Begins an epoch: the mixer adopts what the document says."""
        self.ended.append(self.now)
        self.now = _Epoch(self.now.number + 1, settings_of(experiment))

    def turn_to(self, experiment: Experiment) -> None:
        """Begins an epoch with another document; edits that are on their way are not of its groups."""
        self.renew(experiment)
        self.ended.clear()

    def take(self, message: Any) -> Settings:
        """What an edit sets, and notes that it was taken; nothing for one that was taken before, or is none."""
        for epoch in (self.now, *self.ended):
            if is_newer(message, epoch.number, epoch.rev):
                sent = sent_settings(message.get("groups"))
                changes = changed_settings(epoch.settings, sent)
                epoch.rev, epoch.settings = (
                    message["rev"],
                    {name: {**values, **changes.get(name, {})} for name, values in epoch.settings.items()},
                )
                return changes
        return {}
