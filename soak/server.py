"""The web server may die: its runs go on, and the next server shows what became of them."""

import random
import re
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.app import browser, open_page, serve
from benchmarks.table import Row, summarise
from builder.workspace.runs import Run
from builder.workspace.store import Workspace
from soak.living import (
    PROMISED_SECONDS,
    goes_on,
    kill_trainer,
    living_workspace,
    resume,
    seconds_until,
    start_runs,
)
from soak.tally import Tally

NUM_RUNS = 4
PATIENCE_SECONDS = 60.0


def happen_unseen(workspace: Workspace, run_id: str, number: int) -> str:
    """Lets something happen to a run while no server looks; returns the status it must then have."""
    status = workspace.run(run_id).status
    if number % 5 == 4:
        kill_trainer(workspace.run(run_id))
        return "crashed"
    if number % 5 == 2:
        return status
    workspace.command(run_id, "resume" if status == "paused" else "pause")
    return "running" if status == "paused" else "paused"


def seconds_to_show(tabs: Browser, url: str, run_id: str, status: str) -> float | None:
    """How long it takes a page that opens now to show a run with a status; None if it does not."""
    began = time.monotonic()
    page = tabs.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.goto(f"{url}?run={run_id}")
    shown = page.locator(".tp-run [role=status]", has_text=re.compile(rf": {status}\b"))
    found = seconds_until(lambda: shown.count(), PATIENCE_SECONDS)
    page.context.close()
    return None if found is None else time.monotonic() - began


def measure(number: int) -> list[Row]:
    """Kills the web server `number` times while four runs are active.

    One kill alone, as the tests ask for beside other work, shows what is right and not how soon.
    """
    limit = PROMISED_SECONDS if number > 1 else PATIENCE_SECONDS
    stopped = Tally("runs that did not go on when the web server was killed")
    wrong = Tally(f"states not shown right {limit:.0f} s after the next server's start")
    seconds, draws = [], random.Random(4)
    num_runs = min(NUM_RUNS, number + 1)
    with living_workspace(num_runs) as workspace, browser() as tabs, tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        url, server = serve(workspace.folder, log)
        run_ids = start_runs(workspace, num_runs)
        # With somebody looking, as ever.
        open_page(tabs, f"{url}?run={run_ids[0]}")
        for round_ in range(number):
            before = [workspace.run(run_id) for run_id in run_ids]
            server.kill()
            server.wait()
            changed = draws.choice(run_ids)
            status = happen_unseen(workspace, changed, round_)
            for run in before:
                stopped.count(goes_on(workspace, run) if (run.id, status) != (changed, "crashed") else "")
            url, server = serve(workspace.folder, log)
            took = seconds_to_show(tabs, url, changed, status)
            seconds.append(PATIENCE_SECONDS if took is None else took)
            late = "" if seconds[-1] < limit else f"{status} after {seconds[-1]:.1f} s"
            wrong.count(late or states_in(workspace, before, changed, status))
            if status == "crashed":
                resume(workspace, changed)
        server.kill()
        server.wait()
    how = f"{num_runs} runs active; meanwhile one is paused, resumed, killed or left alone, and its page is opened"
    return [
        stopped.row(f"{number} kill -9; same process, and it takes steps"),
        wrong.row(how),
        summarise("page with the right state, after the next server's start", seconds, unit="s", note=how),
    ]


def states_in(workspace: Workspace, before: list[Run], changed: str, status: str) -> str:
    """What is wrong with the states of all runs, of which one must have changed."""
    expected = {run.id: status if run.id == changed else run.status for run in before}
    found = {run_id: workspace.run(run_id).status for run_id in expected}
    return "" if found == expected else f"{found} instead of {expected}"
