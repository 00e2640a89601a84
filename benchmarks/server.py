"""What the web server's process holds: torch or not, and how much memory, after training and with viewers."""

from pathlib import Path

import psutil
from playwright.sync_api import Browser

from benchmarks.app import App, browser, open_page, served_app
from benchmarks.table import Row
from builder.spec.presets.registry import DEFAULT_PRESET

NUM_VIEWERS = 5
TRAIN_SECONDS = 6.0
VIEW_SECONDS = 10.0
FLOOR_MIB = 286


def has_torch(process: psutil.Process) -> bool:
    """Whether one of torch's libraries is mapped into a process."""
    return "libtorch" in Path(f"/proc/{process.pid}/maps").read_text()


def resident_mebibytes(app: App) -> float:
    return app.server.memory_info().rss / 2**20


def after_training(app: App, browser: Browser) -> tuple[bool, float]:
    """One session that has pressed Train and has seen the run end."""
    page = open_page(browser, app.url)
    app.wait_until_warm()
    # A look that could not find torch where it is would find it nowhere.
    assert all(has_torch(trainer) for trainer in app.trainers())
    page.locator(".tp-main").click()
    while not app.workspace.live_runs():
        page.wait_for_timeout(50)
    page.wait_for_timeout(1000 * TRAIN_SECONDS)
    for run in app.workspace.live_runs():
        app.workspace.command(run.id, "stop")
    while app.workspace.live_runs():
        page.wait_for_timeout(50)
    page.wait_for_timeout(1000)
    found = has_torch(app.server), resident_mebibytes(app)
    page.context.close()
    return found


def with_viewers(app: App, browser: Browser) -> tuple[bool, float]:
    """The most while several sessions follow a run that is training."""
    page = open_page(browser, app.url)
    page.locator(".tp-main").click()
    while not (live := app.workspace.live_runs()):
        page.wait_for_timeout(50)
    viewers = [open_page(browser, f"{app.url}?run={live[0].id}") for _ in range(NUM_VIEWERS - 1)]
    most = 0.0
    for _ in range(int(VIEW_SECONDS)):
        page.wait_for_timeout(1000)
        most = max(most, resident_mebibytes(app))
    found = has_torch(app.server), most
    for viewer in (page, *viewers):
        viewer.context.close()
    return found


def measure() -> list[Row]:
    with served_app() as app, browser() as chromium:
        trained_torch, trained = after_training(app, chromium)
        viewed_torch, viewed = with_viewers(app, chromium)
    torch = float(trained_torch or viewed_torch)
    note = f"{DEFAULT_PRESET} in the real app and browser"
    return [
        Row("web server: torch's libraries in its memory map", torch, torch, torch, "", 0, "at most", "0 is never"),
        Row("web server: resident after training once", trained, trained, trained, "MiB", FLOOR_MIB, "at most", note),
        Row(
            f"web server: resident while {NUM_VIEWERS} sessions view a run",
            viewed,
            viewed,
            viewed,
            "MiB",
            FLOOR_MIB,
            "at most",
            f"the most of {VIEW_SECONDS:.0f} s",
        ),
    ]
