"""A session's state: the only module that touches `st.session_state`."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from builder.pages.drafts import Drafts
from builder.pages.editing import Editing
from builder.pages.mixing import Mixing
from builder.pages.sent import Sent
from builder.spec import Experiment
from builder.workspace.owners import HOST

_KEY = "highrise"
LISTED_EXPERIMENTS = 20
"""At once: each costs the browser a handful of widgets."""
MAX_PRESSES = 64
"""Remembered; more are not on their way at once."""


@dataclass(slots=True)
class Notice:
    """A message in the top bar, with at most one thing to do about it, besides going elsewhere."""

    id: int
    kind: str
    text: str
    action: str | None = None
    action_title: str | None = None
    payload: Any = None
    elsewhere: bool = False


@dataclass(slots=True)
class Session:
    """What one browser tab looks at.

    Attributes:
        editing: The document.
        owner: Whose experiments and runs these are.
        own_revision: The revision that this tab's last edit stored.
        compared: A live run's id, the document it was compared with, and whether they differ in more than rates.
        run_id: The run that the top bar, the mixer and the first chart show.
        shown: Runs drawn over each other, `run_id` first.
        is_changed: Whether something was just pressed that every part of the page must see.
        read_only: Opened by `?run=`: a view that changes nothing.
        told: What was said once and is not said again.
        sent: What the editor has already.
        drafts: What the newest edits make of the document.
        mixing: Which edits of the mixer are taken.
        dialog: The dialog that is open; it stays open when the script runs again.
        tick_seconds: Between two drawings of the top bar, as the newest full run has it.
        drawn: What the parts of the page showed in the newest full run.
        drawn_dialog: The dialog that the newest full run has drawn.
        num_listed: As many experiments the list of them shows.
        study: The study that the dialog of presets shows.
        deleted: The experiment of whose deletion this tab was told.
        trouble: What is wrong with the workspace as long as it is.
        downloading: The data set whose download this tab follows.
        offered: The experiment and the data set whose download was offered last.
        presses: What the components' last actions called themselves.
        address: The query that the page's address was given last.
    """

    editing: Editing
    owner: str = HOST
    own_revision: int | None = None
    compared: tuple[str, Experiment, bool] | None = None
    run_id: str | None = None
    shown: list[str] = field(default_factory=list)
    is_changed: bool = False
    read_only: bool = False
    notice: Notice | None = None
    told: set[str] = field(default_factory=set)
    trouble: str = ""
    num_notices: int = 0
    sent: Sent = field(default_factory=Sent)
    drafts: Drafts = field(init=False)
    mixing: Mixing = field(init=False)
    dialog: str | None = None
    drawn_dialog: str | None = None
    tick_seconds: float = 0.0
    num_listed: int = LISTED_EXPERIMENTS
    study: str | None = None
    deleted: str | None = None
    downloading: str | None = None
    offered: tuple[str | None, str] | None = None
    drawn: Any = None
    presses: deque[Any] = field(default_factory=lambda: deque(maxlen=MAX_PRESSES))
    address: dict[str, str] | None = None

    def __post_init__(self) -> None:
        self.drafts = Drafts(self, self.sent.known)
        self.mixing = Mixing.of(self.editing.experiment)

    def is_repeated(self, nonce: Any) -> bool:
        """Whether an action of this name was done already.

        Streamlit (1.67) may run a trigger's callback again: a run that begins while another is queued takes its triggers
        along, also those that were handed out.
        """
        if nonce in self.presses:
            return True
        self.presses.append(nonce)
        return False

    def tell_once(self, kind: str, text: str, about: str = "") -> None:
        """Shows a message unless this session has seen the same one about the same thing."""
        if (key := f"{about}:{text}") not in self.told:
            self.told.add(key)
            self.notify(kind, text)

    def set_trouble(self, text: str) -> None:
        """Tells once what is wrong with the workspace, and takes that back when it is over, which an empty text says."""
        if text == self.trouble:
            return
        if self.notice is not None and self.notice.text == self.trouble:
            self.notice = None
        self.trouble = text
        if text:
            self.notify("error", text)

    def notify(
        self,
        kind: str,
        text: str,
        action: str | None = None,
        title: str | None = None,
        payload: Any = None,
        *,
        elsewhere: bool = False,
    ) -> None:
        """Shows a message until it is dismissed or replaced; with `elsewhere` it offers other experiments too."""
        self.num_notices += 1
        self.notice = Notice(self.num_notices, kind, text, action, title, payload, elsewhere)


def current_session() -> Session | None:
    """The tab's session, if it was begun."""
    return st.session_state.get(_KEY)


def begin_session(session: Session) -> Session:
    """Makes `session` the tab's."""
    st.session_state[_KEY] = session
    return session


def component_value(key: str, name: str) -> Any:
    """What a mounted component last sent under `name`; for callbacks, which run before the component does."""
    state = st.session_state.get(key)
    return state.get(name) if state is not None and hasattr(state, "get") else getattr(state, name, None)
