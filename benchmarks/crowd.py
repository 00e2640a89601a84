"""Many tabs that follow one live run: whether each is drawn on time, and what the server pays for it."""

import asyncio
import statistics
import time
from typing import Any

from benchmarks.app import App, served_app
from benchmarks.table import Row, percentile, summarise
from benchmarks.tabs import Tab, Tick, open_tabs
from builder.spec import dump_experiment, load_experiment, with_value
from builder.spec.presets.registry import DEFAULT_PRESET
from builder.workspace.runs import Run
from builder.workspace.supervision import ensure_supervisor

SIZES = (30, 60)
SETTLE_SECONDS, WATCH_SECONDS = 12.0, 20.0
FLOORS_MS = {30: 50, 60: 500}
LONG = 100_000
"""Epochs of the run that is watched."""

HOW = "each asks at the intervals that the server gives it, over the page's own protocol"


def measure() -> list[Row]:
    with served_app() as app:
        run = long_run(app)
        return [row for size in SIZES for row in asyncio.run(_watched(app, run.id, size))]


def long_run(app: App, **changes: Any) -> Run:
    """A run of the default experiment, with `changes` to its training, that has begun and does not end by itself."""
    ensure_supervisor(app.workspace)
    document = with_value(load_experiment(DEFAULT_PRESET), "training.duration.epochs", LONG)
    for name, value in changes.items():
        document = with_value(document, f"training.{name}", value)
    run = app.workspace.submit(dump_experiment(document))
    while app.workspace.run(run.id).status != "running":
        time.sleep(0.1)
    return run


async def _watched(app: App, run_id: str, size: int) -> list[Row]:
    async with open_tabs(app.url, [f"run={run_id}"] * size) as tabs:
        # Until the pace is the crowd's.
        await asyncio.sleep(SETTLE_SECONDS)
        for tab in tabs:
            tab.ticks.clear()
        before, begun = _cpu_seconds(app), time.monotonic()
        await asyncio.sleep(WATCH_SECONDS)
        share = (_cpu_seconds(app) - before) / (time.monotonic() - begun)
    return _rows(tabs, size, share)


def _rows(tabs: list[Tab], size: int, share: float) -> list[Row]:
    ticks = [tick for tab in tabs for tick in tab.ticks]
    news = [tick for tick in ticks if tick.name != "page"]
    charts = [tick for tick in news if tick.name == "feed/charts"]
    interval = WATCH_SECONDS * size / max(1, len(charts))
    told = [tick.num_bytes / 1024 for tick in charts if tick.num_bytes]
    rows = [
        _times(
            f"{size} tabs: a question about the run answered, p95",
            news,
            FLOORS_MS[size],
            f"{HOW}; charts each {interval:.2g} s",
        ),
        _times(
            f"{size} tabs: the top bar drawn again, p95", [tick for tick in ticks if tick.name == "page"], None, HOW
        ),
        summarise(
            f"{size} tabs: share of answers that came late",
            [statistics.fmean(tick.is_late for tick in ticks)],
            note=HOW,
        ),
        summarise(
            f"{size} tabs: server's share of a core",
            [share],
            floor=0.3 if size == SIZES[0] else None,
            sense="at most",
            note=f"over {WATCH_SECONDS:.0f} s",
        ),
    ]
    if size == SIZES[0]:
        note = "the same, before compression"
        rows.append(
            Row(
                "bytes of a charts' answer, p95",
                percentile(told, 0.95),
                min(told),
                max(told),
                "KiB",
                16,
                "at most",
                note,
            )
        )
    return rows


def _times(name: str, ticks: list[Tick], floor: float | None, how: str) -> Row:
    milliseconds = [1000 * tick.seconds for tick in ticks]
    p95 = percentile(milliseconds, 0.95)
    return Row(name, p95, min(milliseconds), max(milliseconds), "ms", floor, "at most", f"{len(ticks)} answers; {how}")


def _cpu_seconds(app: App) -> float:
    return sum(app.server.cpu_times()[:2])
