"""What a block costs in towers of 10 to 1,000: the step, shapes and counts, the server's work for an edit and for a tick."""

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from timeit import timeit

from benchmarks.analysis import edit_milliseconds
from benchmarks.engine import seconds_per_step
from benchmarks.rows import SHORT, Watched
from benchmarks.table import Row, exponent, summarise
from benchmarks.throughput import measured, random_data
from benchmarks.towers import deep_tower
from builder.spec import analyse

WARMUP_STEPS = 3
NUM_STEPS = {10: 300, 30: 100, 100: 40, 300: 15, 1000: 6}
"""By depth; after each of the deepest there is a flush."""

NUM_EDITS = 4
NUM_TICKS = 9
DEEP, DEEPER = 100, 1000
MUST = 1.5
"""A block's cost among the most blocks, in units of its cost among `DEEP`."""


def step_seconds(num_blocks: int) -> float:
    """Of the real loop, everything recorded and written."""
    experiment = measured(deep_tower(num_blocks), WARMUP_STEPS + NUM_STEPS[num_blocks])
    return seconds_per_step(experiment, random_data((1, 28, 28)), WARMUP_STEPS)


def analysis_seconds(num_blocks: int) -> float:
    """Of a core, for shapes, counts, groups and problems of the whole document.

    timeit holds off the garbage collector: a full collection costs what the whole process holds, torch too, and not what
    the tower has.
    """
    return timeit(partial(analyse, deep_tower(num_blocks)), number=1, timer=time.process_time)


def edit_seconds(num_blocks: int) -> float:
    """Of the server's work for one edit, on an average of several."""
    return sum(edit_milliseconds(deep_tower(num_blocks), NUM_EDITS)) / NUM_EDITS / 1000


def tick_seconds(num_blocks: int) -> float:
    """Of a core, for a tick's new points on the server, the median of several."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        watched = Watched(Path(folder), SHORT, stack, num_blocks)
        return statistics.median(watched.tick()[1] for _ in range(NUM_TICKS))


def curve(what: str, seconds: Callable[[int], float], num_rounds: int, note: str) -> list[Row]:
    """What a block costs at each depth; all depths in turn, so that the machine's drift hits all alike."""
    rounds = [[seconds(depth) for depth in NUM_STEPS] for _ in range(num_rounds)]
    return rows_of(what, rounds, f"{note}; {num_rounds} rounds")


def rows_of(what: str, rounds: Sequence[Sequence[float]], note: str) -> list[Row]:
    """The rows of a curve.

    Args:
        what: Was measured.
        rounds: Seconds `[round][depth]`, in the order of `NUM_STEPS`.
        note: How.
    """
    depths = list(NUM_STEPS)
    per_block = {
        depth: [1e6 * taken / depth for taken in column]
        for depth, column in zip(depths, zip(*rounds, strict=True), strict=True)
    }
    return [
        *(
            summarise(f"{what}, {depth:,} blocks: per block", per_block[depth], unit="µs", note=note)
            for depth in depths
        ),
        summarise(
            f"{what}: a block of {DEEPER:,} against one of {DEEP}",
            [deeper / deep for deep, deeper in zip(per_block[DEEP], per_block[DEEPER], strict=True)],
            floor=MUST,
            sense="at most",
            note="the same",
        ),
        summarise(
            f"{what}: power of the depth that it follows",
            [exponent(depths, taken) for taken in rounds],
            note="fit through all depths; 1 is linear",
        ),
    ]


def measure() -> list[Row]:
    return [
        *curve("step time", step_seconds, 3, "784-64, residual blocks of two layers, batch 128, 1 thread"),
        *curve("shapes and counts", analysis_seconds, 7, "the whole document anew, without torch; CPU time"),
        *curve("server's work for an edit", edit_seconds, 3, f"JSON in and out; {NUM_EDITS} edits a round"),
        *curve("a tick's new points", tick_seconds, 3, f"the server's part; CPU time; {NUM_TICKS} ticks a round"),
    ]
