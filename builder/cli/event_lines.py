"""Events as lines of JSON on standard output."""

import json
import math
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

from builder.training.events import (
    CheckpointSaved,
    DataProgressed,
    Evaluated,
    Event,
    Intervened,
    RunEnded,
    RunStarted,
    StepsRecorded,
)
from builder.workspace.rows import Series, find_series


class EventLines:
    """One line per event, each with `event`; not-a-number and infinity are null."""

    def __init__(self) -> None:
        self._run: str | None = None
        self._folder: str | None = None
        self._series: tuple[Series, ...] = ()

    def begin(self, run_id: str, folder: Path) -> None:
        """What the lines from now on belong to."""
        self._run, self._folder = run_id, str(folder)

    def show(self, event: Event) -> None:
        """Prints the event's line."""
        if isinstance(event, RunStarted):
            self._series = event.series
        line = {"event": event_name(event), "run": self._run, **self._fields(event)}
        sys.stdout.write(json.dumps(_finite(line), ensure_ascii=False, allow_nan=False) + "\n")
        sys.stdout.flush()

    def _fields(self, event: Event) -> dict[str, Any]:
        match event:
            case DataProgressed():
                return {"file": event.file, "bytes_done": event.bytes_done, "bytes_total": event.bytes_total}
            case RunStarted():
                return {"folder": self._folder, "step": event.step, "info": event.info}
            case StepsRecorded():
                return {
                    "first_step": event.first_step,
                    "step": event.first_step + len(event.values) - 1,
                    "loss": column_mean(event, self._series, "loss"),
                    "accuracy": column_mean(event, self._series, "accuracy"),
                    "seconds": event.seconds,
                }
            case Evaluated():
                return {
                    "step": event.step,
                    "epoch": event.epoch,
                    "split": event.split,
                    "loss": event.loss,
                    "accuracy": event.accuracy,
                    "confusion": np.asarray(event.confusion).tolist(),
                }
            case Intervened():
                return {"step": event.step, "kind": event.kind, "subject": event.subject, "value": event.value}
            case CheckpointSaved():
                return {"step": event.step, "folder": event.folder}
            case RunEnded():
                return {
                    "val_accuracy": event.val_accuracy,
                    "test_accuracy": event.test_accuracy,
                    "num_steps": event.step,
                    "num_planned_steps": event.num_steps,
                    "wall_seconds": event.wall_seconds,
                    "reason": event.reason,
                    **event.details,
                }
            case _:
                return {"step": event.step}


def event_name(event: Event) -> str:
    """The class's name in snake case: `RunFinished` is `run_finished`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def column_mean(event: StepsRecorded, series: tuple[Series, ...], quantity: str) -> float:
    """Mean over the event's steps of a quantity of the training batches."""
    return float(event.values[:, find_series(series, quantity, "train")[0].id].mean())


def _finite(value: Any) -> Any:
    """JSON has no word for a number that is none."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: _finite(each) for key, each in value.items()}
        case list() | tuple():
            return [_finite(each) for each in value]
    return value
