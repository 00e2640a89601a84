"""The page's address names what it shows, so that reload, Back and a second tab lose nothing."""

import streamlit as st

from builder.pages.state import Session


def write_address(session: Session) -> None:
    """Gives the browser the address of what the session shows, where that has changed since it was given one."""
    address = {name: value for name, value in _wanted(session).items() if value}
    if address == session.address:
        # Whatever the browser has made of it since, as by its Back button, is the person's.
        return
    if st.query_params.to_dict() != address:
        # Streamlit (1.67) leaves the run here, with nothing sent, if the whole page is to run again: noted only after it.
        st.query_params.from_dict(address)
    session.address = address


def _wanted(session: Session) -> dict[str, str | None]:
    if session.read_only:
        return {"experiment": None if session.run_id else session.editing.experiment_id, "run": session.run_id}
    return {
        "experiment": session.editing.experiment_id,
        "run": session.run_id,
        "with": ",".join(run_id for run_id in session.shown if run_id != session.run_id),
        "study": session.study if session.dialog == "presets" else None,
    }
