"""Rows that a killed process has written: all that it was told are safe are there, whole, and can be gone on from."""

import os
import random
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np

from benchmarks.table import Row
from builder.workspace.rows import RunReader, RunWriter, Series
from builder.workspace.rows.layout import FILE_NAME
from soak.nursery import Nursery, say_ready
from soak.tally import Tally

KILL_SECONDS = 0.08
"""Of writing one flush after the other; each takes about a millisecond."""

NUM_KILLS_PER_RUN = 50
FLUSH_STEPS = 7
ALL = 10**9
SERIES = [
    Series(id=0, quantity="loss", subject="train", family="scalar"),
    Series(id=1, quantity="grad_norm", subject="i1", family="profile"),
]


def write_for_ever(folder: str, acknowledged: str) -> None:
    """Writes rows whose values are their steps, with an evaluation, a change and an event after each flush.

    Args:
        folder: The run's; it may have rows already.
        acknowledged: A file that is told of each step once it is safe, with all that belongs to it.
    """
    file = os.open(acknowledged, os.O_WRONLY | os.O_APPEND)
    writer = RunWriter(folder)
    if not writer.is_started:
        writer.start({}, SERIES)
    # As a trainer goes back to its checkpoint.
    writer.truncate_after(max(map(int, Path(acknowledged).read_text().split()), default=0))
    say_ready()
    while True:
        steps = np.arange(FLUSH_STEPS, dtype=np.float32) + writer.last_step + 1
        writer.append_steps(writer.last_step + 1, np.stack([steps, -steps], axis=1), 0.1)
        writer.add_evaluation(writer.last_step, 0.0, "validation", {"loss": float(writer.last_step)})
        writer.add_intervention(writer.last_step, "set_learning_rate", "rest", writer.last_step)
        writer.add_event(writer.last_step, "evaluated", {"step": writer.last_step})
        os.write(file, f"{writer.last_step}\n".encode())


def what_is_wrong(folder: Path, acknowledged: int, first: int) -> str:
    """What is wrong with the rows of a folder from a step on.

    Args:
        folder: The run's.
        acknowledged: The last step that is safe.
        first: From which step everything is looked at.
    """
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        return f"SQLite says {verdict}"
    with closing(RunReader(folder)) as reader:
        last = reader.last_step()
        if last < acknowledged:
            return f"step {acknowledged} was safe, and the last one is {last}"
        steps = np.arange(first, last + 1)
        read = reader.read([0], first=first, max_points=ALL, bin_size=1)
        if not np.array_equal(read.mean[:, 0], steps):
            return f"rows {first} to {last} hold other values than were written"
        bins = reader.read([0, 1], first=first, max_points=ALL, bin_size=16)
        ends = np.minimum(bins.steps + 15, last)
        if not (np.array_equal(bins.min[:, 0], bins.steps) and np.array_equal(bins.min[:, 1], -ends)):
            return f"bins of {first} to {last} do not hold the extremes of their rows"
        due = list(range(FLUSH_STEPS, acknowledged + 1, FLUSH_STEPS))
        found = {
            "evaluations": [each.step for each in reader.evaluations() if each.metrics["loss"] == each.step],
            # They are never forgotten: one that nobody was told of stands there twice.
            "changes": sorted({each.step for each in reader.interventions() if each.value == each.step}),
            "events": [each.step for each in reader.events() if each.payload["step"] == each.step],
        }
    # Of the last flush some may be there although nobody was told.
    wrong = [name for name, at in found.items() if at[: len(due)] != due or len(at) > len(due) + 1]
    return f"there are not the {', '.join(wrong)} of each flush up to {acknowledged}" if wrong else ""


def measure(number: int) -> list[Row]:
    """Kills `number` times while rows are written, many times each run."""
    tally, whole = (
        Tally("kill -9 while rows are written that lost or spoiled one"),
        Tally("runs with rows lost or spoiled"),
    )
    draws, num_rows = random.Random(2), 0
    with Nursery("soak.rows") as processes:
        while tally.num_tries < number:
            with tempfile.TemporaryDirectory() as name:
                folder, file = Path(name), Path(name) / "acknowledged"
                file.touch()
                acknowledged = 0
                for _ in range(min(NUM_KILLS_PER_RUN, number - tally.num_tries)):
                    first, kill_after = acknowledged + 1, draws.uniform(0, KILL_SECONDS)
                    processes.call("soak.rows:write_for_ever", folder, file, kill_after=kill_after)
                    acknowledged = max(map(int, file.read_text().split()), default=0)
                    tally.count(what_is_wrong(folder, acknowledged, first))
                whole.count(what_is_wrong(folder, acknowledged, 1))
                num_rows += acknowledged
    how = "values, bins, evaluations, changes and events"
    return [
        tally.row(f"{how} after each kill; the next process goes on with the same run"),
        whole.row(f"{how} of all {num_rows:,} rows, after up to {NUM_KILLS_PER_RUN} kills each"),
    ]
