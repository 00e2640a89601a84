"""Writes docs/screenshot.png and docs/pictures/*.png, by hand of a real browser on the real app; takes some minutes.

Names on the command line choose some of them. Run it from the repository's folder: python -m scripts.make_screenshots
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from benchmarks.app import App, browser, open_page, served_app
from builder.spec import dump_experiment, load_experiment, with_value

DOCS = Path(__file__).parents[1] / "docs"
TRAIN_SECONDS = 300.0
NUM_COLOURS = 256
SETTLE_MS = 2500

Act = Callable[[App, Page], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture.

    Attributes:
        preset: What is open.
        charts: Which are shown, by id; the first ones in the four panels' order.
        is_trained: Whether Train is pressed.
        while_training: Seconds after the first point at which it is taken; None once the run has ended.
        act: What is done before it.
    """

    preset: str
    charts: tuple[str, ...] = ()
    is_trained: bool = True
    while_training: float | None = None
    act: Act | None = None


def point_at_a_block(_: App, page: Page) -> None:
    """Points at a block's card, so that the charts show where it is."""
    page.locator(".tower .card[data-kind=highway], .tower .node[data-kind=highway]").first.hover()


def use_the_mixer(_: App, page: Page) -> None:
    """Halves a rate and freezes another group of the live run: two flags."""
    strips = page.locator(".mx-strip")
    strips.nth(1).get_by_role("button", name="Halve").first.click()
    page.wait_for_timeout(SETTLE_MS)
    strips.nth(0).get_by_role("button", name="Freeze").click()
    page.wait_for_timeout(2 * SETTLE_MS)


def wait_for_the_verdict(_: App, page: Page) -> None:
    """Until the preflight has answered."""
    page.locator(".tower .verdict:not(:empty)").wait_for(timeout=1000 * TRAIN_SECONDS)


def race(app: App, page: Page) -> None:
    """A plain and a residual twin, to the end."""
    page.locator(".tp-race").click()
    dialog = page.get_by_role("dialog", name="Race: the same tower")
    dialog.get_by_role("button", name="Start 2 runs").click()
    dialog.wait_for(state="hidden")
    wait_for_ends(app)


def look_at_the_table(app: App, page: Page) -> None:
    """Two more runs, one of them tagged, and the table of all."""
    race(app, page)
    newest, *_ = app.workspace.runs()
    app.workspace.set_tags(newest.id, ["for the talk"])
    page.get_by_role("button", name="Table", exact=True).click()


SCENES = {
    "screenshot": Scene("digits-residual", while_training=9.0),
    "depth": Scene(
        "digits-highway-50",
        ("depth_profile", "activation_profile", "gradient_map", "activation_map"),
        act=point_at_a_block,
    ),
    "tower": Scene("digits-four-kinds", while_training=6.0),
    "preflight": Scene("digits-plain-50", is_trained=False, act=wait_for_the_verdict),
    "mixer": Scene(
        "digits-residual",
        ("loss", "update_ratio", "grad_norm", "learning_rate"),
        while_training=4.0,
        act=use_the_mixer,
    ),
    "race": Scene("digits-residual", is_trained=False, act=race),
    "gates": Scene("digits-highway-50", ("gate_profile", "gate_map", "class_gates", "sample_gates")),
    "drops": Scene("digits-four-kinds", ("drop_raster", "survival", "step_time", "loss")),
    "mistakes": Scene("digits-residual", ("mistakes", "confusion", "filters", "accuracy")),
    "boundary": Scene("spirals-residual", ("boundary", "loss", "mistakes", "accuracy")),
    "runs": Scene("digits-residual", act=look_at_the_table),
}


def taken(app: App, chromium: Browser, scene: Scene) -> bytes:
    """The picture of a scene."""
    document = with_value(load_experiment(scene.preset), "training.pace", None)
    if scene.while_training is not None:
        document = load_experiment(scene.preset)
    entry = app.workspace.create_experiment(dump_experiment(document))
    page = open_page(chromium, f"{app.url}?experiment={entry.id}")
    if scene.is_trained:
        page.locator(".tp-main").click()
        page.locator(".lv-plot .trace").first.wait_for()
        for place, chart in enumerate(scene.charts):
            page.locator(".lv-panel .lv-title").nth(place).select_option(chart)
        if scene.while_training is None:
            wait_for_ends(app)
        else:
            page.wait_for_timeout(1000 * scene.while_training)
    if scene.act is not None:
        scene.act(app, page)
    page.wait_for_timeout(SETTLE_MS)
    picture = page.screenshot()
    page.context.close()
    for run in app.workspace.live_runs():
        app.workspace.command(run.id, "stop")
    wait_for_ends(app)
    return picture


def wait_for_ends(app: App) -> None:
    """Until no run lives."""
    deadline = time.monotonic() + TRAIN_SECONDS
    while app.workspace.live_runs():
        if time.monotonic() > deadline:
            raise TimeoutError(f"A run has not ended after {TRAIN_SECONDS:.0f} s.")
        time.sleep(0.2)


def write(picture: bytes, target: Path) -> None:
    """A PNG with a palette: a third of the bytes, and nobody sees it."""
    target.parent.mkdir(exist_ok=True)
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(NUM_COLOURS, dither=Image.Dither.NONE).save(
        target, optimize=True
    )


def main(names: list[str]) -> None:
    with served_app() as app, browser() as chromium:
        for name in names or SCENES:
            target = DOCS / f"{name}.png" if name == "screenshot" else DOCS / "pictures" / f"{name}.png"
            write(taken(app, chromium, SCENES[name]), target)
            print(target, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
