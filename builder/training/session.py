"""A run from its folder to its end: loads the data, trains, and commits every event before the next one happens."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from builder.data.dataset import load_dataset
from builder.data.files import DataUnavailable
from builder.spec.document import parse_experiment
from builder.spec.problems import DocumentError
from builder.training.checkpoints import CheckpointUnusable
from builder.training.commands import CommandSource
from builder.training.continuation import Continuation, find_continuation
from builder.training.device import DeviceUnavailable, resolve_device
from builder.training.events import (
    CheckpointSaved,
    DataProgressed,
    Evaluated,
    Event,
    Intervened,
    RunDiverged,
    RunEnded,
    RunFailed,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    RunStopped,
    StepsRecorded,
)
from builder.training.loop import train
from builder.training.memory_errors import is_out_of_memory, memory_reason
from builder.training.memory_limit import within_free_memory
from builder.training.step_seconds import written_series, written_values
from builder.workspace.checkpoints import checkpoint_folder
from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.reserve import Reserve
from builder.workspace.rows import RunReader, RunWriter
from builder.workspace.trainer_run import TrainerRun

STATUSES: dict[type[RunEnded], str] = {
    RunFinished: "finished",
    RunStopped: "stopped",
    RunDiverged: "diverged",
    RunFailed: "failed",
}


def train_run(held: TrainerRun, commands: CommandSource | None = None) -> Iterator[Event]:
    """Trains a run that this process holds; each event is on disk before it is yielded.

    What can go wrong for reasons outside of the program (no data, no device, no memory, no disk) ends the run as
    failed, with the reason; anything else is a bug and is raised after the run is marked.
    """
    reserve: Reserve | None = None
    session: _Session | None = None
    with ExitStack() as stack:
        try:
            reserve = Reserve(held.folder)
            stack.callback(reserve.release)
            session = _Session(held, stack.enter_context(closing(RunWriter(held.folder))))
            for event in session.events(commands or held):
                session.commit(event)
                yield event
        except (OSError, WorkspaceUnusable) as error:
            # A full disk: rows cannot be written any more, but a status is small, and room was kept for it.
            if reserve is not None:
                reserve.release()
            unbegun = RunFailed(step=0, num_steps=0, wall_seconds=0.0, reason=str(error))
            failed = session.failed(str(error)) if session is not None else unbegun
            held.set_status("failed", failed.reason, _summary(failed))
            yield failed
        except Exception as error:
            held.set_status("failed", f"A bug in Highrise: {type(error).__name__}: {error}. The run's log has more.")
            raise


class _Session:
    """One run's events and where they are written."""

    def __init__(self, held: TrainerRun, writer: RunWriter) -> None:
        self.held = held
        self.writer = writer
        self.started: float | None = None
        self.num_steps = 0

    def events(self, commands: CommandSource) -> Iterator[Event]:
        try:
            experiment = parse_experiment(self.held.document)
            name = self.held.run.device
            device = resolve_device(name if name != "auto" else experiment.training.device)

            def progress(bytes_done: int, bytes_total: int, file: str) -> None:
                self.commit(DataProgressed(file=file, bytes_done=bytes_done, bytes_total=bytes_total))

            folder = checkpoint_folder(self.held.folder)
            with within_free_memory(device):
                data = load_dataset(experiment.data, seed=experiment.training.seed, device=device, progress=progress)
                yield from train(
                    experiment,
                    data,
                    device=device,
                    commands=commands,
                    checkpoint_folder=folder,
                    continuation=self.continuation(folder),
                )
        except (DocumentError, DataUnavailable, DeviceUnavailable, CheckpointUnusable, OSError) as error:
            yield self.failed(str(error))
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            yield self.failed(memory_reason(error))

    def continuation(self, folder: Path) -> Continuation | None:
        """Where the run goes on, if it has begun before."""
        if not self.writer.is_started:
            return None
        with closing(RunReader(self.held.folder)) as reader:
            return find_continuation(folder, self.writer.last_step, reader.interventions())

    def failed(self, reason: str) -> RunFailed:
        wall_seconds = 0.0 if self.started is None else time.perf_counter() - self.started
        return RunFailed(step=self.writer.last_step, num_steps=self.num_steps, wall_seconds=wall_seconds, reason=reason)

    def commit(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self.started, self.num_steps = time.perf_counter(), event.info["num_steps"]
        _commit(event, self.held, self.writer)


def _summary(ended: RunEnded) -> dict[str, float | int | None]:
    return {
        "val_accuracy": ended.val_accuracy,
        "test_accuracy": ended.test_accuracy,
        "num_steps": ended.step,
        "wall_seconds": ended.wall_seconds,
    }


def _commit(event: Event, held: TrainerRun, writer: RunWriter) -> None:
    match event:
        case DataProgressed():
            writer.set_info({"data_progress": [event.file, event.bytes_done, event.bytes_total]})
        case RunStarted():
            if writer.is_started:
                writer.go_on(event.step, event.info, written_series(event.series))
                writer.add_event(event.step, "went_on")
            else:
                writer.start(event.info, written_series(event.series))
            held.set_status("running")
        case StepsRecorded():
            writer.append_steps(event.first_step, written_values(event), event.seconds)
        case Evaluated():
            metrics = {"loss": event.loss, "accuracy": event.accuracy}
            writer.add_evaluation(event.step, event.epoch, event.split, metrics, event.confusion, event.findings)
        case Intervened():
            writer.add_intervention(event.step, event.kind, event.subject, event.value)
        case RunPaused():
            writer.add_event(event.step, "paused")
            held.set_status("paused")
        case RunResumed():
            writer.add_event(event.step, "resumed")
            held.set_status("running")
        case CheckpointSaved():
            payload = {"folder": Path(event.folder).name}
            if event.is_flagged:
                payload |= {"flagged": True, "let_go": list(event.let_go)}
            writer.add_event(event.step, "checkpoint", payload)
        case RunEnded():
            writer.add_event(event.step, STATUSES[type(event)], {"reason": event.reason, **event.details})
            summary = _summary(event)
            (held.folder / "summary.json").write_text(json.dumps(summary))
            held.set_status(STATUSES[type(event)], event.reason, summary)
