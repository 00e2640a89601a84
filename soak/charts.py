"""Charts hide nothing: whatever happens in one step of a million is drawn, and what is drawn stays where it is."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.table import Row
from builder.charts import LiveView, ShownRun, kind_looks
from builder.charts.assembly import Assembly
from builder.charts.binning import bin_size_for
from builder.charts.chart import uid_of
from builder.spec.catalogue import block_styles
from builder.workspace.rows import RunWriter, Series
from soak.tally import Tally

NUM_STEPS = 10**6
KINDS = kind_looks(block_styles())
GROUPS = [{"name": "rest", "colour": "#2F7FD0", "learning_rate": 0.1}]
SERIES = [
    Series(id=0, quantity="loss", subject="train", family="scalar"),
    Series(id=1, quantity="accuracy", subject="train", family="scalar"),
    Series(id=2, quantity="grad_norm", subject="rest", family="scalar"),
]
DRAWN = {"loss": 0, "accuracy": 1, "grad_norm": 2}
"""Charts of every step, and the column that each draws."""

BAD = (np.nan, np.inf, -np.inf)


def recording(folder: Path) -> RunWriter:
    """A run of a million steps that has begun."""
    writer = RunWriter(folder)
    writer.start({"num_steps": NUM_STEPS, "groups": GROUPS, "blocks": []}, SERIES)
    return writer


def spiked(random_: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows that are 1 throughout, but for one step of each bin as drawn at the end.

    Returns:
        The rows, float32 `[steps, series]`, and the steps that differ, counted from 1: in turn one far above, one below
        and one that is not finite, each with a height of its own.
    """
    size = bin_size_for(NUM_STEPS)
    values = np.ones((NUM_STEPS, len(SERIES)), dtype=np.float32)
    starts = np.arange(0, NUM_STEPS, size)
    steps = starts + random_.integers(0, np.minimum(size, NUM_STEPS - starts))
    for place, step in enumerate(steps):
        values[step] = [1000 + place, 1 / (1000 + place), BAD[place // 3 % len(BAD)]][place % 3]
    return values, steps + 1


def hidden(assembly: Assembly, values: np.ndarray, steps: np.ndarray) -> list[str]:
    """What of the steps that differ is not to be seen in the figures, or not at its place."""
    missing, size = [], bin_size_for(NUM_STEPS)
    for chart, column in DRAWN.items():
        traces = {trace["uid"]: trace for trace in assembly.figure(chart).to_dict()["data"]}
        band, bad = traces[uid_of("r", f"{column}.band")], traces[uid_of("r", f"{column}.bad")]
        for place, step in enumerate(steps):
            value = values[step - 1, column]
            if np.isfinite(value):
                is_drawn = bool(np.isclose(band["y"][2 * place : 2 * place + 2], value, rtol=1e-4).any())
            else:
                is_drawn = bad["y"][place] is not None
            if not is_drawn or abs(band["x"][2 * place] - step) > size:
                missing.append(f"{value} of step {step} in {chart}")
    return missing


def wandered(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Columns of a table whose points moved when rows arrived; the last point may still be filling."""
    num_points = max(0, len(before["x"]) - 1)
    wrong = [] if before["x"][:num_points] == after["x"][:num_points] else ["x"]
    for name, old in before["columns"].items():
        width = num_points * (len(old) // len(before["x"]))
        if old[:width] != after["columns"][name][:width]:
            wrong.append(name)
    return wrong


def follow(folder: Path, values: np.ndarray, sizes: Iterator[int], moved: Tally) -> Assembly:
    """Watches rows as they arrive in flushes of these sizes; returns all that was drawn."""
    watched, generation = Assembly(), ""
    with closing(recording(folder)) as writer, closing(LiveView([shown(folder)], KINDS)) as view:
        while writer.last_step < len(values):
            start = writer.last_step
            writer.append_steps(start + 1, values[start : start + next(sizes)], 0.1)
            message, before = view.data(), watched.tables()
            assert watched.apply(message), "a message was missed"
            if message["generation"] == generation:
                wrong = wandered(before["r/every1"], watched.tables()["r/every1"])
                moved.count(f"{wrong} at step {writer.last_step}" if wrong else "")
            generation = message["generation"]
    return watched


def shown(folder: Path) -> ShownRun:
    return ShownRun("r", "run", folder, "#3B7DE0")


def sizes_of_flushes(draws: random.Random) -> Iterator[int]:
    """From one step to some ten thousand, small ones as often as large ones."""
    while True:
        yield int(10 ** draws.uniform(0, 4.6))


def measure(number: int) -> list[Row]:
    """Draws `number` runs of a million steps, with something in one step of each bin, while they arrive and afterwards."""
    lost = Tally("steps out of a million that were not drawn")
    moved = Tally("looks at which drawn points had moved")
    apart = Tally("runs drawn otherwise to who watched than to who came later")
    for seed in range(number):
        values, steps = spiked(np.random.default_rng(seed))
        with tempfile.TemporaryDirectory() as name:
            watched, fresh = follow(Path(name), values, sizes_of_flushes(random.Random(seed)), moved), Assembly()
            with closing(LiveView([shown(Path(name))], KINDS)) as view:
                fresh.apply(view.data())
        for assembly in (watched, fresh):
            missing = hidden(assembly, values, steps)
            for words in missing:
                lost.count(words)
            lost.num_tries += len(steps) * len(DRAWN) - len(missing)
        names = ("band", "bad", "mean")
        tables = [assembly.tables()["r/every1"] for assembly in (watched, fresh)]
        columns = [{key: each[key] for key in each if key.endswith(names)} for each in (t["columns"] for t in tables)]
        apart.count("" if tables[0]["x"] == tables[1]["x"] and columns[0] == columns[1] else f"seed {seed}")
    return [
        lost.row(f"a spike up or down, a NaN or an infinity in one step of each bin; {', '.join(DRAWN)}"),
        moved.row("rows arrive in flushes of 1 to 40,000 steps"),
        apart.row("points, bands and marks"),
    ]
