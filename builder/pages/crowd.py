"""How many tabs look at this server now, and how often each asks for news. Knows no Streamlit."""

import threading
import time
from collections.abc import Callable

DIALOG_SECONDS = 4.0
"""Seconds between two drawings of the top bar while a dialog is open."""

AWAY_SECONDS = 10.0
"""A tab that was not heard of for so long is gone, or sleeps in the background."""

TICKS, SLOWEST_TICK = ((15, 1.0), (30, 3.0)), 4.0
"""Up to so many tabs, seconds between two drawings of the top bar, which is a run of the page's script."""

PACES, SLOWEST_PACE = ((15, 0.2), (30, 0.4), (60, 0.8)), 2.0
"""Up to so many tabs, seconds between two questions about a run that is live, which are cheap."""

CALMER = 0.8
"""The tick is raised again below this share of what lowered it, so that one who comes and goes changes nothing."""


class Crowd:
    """The tabs that were heard of lately; may be shared by threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._heard: dict[int, float] = {}

    def hear(self, tab: int) -> None:
        """Notes that a tab is there."""
        with self._lock:
            self._heard[tab] = self._clock()

    @property
    def size(self) -> int:
        """Tabs that were heard of lately."""
        since = self._clock() - AWAY_SECONDS
        with self._lock:
            self._heard = {tab: at for tab, at in self._heard.items() if at >= since}
            return len(self._heard)

    def pace(self) -> float:
        """Seconds between two questions of a tab about a run that is live."""
        size = self.size
        return next((seconds for most, seconds in PACES if size <= most), SLOWEST_PACE)


def tick_seconds(size: int, before: float = 0.0) -> float:
    """Seconds between two drawings of the top bar.

    Args:
        size: Tabs that look.
        before: What it was, which a few less do not change.
    """
    wanted = _tick_for(size)
    return before if wanted < before and _tick_for(round(size / CALMER)) >= before else wanted


def _tick_for(size: int) -> float:
    return next((seconds for most, seconds in TICKS if size <= most), SLOWEST_TICK)
