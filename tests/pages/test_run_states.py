"""How runs stand, told to all tabs by one look."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import numpy as np
import psutil
import pytest

from builder.pages.run_states import FORGET_SECONDS, LOOK_SECONDS, RunStates
from builder.workspace.rows import RunWriter, Series

LOSS = Series(id=0, quantity="loss", subject="train", family="scalar")
INFO = {"num_steps": 200, "steps_per_epoch": 20, "batch_size": 64, "data_note": "Half of the images."}


@pytest.fixture
def states(workspace, clock):
    return RunStates(workspace, clock)


@pytest.fixture
def run(workspace):
    return workspace.submit('{"name": "digits"}', queue=False)


@pytest.fixture
def write(workspace, run):
    """Writes some steps more."""
    writer = RunWriter(workspace.run_folder(run.id))
    written = 0

    def write_(number):
        nonlocal written
        if written == 0:
            writer.start(INFO, (LOSS,))
        writer.append_steps(written + 1, np.ones((number, 1), np.float32), 1.0)
        written += number

    yield write_
    writer.close()


def open_files(workspace, run):
    """How often this process has the run's rows open."""
    rows = str(workspace.run_folder(run.id) / "run.db")
    return [each.path for each in psutil.Process().open_files()].count(rows)


def test_a_run_that_has_no_rows_yet_is_told_and_so_are_its_first_ones(states, clock, run, write):
    assert (states.of(run).status["step"], states.of(run).notes) == (0, [])
    write(5)
    clock.now += LOOK_SECONDS
    assert states.of(run).status["step"] == 5
    assert states.of(run).notes == ["Half of the images."]


def test_the_rows_are_looked_at_once_for_all_who_ask_at_the_same_time(states, clock, run, write):
    write(5)
    first = states.of(run)
    write(5)
    assert states.of(run) is first
    clock.now += LOOK_SECONDS
    assert states.of(run).status["step"] == 10


def test_what_the_workspace_says_of_a_run_is_told_at_once(states, workspace, run, write):
    write(5)
    assert states.of(run).status["status"] == "starting"
    workspace.set_status(run.id, "running")
    assert states.of(workspace.run(run.id)).status["status"] == "running"


def test_however_many_ask_the_rows_are_open_once_and_closed_when_nobody_asks(states, clock, workspace, run):
    # A writer of this process would keep SQLite from closing the file.
    with closing(RunWriter(workspace.run_folder(run.id))) as writer:
        writer.start(INFO, (LOSS,))
        writer.append_steps(1, np.ones((5, 1), np.float32), 1.0)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: states.of(run), range(100)))
    assert {state.status["step"] for state in told} == {5}
    assert open_files(workspace, run) == 1
    other = workspace.submit('{"name": "spirals"}', queue=False)
    clock.now += FORGET_SECONDS
    states.of(other)
    assert open_files(workspace, run) == 0
