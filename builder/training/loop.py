"""The training loop: a generator of events that a test reads with a `for`."""

import logging
import math
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from builder.data.dataset import Dataset
from builder.spec.analysis import analyse
from builder.spec.experiment import Experiment
from builder.spec.mix import CHANGES, Change, ChangeRefused, Mix
from builder.training.checkpoints import Progress, load_checkpoint, save_checkpoint, save_kept_weights
from builder.training.commands import CommandSource, GatedCommands, NoCommands
from builder.training.continuation import Continuation
from builder.training.control import Control
from builder.training.device import resolve_device, set_up_process
from builder.training.divergence import Divergence, DivergenceWatch
from builder.training.evaluation import Measurement
from builder.training.events import (
    CheckpointSaved,
    Evaluated,
    Event,
    Intervened,
    RunDiverged,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    RunStopped,
    StepsRecorded,
)
from builder.training.run import TrainingRun
from builder.workspace.rows import Intervention

__all__ = ["TrainingRun", "train"]

FLUSH_SECONDS = 0.1
CHECKPOINT_SECONDS = 30.0
WAIT_SECONDS = 0.5
PACE_POLL_SECONDS = 0.05
CATCH_UP_SECONDS = 0.25
BURST_SECONDS, LONGEST_BURST_SECONDS = 1.0, 30.0
"""Changes that follow each other more closely, as those of a slider that is dragged, have one checkpoint before them."""

LOG = logging.getLogger(__name__)


def train(
    experiment: Experiment,
    data: Dataset,
    *,
    device: torch.device | str | None = None,
    commands: CommandSource | None = None,
    checkpoint_folder: Path | None = None,
    continuation: Continuation | None = None,
) -> Iterator[Event]:
    """Trains a document's network; yields what happens, first `RunStarted`, last a `RunEnded`.

    An `Intervened` event is yielded, and so can be committed, before the step it applies to is taken. The number of
    threads and deterministic kernels are settings of the whole process, which the document's replace.

    Args:
        experiment: A document without problems.
        data: Its data set, on the device.
        device: Where to train; None takes the document's choice. It must be where `data` is.
        commands: What people ask while it runs.
        checkpoint_folder: Where checkpoints go; None writes none.
        continuation: Where the run goes on; None for its first step.

    Raises:
        CheckpointUnusable: If the checkpoint to go on from is not of this document.
        DocumentError: If the document has problems.
        DeviceUnavailable: If the device is not there.
        OSError: If a checkpoint cannot be written.
    """
    training = experiment.training
    resolved = resolve_device(str(device or training.device))
    set_up_process(training, analyse(experiment).num_macs * training.batch_size)
    run = TrainingRun(experiment, data, resolved)
    progress = Progress()
    if continuation and continuation.checkpoint:
        run.step, progress = load_checkpoint(continuation.checkpoint, run.network, run.layout, run.mixer)
    replay = continuation.interventions if continuation else ()
    yield from _Loop(run, commands or NoCommands(), checkpoint_folder, progress, replay).events()


