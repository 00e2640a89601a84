"""Many tabs that follow one live run: whether each is drawn on time, and what the server pays for it."""

import asyncio
import time

from benchmarks.app import App, served_app
from benchmarks.table import Row, percentile, summarise
from benchmarks.tabs import Tab, close_tabs, open_tabs
from builder.spec import dump_experiment, load_experiment, with_value
from builder.spec.presets.registry import DEFAULT_PRESET
from builder.workspace.supervision import ensure_supervisor

SIZES = (30, 60)
SETTLE_SECONDS, WATCH_SECONDS = 12.0, 20.0
FLOORS_MS = {30: 50, 60: 500}
LONG = 100_000
"""Epochs of the run that is watched."""

HOW = "each asks for its parts at the interval the server gives it, over the page's own protocol"


def measure() -> list[Row]:
    with served_app() as app:
        ensure_supervisor(app.workspace)
        document = with_value(load_experiment(DEFAULT_PRESET), "training.duration.epochs", LONG)
        run = app.workspace.submit(dump_experiment(document))
        while app.workspace.run(run.id).status != "running":
            time.sleep(0.1)
        return [row for size in SIZES for row in asyncio.run(_watched(app, run.id, size))]


async def _watched(app: App, run_id: str, size: int) -> list[Row]:
    tabs = await open_tabs(app.url, [f"run={run_id}"] * size)
    try:
        # Until the pace is the crowd's.
        await asyncio.sleep(SETTLE_SECONDS)
        for tab in tabs:
            tab.ticks.clear()
            tab.num_late = 0
        before, begun = _cpu_seconds(app), time.monotonic()
        await asyncio.sleep(WATCH_SECONDS)
        share = (_cpu_seconds(app) - before) / (time.monotonic() - begun)
    finally:
        await close_tabs(tabs)
    return _rows(tabs, size, share)


def _rows(tabs: list[Tab], size: int, share: float) -> list[Row]:
    ticks = [tick for tab in tabs for tick in tab.ticks]
    milliseconds = [1000 * tick.seconds for tick in ticks]
    p95 = percentile(milliseconds, 0.95)
    num_late = sum(tab.num_late for tab in tabs)
    interval = max(max(tab.intervals.values()) for tab in tabs)
    rows = [
        Row(
            f"{size} tabs: a part drawn again, p95",
            p95,
            min(milliseconds),
            max(milliseconds),
            "ms",
            FLOORS_MS[size],
            "at most",
            f"{len(ticks)} drawings, every {interval:.2g} s; {HOW}",
        ),
        summarise(f"{size} tabs: share of drawings that came late", [num_late / (num_late + len(ticks))], note=HOW),
        summarise(
            f"{size} tabs: server's share of a core",
            [share],
            floor=0.3 if size == SIZES[0] else None,
            sense="at most",
            note=f"over {WATCH_SECONDS:.0f} s",
        ),
    ]
    if size == SIZES[0]:
        kibibytes = [tick.num_bytes / 1024 for tick in ticks]
        rows.append(
            Row(
                "bytes of a part drawn again, p95",
                percentile(kibibytes, 0.95),
                min(kibibytes),
                max(kibibytes),
                "KiB",
                16,
                "at most",
                "the same drawings, before compression",
            )
        )
    return rows


def _cpu_seconds(app: App) -> float:
    return sum(app.server.cpu_times()[:2])
