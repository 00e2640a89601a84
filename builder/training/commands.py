"""What a person may ask of a running run, read between two steps."""

import time
from collections.abc import Sequence
from typing import Any, Protocol


class Command(Protocol):
    """`kind` is one of pause, resume, step, stop, set_pace, evaluate, and of the changes in `builder.spec.mix`."""

    @property
    def kind(self) -> str: ...

    @property
    def payload(self) -> dict[str, Any]: ...


class CommandSource(Protocol):
    """Where commands come from."""

    def poll_commands(self) -> Sequence[Command]:
        """Commands not given out before, oldest first."""
        ...


class NoCommands:
    """Nobody asks anything."""

    def poll_commands(self) -> Sequence[Command]:
        return ()


class GatedCommands:
    """Asks its source at most every `interval` seconds, so that a step of microseconds is not slowed by asking."""

    def __init__(self, source: CommandSource, interval: float = 0.02) -> None:
        self._source = source
        self._interval = interval
        self._next = 0.0

    def poll(self) -> Sequence[Command]:
        now = time.perf_counter()
        if now < self._next:
            return ()
        self._next = now + self._interval
        return self._source.poll_commands()

    def wait(self, seconds: float) -> Sequence[Command]:
        """Commands that come within `seconds`, as soon as there are some."""
        deadline = time.perf_counter() + seconds
        while True:
            commands = self._source.poll_commands()
            left = deadline - time.perf_counter()
            if commands or left <= 0:
                return commands
            time.sleep(min(left, self._interval))
