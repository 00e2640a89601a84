"""Live charts: Plotly in a component that receives new points only."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.components.v2 import component

_LIVE = component("components.live", js="index.js", css="index.css")


def live(
    follow: str,
    profiles: str,
    findings: str,
    *,
    key: str,
    height: int | None = 500,
    below: int = 0,
    read_only: bool = False,
    on_action: Callable[[], None] = lambda: None,
) -> None:
    """Four charts that follow some runs.

    Args:
        follow: Where their messages are, beside the page; it answers as `builder.pages.feed` describes.
        profiles: Where charts over depth are at any step, by `&chart=…&step=…`.
        findings: Where the contents of findings are, beside the page; asked with `run` and `finding`.
        key: The widget's; another set of runs should keep it, so that nothing is mounted again.
        height: Of the whole, in pixels, for two rows of charts; None fills the window from where the charts begin.
        below: Pixels to leave free under the charts when they fill the window.
        read_only: Whether flags only tell what was changed.
        on_action: Called when a person wants to go back to before a flag, before the script runs; the widget's `action` is
            `{kind: "rewind" or "branch", run, origin, step, nonce}`: whose flag it is, run and step of the checkpoint.
    """
    data = {
        "key": key,
        "follow": follow,
        "profiles": profiles,
        "findings": findings,
        "height": height,
        "below": below,
        "read_only": read_only,
    }
    _LIVE(key=key, data=data, on_action_change=on_action)
