"""Whether it slows a run down to be watched: its step time with nobody and with a class that follows it."""

import asyncio
import os
import time
from contextlib import closing

import psutil

from benchmarks.app import App, served_app
from benchmarks.crowd import long_run
from benchmarks.table import Row, summarise
from benchmarks.tabs import open_tabs
from builder.workspace.rows import RunReader

NUM_TABS = 30
PAIRS = 12
SETTLE_SECONDS, WATCH_SECONDS = 2.0, 5.0


def measure() -> list[Row]:
    with served_app() as app:
        run = long_run(app, pace=None, num_threads=1)
        apart = os.sched_getaffinity(0)
        # A class sits at machines of its own: the thirty tabs, and the server, leave the trainer a core.
        _confine([os.getpid(), app.server.pid], {max(apart)})
        try:
            return asyncio.run(_paired(app, run.id))
        finally:
            _confine([os.getpid()], apart)


def _confine(pids: list[int], cores: set[int]) -> None:
    """Lets processes, with all threads that they have, run on these cores alone."""
    for pid in pids:
        for thread in psutil.Process(pid).threads():
            os.sched_setaffinity(thread.id, cores)


async def _paired(app: App, run_id: str) -> list[Row]:
    with closing(RunReader(app.workspace.run_folder(run_id))) as reader:
        async with open_tabs(app.url, [f"run={run_id}"] * NUM_TABS) as tabs:
            ratios, alone = [], []
            for pair in range(PAIRS):
                seconds = {}
                # Each comes first as often as the other, so that drift hits both.
                for is_watched in (False, True) if pair % 2 else (True, False):
                    for tab in tabs:
                        tab.awake.set() if is_watched else tab.awake.clear()
                    await asyncio.sleep(SETTLE_SECONDS)
                    seconds[is_watched] = await _step_seconds(reader)
                ratios.append(seconds[True] / seconds[False])
                alone.append(1e6 * seconds[False])
    how = f"{PAIRS} pairs of {WATCH_SECONDS:.0f} s; {NUM_TABS} tabs ask, or sleep; they and the server share one core"
    return [
        summarise(
            f"step time while {NUM_TABS} tabs watch, against nobody", ratios, floor=1.02, sense="at most", note=how
        ),
        summarise("step time while nobody watches", alone, unit="µs", note="the same run"),
    ]


async def _step_seconds(reader: RunReader) -> float:
    """Seconds per step over a while, from one flush to another."""
    first, begun = await _next_flush(reader)
    await asyncio.sleep(WATCH_SECONDS)
    last, ended = await _next_flush(reader)
    return (ended - begun) / (last - first)


async def _next_flush(reader: RunReader) -> tuple[int, float]:
    before = reader.last_step()
    while (step := reader.last_step()) == before:
        await asyncio.sleep(0.002)
    return step, time.monotonic()
