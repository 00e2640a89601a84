"""How many tabs look at this server now, and how often their parts are drawn again. Knows no Streamlit."""

import threading
import time
from collections.abc import Callable

IDLE_SECONDS, DIALOG_SECONDS = 1.0, 4.0
"""Seconds between two drawings while nothing is trained; while a dialog is open."""

AWAY_SECONDS = 10.0
"""A tab that was not heard of for so long is gone, or sleeps in the background."""

PACES = ((6, 0.2), (15, 0.5), (30, 1.0))
"""Up to so many tabs, seconds between two drawings of a part that is live."""

SLOWEST = 2.0
MANY_SECONDS = 1.0
"""From this pace on, what moves less than the curves is drawn less often than they."""

CALMER = 0.8
"""The pace is raised again below this share of what lowered it, so that one who comes and goes changes nothing."""


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


def live_seconds(size: int, before: float = 0.0) -> float:
    """Seconds between two drawings of a live part.

    Args:
        size: Tabs that look.
        before: What it was, which a few less do not change.
    """
    wanted = _seconds_for(size)
    return before if wanted < before and _seconds_for(round(size / CALMER)) >= before else wanted


def seconds_beside(tick: float, pace: float) -> tuple[float, float]:
    """Seconds between two drawings of the top bar, and of the other parts beside the charts, which are drawn each `tick`.

    Args:
        tick: Of the charts.
        pace: Of the crowd, as `live_seconds` gives it.
    """
    return (tick, tick) if pace < MANY_SECONDS else (2 * tick, 3 * tick)


def _seconds_for(size: int) -> float:
    return next((seconds for most, seconds in PACES if size <= most), SLOWEST)
