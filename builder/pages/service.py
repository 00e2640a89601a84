"""The workspace as one server process shares it, with a supervisor that watches over it."""

import atexit
import gc
import itertools
from contextlib import suppress
from functools import cache

import streamlit as st

from builder.access import COOKIE
from builder.pages.crowd import Crowd
from builder.pages.csv_download import CsvDownloads
from builder.pages.draft_answers import DraftAnswers
from builder.pages.drafts import DraftBoard
from builder.pages.farewell import say_farewell
from builder.pages.feed import Feed
from builder.pages.run_states import RunStates
from builder.workspace.errors import WorkspaceError
from builder.workspace.owners import HOST
from builder.workspace.preflights import Preflights
from builder.workspace.store import Workspace, default_folder
from builder.workspace.supervision import ensure_supervisor

COLLECT_AFTER = (50_000, 20, 20)
"""New objects until the young ones are looked through, and how often each older generation is spared."""

TABS_PER_COLLECTION = 32
"""A tab that left is garbage in a circle once Streamlit forgets it, and with such thresholds it would stay for hundreds."""

_tabs = itertools.count(1)


@st.cache_resource(show_spinner=False)
def shared_workspace() -> Workspace:
    """The default workspace; opened once per server, with its supervisor started."""
    workspace = Workspace.open()
    # On a full disk the screen shows what was recorded, its top bar says what is wrong, and a run's start tries again.
    with suppress(WorkspaceError):
        ensure_supervisor(workspace)
    atexit.register(say_farewell, workspace)
    # What is imported by now lives as long as the process: collections need not look at it again. And an edit of a large
    # tower makes some hundred thousand objects, which at Python's own threshold are looked through time and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    return workspace


def note_new_tab() -> None:
    """With every so many tabs that come, lets go of those that left."""
    if next(_tabs) % TABS_PER_COLLECTION == 0:
        gc.collect()


@cache
def shared_run_states() -> RunStates:
    """How the runs of this server's tabs stand."""
    return RunStates(shared_workspace())


@cache
def shared_crowd() -> Crowd:
    """The tabs of this server."""
    return Crowd()


@cache
def shared_preflights() -> Preflights:
    """The preflights of this server, in whose process they end."""
    return Preflights(default_folder())


@cache
def shared_drafts() -> DraftBoard:
    """What the newest edits of this server's tabs make of their documents."""
    return DraftBoard()


def shared_draft_answers() -> DraftAnswers:
    """What the tabs of this server are answered to their edits."""
    return DraftAnswers(shared_drafts())


def shared_feed() -> Feed:
    """What the tabs of this server ask for themselves, of the default workspace."""
    return Feed(Workspace.open, shared_crowd().pace, lambda key: shared_preflights().answer(key))


def shared_csv_downloads() -> CsvDownloads:
    """The files that the tabs of this server ask for, of the default workspace."""
    return CsvDownloads(Workspace.open)


def is_shared() -> bool:
    """Whether this tab's person came in by a key, beside others who did."""
    return bool(st.context.cookies.get(COOKIE))


def tab_owner(workspace: Workspace) -> str | None:
    """Whose tab this is: of whoever came in by a key, else the host's; None if the key is nobody's any more.

    The gate lets no key through unless the app is shared, and then nobody without one.
    """
    key = st.context.cookies.get(COOKIE)
    return workspace.owner_of(key) if key else HOST
