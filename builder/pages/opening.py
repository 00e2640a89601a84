"""Which session an address names."""

from collections.abc import Iterable

from builder.pages.editing import begin
from builder.pages.state import Session
from builder.spec import DocumentError, load_experiment, parse_experiment
from builder.spec.presets.registry import DEFAULT_PRESET
from builder.workspace.errors import NotFound
from builder.workspace.owners import HOST
from builder.workspace.store import Workspace

MAX_SHOWN_RUNS = 6
"""Drawn over each other at most."""


def open_session(
    workspace: Workspace,
    experiment_id: str | None,
    run_id: str | None,
    beside: Iterable[str] = (),
    owner: str = HOST,
) -> Session:
    """The session that an address `?experiment=…&run=…&with=…` names; without one, a copy of the default preset.

    Runs `beside` the one in view are drawn over it, as far as the experiment has them.

    A copy is stored at its first edit, so that looking around leaves nothing behind. What is not the `owner`'s is a view
    that changes nothing.
    """
    session = _opened(workspace, experiment_id, run_id, beside, owner)
    session.owner = owner
    return session


def _opened(
    workspace: Workspace, experiment_id: str | None, run_id: str | None, beside: Iterable[str], owner: str
) -> Session:
    if run_id is not None and experiment_id is None:
        return _viewing(workspace, run_id)
    try:
        if experiment_id is None:
            return Session(begin(load_experiment(DEFAULT_PRESET)))
        head = workspace.head(experiment_id)
        session = Session(begin(parse_experiment(head.document), experiment_id, head.id))
        entry = workspace.experiment(experiment_id)
        if entry.deleted_at is not None and entry.owner == owner:
            session.notify("warning", f"“{entry.name}” was deleted.", "undelete", "Restore it", experiment_id)
        known = {run.id for run in workspace.runs(experiment_id=experiment_id)}
        newest = next(iter(workspace.runs(experiment_id=experiment_id)), None)
        chosen = run_id if run_id in known else newest.id if newest else None
        if entry.owner != owner:
            return _watching(workspace, session, entry.owner, chosen)
        shown = [run for run in dict.fromkeys([chosen, *beside]) if run in known]
        session.run_id, session.shown = chosen, shown[:MAX_SHOWN_RUNS]
        return session
    except NotFound:
        session = Session(begin(load_experiment(DEFAULT_PRESET)))
        session.notify("warning", "The experiment in the address is not in this workspace. This is the default preset.")
        return session
    except DocumentError as error:
        session = Session(begin(load_experiment(DEFAULT_PRESET)))
        session.notify("error", f"The stored document cannot be opened. {error.problems[0]}")
        return session


def _watching(workspace: Workspace, session: Session, owner: str, run_id: str | None) -> Session:
    """A look at somebody else's experiment: at a run of it, or at its document while there is none."""
    if run_id is not None:
        session = _viewing(workspace, run_id)
    session.read_only = True
    session.notify(
        "info", f"This belongs to {'the host' if owner == HOST else owner}. You can watch it and not change it."
    )
    return session


def _viewing(workspace: Workspace, run_id: str) -> Session:
    try:
        run = workspace.run(run_id)
        session = Session(begin(parse_experiment(workspace.run_document(run.id))), read_only=True)
        session.run_id, session.shown = run.id, [run.id]
        return session
    except (NotFound, OSError):
        session = Session(begin(load_experiment(DEFAULT_PRESET)))
        session.notify("warning", "The run in the address is not in this workspace. This is the default preset.")
        return session
