"""A run as the top bar and the mixer show it."""

import json
from contextlib import closing

import numpy as np
import pytest

from builder.pages.run_status import current_group_values, looks_of, open_reader, run_status, run_title, solo_after
from builder.workspace.rows import ABSENT, Intervention, RunWriter, Series

SERIES = (
    Series(id=0, quantity="loss", subject="train", family="scalar"),
    Series(id=1, quantity="learning_rate", subject="stem", family="scalar"),
    Series(id=2, quantity="learning_rate", subject="bodies", family="scalar"),
    Series(id=3, quantity="grad_norm", subject="stem", family="scalar"),
    Series(id=4, quantity="grad_norm", subject="bodies", family="scalar"),
    Series(id=5, quantity="grad_norm", subject="i4[1]/i5", family="profile"),
)
INFO = {"num_steps": 200, "steps_per_epoch": 20, "batch_size": 64}


@pytest.fixture
def run(workspace):
    return workspace.submit('{"name": "digits"}', queue=False)


@pytest.fixture
def record(workspace, run):
    """Writes 50 steps that took five seconds."""
    writer = RunWriter(workspace.run_folder(run.id))
    writer.start(INFO, SERIES)
    values = np.arange(50 * len(SERIES), dtype=np.float32).reshape(50, len(SERIES))
    values[-1, 4] = ABSENT
    writer.append_steps(1, values, 5.0)
    yield writer
    writer.close()


def status(workspace, run):
    reader = open_reader(workspace, run)
    try:
        return run_status(workspace, workspace.run(run.id), reader)
    finally:
        if reader:
            reader.close()


def test_a_run_without_rows_has_no_reader_and_no_progress(workspace, run):
    assert open_reader(workspace, run) is None
    found = status(workspace, run)
    assert (found["status"], found["step"], found["num_steps"], found["epoch"]) == ("starting", 0, 0, 0)
    assert found["samples_per_second"] is None
    assert found["seconds_left"] is None


def test_a_queued_run_knows_its_place_and_who_holds_the_slots(workspace, run):
    workspace.set_slots(2)
    other = workspace.submit('{"name": "spirals"}', queue=False)
    workspace.set_status(other.id, "running")
    workspace.set_status(other.id, "paused")
    first, second = (workspace.submit('{"name": "waits"}') for _ in range(2))
    queues = [status(workspace, each)["queue"] for each in (first, second)]
    assert [(queue["place"], queue["length"], queue["slots"]) for queue in queues] == [(1, 2, 2), (2, 2, 2)]
    assert queues[0]["holders"] == [
        {"run": run.id, "experiment": None, "name": f"#{run.number} digits", "status": "starting"},
        {"run": other.id, "experiment": None, "name": f"#{other.number} spirals", "status": "paused"},
    ]
    assert status(workspace, run)["queue"] is None


def test_progress_speed_and_time_left_come_from_the_rows(workspace, run, record):
    workspace.set_status(run.id, "running")
    found = status(workspace, run)
    assert (found["step"], found["num_steps"], found["epoch"], found["num_epochs"]) == (50, 200, 2.5, 10)
    assert found["samples_per_second"] == pytest.approx(10 * 64)
    assert found["seconds_left"] == pytest.approx(15)
    json.dumps(found, allow_nan=False)


def test_a_paused_run_has_no_speed(workspace, run, record):
    workspace.set_status(run.id, "running")
    workspace.set_status(run.id, "paused")
    found = status(workspace, run)
    assert found["step"] == 50
    assert found["samples_per_second"] is None
    assert found["seconds_left"] is None


def test_the_newest_validation_accuracy_stands_until_the_summary_says_another(workspace, run, record):
    workspace.set_status(run.id, "running")
    for step, accuracy in ((20, 0.5), (40, 0.75)):
        record.add_evaluation(step, step / 20, "validation", {"accuracy": accuracy}, None)
    record.add_evaluation(40, 2.0, "test", {"accuracy": 0.1}, None)
    assert status(workspace, run)["val_accuracy"] == 0.75
    workspace.set_status(run.id, "finished", "", {"val_accuracy": 0.5, "test_accuracy": 0.25})
    found = status(workspace, run)
    assert (found["val_accuracy"], found["test_accuracy"]) == (0.5, 0.25)


def test_the_groups_of_the_newest_step_are_what_the_mixer_shows(workspace, run, record):
    reader = open_reader(workspace, run)
    assert reader is not None
    values = current_group_values(reader)
    reader.close()
    assert set(values) == {"stem", "bodies"}
    newest = 49 * len(SERIES)
    assert values["stem"] == {"learning_rate": newest + 1, "grad_norm": newest + 3}
    assert values["bodies"]["learning_rate"] == newest + 2
    # It is frozen.
    assert "grad_norm" not in values["bodies"]


def test_a_group_that_is_frozen_has_no_gradient_and_the_ratio_is_that_of_the_newest_probe(workspace, run):
    names = ["learning_rate", "grad_norm", "grad_rms"]
    series = [Series(id=i, quantity=name, subject="stem", family="scalar") for i, name in enumerate(names)]
    series.append(Series(id=3, quantity="update_ratio", subject="stem", family="scalar", every=10))
    with closing(RunWriter(workspace.run_folder(run.id))) as writer:
        writer.start(INFO, series)
        values = np.arange(25 * 4, dtype=np.float32).reshape(25, 4)
        values[-1, 1:3] = ABSENT
        writer.append_steps(1, values, 1.0)
    reader = open_reader(workspace, run)
    assert reader is not None
    with closing(reader):
        # Step 20 is row 19.
        assert current_group_values(reader) == {"stem": {"learning_rate": 96.0, "update_ratio": 79.0}}


def test_the_last_solo_counts_until_it_ends():
    def change(number, subject, value, kind="set_solo"):
        return Intervention(id=number, step=number, kind=kind, subject=subject, value=value)

    changes = [change(1, "stem", True), change(2, "bodies", True), change(3, "bodies", 0.1, "set_learning_rate")]
    assert solo_after([]) is None
    assert solo_after(changes) == "bodies"
    assert solo_after([change(4, "bodies", False)], "bodies") is None
    assert solo_after(changes[2:], "stem") == "stem"


def test_without_steps_the_mixer_shows_nothing(workspace, run):
    assert current_group_values(None) == {}
    writer = RunWriter(workspace.run_folder(run.id))
    writer.start(INFO, SERIES)
    reader = open_reader(workspace, run)
    assert reader is not None
    assert current_group_values(reader) == {}
    reader.close()
    writer.close()


def test_a_run_is_called_by_its_number_and_its_experiment(run):
    assert run_title(run) == f"#{run.number} digits"


def test_a_younger_run_changes_no_older_runs_colour_and_line(workspace):
    before: dict[str, tuple[str, str]] = {}
    for _ in range(6):
        workspace.submit('{"name": "digits"}')
        looks = looks_of(workspace, workspace.runs())
        assert {run_id: looks[run_id] for run_id in before} == before
        for each in zip(*looks.values(), strict=True):
            assert len(set(each)) == len(looks)
        before = looks
