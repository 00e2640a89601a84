"""What a person can do with the document: edits, rates, history, other experiments. No drawing here."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from builder.pages.editing import (
    Editing,
    EndedEpoch,
    adopt,
    changes_between,
    differs_beyond_rates,
    is_ended_by_rates,
    is_new,
    overtaken_epoch,
    with_late_edit,
    with_taken,
)
from builder.pages.opening import deleted_text, open_session
from builder.pages.run_status import solo_of
from builder.pages.settings import with_settings
from builder.pages.state import Session
from builder.spec import (
    DocumentError,
    Experiment,
    analyse,
    dump_experiment,
    parse_experiment,
    validate_experiment,
    with_value,
)
from builder.spec.mix import SET_FROZEN, SET_SOLO, Change, ChangeRefused, Mix
from builder.spec.presets.registry import PRESETS
from builder.workspace.errors import NotFound, RevisionConflict, TransitionNotAllowed, WorkspaceError
from builder.workspace.experiments import ExperimentEntry
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

NOTHING_LEARNS = (
    "Not frozen in the running run: no group would learn there any more. Unfreeze another, or end a solo, first."
)
DELETED = "This experiment was deleted. Restore it before you train it, or go to another."


class DocumentActions:
    """Edits, history, opening: everything that changes the document, and how the live run's groups are set with it."""

    def __init__(self, workspace: Workspace, session: Session) -> None:
        self.workspace = workspace
        self.session = session

    @property
    def editing(self) -> Editing:
        return self.session.editing

    def run(self) -> Run | None:
        """The run in view, as it is now."""
        if self.session.run_id is None:
            return None
        try:
            return self.workspace.run(self.session.run_id)
        except NotFound:
            return None

    def edit(self, message: Any) -> None:
        """Takes an edit of the editor; what the schema refuses leaves the document as it was."""
        if self.session.read_only:
            return
        if epoch := overtaken_epoch(self.editing, message):
            if epoch.revision is not None and is_ended_by_rates(self.editing, epoch):
                self._take_late(epoch, epoch.revision, message)
            else:
                self._keep_beside(epoch, message)
        if not is_new(self.editing, message):
            return
        try:
            edited = self.session.drafts.take(self.editing, message)
        except DocumentError as error:
            # Its rev is done with, so that it is not taken for one that came too late.
            self.session.editing = replace(self.editing, rev=message["rev"])
            self._refuse(error)
            return
        before = self.editing.experiment
        goes_on = self._goes_on(message, self.editing.rev)
        self.session.editing = edited
        self.session.sent.edit_taken(message.get("analysed"))
        self.keep(before, goes_on)
        for warning in edited.analysis.warnings:
            self.session.tell_once("warning", str(warning))
        self._send_mix(before, edited.experiment)
        self.session.mixing.follow(self.editing.experiment)

    def _goes_on(self, message: dict[str, Any], rev: int) -> bool:
        """Whether an edit is of the gesture that made the newest revision by its edit of this rev."""
        is_same = type(message.get("gesture")) is int and message["gesture"] <= rev
        return is_same and self.session.own_revision is not None and self.session.own_revision == self.editing.revision

    def _take_late(self, epoch: EndedEpoch, revision: int, message: dict[str, Any]) -> None:
        """Takes an edit that a change of rates has overtaken; both hold."""
        before = parse_experiment(self.workspace.revision(revision).document)
        self.session.editing = with_taken(self.editing, epoch, message["rev"])
        try:
            self.change(with_late_edit(self.editing, message, before), by_rates=True)
        except DocumentError as error:
            self._refuse(error)

    def _keep_beside(self, epoch: EndedEpoch, message: dict[str, Any]) -> None:
        """Stores an edit that came too late, so that it is not lost, and offers it."""
        if epoch.experiment_id is None or epoch.revision is None:
            return
        try:
            late = validate_experiment(message.get("document"))
            self.workspace.append_revision(epoch.experiment_id, dump_experiment(late), epoch.revision)
        except DocumentError as error:
            self.session.notify("error", f"The edit was refused and the document stays as it was. {error.problems[0]}")
        except RevisionConflict as conflict:
            if epoch.experiment_id == self.editing.experiment_id:
                self.session.notify(
                    "warning",
                    "The document changed while your edit was on its way. What you see is without it. Your edit is kept.",
                    "use_revision",
                    "Use my edit instead",
                    conflict.kept.id,
                )

    def edit_rates(self, message: Any) -> None:
        """Takes an edit of the mixer."""
        session = self.session
        if session.read_only:
            return
        rev = session.mixing.rev
        changes = session.mixing.take(message)
        if not changes:
            return
        goes_on = message["epoch"] == session.mixing.epoch and self._goes_on(message, rev)
        try:
            experiment = with_settings(self.editing.experiment, changes)
        except DocumentError as error:
            session.notify("error", f"Refused: {error.problems[0]}")
            session.mixing.renew(self.editing.experiment)
            return
        mix = self._live_mix(experiment) if _freezes(self.editing.experiment, experiment) else None
        if mix is not None and not mix.learning:
            session.notify("error", NOTHING_LEARNS)
            session.mixing.renew(self.editing.experiment)
            return
        self.change(experiment, by_rates=True, goes_on=goes_on)

    def change(
        self,
        experiment: Experiment,
        by_rates: bool = False,
        goes_on: bool = False,
        is_told: bool = False,
    ) -> None:
        """Changes the document from here: the editor adopts it; the running run is told, unless it is so already."""
        before = self.editing.experiment
        if self.session.read_only or experiment == before:
            return
        editing = self.editing
        self.session.editing = adopt(editing, experiment, editing.experiment_id, editing.revision, by_rates=by_rates)
        self.keep(before, goes_on)
        if not is_told:
            self._send_mix(before, experiment)
        self.session.mixing.follow(self.editing.experiment)

    def keep(self, before: Experiment | None = None, goes_on: bool = False) -> None:
        """Stores the document as a revision; a new experiment begins with what it was `before` the edit.

        With `goes_on` it takes the place of the newest one, so that a gesture is undone at once.
        """
        editing, session = self.editing, self.session
        text = dump_experiment(editing.experiment)
        if editing.experiment_id is None:
            entry = self.workspace.create_experiment(dump_experiment(before or editing.experiment), session.owner)
            session.editing = editing = _stored(editing, entry.id, entry.head)
        assert editing.experiment_id is not None
        assert editing.revision is not None
        try:
            revision = self.workspace.append_revision(
                editing.experiment_id, text, editing.revision, in_place_of_base=goes_on
            )
        except RevisionConflict as conflict:
            session.editing = adopt(
                editing, parse_experiment(conflict.head.document), editing.experiment_id, conflict.head.id
            )
            session.mixing.follow(session.editing.experiment)
            session.notify(
                "warning",
                "This experiment was changed in another tab meanwhile, and that is what you see now. Your edit is kept.",
                "use_revision",
                "Use my edit instead",
                conflict.kept.id,
            )
            return
        # A document that was stored already is not this edit's to replace.
        session.own_revision = revision.id if revision.id != editing.revision else None
        session.editing = _stored(editing, editing.experiment_id, revision.id)

    def use_revision(self, revision_id: int) -> None:
        """Makes an earlier or rejected revision the document."""
        self.change(parse_experiment(self.workspace.revision(revision_id).document))

    def follow(self) -> bool:
        """Adopts what another tab has made of this experiment; True if there was something."""
        editing = self.editing
        if editing.experiment_id is None:
            return False
        entry = self.workspace.experiment(editing.experiment_id)
        self._tell_of_deletion(entry)
        if entry.head == editing.revision:
            return False
        self._adopt_head()
        return True

    def why_deleted(self) -> str:
        """What to do first if this experiment was deleted; empty if it was not."""
        about = self.session.deleted
        return "" if about is None or about != self.editing.experiment_id else DELETED

    def _tell_of_deletion(self, entry: ExperimentEntry) -> None:
        """Once when the experiment was deleted, here or elsewhere, and no longer when it was restored."""
        session = self.session
        if entry.deleted_at is not None and session.deleted != entry.id:
            session.deleted = entry.id
            session.notify("warning", deleted_text(entry), "undelete", "Restore it", entry.id, elsewhere=True)
        elif entry.deleted_at is None and session.deleted is not None:
            session.deleted = None
            if session.notice and session.notice.action == "undelete":
                session.notice = None

    def undo(self) -> None:
        self._travel(self.workspace.undo)

    def redo(self) -> None:
        self._travel(self.workspace.redo)

    def _travel(self, move: Callable[[str], Any]) -> None:
        if self.session.read_only or self.editing.experiment_id is None:
            return
        before, was_of_run = self.editing.experiment, self.edits_run(self.run())
        move(self.editing.experiment_id)
        self._adopt_head()
        if was_of_run:
            self._send_mix(before, self.editing.experiment)

    def _adopt_head(self) -> None:
        assert self.editing.experiment_id is not None
        head = self.workspace.head(self.editing.experiment_id)
        self.session.editing = adopt(self.editing, parse_experiment(head.document), self.editing.experiment_id, head.id)
        self.session.mixing.follow(self.editing.experiment)

    def rename(self, name: Any) -> None:
        try:
            self.change(with_value(self.editing.experiment, "name", name))
        except DocumentError as error:
            self.session.notify("error", f"The name was refused: {error.problems[0].message}")

    def set_field(self, path: str, value: Any) -> None:
        """Sets one field of the document."""
        try:
            self.change(with_value(self.editing.experiment, path, value))
        except DocumentError as error:
            self.session.notify("error", str(error.problems[0]))

    def open_experiment(self, experiment_id: str) -> None:
        """Shows another experiment with its newest run."""
        if self.session.read_only:
            return
        opened = open_session(self.workspace, experiment_id, None, owner=self.session.owner)
        session = self.session
        session.editing = adopt(
            session.editing, opened.editing.experiment, opened.editing.experiment_id, opened.editing.revision
        )
        session.run_id, session.shown, session.read_only = opened.run_id, opened.shown, opened.read_only
        session.mixing.turn_to(session.editing.experiment)
        session.deleted = opened.deleted
        if opened.notice:
            session.notice = opened.notice
        elif session.notice and session.notice.action == "undelete":
            session.notice = None

    def open_new(self, experiment: Experiment) -> None:
        """Stores a document as a new experiment and shows it."""
        if self.session.read_only:
            return
        entry = self.workspace.create_experiment(dump_experiment(experiment), self.session.owner)
        self.open_experiment(entry.id)

    def open_preset(self, name: str) -> None:
        """A copy of a preset; the preset itself stays."""
        self.open_new(PRESETS[name].experiment())

    def command(self, kind: str, **payload: Any) -> None:
        """Asks something of the run in view."""
        run = self.run()
        if run is None or self.session.read_only or run.is_final or run.owner != self.session.owner:
            return
        try:
            self.workspace.command(run.id, kind, **payload)
        except TransitionNotAllowed:
            # It ended between the look and the command, and the screen is about to say so.
            return
        except WorkspaceError as error:
            self.session.notify("error", str(error))

    def edits_run(self, run: Run | None) -> bool:
        """Whether a run is live and the document is the one that it trains, or goes on from that.

        Of a comparison, one document is open and another one's run may be in view: the two have nothing in common.
        """
        return run is not None and run.is_live and self.goes_on_from(run)

    def goes_on_from(self, run: Run) -> bool:
        """Whether the document is the one that a run trains or has trained, or goes on from that."""
        editing = self.editing
        if run.experiment_id != editing.experiment_id:
            return False
        if run.revision is None or editing.revision is None:
            return True
        runs = self.workspace.runs_of_line(editing.revision)
        return not runs or run.id in runs

    def has_edits_for_next_run(self, run: Run | None) -> bool:
        """Whether a run is in training without all that the document now says."""
        if run is None or not self.edits_run(run):
            return False
        experiment = self.editing.experiment
        known = self.session.compared
        if known is None or known[0] != run.id or known[1] is not experiment:
            of_run = parse_experiment(self.workspace.run_document(run.id))
            self.session.compared = known = (run.id, experiment, differs_beyond_rates(experiment, of_run))
        return known[2]

    def solo(self, group: Any, value: Any) -> None:
        """Freezes all other groups of the running run, or ends that."""
        mix = self._live_mix(self.editing.experiment)
        if mix is None:
            self.session.notify("info", "Solo is for a run that trains: it freezes all other groups until you end it.")
            return
        try:
            mix.after(Change(SET_SOLO, group, value))
        except ChangeRefused as refused:
            self.session.notify("error", str(refused))
            return
        self.command(SET_SOLO, group=group, value=value)

    def _live_mix(self, experiment: Experiment) -> Mix | None:
        """What the groups of the running run are set to if it is told of this document; None if none is running."""
        run = self.run()
        if run is None or self.session.read_only or not self.edits_run(run):
            return None
        mix = Mix.of(analyse(experiment))
        solo = solo_of(self.workspace, run)
        return replace(mix, solo=solo) if solo in mix.groups else mix

    def _send_mix(self, before: Experiment, after: Experiment) -> None:
        """What the groups are set to applies at once to the running run, group by group, by name."""
        changes = changes_between(before.groups, after.groups)
        if not changes or (run := self.run()) is None or not self.edits_run(run):
            return
        if _freezes(before, after) and (mix := self._live_mix(after)) is not None and not mix.learning:
            self.session.notify("warning", f"{NOTHING_LEARNS} The document has it for the next run.")
            changes = [change for change in changes if change.kind != SET_FROZEN]
        for change in changes:
            group = {"group": change.subject} if change.subject else {}
            self.command(change.kind, **group, value=change.value)

    def _refuse(self, error: DocumentError) -> None:
        editing = self.editing
        self.session.editing = adopt(editing, editing.experiment, editing.experiment_id, editing.revision)
        self.session.notify("error", f"The edit was refused and the document stays as it was. {error.problems[0]}")


def _freezes(before: Experiment, after: Experiment) -> bool:
    return any(change.kind == SET_FROZEN and change.value for change in changes_between(before.groups, after.groups))


def _stored(editing: Editing, experiment_id: str, revision: int) -> Editing:
    return replace(editing, experiment_id=experiment_id, revision=revision)
