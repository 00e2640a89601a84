"""The top bar: the experiment's name and history on the left, training, progress and what the server has to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypedDict, cast, get_args

from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

Status = Literal["queued", "starting", "running", "paused", "finished", "stopped", "diverged", "failed", "crashed"]
ActionKind = Literal[
    "open_experiments",
    "rename",
    "undo",
    "redo",
    "presets",
    "share",
    "race",
    "train",
    "pause",
    "resume",
    "step",
    "go_on",
    "stop",
    "restart",
    "set_device",
    "set_pace",
    "dismiss",
    "notice_action",
    "navigate",
]


MAX_PACE = 1e6
"""Steps per second that no network reaches."""


class ExperimentName(TypedDict):
    name: str


class Device(TypedDict):
    """A device to choose: `title` stands on the bar, `note` beside it in the open list."""

    id: str
    title: str
    note: str


class Holder(TypedDict):
    """A run that holds a slot."""

    run: str
    experiment: str | None
    name: str
    status: Status


class Queue(TypedDict):
    """A queued run's place, 1 for the next to start, of `length` that wait; and who holds the `slots`."""

    place: int
    length: int
    slots: int
    holders: list[Holder]


class RunStatus(TypedDict):
    """A run as the bar shows it.

    `at` is when it was so, in unix seconds; `epoch` may be a fraction; accuracies are fractions in [0, 1]; `data_progress`
    is file, bytes done and bytes in all.
    """

    at: float

    id: str
    name: str
    status: Status
    reason: str
    step: int
    num_steps: int
    epoch: float
    num_epochs: float
    samples_per_second: float | None
    seconds_left: float | None
    queue: Queue | None
    data_progress: tuple[str, int, int | None] | None
    val_accuracy: float | None
    test_accuracy: float | None


class NoticeAction(TypedDict):
    kind: str
    title: str


class Notice(TypedDict):
    """What the server has to say. An information without an action leaves by itself; everything else stays.

    With `elsewhere` a second button opens the list of experiments.
    """

    id: str | int
    kind: Literal["info", "warning", "error"]
    text: str
    action: NoticeAction | None
    elsewhere: bool


class TransportData(TypedDict):
    """All that the bar shows.

    `why_not` says why Train is off and is empty if `can_train`; `pace` is in steps per second, None for unlimited. `follow`
    is the address of the run's state; of what it says and `run`, the newer counts.
    """

    experiment: ExperimentName
    can_undo: bool
    can_redo: bool
    devices: list[Device]
    device: str | None
    pace: float | None
    read_only: bool
    can_train: bool
    why_not: str
    run: RunStatus | None
    notice: Notice | None
    follow: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportAction:
    """What a person pressed.

    Attributes:
        kind: Which control.
        nonce: Differs for each press.
        name: The new name, of `rename`.
        device: The device's id, of `set_device`.
        steps_per_second: The pace, of `set_pace`; None is unlimited.
        notice: The notice's id, of `dismiss` and `notice_action`.
        query: Of the address to which the browser went back or forward, of `navigate`.
    """

    kind: ActionKind
    nonce: str
    name: str = ""
    device: str = ""
    steps_per_second: float | None = None
    notice: str | int = ""
    query: str = ""


@cache
def _renderer() -> ComponentRenderer:
    # Not at import: only a running Streamlit knows where the assets are, and the parsers are of use without one.
    return component("components.transport", js="index.js", css="index.css")


def transport(
    data: TransportData | Mapping[str, Any], *, key: str, on_action: Callable[[], None] = lambda: None
) -> TransportAction | None:
    """Mounts the bar; 52 pixels high, two rows below 900 pixels of width.

    Args:
        data: What it shows; send it as often as it changes, menus and focus survive.
        key: The widget's; `parse_action` of its value `action` is what a callback finds.
        on_action: Called at each action, before the script runs.

    Returns:
        The action of this run of the script, if there was one.

    Raises:
        ValueError: If the browser sent what the bar never sends.
    """
    keyed = {**data, "key": key}
    # When a run has another status than `data` says, the bar triggers `moved`: all that it wants is a run of the script.
    mounted = _renderer()(key=key, data=keyed, on_action_change=on_action, on_moved_change=lambda: None)
    return parse_action(mounted.action)


def parse_action(value: Any) -> TransportAction | None:
    """The action in a trigger's value, None if there is none.

    Raises:
        ValueError: If the browser sent what the bar never sends.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("kind") not in get_args(ActionKind):
        raise ValueError(f"The top bar sent an unknown action: {_short(value)}.")
    kind = cast(ActionKind, value["kind"])
    nonce = _field(value, "nonce", str)
    match kind:
        case "rename":
            return TransportAction(kind=kind, nonce=nonce, name=_field(value, "name", str))
        case "set_device":
            return TransportAction(kind=kind, nonce=nonce, device=_field(value, "device", str))
        case "set_pace":
            return TransportAction(kind=kind, nonce=nonce, steps_per_second=_pace(value))
        case "navigate":
            return TransportAction(kind=kind, nonce=nonce, query=_field(value, "query", str))
        case "dismiss" | "notice_action":
            return TransportAction(kind=kind, nonce=nonce, notice=_field(value, "id", str, int))
        case _:
            return TransportAction(kind=kind, nonce=nonce)


def _field(value: dict[str, Any], name: str, *types: type) -> Any:
    found = value.get(name)
    if not isinstance(found, types) or isinstance(found, bool):
        raise ValueError(f"The top bar's action {value['kind']} has no valid {name}: {_short(found)}.")
    return found


def _pace(value: dict[str, Any]) -> float | None:
    if value.get("steps_per_second") is None:
        return None
    pace = _field(value, "steps_per_second", int, float)
    if not 0 < pace <= MAX_PACE:
        raise ValueError(f"The pace {pace!r} steps per second is refused. Give one up to {MAX_PACE:g}, or none at all.")
    return pace


def _short(value: Any) -> str:
    return repr(value)[:80]
