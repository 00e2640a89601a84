"""The workspace as one server process shares it, with a supervisor that watches over it."""

import atexit
import gc

import streamlit as st

from builder.pages.farewell import say_farewell
from builder.workspace.store import Workspace
from builder.workspace.supervision import ensure_supervisor


@st.cache_resource(show_spinner=False)
def shared_workspace() -> Workspace:
    """The default workspace; opened once per server, with its supervisor started."""
    workspace = Workspace.open()
    ensure_supervisor(workspace)
    atexit.register(say_farewell, workspace)
    # What is imported by now lives as long as the process: collections need not look at it again.
    gc.collect()
    gc.freeze()
    return workspace
