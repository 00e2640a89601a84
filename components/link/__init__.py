"""An address to copy: a field that holds all of it, and a button that copies it or says how."""

from __future__ import annotations

from functools import cache

from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer


@cache
def _renderer() -> ComponentRenderer:
    # Not at import: only a running Streamlit knows where the assets are.
    return component("components.link", js="index.js", css="index.css")


def link(query: str, *, title: str, note: str, key: str, warns: bool = True) -> None:
    """Mounts the field. The browser knows best under which address it reached the server, so the query is enough.

    Args:
        query: As in `?run=…`.
        title: What the address is.
        note: What whoever opens it sees.
        key: The widget's.
        warns: Whether to say so where the address works on this machine alone; of several fields one is enough.
    """
    _renderer()(key=key, data={"key": key, "query": query, "title": title, "note": note, "warns": warns})
