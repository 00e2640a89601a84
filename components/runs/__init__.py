"""The runs that are drawn over each other, the choice of them, and the table of all runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypedDict

from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer


class RunRow(TypedDict):
    """A run of the list.

    `differs` says in short what its document has otherwise than the others', `differs_whole` all of it; `dash` is
    plotly's name of a line style; accuracies are fractions in [0, 1], `best_step` is where the best was first reached.
    """

    id: str
    number: int
    name: str
    differs: str
    differs_whole: str
    status: str
    reason: str
    tags: list[str]
    notes: str
    colour: str
    dash: str
    seconds_ago: int
    val_accuracy: float | None
    best_accuracy: float | None
    best_step: int | None


class Race(TypedDict):
    """What the runs' race has shown, or so far shows."""

    text: str
    is_over: bool


class RunsData(TypedDict):
    """Newest first; `shown` are the ids of those that are drawn, the one in view first, at most `most`.

    `num_older` runs are not listed, `num_deleted` can be restored; `race` is None unless they race. With `read_only` nothing
    can be chosen. `follow` is the address of the list as it is later, `table` that of the table of all runs.
    """

    rows: list[RunRow]
    shown: list[str]
    most: int
    num_older: int
    num_deleted: int
    race: Race | None
    read_only: bool
    follow: str
    table: str | None


@cache
def _renderer() -> ComponentRenderer:
    # Not at import: only a running Streamlit knows where the assets are.
    return component("components.runs", js="index.js", css="index.css")


def runs(
    data: RunsData | Mapping[str, Any],
    *,
    key: str,
    on_choose: Callable[[], None] = lambda: None,
    on_action: Callable[[], None] = lambda: None,
) -> None:
    """Mounts the list.

    Args:
        data: What it shows.
        key: The widget's; its value `choose` is `{shown: [id], nonce}`.
        on_choose: Called when a person chose other runs, before the script runs.
        on_action: Called when a person asked for the race's result or did something to runs in the table; the widget's
            `action` is `{kind, nonce, …}`: `race_result`, or one of `builder.pages.run_actions`.
    """
    _renderer()(key=key, data={**data, "key": key}, on_choose_change=on_choose, on_action_change=on_action)
