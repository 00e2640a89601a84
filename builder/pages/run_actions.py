"""What a person does to runs in their table: name, tag, note, delete, restore. Knows no Streamlit."""

from __future__ import annotations

from typing import Any

from builder.pages.opening import MAX_SHOWN_RUNS
from builder.pages.state import Session
from builder.workspace.errors import NotFound, WorkspaceError
from builder.workspace.store import Workspace

KINDS = frozenset({"rename_run", "set_tags", "set_notes", "delete_runs", "restore_runs"})
MAX_RUNS_AT_ONCE = 1_000


def act_on_runs(workspace: Workspace, session: Session, message: dict[str, Any]) -> None:
    """Does what the table asks, whatever a browser may send; what is refused is said in the top bar.

    Args:
        workspace: Where the runs are.
        session: Of the tab, whose owner's runs alone are changed.
        message: `{kind, id, name}`, `{kind, tags: {id: [tag]}}`, `{kind, id, notes}`, `{kind, ids}`; of `restore_runs` also
            those that are to be `shown` then.
    """
    if session.read_only:
        return
    try:
        match message:
            case {"kind": "rename_run", "id": str(run_id), "name": str(name)}:
                workspace.rename_run(run_id, name, by=session.owner)
            case {"kind": "set_notes", "id": str(run_id), "notes": str(notes)}:
                workspace.set_notes(run_id, notes, by=session.owner)
            case {"kind": "set_tags", "tags": dict(tags)}:
                for run_id, each in list(tags.items())[:MAX_RUNS_AT_ONCE]:
                    workspace.set_tags(str(run_id), _texts(each), by=session.owner)
            case {"kind": "delete_runs", "ids": list(ids)}:
                for run_id in _texts(ids)[:MAX_RUNS_AT_ONCE]:
                    workspace.delete_run(run_id, by=session.owner)
            case {"kind": "restore_runs", "ids": list(ids)}:
                for run_id in _texts(ids)[:MAX_RUNS_AT_ONCE]:
                    workspace.restore_run(run_id, by=session.owner)
                _show_again(workspace, session, _texts(message.get("shown")))
    except WorkspaceError as error:
        session.notify("error", str(error))
    leave_out_deleted(workspace, session)


def leave_out_deleted(workspace: Workspace, session: Session) -> bool:
    """Draws no run that was deleted, here or in another tab; whether there was one."""
    there = [run_id for run_id in session.shown if is_there(workspace, run_id)]
    if there == session.shown:
        return False
    session.shown = there
    if session.run_id not in there:
        session.run_id = there[0] if there else None
    return True


def is_there(workspace: Workspace, run_id: str) -> bool:
    """Whether there is such a run that was not deleted."""
    try:
        workspace.run(run_id)
    except NotFound:
        return False
    return True


def _show_again(workspace: Workspace, session: Session, shown: list[str]) -> None:
    wanted = [run_id for run_id in dict.fromkeys(shown) if is_there(workspace, run_id)][:MAX_SHOWN_RUNS]
    if wanted:
        session.shown, session.run_id = wanted, wanted[0]


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
