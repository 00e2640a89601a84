"""One browser tab of the app, as a person's hands and eyes use it."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect
from served_app import ServedApp

from builder.spec import Experiment, load_experiment, parse_experiment, with_value
from builder.workspace.rows import RunReader
from builder.workspace.runs import Run

PATIENCE_SECONDS = 30.0
"""For whatever must happen: a busy machine of two cores is slow, and waiting costs nothing where it is not."""
RUN_SECONDS = 120.0
"""For a whole run of digits."""
TOUCH_DELAY_MS = 260
"""A finger that rests longer than 160 ms drags."""

EVERYWHERE = """const all = (root) => [...root.querySelectorAll('*')]
  .flatMap((node) => [node, ...(node.shadowRoot ? all(node.shadowRoot) : [])]);"""
SLOT = (
    f"([list, before]) => {{ {EVERYWHERE}"
    + """
  const slot = all(document).find((node) => node.matches('.tower .slot'));
  if (!slot) return false;
  let next = slot.nextElementSibling;
  while (next && !(next.matches('.node') && !next.matches('.flying'))) next = next.nextElementSibling;
  return slot.parentElement.dataset.list === list && (next?.dataset.id ?? null) === before;
}"""
)

SHOWN_OUTLINE = (
    f"() => {{ {EVERYWHERE}"
    + """
  const lists = all(document).filter((node) => node.matches('.tower .list'));
  const words = (key) => [...(lists.find((list) => list.dataset.list === key)?.children ?? [])]
    .filter((node) => node.matches('.node'))
    .map(({ dataset }) => dataset.role === 'repeat' ? `${dataset.kind}[${words(`${dataset.id}/items`)}]` : dataset.kind)
    .join(' ');
  return words('tower');
}"""
)
"""The cards as they are nested, in the words of `outline`."""

OVERFLOW = (
    f"() => {{ {EVERYWHERE}"
    + """
  const found = [];
  const page = document.scrollingElement;
  if (page.scrollWidth > window.innerWidth) found.push(`page: ${page.scrollWidth}`);
  for (const node of all(document)) {
    // Strips that do not fit scroll inside the mixer, and samples under a chart, which is meant.
    if (node.closest('.mx-row, .lv-wall[data-strip]') || !node.checkVisibility()) continue;
    const scrolls = /auto|scroll/.test(getComputedStyle(node).overflowX);
    if (scrolls && node.scrollWidth > node.clientWidth + 1)
      found.push(`${node.tagName}.${node.className}: ${node.scrollWidth} > ${node.clientWidth}`);
    const box = node.getBoundingClientRect();
    const sticksOut = box.width && (box.right > window.innerWidth + 1 || box.left < -1);
    if (sticksOut && node.matches('button, input, select, .card, .lv-panel, .hr-panel'))
      found.push(`${node.tagName}.${node.className}: ${box.left} to ${box.right}`);
  }
  return found;
}"""
)
"""Names of what scrolls sideways or sticks out of the window."""
ENABLED = (
    f"() => {{ {EVERYWHERE}"
    + """
  // What only looks: tabs, folds, the charts' own tools, the details of the run.
  const looks = '[role=tab], .fold, .group-head, .lv-panel *, .tp-status, summary';
  return all(document).filter((node) => node.matches('button, input, select, textarea') && node.checkVisibility()
      && !node.matches(':disabled') && !node.readOnly && node.ariaDisabled !== 'true' && !node.matches(looks))
    .map((node) => node.outerHTML.slice(0, 160));
}"""
)
"""Controls that could change something."""

WATCH_PARTS = (
    f"() => {{ {EVERYWHERE}"
    + """
  const names = ['.tp-bar', '.hr-editor', '.lv-grid', '.mx-panel'];
  window.parts = names.map((name) => [name, all(document).find((node) => node.matches(name))]);
}"""
)


def quick_digits() -> Experiment:
    """The default experiment, at full speed and a quarter as long: it learns the digits well enough in a moment."""
    short = with_value(load_experiment("digits-residual"), "training.duration.epochs", 10)
    return with_value(short, "training.pace", None)


class Screen:
    """A page that shows the app, and what the workspace says of it.

    Args:
        page: a browser's.
        app: the server that it talks to.
        address: what stands after the server's address, as in `?run=…`.
    """

    def __init__(self, page: Page, app: ServedApp, address: str = "") -> None:
        self.page = page
        self.app = app
        page.goto(app.url + address)
        self.wait_until_shown()

    def wait_until_shown(self) -> None:
        """Until all four components have drawn themselves."""
        for part in (".tp-bar", ".tower .node", ".lv-panel[data-chart]", ".mx-strip"):
            expect(self.page.locator(part).first).to_be_visible()

    def until(self, condition: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
        """Looks again and again until `condition()` is true, and gives it back; `what` names it if it never is."""
        deadline = time.monotonic() + seconds
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > deadline:
                self.screenshot("timed-out")
                raise AssertionError(f"In {seconds:g} s this did not happen: {what}. Now: {found!r}")
            self.page.wait_for_timeout(50)

    def screenshot(self, name: str) -> None:
        """Keeps a picture, where $HIGHRISE_SCREENSHOTS names a folder."""
        folder = os.environ.get("HIGHRISE_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{name}.png")

    # The address, and what the workspace has under it

    def query(self, name: str) -> str | None:
        return parse_qs(urlsplit(self.page.url).query).get(name, [None])[0]

    @property
    def experiment_id(self) -> str:
        return self.until(lambda: self.query("experiment"), "the address names an experiment")

    def document(self) -> Experiment:
        """The newest revision, as the server has stored it."""
        return parse_experiment(self.app.workspace.head(self.experiment_id).document)

    def outline(self) -> str:
        """The stored tower, as in `linear residual repeat[plain]`."""
        return outline(self.document().model_dump(mode="json")["network"]["items"])

    def run(self) -> Run:
        """The run in the address."""
        return self.app.workspace.run(self.until(lambda: self.query("run"), "the address names a run"))

    def rows(self) -> RunReader:
        """The rows of the run in the address; close it."""
        return RunReader(self.app.workspace.run_folder(self.run().id))

    def last_step(self) -> int:
        """The newest step that the trainer has written."""
        rows = self.rows()
        try:
            return rows.last_step()
        finally:
            rows.close()

    def slow_down(self, factor: float) -> None:
        """Gives the page a fraction of a processor."""
        self.page.context.new_cdp_session(self.page).send("Emulation.setCPUThrottlingRate", {"rate": factor})

    def watch_parts(self) -> None:
        """From now on notes which of the four components are taken away."""
        self.page.evaluate(WATCH_PARTS)

    def lost_parts(self) -> list[str]:
        """The components that were taken away since they are watched, although others may stand in their place."""
        return self.page.evaluate("window.parts.filter(([, node]) => !node.isConnected).map(([name]) => name)")

    # The editor

    def source(self, kind: str) -> Locator:
        return self.page.locator(f".palette .source[data-kind={kind}]")

    def node(self, item_id: str) -> Locator:
        return self.page.locator(f".tower .node[data-id={item_id}]")

    def card(self, item_id: str) -> Locator:
        return self.page.locator(f".tower .node[data-id={item_id}] > .card")

    def list_of(self, key: str) -> Locator:
        return self.page.locator(f".tower .list[data-list='{key}']")

    def shown(self) -> list[str]:
        """Ids of the cards on the screen, in order."""
        return self.page.locator(".tower .node").evaluate_all("nodes => nodes.map((node) => node.dataset.id)")

    def has_outline(self, wanted: str) -> None:
        """Waits until the server has stored this tower and the screen shows the same, without a problem."""
        self.until(lambda: self.outline() == wanted, f"the stored tower is {wanted}")
        self.until(lambda: self.page.evaluate(SHOWN_OUTLINE) == wanted, f"{wanted} is shown")
        expect(self.page.locator(".tower .problem:visible")).to_have_count(0)

    def tab(self, name: str) -> None:
        """Opens a tab of the rail."""
        self.page.get_by_role("tab", name=name, exact=True).click()

    def drag(self, source: Locator, before: str | None = None, within: str = "tower") -> None:
        """Drags with the mouse until the insertion mark stands in the list `within` before an item, then drops.

        Args:
            source: a block of the palette or a card.
            before: the id of the item to stand before; None for an empty list.
            within: the list's key, as in `i4/items`.
        """
        mouse = self.page.mouse
        x, y = _grip(source)
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + 10, y + 8, steps=3)
        self._until_slot(within, before, lambda to_x, to_y: mouse.move(to_x, to_y, steps=4))
        mouse.up()

    def touch_drag(self, source: Locator, before: str | None = None, within: str = "tower") -> None:
        """The same by a finger."""
        touch = self.page.context.new_cdp_session(self.page)

        def send(kind: str, *points: tuple[float, float]) -> None:
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

        x, y = _grip(source)
        send("touchStart", (x, y))
        self.page.wait_for_timeout(TOUCH_DELAY_MS)
        send("touchMove", (x + 6, y + 6))
        self._until_slot(within, before, lambda to_x, to_y: send("touchMove", (to_x, to_y)))
        send("touchEnd")
        touch.detach()

    def _until_slot(self, within: str, before: str | None, move: Callable[[float, float], None]) -> None:
        target = self.list_of(within) if before is None else self.card(before)
        jitter = 0

        def stands() -> bool:
            nonlocal jitter
            jitter = 1 - jitter
            box = target.bounding_box()
            assert box
            height = 0.5 if before is None else 0.2
            move(box["x"] + min(100, box["width"] / 2), box["y"] + height * box["height"] + jitter)
            # The slot moves where it belongs at 20 Hz; before that it says where it was.
            self.page.wait_for_timeout(60)
            return self.page.evaluate(SLOT, [within, before])

        self.until(stands, f"the insertion mark stands in {within} before {before}")

    def focus_by_tab(self, target: Locator, limit: int = 120) -> None:
        """Presses Tab until `target` has the focus."""
        for _ in range(limit):
            if target.evaluate("node => node.getRootNode().activeElement === node"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {target} in {limit} presses.")

    # Training

    def press(self, name: str) -> None:
        """Presses a button of the top bar."""
        self.page.locator(".tp-bar").get_by_role("button", name=name, exact=True).click()

    def make_it_last(self) -> None:
        """Makes the next run one that no busy machine finishes while a person still looks at it."""
        self.tab("Training")
        duration = self.page.get_by_label("Duration", exact=True)
        duration.fill("4000")
        duration.press("Enter")
        self.until(lambda: self.document().training.duration.epochs == 4000, "the duration is stored")

    def has_status(self, *statuses: str) -> None:
        """Waits until the run is in one of these states."""
        self.until(lambda: self.run().status in statuses, f"the run is {' or '.join(statuses)}", RUN_SECONDS)

    def shown_step(self) -> int:
        """The step that the top bar shows; 0 while it shows none."""
        part = self.page.locator(".tp-part[data-part=step]")
        text = part.inner_text() if part.count() else ""
        digits = "".join(letter for letter in text if letter.isdigit())
        return int(digits) if digits else 0

    def traces(self, chart: str) -> dict[str, dict[str, list[Any]]]:
        """Plotly's own x and y of a chart's traces, by name; empty while nothing is drawn."""
        plot = self.page.locator(f".lv-panel[data-chart={chart}] .lv-plot")
        found = plot.evaluate(
            """plot => JSON.stringify(Object.fromEntries((plot.data ?? [])
                 .filter((trace) => trace.x?.length && trace.y?.length && (trace.mode ?? '').includes('lines'))
                 .map((trace) => [trace.name, {x: [...trace.x], y: [...trace.y]}])))"""
        )
        return json.loads(found)

    def drawn_up_to(self, chart: str) -> float:
        """The greatest step that any trace of a chart has."""
        return max((trace["x"][-1] for trace in self.traces(chart).values()), default=0)

    def show_chart(self, place: int, title: str) -> None:
        """Chooses what one of the four panels shows."""
        self.page.locator(".lv-title").nth(place).select_option(label=title)

    def rate_field(self, group: str) -> Locator:
        return self.page.locator(".mx-strip").filter(has_text=group).locator(".mx-field").first

    def enabled(self) -> list[str]:
        """The controls on the screen that could change something."""
        return self.page.evaluate(ENABLED)

    def overflow(self) -> list[str]:
        """What makes the page scroll sideways, or sticks out of the window."""
        return self.page.evaluate(OVERFLOW)


def outline(items: list[dict[str, Any]]) -> str:
    """Kinds of items, with what repeats hold."""
    return " ".join(f"{item['kind']}[{outline(item['items'])}]" if "items" in item else item["kind"] for item in items)


def _grip(source: Locator) -> tuple[float, float]:
    source.scroll_into_view_if_needed()
    box = source.bounding_box()
    assert box
    return box["x"] + min(24, box["width"] / 2), box["y"] + box["height"] / 2
