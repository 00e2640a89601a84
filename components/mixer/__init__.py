"""The mixer: one strip per parameter group, and a fader for all; what they set is live while a run trains."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict

from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

MAX_LEARNING_RATE, MAX_WEIGHT_DECAY = 100.0, 10.0


class MixerGroup(TypedDict):
    """A group as its strip shows it.

    `learning_rate` is the base rate. What each has where it was measured last comes by the feed that `follow` names: its
    rate after the schedule, its gradient before clipping and its update ratio, each as `meter` gives it; and which group is
    solo.
    """

    name: str
    colour: str
    learning_rate: float
    weight_decay: float
    frozen: bool
    num_parameters: int


class MixerData(TypedDict):
    """All strips, and who owns their values.

    The mixer owns `learning_rate`, `weight_decay` and `frozen` while it edits: it ignores data of a lower `rev` of the same
    `epoch`. What Python changes itself (undo, preset, a refused edit) must bump `epoch`; an edit of the epoch before may
    still come then, and says what a hand changed of what it showed. `document` is the experiment's id, empty until it is
    stored: with another one, half-typed text is forgotten. `running` says that a run takes every change at its next step;
    `hint` stands in the heading; `follow` is the address of a run's state, None while there is no live one.
    """

    document: str

    epoch: int
    rev: int
    groups: list[MixerGroup]
    running: bool
    read_only: bool
    hint: str
    follow: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEdit:
    """Values of one group, found by its name."""

    name: str
    learning_rate: float
    weight_decay: float
    frozen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MixerEdit:
    """The newest edit: every group's values. Take it once: with a higher rev than the last one of its epoch.

    It belongs to the gesture (a drag, a held key) that began with the rev `gesture`, and a gesture is one step of undo.
    """

    epoch: int
    rev: int
    gesture: int
    groups: tuple[GroupEdit, ...]


@cache
def _renderer() -> ComponentRenderer:
    # Not at import: only a running Streamlit knows where the assets are, and the parsers are of use without one.
    return component("components.mixer", js="index.js", css="index.css")


def mixer(
    data: MixerData | Mapping[str, Any],
    *,
    key: str,
    on_edit: Callable[[], None] = lambda: None,
    on_action: Callable[[], None] = lambda: None,
    height: int = 234,
) -> MixerEdit | None:
    """Mounts the mixer; more strips than fit scroll sideways inside it.

    Args:
        data: What it shows; send it as often as it changes, drags and focus survive.
        key: The widget's; `parse_edit` of its value `edit` is what a callback finds.
        on_edit: Called at each edit, before the script runs.
        on_action: Called when a group becomes solo or ends it; the widget's `action` is
            `{kind: "solo", group, value, nonce}`.
        height: Of the whole, in pixels.

    Returns:
        The newest edit, if there was ever one; it stays until the next.

    Raises:
        ValueError: If the browser sent what the mixer never sends.
    """
    result = _renderer()(
        key=key, data={**data, "height": height, "key": key}, on_edit_change=on_edit, on_action_change=on_action
    )
    return parse_edit(result.edit)


def meter(value: float) -> float | str:
    """A number as strict JSON, which has no word for infinity and NaN."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "∞"


def parse_edit(value: Any) -> MixerEdit | None:
    """The edit in the widget's value, None if there is none.

    Raises:
        ValueError: If the browser sent what the mixer never sends.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("groups"), list):
        raise ValueError(f"The mixer sent no edit: {repr(value)[:80]}.")
    whole = {name: _whole(value, name) for name in ("epoch", "rev", "gesture")}
    return MixerEdit(**whole, groups=tuple(_group(each) for each in value["groups"]))


def _group(value: Any) -> GroupEdit:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise ValueError(f"The mixer sent a group without a name: {repr(value)[:80]}.")
    name, frozen = value["name"], value.get("frozen")
    if not isinstance(frozen, bool):
        raise ValueError(f"Group {name!r} is neither frozen nor not: {frozen!r}.")
    return GroupEdit(
        name=name,
        learning_rate=_amount(value, "learning_rate", MAX_LEARNING_RATE),
        weight_decay=_amount(value, "weight_decay", MAX_WEIGHT_DECAY),
        frozen=frozen,
    )


def _amount(value: dict[str, Any], name: str, most: float) -> float:
    found = value.get(name)
    if not isinstance(found, int | float) or isinstance(found, bool) or not 0 <= found <= most:
        words = name.replace("_", " ")
        raise ValueError(
            f"The {words} {found!r} of group {value['name']!r} is refused. Give a number from 0 to {most:g}."
        )
    return float(found)


def _whole(value: dict[str, Any], name: str) -> int:
    found = value.get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        raise ValueError(f"The mixer sent an edit without a valid {name}: {found!r}.")
    return found
