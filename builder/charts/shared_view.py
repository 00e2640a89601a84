"""One live view for all who look at the same runs: looked at once, and each viewer is told what that one has not."""

from __future__ import annotations

import json
import threading
from collections import deque

from builder.charts.assembly import Assembly
from builder.charts.live import LiveView, Message
from builder.charts.tables import EvaluationTable

MAX_CHANGES = 50
"""Messages remembered; whoever has an older one is sent everything."""


class SharedView:
    """The messages of a view, for any number of viewers; may be shared by threads.

    Args:
        view: Used by nobody else, and closed with this.
    """

    def __init__(self, view: LiveView) -> None:
        self._view = view
        self._lock = threading.Lock()
        self._assembly = Assembly()
        self._message: Message | None = None
        self._number = 0
        self._changes: deque[dict[str, int]] = deque(maxlen=MAX_CHANGES)
        self._encoded: dict[int | None, bytes] = {}

    @property
    def version(self) -> str:
        """What a viewer has who has seen all; empty before the first look."""
        return self._version(self._number) if self._message else ""

    def look(self) -> None:
        """Take what the runs have written since the last look."""
        with self._lock:
            message = self._view.data()
            if message is self._message:
                return
            if message["full"]:
                self._changes.clear()
            self._assembly.apply(message)
            self._message = message
            self._number += 1
            self._changes.append({name: table["first"] for name, table in message["tables"].items() if table["x"]})
            self._encoded = {}

    def news(self, have: str) -> tuple[str, bytes] | None:
        """What a viewer is told, as JSON, and which version that is; None if there is nothing new.

        Args:
            have: The version that the viewer has; any other text is told everything.
        """
        with self._lock:
            if self._message is None or have == self.version:
                return None
            number = self._number_of(have)
            if number not in self._encoded:
                self._encoded[number] = _encoded(self._told(number))
            return self.version, self._encoded[number]

    def at(self, chart_id: str, step: int) -> bytes | None:
        """What a chart over depth shows at a step, as JSON; None where there is nothing."""
        with self._lock:
            found = self._view.at(chart_id, step)
        return None if found is None else _encoded(found)

    def validation(self, run_id: str) -> EvaluationTable | None:
        """The evaluations of a run on its validation set, as the last look found them."""
        with self._lock:
            return self._view.validation(run_id)

    def close(self) -> None:
        """Close the runs' files."""
        with self._lock:
            self._view.close()

    def _version(self, number: int) -> str:
        assert self._message is not None
        return f"{self._message['generation']}.{number}"

    def _number_of(self, have: str) -> int | None:
        """The number of a version from which on every change is remembered, else None."""
        # The oldest change that is remembered may be that of a full message: nobody had anything of it before.
        oldest = self._number - len(self._changes) + 1
        return next((each for each in range(oldest, self._number) if self._version(each) == have), None)

    def _told(self, number: int | None) -> Message:
        if number is None:
            return self._assembly.whole()
        firsts: dict[str, int] = {}
        for changes in list(self._changes)[number - self._number :]:
            for name, first in changes.items():
                firsts[name] = min(first, firsts.get(name, first))
        return self._assembly.since(firsts)


def _encoded(message: Message) -> bytes:
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode()
