"""The pulse: draws a fragment again and again, as fast as the browser keeps up."""

from __future__ import annotations

from itertools import count

from streamlit.components.v2 import component

_PULSE = component("components.pulse", js="index.js")
_beats = count(1)


def pulse(wait_seconds: float, *, key: str) -> None:
    """Runs the fragment around it again, `wait_seconds` after the browser has drawn its last run.

    A fragment's own `run_every` asks at fixed times. On a browser or a server that is slower than that, runs pile up and
    the screen falls ever further behind; this asks less often instead.

    Args:
        wait_seconds: From one run's arrival to asking for the next.
        key: The widget's; the page should hide its element, which shows nothing.
    """
    _PULSE(key=key, data={"beat": next(_beats), "wait_ms": 1000 * wait_seconds}, on_ask_change=lambda: None)
