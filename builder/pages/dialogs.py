"""Dialogs over the screen: experiments, presets, sharing."""

import time
from collections.abc import Callable
from functools import partial

import streamlit as st

from builder.pages.presets_dialog import presets_dialog
from builder.pages.run_status import run_title
from builder.pages.studio_actions import StudioActions
from builder.spec import DocumentError, dump_experiment, parse_experiment
from builder.workspace.experiments import ExperimentEntry

MAX_SHOWN_PROBLEMS = 10


def open_dialog(name: str, actions: StudioActions) -> None:
    """Opens a dialog by its name."""
    title, draw = DIALOGS[name]

    st.dialog(title, width="large", on_dismiss=partial(_close, actions))(draw)(actions)


def _close(actions: StudioActions) -> None:
    actions.session.dialog = None


def _close_and_show(actions: StudioActions) -> None:
    """Closes the dialog and draws the screen anew."""
    _close(actions)
    st.rerun()


def experiments_dialog(actions: StudioActions) -> None:
    """Open, rename, duplicate, delete with undo."""
    workspace, session = actions.workspace, actions.session
    entries = workspace.experiments(session.owner)
    if not entries:
        st.write("Nothing is stored yet. An experiment is kept from its first edit on.")
    for entry in entries:
        _experiment_row(actions, entry)
    deleted = workspace.experiments(session.owner, deleted=True)
    if deleted:
        with st.expander(f"Deleted ({len(deleted)})"):
            for entry in deleted:
                text, button = st.columns([4, 1], vertical_alignment="center")
                text.text(f"{entry.name} · {_ago(entry.changed_at)}")
                if button.button("Restore", key=f"restore-{entry.id}", help="Put it back on the list."):
                    workspace.undelete(entry.id)
                    st.rerun(scope="fragment")


def _experiment_row(actions: StudioActions, entry: ExperimentEntry) -> None:
    workspace = actions.workspace
    is_open = entry.id == actions.editing.experiment_id
    name, when, open_, copy, delete = st.columns([5, 2, 1.2, 1.5, 1.2], vertical_alignment="center")
    new_name = name.text_input(
        "Name", entry.name, key=f"name-{entry.id}", label_visibility="collapsed", max_chars=120, help="Edit to rename."
    )
    if new_name.strip() and new_name.strip() != entry.name:
        workspace.rename(entry.id, new_name.strip())
    num_runs = len(workspace.runs(experiment_id=entry.id))
    when.caption(f"{_ago(entry.changed_at)} · {num_runs} {'run' if num_runs == 1 else 'runs'}")
    if open_.button("Open", key=f"open-{entry.id}", disabled=is_open, help="Show it on the screen."):
        actions.open_experiment(entry.id)
        _close_and_show(actions)
    if copy.button("Duplicate", key=f"copy-{entry.id}", help="A copy of its document, without its runs."):
        workspace.duplicate(entry.id)
        st.rerun(scope="fragment")
    if delete.button("Delete", key=f"delete-{entry.id}", disabled=is_open, help="It can be restored below the list."):
        workspace.delete(entry.id)
        st.rerun(scope="fragment")


def share_dialog(actions: StudioActions) -> None:
    """The document as JSON, in and out, and the read-only link of the run."""
    experiment = actions.editing.experiment
    st.download_button(
        "Download this experiment (JSON)",
        dump_experiment(experiment, indent=2),
        file_name=f"{_file_name(experiment.name)}.json",
        mime="application/json",
        help="The whole document. The command line trains it: python -m builder train FILE",
    )
    run = actions.run()
    if run is not None:
        st.caption(f"A read-only live view of run {run_title(run)}: add this to the address of the server.")
        st.code(f"?run={run.id}", language=None)
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


def _ago(moment: float) -> str:
    seconds = max(0.0, time.time() - moment)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit} ago"
    return "just now"


DIALOGS: dict[str, tuple[str, Callable[[StudioActions], None]]] = {
    "experiments": ("Experiments", experiments_dialog),
    "presets": ("Presets", presets_dialog),
    "share": ("Share and keep", share_dialog),
}
