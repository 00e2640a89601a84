"""The default experiment as a person trains it: at its own pace, by the command line."""

import json
import subprocess
import sys
import tempfile
from typing import Any

from benchmarks.table import Row, summarise
from builder.spec.presets.registry import DEFAULT_PRESET

SEEDS = (0, 1, 2)


def train(seed: int) -> dict[str, Any]:
    """The last event of a run: what it reached, and how long it lasted."""
    with tempfile.TemporaryDirectory() as workspace:
        command = [sys.executable, "-m", "builder", "train", DEFAULT_PRESET, "--json", "--workspace", workspace]
        command += ["--device", "cpu", "--set", f"training.seed={seed}"]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    last = json.loads(lines[-1])
    assert last["event"] == "run_finished"
    return last


def measure() -> list[Row]:
    runs = [train(seed) for seed in SEEDS]
    seconds = [run["wall_seconds"] for run in runs]
    note = f"{DEFAULT_PRESET} by `python -m builder train`, seeds {', '.join(map(str, SEEDS))}"
    return [
        summarise(
            "default experiment: validation accuracy", [run["val_accuracy"] for run in runs], floor=0.97, note=note
        ),
        summarise("default experiment: test accuracy", [run["test_accuracy"] for run in runs], note="the same runs"),
        summarise("default experiment lasts", seconds, unit="s", floor=10, note="the same runs, at its own pace"),
        summarise("default experiment lasts", seconds, unit="s", floor=30, sense="at most", note="the same runs"),
    ]
