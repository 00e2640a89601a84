"""The queue: many owners, few slots; each run once, owners in turn, whoever dies."""

import random
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from benchmarks.app import browser, serve
from benchmarks.table import Row
from builder.workspace.store import Workspace
from builder.workspace.tables import FILE_NAME
from soak.living import START_SECONDS, kill_supervisor, living_workspace, num_starts, short_document
from soak.tally import Tally

SLOTS = 2
RUNS_PER_OWNER = 3
LIMIT_SECONDS = 30.0
"""A run, when all goes slowly; of all of them together."""


def submit_all(folder: Path, number: int) -> None:
    """Submits from many sessions at once, each with its own owner."""

    def session(owner: str, runs: int) -> None:
        with closing(Workspace.open(folder)) as workspace:
            for _ in range(runs):
                time.sleep(random.uniform(0, 0.02))
                workspace.submit(short_document(), owner=owner)

    num_owners = -(-number // RUNS_PER_OWNER)
    shares = [min(RUNS_PER_OWNER, number - RUNS_PER_OWNER * place) for place in range(num_owners)]
    sessions = [threading.Thread(target=session, args=(f"owner {place}", runs)) for place, runs in enumerate(shares)]
    for each in sessions:
        each.start()
    for each in sessions:
        each.join()


def starts_in_order(workspace: Workspace) -> list[str]:
    """Ids of the runs that were given to a trainer, in that order; also those that came and went while nobody looked."""
    with closing(sqlite3.connect(workspace.folder / FILE_NAME)) as database:
        return [row[0] for row in database.execute("SELECT id FROM run WHERE claim IS NOT NULL ORDER BY claim")]


def unfairness(order: list[str], owners: dict[str, str], numbers: dict[str, int]) -> str:
    """What was unfair in the order in which runs were started, all of which were waiting when the first one was."""
    total, started = Counter(owners.values()), Counter[str]()
    newest: dict[str, int] = {}
    for run_id in order:
        owner = owners[run_id]
        before = [each for each in total if started[each] < total[each] and started[each] < started[owner]]
        if before:
            return f"run {numbers[run_id]} of {owner} came before the turn of {before}"
        if newest.get(owner, 0) > numbers[run_id]:
            return f"run {numbers[run_id]} of {owner} came after {newest[owner]}"
        started[owner] += 1
        newest[owner] = numbers[run_id]
    return ""


def measure(number: int) -> list[Row]:
    """Submits `number` runs of a third as many owners to two slots; kills server and supervisor on the way, twice."""
    crowded = Tally("looks that saw more runs live than there are slots")
    uneven = Tally("runs not finished, or not started exactly once")
    unfair = Tally("orders in which an owner came before another's turn")
    with living_workspace(SLOTS) as workspace, tempfile.TemporaryDirectory() as folder, browser() as tabs:
        submit_all(workspace.folder, number)
        runs = {run.id: run for run in workspace.runs()}
        url, server = serve(workspace.folder, Path(folder) / "server.log")
        page = tabs.new_page()
        page.goto(url)
        kill_at = [number // 3, 2 * number // 3]
        deadline = time.monotonic() + START_SECONDS + LIMIT_SECONDS * number
        while not all(run.is_final for run in workspace.runs()) and time.monotonic() < deadline:
            live = workspace.live_runs()
            crowded.count(f"{len(live)} runs" if len(live) > SLOTS else "")
            if kill_at and len(starts_in_order(workspace)) > kill_at[0]:
                kill_at.pop(0)
                server.kill()
                server.wait()
                kill_supervisor(workspace)
                url, server = serve(workspace.folder, Path(folder) / "server.log")
                page.goto(url)
            time.sleep(0.02)
        server.kill()
        server.wait()
        for run in workspace.runs():
            starts = num_starts(workspace, run.id)
            is_right = run.status == "finished" and starts == 1
            uneven.count("" if is_right else f"{run.status} after {starts} starts: {run.reason}")
        owners, numbers = ({key: getattr(run, name) for key, run in runs.items()} for name in ("owner", "number"))
        unfair.count(unfairness(starts_in_order(workspace), owners, numbers))
    how = f"{number} submissions of {len(set(owners.values()))} owners, {SLOTS} slots"
    return [
        crowded.row(how),
        uneven.row(f"{how}; server and supervisor killed twice on the way"),
        unfair.row("each owner's first runs before anybody's second ones, and each owner's in order"),
    ]
