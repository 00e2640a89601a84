"""How busy the live charts keep the page's main thread, while a run at full speed is followed and while nothing is new."""

import time

from playwright.sync_api import CDPSession

from benchmarks.app import browser, open_page, served_app
from benchmarks.crowd import long_run
from benchmarks.screen import IS_DRAWN
from benchmarks.table import Row, summarise

SETTLE_SECONDS = 5.0
ROUNDS, WATCH_SECONDS = 5, 5.0
MUST_TAKE = 0.12
PARTS = {"scripts": "ScriptDuration", "style": "RecalcStyleDuration", "layout": "LayoutDuration"}


def measure() -> list[Row]:
    with served_app() as app, browser() as chromium:
        run = long_run(app, pace=None, num_threads=1)
        page = open_page(chromium, f"{app.url}?run={run.id}")
        page.wait_for_function(IS_DRAWN)
        devtools = page.context.new_cdp_session(page)
        # Of a processor, so that other work on the machine does not count.
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        busy: list[dict[str, float]] = []
        idle: list[dict[str, float]] = []
        for _ in range(ROUNDS):
            for shares, command in ((busy, "resume"), (idle, "pause")):
                app.workspace.command(run.id, command)
                page.wait_for_timeout(1000 * SETTLE_SECONDS)
                shares.append(_shares(devtools))
        app.workspace.command(run.id, "stop")
    note = f"four charts at 1280×720, a run at full speed; {ROUNDS} times {WATCH_SECONDS:.0f} s"
    what = "main thread of a page that follows a run: share of the time"
    return [
        summarise(what, [each["all"] for each in busy], floor=MUST_TAKE, sense="at most", note=note),
        *(summarise(f"{what}, {part}", [each[part] for each in busy], note="the same") for part in PARTS),
        summarise(f"{what} while the run is paused", [each["all"] for each in idle], note="in turn with the others"),
    ]


def _shares(devtools: CDPSession) -> dict[str, float]:
    """What all tasks, and what each part, took of the main thread over a while."""
    before, begun = _seconds(devtools), time.monotonic()
    time.sleep(WATCH_SECONDS)
    after, lasted = _seconds(devtools), time.monotonic() - begun
    return {name: (after[name] - before[name]) / lasted for name in after}


def _seconds(devtools: CDPSession) -> dict[str, float]:
    metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    return {"all": metrics["TaskDuration"], **{part: metrics[name] for part, name in PARTS.items()}}
