"""What a person waits for, measured in the page of the real app in a real browser."""

import time
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

from benchmarks.app import App, browser, open_page, served_app
from benchmarks.table import Row, percentile, summarise
from benchmarks.towers import tower
from builder.spec import dump_experiment
from builder.workspace.supervision import shutdown_supervisor

NUM_WARM, NUM_COLD = 5, 3
WATCH_SECONDS = 8.0
NUM_EDITS = 60
HELD_SECONDS = 0.08
"""How long a hand holds a key."""
PAUSE_SECONDS = 0.3, 0.9
"""From a key's release to the next one, at least and at most. At one pace each edit would meet, or miss, what comes a fixed
time after the one before: a preflight, its drawing. Meanwhile the driver is silent, for the page itself would answer it."""
PREFLIGHT_SECONDS = 5.0
"""Until the process of the first preflight has imported torch."""

HOOK = "window.__highrise_live = { written_to_drawn: [], draw: [] };"

IS_DRAWN = """() => {
  const all = (root, found) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.matches('.lv-plot')) found.push(node);
      if (node.shadowRoot) all(node.shadowRoot, found);
    }
    return found;
  };
  const hasPoint = (plot) => plot.data?.some((trace) => trace.x?.length > 0) && plot.querySelector('.trace, canvas');
  return all(document, []).some(hasPoint);
}"""
"""Whether any chart has a point."""

CLICK_TO_POINT = f"""() => new Promise((resolve) => {{
  const isDrawn = {IS_DRAWN};
  if (isDrawn()) throw new Error('There is a point already.');
  let clicked = null;
  document.addEventListener('click', () => {{ clicked = performance.now(); }}, {{ capture: true, once: true }});
  const look = () => {{
    if (clicked !== null && isDrawn()) resolve(performance.now() - clicked);
    else requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}})"""
"""Resolves with milliseconds from the click to the frame after the one that drew the first point of any chart."""

WATCH_EDITS = """() => {
  const painted = (act) => requestAnimationFrame(() => scheduler.postTask(act, { priority: 'user-blocking' }));
  window.__edits = [];
  document.addEventListener('keydown', (event) => {
    if (!['b', 'd', 'Delete'].includes(event.key)) return;
    const tower = event.composedPath().find((node) => node.classList?.contains('tower'));
    const counts = tower.querySelector('.counts');
    // Without the time of an epoch, which comes by itself.
    const said = () => counts.textContent.split(' MACs')[0];
    const before = said();
    const edit = { begun: performance.now(), painted: null, answered: null };
    const took = () => performance.now() - edit.begun;
    window.__edits.push(edit);
    const waitForAnswer = () => painted(() => {
      if (said() === before) waitForAnswer();
      else edit.answered = took();
    });
    const changes = new MutationObserver(() => {
      changes.disconnect();
      painted(() => { edit.painted = took(); waitForAnswer(); });
    });
    changes.observe(tower, { subtree: true, childList: true, attributes: true });
  }, { capture: true });
}"""
"""For each edit made by a key, milliseconds from the event to the end of the frame that shows it, and to the end of the one
that shows the server's counts for it. A task of the highest priority posted in a frame's callback begins once that frame is
painted, before whatever waits; a message would queue behind that."""


def first_point(page: Page) -> float:
    """Seconds from a click on Train to the first point on a chart."""
    waiting = page.evaluate_handle(f"() => ({{ promise: ({CLICK_TO_POINT})() }})")
    page.locator(".tp-main").click()
    return page.evaluate("async (held) => (await held.promise) / 1000", waiting)


def stop_run(app: App, page: Page) -> None:
    """Stops the run and waits until it has ended."""
    for run in app.workspace.live_runs():
        app.workspace.command(run.id, "stop")
    while app.workspace.live_runs():
        time.sleep(0.05)
    page.context.close()


