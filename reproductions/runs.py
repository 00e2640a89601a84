"""Training documents by the command line, as many at once as there are cores."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from builder.spec import Experiment, dump_experiment, with_value
from builder.workspace.rows import RunReader
from builder.workspace.store import Workspace

ROOT = Path(__file__).parent.parent
NUM_LAST_STEPS = 100
"""Over so many last steps the training loss is averaged."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        status: `finished`, or `diverged` with accuracies of 0.
        train_loss: Mean of the last steps.
        seconds: Of a processor, for the whole command, so that other work on the machine does not count; on a GPU those
            that pass.
    """

    status: str
    val_accuracy: float
    test_accuracy: float
    train_loss: float
    num_steps: int
    seconds: float


def with_values(experiment: Experiment, **values: Any) -> Experiment:
    """The experiment with fields set by their paths, `__` for the dots."""
    for name, value in values.items():
        experiment = with_value(experiment, name.replace("__", "."), value)
    return experiment


def seeded(experiment: Experiment, seeds: Sequence[int]) -> list[Experiment]:
    """The experiment once for each seed."""
    return [with_values(experiment, training__seed=seed) for seed in seeds]


def train_all(experiments: Sequence[Experiment], device: str = "cpu") -> list[Outcome]:
    """Trains each on its own; on the CPU with one thread, and as many at once as there are cores."""
    num_workers = (psutil.cpu_count(logical=False) or 1) if device == "cpu" else 1
    with ThreadPoolExecutor(num_workers) as pool:
        return list(pool.map(lambda each: _train(each, device), experiments))


def _train(experiment: Experiment, device: str) -> Outcome:
    experiment = with_values(experiment, training__pace=None, training__device=device)
    if device == "cpu":
        experiment = with_values(experiment, training__num_threads=1)
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "experiment.json"
        document.write_text(dump_experiment(experiment))
        printed, errors = Path(folder) / "events", Path(folder) / "errors"
        cpu_seconds = _run(["train", str(document), "--json", "--workspace", folder], printed, errors)
        lines = printed.read_text().splitlines()
        last = json.loads(lines[-1]) if lines else {}
        if last.get("event") not in ("run_finished", "run_diverged"):
            raise RuntimeError(f"{experiment.name} did not end as a run should:\n{lines[-5:]}{errors.read_text()}")
        return Outcome(
            status=last["event"].removeprefix("run_"),
            val_accuracy=last.get("val_accuracy") or 0.0,
            test_accuracy=last.get("test_accuracy") or 0.0,
            train_loss=_last_losses(Path(folder)),
            num_steps=last["num_steps"],
            seconds=cpu_seconds if device == "cpu" else last["wall_seconds"],
        )


def _run(arguments: list[str], printed: Path, errors: Path) -> float:
    """Runs `python -m builder` and returns the seconds of a processor that it took."""
    with printed.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen([sys.executable, "-m", "builder", *arguments], cwd=ROOT, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def _last_losses(folder: Path) -> float:
    workspace = Workspace.open(folder)
    (run,) = workspace.runs()
    reader = RunReader(workspace.run_folder(run.id))
    try:
        loss = next(series.id for series in reader.series() if (series.quantity, series.subject) == ("loss", "train"))
        last = reader.last_step()
        points = reader.read([loss], first=max(1, last - NUM_LAST_STEPS + 1), max_points=NUM_LAST_STEPS)
        return float(points.mean[:, 0].mean())
    finally:
        reader.close()
        workspace.close()


def best(outcomes: Sequence[Outcome]) -> int:
    """Index of the outcome with the best validation accuracy; the test accuracy takes no part in any choice."""
    return max(range(len(outcomes)), key=lambda index: outcomes[index].val_accuracy)


def percent(values: Sequence[float]) -> str:
    """Median and spread, as in `97.62 % (97.41 to 97.80)`."""
    median = f"{100 * statistics.median(values):.2f} %"
    return f"{median} ({100 * min(values):.2f} to {100 * max(values):.2f})" if len(values) > 1 else median


def number(values: Sequence[float]) -> str:
    """Median and spread of what is no fraction."""
    median = f"{statistics.median(values):.3g}"
    return f"{median} ({min(values):.3g} to {max(values):.3g})" if len(values) > 1 else median


def seconds(outcomes: Sequence[Outcome]) -> float:
    """Median time of a run."""
    return round(statistics.median(outcome.seconds for outcome in outcomes), 1)
