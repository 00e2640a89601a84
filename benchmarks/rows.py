"""What long runs cost: the file, writing it, a tick of the live charts, opening it; a million steps against a thousand."""

import json
import statistics
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from benchmarks.engine import WARMUP_STEPS, time_steps
from benchmarks.long_run import FLUSH_STEPS, NUM_BLOCKS, LongRun
from benchmarks.table import Row, summarise
from benchmarks.throughput import measured, random_data
from builder.charts import LiveView, ShownRun, kind_looks
from builder.spec.catalogue import block_styles

SHORT, LONG = 10**3, 10**6
ROUNDS, TICKS_PER_ROUND = 9, 5
MUST_COST = 1.2
"""At `LONG` steps, in units of the cost at `SHORT`."""

CAP_MIB = 1024
WRITING_SHARE = 0.01
WRITING_ROUNDS, WRITING_STEPS = 5, 300
NUM_OPENINGS = 5


class Watched:
    """A run, and a view that looks at one more flush each time."""

    def __init__(self, folder: Path, num_steps: int, stack: ExitStack, num_blocks: int = NUM_BLOCKS) -> None:
        self.folder = folder
        self.run = stack.enter_context(closing(LongRun(folder, LONG, num_blocks)))
        began = time.perf_counter()
        self.run.go_on(num_steps)
        self.seconds = time.perf_counter() - began
        self.view = stack.enter_context(closing(open_view(folder)))
        self.view.data()

    def tick(self) -> tuple[float, float]:
        """CPU seconds of writing one more flush, and of the message about it, as JSON."""
        began = time.process_time()
        self.run.flush()
        written = time.process_time()
        json.dumps(self.view.data())
        return written - began, time.process_time() - written


def open_view(folder: Path) -> LiveView:
    return LiveView([ShownRun("r", "run", folder, "#3B7DE0")], kind_looks(block_styles()))


def opening_seconds(folder: Path) -> float:
    """Until the first message is there, as JSON."""
    began = time.perf_counter()
    with closing(open_view(folder)) as view:
        json.dumps(view.data())
        return time.perf_counter() - began


def tick_rows(short: Watched, long: Watched) -> list[Row]:
    """Writing and reading at both lengths, in turn; of each round the median."""
    rounds: dict[str, list[list[float]]] = {"writing": [], "reading": []}
    for _ in range(ROUNDS):
        ticks = [(*short.tick(), *long.tick()) for _ in range(TICKS_PER_ROUND)]
        short_writing, short_reading, long_writing, long_reading = map(statistics.median, zip(*ticks, strict=True))
        rounds["writing"].append([short_writing, long_writing])
        rounds["reading"].append([short_reading, long_reading])
    rows: list[Row] = []
    for name, what in (("writing", "appending a flush"), ("reading", "a tick's new points")):
        note = f"CPU time of {FLUSH_STEPS} steps' rows, {NUM_BLOCKS} blocks; {ROUNDS} rounds of {TICKS_PER_ROUND}"
        for place, num_steps in enumerate((SHORT, LONG)):
            values = [1000 * each[place] for each in rounds[name]]
            rows.append(summarise(f"{what} after {num_steps:,} steps", values, unit="ms", note=note))
        ratios = [late / early for early, late in rounds[name]]
        what = f"{what}: after {LONG:,} steps against after {SHORT:,}"
        rows.append(summarise(what, ratios, floor=MUST_COST, sense="at most", note="the same"))
    return rows


def writing_rows() -> list[Row]:
    """What writing takes of the dense tower's steps."""
    experiment, data = measured("mnist-dense", WARMUP_STEPS + WRITING_STEPS), random_data((1, 28, 28))
    timed = [time_steps(experiment, data) for _ in range(WRITING_ROUNDS)]
    note = f"flushes as the real loop makes them; {WRITING_ROUNDS} runs of {WRITING_STEPS} steps"
    return [
        summarise(
            "dense tower: writing, per step", [1e6 * each.writing_seconds for each in timed], unit="µs", note=note
        ),
        summarise(
            "dense tower: writing's share of the step time",
            [each.writing_seconds / each.seconds for each in timed],
            floor=WRITING_SHARE,
            sense="at most",
            note="the same",
        ),
    ]


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folders = [Path(name) / "short", Path(name) / "long"]
        for folder in folders:
            folder.mkdir()
        short = Watched(folders[0], SHORT, stack)
        long = Watched(folders[1], LONG, stack)
        ticks = tick_rows(short, long)
        opening = [opening_seconds(long.folder) for _ in range(NUM_OPENINGS)]
        mebibytes = sum(file.stat().st_size for file in long.folder.iterdir()) / 2**20
    note = f"{NUM_BLOCKS} blocks, {long.run.num_series} series, flushes of {FLUSH_STEPS} steps, with evaluations"
    return [
        summarise(
            f"run.db of {LONG:,} steps", [mebibytes], unit="MiB", floor=CAP_MIB, sense="at most", note=f"{note}; once"
        ),
        summarise(f"writing {LONG:,} steps, per step", [1e6 * long.seconds / LONG], unit="µs", note="the same"),
        *writing_rows(),
        *ticks,
        summarise(
            f"server's part of opening a run of {LONG:,} steps",
            opening,
            unit="s",
            note="a new view's first message as JSON; a part of what “opening” measures",
        ),
    ]