def starts(app: App, browser: Browser) -> tuple[list[float], list[float], list[float]]:
    """Seconds to the first point, warm and cold, and milliseconds from written to drawn of the warm runs."""
    warm, cold, drawn = [], [], []
    for _ in range(NUM_WARM):
        page = open_page(browser, app.url, HOOK)
        app.wait_until_warm()
        warm.append(first_point(page))
        page.wait_for_timeout(1000 * WATCH_SECONDS)
        drawn.append(percentile(page.evaluate("window.__highrise_live.written_to_drawn"), 0.95))
        stop_run(app, page)
    for _ in range(NUM_COLD):
        page = open_page(browser, app.url)
        shutdown_supervisor(app.workspace)
        cold.append(first_point(page))
        stop_run(app, page)
    return warm, cold, drawn


def hold(page: Page, keys: str) -> None:
    """Presses keys together, as in `Control+d`, and releases them a while later, as a hand does."""
    for key in keys.split("+"):
        page.keyboard.down(key)
    time.sleep(HELD_SECONDS)
    for key in reversed(keys.split("+")):
        page.keyboard.up(key)


def edits(app: App, browser: Browser, num_blocks: int) -> list[dict[str, Any]]:
    """Edits of a tower by keys: a block bypassed, put back, duplicated, and the copy deleted, in turn."""
    entry = app.workspace.create_experiment(dump_experiment(tower(num_blocks)))
    page = open_page(browser, f"{app.url}?experiment={entry.id}")
    page.locator(".tower .counts", has_text="parameters").wait_for()
    page.evaluate(WATCH_EDITS)
    app.wait_until_warm()
    page.wait_for_timeout(1000 * PREFLIGHT_SECONDS)
    card = page.locator(".tower .node").nth(3 + num_blocks // 2)
    card.focus()
    pauses = np.random.default_rng(num_blocks)
    for index in range(NUM_EDITS):
        hold(page, ("b", "b", "Control+d", "Delete")[index % 4])
        time.sleep(pauses.uniform(*PAUSE_SECONDS))
        is_answered = f"window.__edits.length === {index + 1} && window.__edits.at(-1).answered !== null"
        page.wait_for_function(is_answered, polling=50)
    found = page.evaluate("window.__edits")
    page.context.close()
    return found


def edit_rows(app: App, browser: Browser, num_blocks: int, floor: float) -> list[Row]:
    found = edits(app, browser, num_blocks)
    note = f"{NUM_EDITS} edits by keys: bypass, put back, duplicate, delete; the smallest and the largest beside"
    return [
        percentile_row(f"{what}, {num_blocks} blocks, p95", [edit[name] for edit in found], must, note)
        for name, what, must in (
            ("painted", "own edit repainted in the editor", 16.0),
            ("answered", "shapes and problems from the server, painted", floor),
        )
    ]


def percentile_row(what: str, milliseconds: list[float], floor: float, note: str) -> Row:
    p95 = percentile(milliseconds, 0.95)
    return Row(what, p95, min(milliseconds), max(milliseconds), "ms", floor, "at most", note)


def measure() -> list[Row]:
    with served_app() as app, browser() as chromium:
        warm, cold, drawn = starts(app, chromium)
        edited = [*edit_rows(app, chromium, 50, 110.0), *edit_rows(app, chromium, 200, 150.0)]

    def seconds(how: str, values: list[float], floor: float, note: str) -> Row:
        what = f"click on Train to first point drawn, {how}"
        return summarise(what, values, unit="s", floor=floor, sense="at most", note=note)

    return [
        seconds("warm", warm, 1.0, "default experiment; a warm process waits for it"),
        seconds("cold", cold, 6.0, "default experiment; neither supervisor nor trainer is there"),
        summarise(
            "a metric written to drawn, one viewer, p95",
            drawn,
            unit="ms",
            floor=400,
            sense="at most",
            note=f"first {WATCH_SECONDS:.0f} s of {NUM_WARM} runs of the default experiment",
        ),
        *edited,
    ]
