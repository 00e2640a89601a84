"""Towers with everything that has a state or draws, and what the events of their runs come to."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from builder.spec.mix import Change
from builder.training.events import (
    Evaluated,
    Event,
    Intervened,
    RunEnded,
    StepsRecorded,
)
from builder.training.run import TrainingRun

BODY = [{"kind": "norm"}, {"kind": "activation"}, {"kind": "linear", "out_features": 12}]
HALF = {"survival": {"kind": "constant", "survival_prob": 0.5}}
TOWER = [
    {"kind": "residual", "body": [*BODY, {"kind": "dropout", "p": 0.3}]},
    {"kind": "stochastic_depth", "body": BODY, **HALF},
    {"kind": "highway", "body": BODY},
]
CONV = [
    {"kind": "conv", "out_channels": 4},
    {"kind": "residual", "body": [{"kind": "norm"}, {"kind": "activation"}, {"kind": "conv", "out_channels": 4}]},
    {"kind": "global_pool"},
]


def change(run: TrainingRun, kind: str, subject: str, value: Any) -> None:
    """Changes how a run's groups are set, as its loop does."""
    run.mixer.set(run.mixer.mix.after(Change(kind, subject, value)))


def rows(events: Iterable[Event]) -> np.ndarray:
    """All recorded steps, `[steps, series]`."""
    return np.concatenate([event.values for event in events if isinstance(event, StepsRecorded)])


def facts(events: Iterable[Event]) -> list[tuple[Any, ...]]:
    """Everything but rows, times and folders, comparable with ==."""
    found: list[tuple[Any, ...]] = []
    for event in events:
        match event:
            case Evaluated():
                findings = [
                    (kind, name, values.dtype, values.shape, values.tobytes())
                    for kind, arrays in event.findings.items()
                    for name, values in arrays.items()
                ]
                measured = (event.loss, event.accuracy, event.confusion.tolist(), findings)
                found.append(("evaluated", event.step, event.epoch, event.split, *measured))
            case Intervened():
                found.append(("intervened", event.step, event.subject, event.value))
            case RunEnded():
                ended = (event.step, event.num_steps, event.val_accuracy, event.test_accuracy, event.reason)
                found.append((type(event).__name__, *ended))
    return found


def assert_same(one: list[Event], other: list[Event]) -> None:
    assert rows(one).tobytes() == rows(other).tobytes()
    assert facts(one) == facts(other)
