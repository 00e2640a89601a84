"""A run as a progress bar for a person."""

import sys
from pathlib import Path

from tqdm import tqdm

from builder.cli.event_lines import column_mean, event_name
from builder.cli.text import percent
from builder.training.events import DataProgressed, Evaluated, Event, RunEnded, RunStarted, StepsRecorded
from builder.workspace.rows import Series

_LOG_EVERY_SECONDS = 5.0


class ProgressBar:
    """Loss and accuracy beside a bar on standard error; the outcome on standard output."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._download: tqdm | None = None
        self._series: tuple[Series, ...] = ()
        self._shown = {"loss": "", "accuracy": "", "validation": ""}
        self._folder: Path | None = None

    def begin(self, _run_id: str, folder: Path) -> None:
        """What the events from now on belong to."""
        self._folder = folder
        if self._download is not None:
            self._download.close()

    def show(self, event: Event) -> None:
        """Moves the bar, or prints how the run ended."""
        match event:
            case DataProgressed():
                if self._download is None:
                    self._download = tqdm(total=event.bytes_total, unit="B", unit_scale=True)
                self._download.set_description(event.file, refresh=False)
                self._download.update(event.bytes_done - self._download.n)
            case RunStarted():
                self._start(event)
            case StepsRecorded() if self._bar is not None:
                self._shown["loss"] = f"{column_mean(event, self._series, 'loss'):.4f}"
                self._shown["accuracy"] = percent(column_mean(event, self._series, "accuracy"))
                self._move(len(event.values))
            case Evaluated(split="validation"):
                self._shown["validation"] = percent(event.accuracy)
                self._move(0)
            case RunEnded():
                self._end(event)

    def _start(self, event: RunStarted) -> None:
        self._series = event.series
        info = event.info
        print(f"{info['num_parameters']:,} parameters on {info['device']}, {info['precision']}", file=sys.stderr)
        if info.get("data_note"):
            print(info["data_note"], file=sys.stderr)
        # In a log every new state of the bar is a line.
        pause = 0.1 if sys.stderr.isatty() else _LOG_EVERY_SECONDS
        self._bar = tqdm(
            total=info["num_steps"], initial=event.step, unit="step", mininterval=pause, maxinterval=max(10.0, pause)
        )

    def _move(self, num_steps: int) -> None:
        if self._bar is not None:
            text = ", ".join(f"{name} {value}" for name, value in self._shown.items() if value)
            self._bar.set_postfix_str(text, refresh=False)
            self._bar.update(num_steps)

    def _end(self, event: RunEnded) -> None:
        for bar in (self._download, self._bar):
            if bar is not None:
                bar.close()
        parts = [f"{event.step:,} steps in {event.wall_seconds:.1f} s"]
        if event.val_accuracy is not None:
            parts.append(f"validation accuracy {percent(event.val_accuracy)}")
        if event.test_accuracy is not None:
            parts.append(f"test accuracy {percent(event.test_accuracy)}")
        print(f"{event_name(event).removeprefix('run_').capitalize()}: {', '.join(parts)}")
        if event.reason:
            print(event.reason, file=sys.stderr)
        if self._folder is not None:
            print(self._folder)
