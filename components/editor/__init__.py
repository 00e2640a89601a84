"""The editor: palette, tower and forms; it owns the document while it is edited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypedDict

from streamlit.components.v2 import component

ActionKind = Literal["undo", "redo", "download_dataset", "resend"]


class ItemAnalysis(TypedDict):
    """An item as its card shows it; shapes are None where a problem hides them, `groups` are indices."""

    in_shape: tuple[int, ...] | None
    out_shape: tuple[int, ...] | None
    num_parameters: int
    copies: int
    groups: list[int]


class Problem(TypedDict):
    """What is wrong: on an item, or on a field by its path in the document, or on the whole."""

    item_id: str | None
    path: str
    message: str


class GroupCount(TypedDict):
    name: str
    num_parameters: int


class Schedule(TypedDict):
    """The schedule's preview: what it makes of the learning rate at some steps."""

    steps: list[int]
    learning_rate: list[float]


class Analysis(TypedDict):
    """What the server says of the edit `rev`; the editor shows it faded until it belongs to the newest edit.

    With a `base`, `items` are those alone that differ from the analysis of that rev, and `gone` those that it had.
    """

    rev: int
    base: int | None
    gone: list[str]
    items: dict[str, ItemAnalysis]
    problems: list[Problem]
    num_parameters: int
    num_macs: int
    num_blocks: int
    groups: list[GroupCount]
    groupings: list[Mapping[str, Any]]
    memory_bytes: int
    schedule: Schedule


class EditorData(TypedDict):
    """What the editor shows.

    Attributes:
        catalogue: All that is known of kinds, recipes, forms and data sets; None means as before.
        epoch: Grows when Python changes the document; the editor then adopts `document`.
        rev: The newest edit of this epoch that was taken.
        document: The experiment as JSON; None means as before.
        analysis: Of the edit that its `rev` names; None means as before.
        read_only: Nothing can be changed.
        follow: Address of a run's state, whose bars are shown on the cards; None without one.
        for_next_run: A run is in training that was started before some edits other than of learning rates.
        preflight: Address of what the first step finds, None where none is asked: JSON of `sentence`, `epoch_seconds` and
            `items`, with `call` (`vanishes`, `explodes`) and `text` of each block item that is called; or of a `problem`.
        draft: Address that answers an `Edit` that is posted there with its `Analysis` and `epoch`, before the script takes
            it; None where there is none.
    """

    catalogue: Mapping[str, Any] | None
    epoch: int
    rev: int
    document: Mapping[str, Any] | None
    analysis: Mapping[str, Any] | Analysis | None
    read_only: bool
    follow: str | None
    for_next_run: bool
    preflight: str | None
    draft: str | None


class Edit(TypedDict):
    """The trigger `edit`: the document after one more edit. Take it if `epoch` is the current one and `rev` is higher.

    It is sent again until the editor hears of its `rev` or of a higher epoch. The editor has the analysis of the rev
    `analysed` of the same epoch. It belongs to the gesture (typing, a slider) that began with the rev `gesture`, and a
    gesture is one step of undo.
    """

    epoch: int
    rev: int
    document: dict[str, Any]
    analysed: int | None
    gesture: int


class _ActionDetail(TypedDict, total=False):
    dataset: str


class Action(_ActionDetail):
    """The trigger `action`.

    `resend` asks for a message in which neither catalogue nor document is None: the editor was mounted anew;
    `download_dataset` comes with `dataset`.
    """

    kind: ActionKind
    nonce: str


_EDITOR = component("components.editor", js="index.js", css="index.css")


def editor(
    data: EditorData,
    *,
    key: str,
    on_edit: Callable[[], None] = lambda: None,
    on_action: Callable[[], None] = lambda: None,
    height: int | None = None,
) -> None:
    """Mounts the editor: a rail with palette and forms, and the tower.

    Args:
        data: What it shows, at every run of the script or fragment.
        key: The widget's; keep it, so that selection and scrolling survive.
        on_edit: Called at the trigger `edit`, before the script runs; its value is an `Edit`, unchecked.
        on_action: Called at the trigger `action`; its value is an `Action`, unchecked.
        height: In pixels; None fills the window from where the editor begins.
    """
    _EDITOR(
        key=key,
        data={**data, "key": key, "height": height},
        on_edit_change=on_edit,
        on_action_change=on_action,
    )
