"""Which session an address names."""

from collections.abc import Iterable

from builder.pages.editing import begin
from builder.pages.state import Session
from builder.spec import DocumentError, load_experiment, parse_experiment
from builder.spec.presets.registry import DEFAULT_PRESET
from builder.workspace.errors import NotFound
from builder.workspace.experiments import ExperimentEntry
from builder.workspace.owners import HOST
from builder.workspace.store import Workspace

MAX_SHOWN_RUNS = 6
"""Drawn over each other at most."""
MAX_NAMED = 60
"""Letters of a name in a message."""


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
    beside = list(beside)
    try:
        if experiment_id is None:
            return Session(begin(load_experiment(DEFAULT_PRESET)))
        head = workspace.head(experiment_id)
        session = Session(begin(parse_experiment(head.document), experiment_id, head.id))
        entry = workspace.experiment(experiment_id)
        # Newest first.
        known = [run.id for run in workspace.runs(experiment_id=experiment_id)]
        chosen = run_id if run_id in known else next(iter(known), None)
        if entry.owner != owner:
            return _watching(workspace, session, entry.owner, chosen)
        if entry.deleted_at is not None:
            session.deleted = entry.id
            session.notify("warning", deleted_text(entry), "undelete", "Restore it", entry.id, elsewhere=True)
        missing = [each for each in (run_id, *beside) if each and each not in known]
        if missing and session.notice is None:
            session.notify("warning", _missing_runs(missing, entry.name))
        shown = [run for run in dict.fromkeys([chosen, *beside]) if run in known]
        session.run_id, session.shown = chosen, shown[:MAX_SHOWN_RUNS]
        return session
    except NotFound:
        session = Session(begin(load_experiment(DEFAULT_PRESET)))
        what = f"There is no experiment “{_short(experiment_id or '')}” in this workspace"
        session.notify("warning", f"{what}. What you see is a ready-made one.", elsewhere=True)
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


def deleted_text(entry: ExperimentEntry) -> str:
    """What a tab is told that shows a deleted experiment."""
    return f"“{_short(entry.name)}” was deleted. It can be restored, with everything in it."


def no_study_text(name: str) -> str:
    """What a tab is told whose address names a study that there is not."""
    return f"There is no study “{_short(name)}”. The ready-made ones are under Presets."


def _missing_runs(run_ids: list[str], name: str) -> str:
    named = ", ".join(f"“{_short(each)}”" for each in run_ids[:3])
    are = "run {} is" if len(run_ids) == 1 else "runs {} are"
    return f"The {are.format(named)} not among those of “{_short(name)}”; it is shown without."


def _short(text: str) -> str:
    """An address may hold anything."""
    return text if len(text) <= MAX_NAMED else f"{text[: MAX_NAMED - 1]}…"


def _viewing(workspace: Workspace, run_id: str) -> Session:
    try:
        run = workspace.run(run_id)
        session = Session(begin(parse_experiment(workspace.run_document(run.id))), read_only=True)
        session.run_id, session.shown = run.id, [run.id]
        return session
    except (NotFound, OSError):
        session = Session(begin(load_experiment(DEFAULT_PRESET)))
        what = f"There is no run “{_short(run_id)}” in this workspace; it may have been deleted"
        session.notify("warning", f"{what}. What you see is a ready-made experiment.", elsewhere=True)
        return session
