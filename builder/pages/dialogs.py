"""Dialogs over the screen: experiments, presets, sharing, races."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from builder.pages.experiment_rows import ExperimentRow, experiment_rows, row_text
from builder.pages.presets_dialog import presets_dialog
from builder.pages.race_dialog import race_dialog, race_result_dialog
from builder.pages.run_status import run_title
from builder.pages.service import is_shared
from builder.pages.state import LISTED_EXPERIMENTS
from builder.pages.studio_actions import StudioActions
from builder.spec import DocumentError, dump_experiment, parse_experiment
from components.link import link

MAX_SHOWN_PROBLEMS = 10
WORK_NOTES = {
    False: "Whoever opens it sees what you see, and can edit and train it as you can.",
    True: "You find it here from any tab of yours. Somebody else who is in can watch it and not change it.",
}
"""By whether the app is shared."""
FEW_EXPERIMENTS = 8
"""As many are found by looking."""
STYLE = (Path(__file__).parent / "experiments_dialog.css").read_text()


def open_dialog(name: str, actions: StudioActions) -> None:
    """Opens a dialog by its name."""
    title, draw = DIALOGS[name]

    st.dialog(title, width="large", on_dismiss=partial(_close, actions))(draw)(actions)


def _close(actions: StudioActions) -> None:
    actions.session.dialog, actions.session.num_listed = None, LISTED_EXPERIMENTS


def _close_and_show(actions: StudioActions) -> None:
    """Closes the dialog and draws the screen anew."""
    _close(actions)
    st.rerun()


def experiments_dialog(actions: StudioActions) -> None:
    """Find, open, rename, duplicate, delete with undo."""
    workspace, session = actions.workspace, actions.session
    st.html(f"<style>{STYLE}</style>")
    rows = experiment_rows(workspace, session.owner)
    if not rows:
        st.write("Nothing is stored yet. An experiment is kept from its first edit on.")
    if len(rows) > FEW_EXPERIMENTS:
        wanted = st.text_input(
            "Find", key="find-experiment", placeholder="Find by name, data set or tower", label_visibility="collapsed"
        )
        rows = [row for row in rows if row.matches(wanted)]
        if not rows:
            st.write("No experiment is called so, or has such data or such a tower.")
    for row in rows[: session.num_listed]:
        _experiment_row(actions, row)
    if len(rows) > session.num_listed and st.button(f"Show more ({len(rows) - session.num_listed})", key="more"):
        session.num_listed += LISTED_EXPERIMENTS
        st.rerun(scope="fragment")
    deleted = experiment_rows(workspace, session.owner, deleted=True)
    if deleted:
        with st.expander(f"Deleted ({len(deleted)})"):
            for row in deleted[:LISTED_EXPERIMENTS]:
                text, button = st.columns([6, 1], vertical_alignment="center")
                text.html(row_text(row))
                if button.button("Restore", key=f"restore-{row.entry.id}", help="Put it back on the list."):
                    workspace.undelete(row.entry.id)
                    st.rerun(scope="fragment")


def _experiment_row(actions: StudioActions, row: ExperimentRow) -> None:
    entry = row.entry
    is_open = entry.id == actions.editing.experiment_id
    text, open_, more = st.columns([8, 1.2, 0.9], vertical_alignment="center")
    text.html(row_text(row, is_open=is_open))
    if open_.button(
        "Open", key=f"open-{entry.id}", disabled=is_open, width="stretch", help="It is open." if is_open else None
    ):
        actions.open_experiment(entry.id)
        _close_and_show(actions)
    with more.popover("⋯", help="Rename, duplicate, delete", width="stretch", key=f"more-{entry.id}"):
        _experiment_menu(actions, row, is_open)


def _experiment_menu(actions: StudioActions, row: ExperimentRow, is_open: bool) -> None:
    workspace, entry = actions.workspace, row.entry
    new_name = st.text_input("Name", entry.name, key=f"name-{entry.id}", max_chars=120).strip()
    if new_name and new_name != entry.name:
        workspace.rename(entry.id, new_name)
        st.rerun(scope="fragment")
    if st.button(
        "Duplicate", key=f"copy-{entry.id}", width="stretch", help="A copy of its document, without its runs."
    ):
        workspace.duplicate(entry.id)
        st.rerun(scope="fragment")
    if st.button(
        "Delete",
        key=f"delete-{entry.id}",
        disabled=is_open,
        width="stretch",
        help="What is open cannot be deleted." if is_open else "It can be restored below the list.",
    ):
        workspace.delete(entry.id)
        st.rerun(scope="fragment")


def share_dialog(actions: StudioActions) -> None:
    """Addresses to watch and to open, the document as JSON, in and out."""
    experiment, run = actions.editing.experiment, actions.run()
    if run is not None:
        link(
            f"?{urlencode({'run': run.id})}",
            title=f"Watch run {run_title(run)}",
            note="Whoever opens it follows this run live, with its tower, charts and rates, and can change nothing.",
            key="link-run",
        )
    else:
        st.caption("Once there is a run, an address stands here under which others watch it live.")
    if actions.session.address and "experiment" in actions.session.address:
        shown = {name: value for name, value in actions.session.address.items() if name != "study"}
        link(
            f"?{urlencode(shown, safe=',')}",
            title="Work on this experiment",
            note=WORK_NOTES[is_shared()],
            key="link-experiment",
            warns=run is None,
        )
    st.download_button(
        "Download this experiment (JSON)",
        dump_experiment(experiment, indent=2),
        file_name=f"{_file_name(experiment.name)}.json",
        mime="application/json",
        help="The whole document. The command line trains it: python -m builder train FILE",
    )
    uploaded = st.file_uploader("Open an experiment from a JSON file of at most 1 MiB", type="json", max_upload_size=1)
    if uploaded is not None:
        _open_uploaded(actions, uploaded.getvalue())


def _open_uploaded(actions: StudioActions, content: bytes) -> None:
    try:
        experiment = parse_experiment(content)
    except DocumentError as error:
        st.error("This file was refused; what was open stays as it was.")
        shown = [str(problem) for problem in error.problems[:MAX_SHOWN_PROBLEMS]]
        if len(error.problems) > len(shown):
            shown.append(f"and {len(error.problems) - len(shown)} more")
        st.text("\n".join(shown))
        return
    actions.open_new(experiment)
    _close_and_show(actions)


def _file_name(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)[:60] or "experiment"


DIALOGS: dict[str, tuple[str, Callable[[StudioActions], None]]] = {
    "experiments": ("Experiments", experiments_dialog),
    "presets": ("Presets", presets_dialog),
    "share": ("Share and keep", share_dialog),
    "race": ("Race: the same tower, one thing changed", race_dialog),
    "race_result": ("Race: what came of it", race_result_dialog),
}
