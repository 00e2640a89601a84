"""What people have asked of a run so far."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from builder.spec.mix import CHANGES, Change
from builder.spec.training import TrainingSpec
from builder.training.commands import Command

LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Control:
    """The commands taken and not yet done.

    Attributes:
        pace: Steps per second; None for full speed.
        single_steps: Steps still to take although paused.
        evaluate: An evaluation was asked for.
        changes: What to change of the mix before the next step, oldest first; not checked against it yet.
    """

    pace: float | None
    paused: bool = False
    stopped: bool = False
    single_steps: int = 0
    evaluate: bool = False
    changes: list[Change] = field(default_factory=list)

    @property
    def is_waiting(self) -> bool:
        """Paused, with no single step to take."""
        return self.paused and not self.single_steps and not self.stopped

    @property
    def comes_first(self) -> bool:
        """Something is to be done before the next step."""
        return self.stopped or self.is_waiting or self.evaluate or bool(self.changes)

    def take(self, commands: Iterable[Command]) -> None:
        """Notes what was asked; a command that the schema refuses is logged and changes nothing."""
        for command in commands:
            try:
                self._take(command.kind, command.payload)
            except (KeyError, ValidationError) as error:
                LOG.warning("Refused the command %s %s: %s", command.kind, command.payload, error)

    def _take(self, kind: str, payload: dict[str, Any]) -> None:
        match kind:
            case "pause":
                self.paused, self.single_steps = True, 0
            case "resume":
                self.paused, self.single_steps = False, 0
            case "step":
                self.paused, self.single_steps = True, self.single_steps + 1
            case "stop":
                self.stopped = True
            case "evaluate":
                self.evaluate = True
            case "set_pace":
                self.pace = TrainingSpec.model_validate({"pace": payload["steps_per_second"]}, strict=True).pace
            case change if change in CHANGES:
                self.changes.append(Change(kind, payload.get("group", ""), payload["value"]))
            case _:
                LOG.warning("There is no command “%s”.", kind)