class _Loop:
    """Steps, flushes, evaluations, commands and checkpoints of one run, in order."""

    def __init__(
        self,
        run: TrainingRun,
        commands: CommandSource,
        checkpoint_folder: Path | None,
        progress: Progress,
        replay: Sequence[Intervention],
    ) -> None:
        self.run = run
        self.commands = GatedCommands(commands)
        self.control = Control(run.training.pace)
        self.checkpoint_folder = checkpoint_folder
        self.watch = DivergenceWatch(run.recorder.series, run.experiment)
        self.divergence: Divergence | None = None
        self.progress = progress
        # A run that went on twice may have been changed at an earlier step after a later one.
        self.replay = deque(sorted((each for each in replay if each.step >= run.step), key=lambda each: each.step))
        self.changed_at = self.flagged_at = -math.inf
        self.busy_seconds = 0.0
        self.step_seconds: list[float] = []
        self.flush_due = 0.0
        self.last_turn = -math.inf
        self.started = self.last_checkpoint = time.perf_counter()

    @property
    def is_over(self) -> bool:
        return self.control.stopped or self.divergence is not None

    def events(self) -> Iterator[Event]:
        run = self.run
        self.started = self.last_checkpoint = time.perf_counter()
        yield RunStarted(info=run.info(), series=run.recorder.series, step=run.step)
        while run.step < run.num_steps and not self.is_over:
            self.control.take(self.commands.poll())
            yield from self.attend()
            if self.is_over:
                break
            began = time.perf_counter()
            is_due = self.await_turn()
            turn = time.perf_counter()
            if is_due:
                run.take_step()
            ended = time.perf_counter()
            self.busy_seconds += ended - began
            if is_due:
                self.step_seconds.append(ended - turn)
                yield from self.after_step(ended)
        yield from self.flush()
        yield from self.end()

    def after_step(self, now: float) -> Iterator[Event]:
        """Flush, evaluation and checkpoint, where they are due."""
        run = self.run
        evaluation_due = run.step == run.num_steps or run.step % run.evaluate_every == 0
        if evaluation_due or now >= self.flush_due or self.control.single_steps or run.recorder.is_full:
            yield from self.flush()
            if evaluation_due and not self.is_over:
                yield from self.evaluate(is_scheduled=True)
            if now - self.last_checkpoint > CHECKPOINT_SECONDS and run.step < run.num_steps and not self.is_over:
                yield from self.checkpoint()
        if self.control.single_steps:
            self.control.single_steps -= 1

    def attend(self) -> Iterator[Event]:
        """Does what was asked before the next step: rates, evaluation, pause."""
        yield from self.intervene()
        if self.control.evaluate or self.control.is_waiting:
            yield from self.flush()
        yield from self.evaluate_now()
        if self.control.is_waiting and not self.is_over:
            yield RunPaused(step=self.run.step)
            while self.control.is_waiting and not self.is_over:
                self.control.take(self.commands.wait(WAIT_SECONDS))
                yield from self.intervene()
                yield from self.evaluate_now()
            if not self.is_over:
                yield RunResumed(step=self.run.step)

    def intervene(self) -> Iterator[Event]:
        """Yields each change, so that it can be committed, and only then applies it; first those that are replayed."""
        while self.replay and self.replay[0].step <= self.run.step:
            replayed = self.replay.popleft()
            if replayed.kind in CHANGES and (
                after := self.after(Change(replayed.kind, replayed.subject, replayed.value))
            ):
                self.run.mixer.set(after)
        changes, self.control.changes = self.control.changes, []
        for change in changes:
            if (after := self.after(change)) is None:
                continue
            yield from self.flag()
            if self.divergence:
                return
            yield Intervened(step=self.run.step, kind=change.kind, subject=change.subject, value=change.value)
            self.run.mixer.set(after)

    def after(self, change: Change) -> Mix | None:
        """The mix after a change; None if it is refused, which is logged."""
        try:
            return self.run.mixer.mix.after(change)
        except ChangeRefused as refused:
            LOG.warning("Refused at step %d: %s", self.run.step, refused)
            return None

    def flag(self) -> Iterator[Event]:
        """Before the first change of a burst: a checkpoint to come back to, which is kept with the flag."""
        now = time.perf_counter()
        goes_on = now - self.changed_at < BURST_SECONDS and now - self.flagged_at < LONGEST_BURST_SECONDS
        self.changed_at = now
        if goes_on or self.checkpoint_folder is None:
            return
        self.flagged_at = now
        # A checkpoint closes what is recorded: rows reach as far as it does.
        yield from self.flush()
        if not self.divergence:
            yield from self.checkpoint(is_flagged=True)
        # However long it took to write.
        self.changed_at = time.perf_counter()

    def await_turn(self) -> bool:
        """Waits until the pace lets the next step be taken; False if something was asked that comes first."""
        while (pace := self.control.pace) is not None and not self.control.single_steps:
            left = self.last_turn + 1.0 / pace - time.perf_counter()
            if left <= 0:
                break
            if left <= PACE_POLL_SECONDS:
                time.sleep(left)
                break
            self.control.take(self.commands.wait(PACE_POLL_SECONDS))
            if self.control.comes_first:
                return False
        now = time.perf_counter()
        # A step a little late keeps the rhythm; after a longer stop the rhythm begins anew instead of racing.
        due = now if pace is None else self.last_turn + 1.0 / pace
        self.last_turn = due if 0 <= now - due < CATCH_UP_SECONDS else now
        return True

    def flush(self) -> Iterator[Event]:
        """Yields the steps since the last flush, if there are any, and looks whether they diverged."""
        recorder = self.run.recorder
        if not recorder.num_rows:
            return
        # Where steps are queued on a device, this is where they are waited for.
        began = time.perf_counter()
        values = recorder.flush()
        now = time.perf_counter()
        seconds = self.busy_seconds + now - began
        self.busy_seconds, self.flush_due = 0.0, now + FLUSH_SECONDS
        # On other devices the steps are queued, and this is how long that took.
        is_timed = self.run.device.type == "cpu"
        step_seconds = np.array(self.step_seconds, dtype=np.float32) if is_timed else None
        self.step_seconds = []
        first_step = self.run.step - len(values) + 1
        recorded = StepsRecorded(first_step=first_step, values=values, seconds=seconds, step_seconds=step_seconds)
        yield recorded
        self.divergence = self.watch.look(recorded)

    def evaluate_now(self) -> Iterator[Event]:
        """An evaluation that somebody asked for; it does not choose the weights that are kept."""
        if self.control.evaluate and not self.is_over:
            self.control.evaluate = False
            yield from self.evaluate(is_scheduled=False)

    def evaluate(self, *, is_scheduled: bool) -> Iterator[Event]:
        measured = self.run.measure("validation", self.keep_going)
        if measured is None:
            return
        progress = self.progress
        progress.val_accuracy = measured.accuracy
        keeps_best = is_scheduled and self.run.training.keep == "best_validation"
        if keeps_best and (progress.best is None or measured.accuracy > progress.best[0]):
            state = {key: value.clone() for key, value in self.run.network.state_dict().items()}
            progress.best = (measured.accuracy, state)
        yield self.evaluated("validation", measured)

    def keep_going(self) -> bool:
        """Lets a stop through during a long evaluation."""
        self.control.take(self.commands.poll())
        return not self.control.stopped

    def evaluated(self, split: str, measured: Measurement) -> Evaluated:
        return Evaluated(
            step=self.run.step,
            epoch=self.run.epoch,
            split=split,
            loss=measured.loss,
            accuracy=measured.accuracy,
            confusion=measured.confusion,
            findings=measured.findings,
        )

    def checkpoint(self, *, is_flagged: bool = False) -> Iterator[Event]:
        """Saves a checkpoint, unless the last update made weights that are no numbers: then the run has diverged."""
        run = self.run
        if not bool(run.layout.values.isfinite().all()):
            self.divergence = self.watch.bad_weights(run.step)
        elif self.checkpoint_folder:
            saved = save_checkpoint(
                self.checkpoint_folder,
                run.step,
                run.network,
                run.layout,
                run.mixer,
                self.progress,
                is_flagged=is_flagged,
            )
            yield CheckpointSaved(
                step=run.step, folder=str(saved.path), is_flagged=saved.is_flagged, let_go=saved.let_go
            )
        self.last_checkpoint = time.perf_counter()

    def ending(self) -> dict[str, Any]:
        return {
            "step": self.run.step,
            "num_steps": self.run.num_steps,
            "wall_seconds": time.perf_counter() - self.started,
            "val_accuracy": self.progress.val_accuracy,
        }

    def end(self) -> Iterator[Event]:
        if self.divergence is None:
            yield from self.checkpoint()
        if self.divergence is not None:
            details = {"diverged_at": self.divergence.step}
            yield RunDiverged(**self.ending(), reason=self.divergence.reason, details=details)
            return
        if not self.control.stopped:
            if self.progress.best is not None:
                self.progress.val_accuracy, state = self.progress.best
                self.run.network.load_state_dict(state)
            if self.checkpoint_folder:
                save_kept_weights(self.checkpoint_folder, self.run.network)
            tested = self.run.measure("test", self.keep_going)
            if tested is not None:
                yield self.evaluated("test", tested)
                yield RunFinished(**self.ending(), test_accuracy=tested.accuracy)
                return
        yield RunStopped(**self.ending(), reason="Stopped by a person.")
