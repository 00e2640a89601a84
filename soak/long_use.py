"""Long use: what the server and a browser hold grows neither with the hours nor with those who come and go."""

import asyncio
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Page

from benchmarks.app import browser, open_page, serve
from benchmarks.table import Row
from benchmarks.tabs import open_tab, open_tabs
from soak.living import living_workspace, start_runs

NUM_TABS, VISITS_PER_TAB = 30, 16
"""Tabs that look at the same time; of fewer visits in all, fewer."""

WATCH_SECONDS_PER_VISIT, WARM_SHARE = 1.2, 0.2
"""Ten minutes for 500 visits, after two that are not counted."""

WARM_VISITS_SHARE = 0.3
"""Visits before those that count, in theirs: of 500, more than the 128 whose state Streamlit keeps for two minutes."""

MAX_GROWTH, MAX_GROWN_MIB, MAX_GROWN_FILES = 0.10, 20.0, 20.0
LONG_SECONDS = 300.0
"""What has been followed for less still fills what it keeps: its growth only informs."""

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Held:
    """What is held at a moment, in MiB, and the files that the server has open."""

    server: float
    browser: float
    num_files: int


def held(server: psutil.Process, page: Page) -> Held:
    """The server's resident memory, and the heap of a page's scripts once its garbage is gone."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return Held(server.memory_info().rss / MIB, heap / MIB, server.num_fds())


async def watch(url: str, query: str, num_tabs: int, are_open: threading.Event, is_over: threading.Event) -> None:
    """Tabs that follow a run from `are_open` until `is_over`."""
    async with open_tabs(url, [query] * num_tabs):
        are_open.set()
        while not is_over.is_set():
            await asyncio.sleep(0.1)


async def visit(url: str, query: str, number: int) -> None:
    """Tabs that come and go, one after the other."""
    for _ in range(number):
        async with open_tab(url, query):
            pass


def wait_for(page: Page, work: Future[None], event: threading.Event | None = None) -> None:
    """Keeps a page alive until some work is done, or until an event of it."""
    while not (work.done() or (event and event.is_set())):
        page.wait_for_timeout(100)
    if work.done():
        work.result()


def measure(number: int) -> list[Row]:
    """Lets a class and one browser follow a run for a while; then `number` tabs come and go."""
    num_tabs, seconds = max(1, min(NUM_TABS, number // VISITS_PER_TAB)), WATCH_SECONDS_PER_VISIT * number
    are_open, is_over = threading.Event(), threading.Event()
    with (
        living_workspace(1) as workspace,
        tempfile.TemporaryDirectory() as folder,
        browser() as opened,
        ThreadPoolExecutor(1) as pool,
    ):
        (run_id,) = start_runs(workspace, 1)
        url, process = serve(workspace.folder, Path(folder) / "server.log")
        server, query = psutil.Process(process.pid), f"run={run_id}"
        try:
            page = open_page(opened, f"{url}?{query}")
            watching = pool.submit(asyncio.run, watch(url, query, num_tabs, are_open, is_over))
            wait_for(page, watching, are_open)
            page.wait_for_timeout(1000 * WARM_SHARE * seconds)
            warm = held(server, page)
            page.wait_for_timeout(1000 * seconds)
            watched = held(server, page)
            is_over.set()
            wait_for(page, watching)
            wait_for(page, pool.submit(asyncio.run, visit(url, query, max(1, round(WARM_VISITS_SHARE * number)))))
            before = held(server, page)
            wait_for(page, pool.submit(asyncio.run, visit(url, query, number)))
            visited = held(server, page)
        finally:
            is_over.set()
            process.kill()
            process.wait()
    is_long = seconds >= LONG_SECONDS
    floor = MAX_GROWTH if is_long else None
    num_files = visited.num_files - before.num_files
    how = f"{num_tabs} tabs and a browser follow a run; {seconds:.0f} s after the first {WARM_SHARE * seconds:.0f}"
    return [
        _growth(f"growth of the server's memory, {how}", warm.server, watched.server, floor),
        _growth(f"growth of the browser's heap, {how}", warm.browser, watched.browser, floor),
        Row(
            f"memory that {number} tabs that came and went have left",
            visited.server - before.server,
            visited.server - before.server,
            visited.server - before.server,
            "MiB",
            MAX_GROWN_MIB,
            "at most",
            f"resident {before.server:.0f} MiB before, {visited.server:.0f} after; others had come and gone before",
        ),
        Row(
            f"files that {number} tabs that came and went have left open",
            num_files,
            num_files,
            num_files,
            "",
            MAX_GROWN_FILES if is_long else None,
            "at most",
            f"{before.num_files} before, {visited.num_files} after; sockets too",
        ),
    ]


def _growth(what: str, before: float, after: float, floor: float | None) -> Row:
    share = after / before - 1
    return Row(what, share, share, share, "", floor, "at most", f"from {before:.1f} to {after:.1f} MiB")
