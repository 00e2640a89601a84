"""Training in this process: the same run folder as a background run's, and Ctrl-C that ends it in order."""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.cli.event_lines import EventLines
from builder.cli.progress import ProgressBar
from builder.data.dataset import load_dataset
from builder.data.download import read_files
from builder.data.files import DataUnavailable
from builder.spec import DocumentError, Experiment, Problem, dump_experiment
from builder.spec.datasets import DATASETS
from builder.spec.preflight import Flow
from builder.spec.races.twins import Twin
from builder.training.device import DeviceUnavailable, resolve_device
from builder.training.events import DataProgressed, Event, RunEnded, RunFailed, RunFinished, RunStopped, StepsRecorded
from builder.training.preflight import preflight
from builder.training.session import train_run
from builder.workspace.comparisons import seats, submit_seat
from builder.workspace.data_files import DataSettings, availability
from builder.workspace.races.facts import facts_of, opened_of, race_entrants
from builder.workspace.races.standings import Standing, standings
from builder.workspace.runs import Run
from builder.workspace.store import Workspace
from builder.workspace.trainer_run import TrainerRun

FINISHED, FAILED, INTERRUPTED = 0, 1, 130


@dataclass(frozen=True, slots=True)
class Stop:
    """The command that Ctrl-C stands for."""

    kind: str = "stop"
    payload: dict[str, Any] = field(default_factory=dict)


class ForegroundCommands:
    """What others ask of the run through the workspace, and this terminal's Ctrl-C."""

    def __init__(self, held: TrainerRun) -> None:
        self._held = held
        self._stop_requested = False

    def stop(self) -> None:
        self._stop_requested = True

    def poll_commands(self) -> Sequence[Any]:
        return [Stop()] if self._stop_requested else self._held.poll_commands()


@contextmanager
def _stopping_on_signals(commands: ForegroundCommands) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM stops the run between two steps; a second one ends the process at once."""

    def stop(number: int, _frame: object) -> None:
        commands.stop()
        signal.signal(number, before[number])

    numbers = (signal.SIGINT, signal.SIGTERM)
    before: dict[int, Any] = {number: signal.getsignal(number) for number in numbers}
    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)


def train_in_foreground(folder: Path | None, experiment: Experiment, *, as_json: bool) -> int:
    """Trains a document without problems to its end and shows what happens; returns the exit code.

    Args:
        folder: Of the workspace, made only once device and data are there; None for the default one.
        experiment: The document.
        as_json: Whether events are printed as JSON instead of a progress bar.

    Raises:
        DocumentError: If the device is not there; nothing was created then.
    """
    output = _output(as_json)
    if not _is_ready(experiment, output):
        return FAILED
    with closing(Workspace.open(folder)) as workspace:
        run = workspace.submit(dump_experiment(experiment), device=experiment.training.device, queue=False)
        return _train(workspace, run, output)


def race_in_foreground(folder: Path | None, twins: Sequence[Twin], *, as_json: bool) -> tuple[int, list[Standing]]:
    """Trains the runs of a race without problems one after the other; Ctrl-C ends the one at work, and the race.

    Args:
        folder: As for `train_in_foreground`.
        twins: Of one experiment, so of one device and data set.
        as_json: Whether events are printed as JSON.

    Returns:
        The exit code, which is that of the worst run, and how the runs that began stand.

    Raises:
        DocumentError: If the device is not there; nothing was created then.
    """
    if not _is_ready(twins[0].experiment, _output(as_json)):
        return FAILED, []
    codes, begun = [], []
    with closing(Workspace.open(folder)) as workspace:
        entrants = race_entrants(twins)
        for place, seat in enumerate(seats(workspace, entrants, opened=opened_of(twins)), start=1):
            print(f"{place} of {len(entrants)}: {seat.entrant.name}", file=sys.stderr)
            run = submit_seat(workspace, seat, queue=False)
            begun.append(run.id)
            codes.append(_train(workspace, run, _output(as_json)))
            if codes[-1] == INTERRUPTED:
                break
        runs = [workspace.run(run_id) for run_id in begun]
        facts = [facts_of(workspace.run_folder(run.id)) for run in runs]
        raced = [(run, each) for run, each in zip(runs, facts, strict=True) if each is not None]
        return max(codes), standings(workspace, raced)


def preflight_in_foreground(experiment: Experiment) -> Flow | None:
    """One step of a document without problems at its initial weights; None if its data cannot be had, which was then told.

    Raises:
        DocumentError: If the device is not there.
    """
    if not _is_ready(experiment, ProgressBar()):
        return None
    training = experiment.training
    return preflight(
        experiment, load_dataset(experiment.data, seed=training.seed, device=resolve_device(training.device))
    )


def _is_ready(experiment: Experiment, output: EventLines | ProgressBar) -> bool:
    """Whether device and data are there, the data after a download; if not the data, the output says why.

    Raises:
        DocumentError: If the device is not there.
    """
    try:
        resolve_device(experiment.training.device)
    except DeviceUnavailable as error:
        raise DocumentError([Problem(None, "training.device", str(error))]) from error
    try:
        _fetch(experiment, output)
    except DataUnavailable as error:
        output.show(RunFailed(step=0, num_steps=0, wall_seconds=0.0, reason=str(error)))
        return False
    return True


def train_started_run(workspace: Workspace, run: Run, *, as_json: bool) -> int:
    """Trains a run that was submitted, branched or resumed for this process; returns the exit code."""
    return _train(workspace, run, _output(as_json))


def _output(as_json: bool) -> EventLines | ProgressBar:
    return EventLines() if as_json else ProgressBar()


def _train(workspace: Workspace, run: Run, output: EventLines | ProgressBar) -> int:
    output.begin(run.id, workspace.run_folder(run.id))
    with workspace.start_trainer(run.id) as held:
        commands = ForegroundCommands(held)
        with _stopping_on_signals(commands):
            return _exit_code(_show_all(train_run(held, commands), output, commands))


def _fetch(experiment: Experiment, output: EventLines | ProgressBar) -> None:
    """Downloads what is missing before there is a run; the run then reads it from the cache."""

    def show(bytes_done: int, bytes_total: int, file: str) -> None:
        output.show(DataProgressed(file=file, bytes_done=bytes_done, bytes_total=bytes_total))

    settings = DataSettings.from_environment()
    if availability(experiment.data.dataset, settings).source == "download":
        read_files(DATASETS[experiment.data.dataset], settings, show)


def _show_all(events: Iterator[Event], output: EventLines | ProgressBar, commands: ForegroundCommands) -> Event | None:
    """Shows every event and returns the last; stops the run if nobody reads any more."""
    last: Event | None = None
    is_read = True
    step = 0
    try:
        for event in events:
            last = event
            if isinstance(event, StepsRecorded):
                step = event.first_step + len(event.values) - 1
            if is_read:
                try:
                    output.show(event)
                except BrokenPipeError:
                    is_read = False
                    commands.stop()
    except Exception as error:
        # A bug. Whoever reads the events must learn all the same that the run is over; the traceback follows.
        reason = f"A bug in Highrise: {type(error).__name__}: {error}"
        output.show(RunFailed(step=step, num_steps=0, wall_seconds=0.0, reason=reason))
        raise
    return last


def _exit_code(last: Event | None) -> int:
    match last:
        case RunFinished():
            return FINISHED
        case RunStopped():
            return INTERRUPTED
        case RunEnded():
            return FAILED
    raise AssertionError("a run ends with a RunEnded")
