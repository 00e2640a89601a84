"""A long run in the page of the real app: opening it and its heat map, and drawing what is new; a million steps against a
thousand."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from playwright.sync_api import Browser, Page

from benchmarks.app import App, browser, open_page, served_app
from benchmarks.long_run import NUM_BLOCKS, LongRun
from benchmarks.rows import LONG, MUST_COST, SHORT
from benchmarks.screen import HOOK, IS_DRAWN
from benchmarks.table import Row, percentile, summarise
from benchmarks.throughput import measured
from benchmarks.towers import deep_tower
from builder.spec import dump_experiment

PLANNED = 2 * LONG
"""More than are taken: beyond what was planned the axis would end at the newest step, and move with each."""
NUM_OPENINGS = 5
ROUNDS, WATCH_SECONDS = 5, 3.0
FLUSH_SECONDS = 0.1
MUST_OPEN_SECONDS = 1.0
MAP_STEPS, MUST_SEND_KIB = 100_000, 200.0

CHOOSE_MAP = """(panel) => new Promise((resolve) => {
  const choice = panel.querySelector('.lv-title');
  const begun = performance.now();
  choice.value = 'gradient_map';
  choice.dispatchEvent(new Event('change'));
  const look = () => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    const isDrawn = panel.querySelector('.lv-plot .heatmaplayer image') !== null;
    channel.port1.onmessage = () => isDrawn ? resolve((performance.now() - begun) / 1000) : look();
    channel.port2.postMessage(null);
  });
  look();
})"""
"""Chooses the gradients' heat map in a chart; resolves with the seconds to the end of the frame that shows it."""

SENT_KIB = """() => Math.max(...performance.getEntriesByType('resource')
  .filter((each) => each.name.includes('feed/charts')).map((each) => each.encodedBodySize)) / 1024"""
"""The largest answer of the charts' feed: the first one, with all charts of a run."""

UNTIL_DRAWN = f"""(() => {{
  const isDrawn = {IS_DRAWN};
  const look = () => {{
    if (document.documentElement && isDrawn()) window.__drawn_at = performance.now();
    else requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}})();"""
"""Notes the milliseconds from the navigation to the frame after the one that drew the first point of any chart."""


@contextmanager
def training(app: App, num_steps: int) -> Iterator[tuple[str, LongRun]]:
    """A run in the app's workspace that has taken so many steps; its id, and the run; finished afterwards."""
    run = app.workspace.submit(dump_experiment(measured(deep_tower(NUM_BLOCKS), PLANNED)), queue=False)
    with app.workspace.start_trainer(run.id) as held, closing(LongRun(held.folder, PLANNED)) as long_run:
        held.set_status("running")
        long_run.go_on(num_steps)
        yield run.id, long_run
        held.set_status("finished")


class Watched:
    """A page that follows a run, of which something is new only when it is asked for."""

    def __init__(self, app: App, chromium: Browser, run_id: str, run: LongRun) -> None:
        self.run = run
        self.page = open_page(chromium, f"{app.url}?run={run_id}", HOOK)
        self.page.wait_for_function(IS_DRAWN)

    def milliseconds(self) -> float:
        """Of the page's main thread for a chart's new points, the median, while flushes arrive."""
        self.page.evaluate("window.__highrise_live.draw.length = 0")
        for _ in range(int(WATCH_SECONDS / FLUSH_SECONDS)):
            self.run.flush()
            self.page.wait_for_timeout(1000 * FLUSH_SECONDS)
        # On a busy machine the first drawing may still be on its way.
        self.page.wait_for_function("window.__highrise_live.draw.length > 0")
        return percentile(self.page.evaluate("window.__highrise_live.draw"), 0.5)


def drawing_rows(short: Watched, long: Watched) -> list[Row]:
    """Both in turn, so that the machine's drift hits both alike."""
    rounds = [(short.milliseconds(), long.milliseconds()) for _ in range(ROUNDS)]
    note = f"median of the charts shown while flushes arrive; {ROUNDS} times {WATCH_SECONDS:.0f} s"
    what = "drawing a chart's new points"
    return [
        summarise(f"{what} after {SHORT:,} steps", [early for early, _ in rounds], unit="ms", note=note),
        summarise(f"{what} after {LONG:,} steps", [late for _, late in rounds], unit="ms", note=note),
        summarise(
            f"{what}: after {LONG:,} steps against after {SHORT:,}",
            [late / early for early, late in rounds],
            floor=MUST_COST,
            sense="at most",
            note="the same",
        ),
    ]


def opening_seconds(app: App, chromium: Browser, run_id: str) -> list[float]:
    """From the navigation to the first chart with a point, in a browser that has the app's files already."""
    page = open_page(chromium, app.url, UNTIL_DRAWN)
    taken = [drawn_after(page, f"{app.url}?run={run_id}") for _ in range(NUM_OPENINGS)]
    page.context.close()
    return taken


def map_rows(app: App, chromium: Browser, run_id: str) -> list[Row]:
    """From the choice of the heat map to its painting, and the bytes of the answer that holds it, in new pages."""
    taken, sent = [], []
    for _ in range(NUM_OPENINGS):
        page = open_page(chromium, f"{app.url}?run={run_id}")
        page.wait_for_function(IS_DRAWN)
        taken.append(page.locator(".lv-panel").first.evaluate(CHOOSE_MAP))
        sent.append(page.evaluate(SENT_KIB))
        page.context.close()
    what, size = "the heat map of gradients", f"{NUM_BLOCKS} blocks, {MAP_STEPS:,} steps"
    return [
        summarise(
            f"{what}: opened",
            taken,
            unit="s",
            floor=MUST_OPEN_SECONDS,
            sense="at most",
            note=f"{size}; from its choice in the page of a finished run to its painting",
        ),
        summarise(
            f"{what}: sent",
            sent,
            unit="KiB",
            floor=MUST_SEND_KIB,
            sense="at most",
            note=f"{size}; the page's whole first answer, in which it lies beside all other charts",
        ),
    ]


def drawn_after(page: Page, address: str) -> float:
    page.goto(address)
    page.wait_for_function("window.__drawn_at !== undefined")
    return page.evaluate("window.__drawn_at / 1000")


def measure() -> list[Row]:
    with served_app() as app, browser() as chromium:
        with training(app, SHORT) as (short_id, short), training(app, LONG) as (long_id, long):
            watched = [Watched(app, chromium, short_id, short), Watched(app, chromium, long_id, long)]
            drawing = drawing_rows(*watched)
            for each in watched:
                each.page.context.close()
        opened = [opening_seconds(app, chromium, run_id) for run_id in (short_id, long_id)]
        with training(app, MAP_STEPS) as (map_id, _):
            pass
        maps = map_rows(app, chromium, map_id)
    what, note = (
        "opening a finished run",
        f"{NUM_BLOCKS} blocks; `?run=` to the first chart painted, the app's files cached",
    )
    return [
        summarise(f"{what} of {SHORT:,} steps", opened[0], unit="s", note=note),
        summarise(
            f"{what} of {LONG:,} steps", opened[1], unit="s", floor=MUST_OPEN_SECONDS, sense="at most", note=note
        ),
        *maps,
        *drawing,
    ]
