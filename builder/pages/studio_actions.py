"""What a person can do on the one screen, as methods over a session and the workspace. No drawing here."""

from collections.abc import Sequence
from typing import Any

from builder.pages.comparing import (
    comparison_of,
    comparison_warning,
    memory_warning,
    start_comparison,
    why_not_comparable,
)
from builder.pages.document_actions import DocumentActions
from builder.pages.downloading import Downloads
from builder.pages.editing import for_as_long_again, why_not_trainable
from builder.pages.opening import MAX_SHOWN_RUNS
from builder.pages.racing import field_of, start_race
from builder.pages.settings import sent_settings, with_settings
from builder.pages.state import Session
from builder.spec import DocumentError, dump_experiment, parse_experiment
from builder.workspace.branching import branch, settings_at
from builder.workspace.errors import NotFound, WorkspaceError
from builder.workspace.runs import Run
from builder.workspace.store import Workspace
from builder.workspace.supervision import ensure_supervisor


class StudioActions(DocumentActions):
    """Everything that changes the document, and everything that starts or moves a run."""

    def __init__(self, workspace: Workspace, session: Session) -> None:
        super().__init__(workspace, session)
        self.downloads = Downloads(workspace, session)

    def set_pace(self, steps_per_second: Any) -> None:
        """Pace of the running run and of the next one."""
        self.set_field("training.pace", steps_per_second)
        run = self.run()
        if run and run.is_live and self.editing.experiment.training.pace == steps_per_second:
            self.command("set_pace", steps_per_second=steps_per_second)

    def why_not(self) -> str:
        """Why Train is off; empty if it is on."""
        if self.session.read_only:
            return "This is a read-only view."
        if why_deleted := self.why_deleted():
            return why_deleted
        return why_not_trainable(self.editing.analysis) or self.downloads.why_not(self.editing.experiment)

    def train(self) -> None:
        """Submits the document as a run, unless one of this tab is already on its way."""
        run = self.run()
        if self.why_not() or (run and not run.is_final):
            return
        warning = memory_warning([(self.editing.experiment, self.editing.analysis)])
        if warning:
            self.session.notify("warning", warning, "submit", "Train all the same")
            return
        self.submit()

    def submit(self) -> None:
        """Queues the document and shows the new run; one that has got a problem since it was warned of is refused."""
        if self.session.read_only:
            return
        if why_not := self.why_not():
            self.session.notify("error", why_not)
            return
        if self.editing.experiment_id is None:
            self.keep()
        training = self.editing.experiment.training
        try:
            ensure_supervisor(self.workspace)
            run = self.workspace.submit(
                dump_experiment(self.editing.experiment),
                owner=self.session.owner,
                experiment_id=self.editing.experiment_id,
                revision=self.editing.revision,
                device=training.device,
            )
        except WorkspaceError as error:
            self.session.notify("error", str(error))
            return
        self._show_first(run)

    def _show_first(self, run: Run) -> None:
        """Shows a new run in the place of the one in view, with those that were drawn over it."""
        overlaid = [shown for shown in self.session.shown if shown != self.session.run_id]
        self.session.run_id = run.id
        self.session.shown = [run.id, *overlaid]

    def go_on(self) -> None:
        """Resumes the ended run in view; a finished one trains on for as long again, as a new run."""
        run = self.run()
        if self.session.read_only or run is None or not run.is_final:
            return
        try:
            ensure_supervisor(self.workspace)
            if run.status != "finished":
                self.workspace.resume(run.id)
                return
            experiment = parse_experiment(self.workspace.run_document(run.id))
            self._show_first(branch(self.workspace, run.id, dump_experiment(for_as_long_again(experiment))))
            if experiment.training.schedule.kind != "constant":
                self.session.notify(
                    "info", "It trains on from where it ended, with its schedule laid over the longer run."
                )
        except (WorkspaceError, DocumentError) as error:
            self.session.notify("error", str(error))

    def rewind(self, run_id: Any, origin: Any, step: Any) -> None:
        """Goes on from before a change as if it had not been made, as a new run; the one that went on is stopped.

        The document's groups are set as they were then.

        Args:
            run_id: Whose change it was; it stays, with all its rows.
            origin: The run that has the checkpoint: the same one, or one that it was branched from.
            step: Of the checkpoint.
        """
        found = self._own_runs(run_id, origin, step)
        if found is None:
            return
        run, source = found
        is_of_run = self.goes_on_from(run)
        try:
            then = settings_at(self.workspace, source.id, step)
            ensure_supervisor(self.workspace)
            rewound = branch(self.workspace, source.id, step=step, revision=run.revision, name=run.name)
            if not run.is_final:
                self.workspace.command(run.id, "stop")
        except WorkspaceError as error:
            self.session.notify("error", str(error))
            return
        if is_of_run:
            self.change(with_settings(self.editing.experiment, sent_settings(then)), by_rates=True, is_told=True)
        self._show_over(rewound, run)
        stays = "was stopped and stays" if not run.is_final else "stays"
        self.session.notify(
            "info",
            f"Run #{rewound.number} goes on from step {step:,}, before the change. Run #{run.number} {stays} beneath.",
        )

    def branch_from(self, run_id: Any, origin: Any, step: Any) -> None:
        """Trains the document as it is now from before a change on, as a new run; the other one goes on.

        Args:
            run_id: Whose change it was.
            origin: The run that has the checkpoint.
            step: Of the checkpoint.
        """
        found = self._own_runs(run_id, origin, step)
        if found is None:
            return
        run, source = found
        editing = self.editing
        if why_not := self.why_not():
            self.session.notify("error", why_not)
            return
        if editing.analysis.num_steps <= step:
            self.session.notify(
                "error",
                f"The document ends after {editing.analysis.num_steps:,} steps, so from step {step:,} on nothing would be "
                "left to train. Set a longer duration first.",
            )
            return
        try:
            ensure_supervisor(self.workspace)
            branched = branch(
                self.workspace,
                source.id,
                dump_experiment(editing.experiment),
                step=step,
                as_written=True,
                experiment_id=editing.experiment_id,
                revision=editing.revision,
                device=editing.experiment.training.device,
            )
        except WorkspaceError as error:
            self.session.notify("error", str(error))
            return
        self._show_over(branched, run)
        self.session.notify(
            "info",
            f"Run #{branched.number} trains the document as it is now, from step {step:,} of run #{source.number} on.",
        )

    def _own_runs(self, run_id: Any, origin: Any, step: Any) -> tuple[Run, Run] | None:
        """The two runs of a way back; None, with a message, if they are not this person's or not there."""
        session = self.session
        if session.read_only or not isinstance(run_id, str) or not isinstance(origin, str) or type(step) is not int:
            return None
        try:
            run, source = self.workspace.run(run_id), self.workspace.run(origin)
        except NotFound:
            session.notify("error", "The run whose checkpoint this needs was deleted.")
            return None
        if {run.owner, source.owner} != {session.owner}:
            session.notify("error", "This is somebody else's run. Open a copy of its experiment to go your own way.")
            return None
        return run, source

    def _show_over(self, run: Run, beneath: Run) -> None:
        """Shows a new run first, and the one that it left right beneath."""
        others = [shown for shown in self.session.shown if shown != beneath.id]
        self.session.run_id = run.id
        self.session.shown = [run.id, beneath.id, *others][:MAX_SHOWN_RUNS]

    def compare(self, study: Any, name: Any, regardless: bool = False) -> bool:
        """Starts a comparison of presets as a new experiment, whose runs are drawn over each other.

        Its documents are the experiment's revisions, so that undo and redo walk them.

        Args:
            study: The study's name.
            name: The comparison's.
            regardless: Whether to start it although memory may not suffice.

        Returns:
            Whether it was started; if not, a message says why.
        """
        session, comparison = self.session, comparison_of(study, name)
        if session.read_only or comparison is None:
            return False
        if why_not := why_not_comparable(comparison):
            session.notify("error", why_not)
            return False
        warning = "" if regardless else comparison_warning(comparison, self.workspace.slots())
        if warning:
            session.notify("warning", warning, "compare", "Train all the same", (study, name))
            return False
        try:
            ensure_supervisor(self.workspace)
            runs = start_comparison(self.workspace, comparison, session.owner)
        except WorkspaceError as error:
            session.notify("error", str(error))
            return False
        self._show_over_each_other(runs, runs[0])
        return True

    def race(self, raw: Any) -> bool:
        """Starts a race of the document as a new experiment, whose runs are drawn over each other.

        A run that cannot be trained is left out; the document of the own kind's run is open, and that run in view.

        Args:
            raw: What is varied, as a browser asks for it.

        Returns:
            Whether it was started; if not, a message says why.
        """
        session = self.session
        if session.read_only:
            return False
        field = field_of(self.editing.experiment, raw)
        why_not = self.why_deleted() or field.problem or self.downloads.why_not(self.editing.experiment)
        if why_not:
            session.notify("error", why_not)
            return False
        try:
            ensure_supervisor(self.workspace)
            runs, first = start_race(self.workspace, field.sound, session.owner)
        except WorkspaceError as error:
            session.notify("error", str(error))
            return False
        self._show_over_each_other(runs, first)
        return True

    def _show_over_each_other(self, runs: Sequence[Run], first: Run) -> None:
        """Opens the experiment of new runs with as many of them as can be drawn, one of them in view."""
        assert first.experiment_id is not None
        self.open_experiment(first.experiment_id)
        self.session.run_id = first.id
        self.session.shown = [run.id for run in (first, *(run for run in runs if run is not first))][:MAX_SHOWN_RUNS]

    def restart(self) -> None:
        """A fresh start: stops what runs, takes the next seed, trains again."""
        run = self.run()
        if self.why_not():
            return
        if run and not run.is_final:
            self.workspace.command(run.id, "stop")
        self.set_field("training.seed", (self.editing.experiment.training.seed + 1) % 2**31)
        self.submit()
