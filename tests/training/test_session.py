"""A run from its folder to its end: every event on disk, every failure with its reason."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.spec import Experiment, dump_experiment, with_value
from builder.training import loop, session
from builder.training.events import (
    CheckpointSaved,
    Evaluated,
    Event,
    Intervened,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStopped,
    StepsRecorded,
)
from builder.training.session import train_run
from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.reserve import RESERVE_BYTES, RESERVE_NAME
from builder.workspace.rows import RunReader
from builder.workspace.runs import Run
from builder.workspace.store import Workspace
from builder.workspace.trainer_run import TrainerRun
from soak.every_step import read_every_step

BODY = [{"kind": "linear", "out_features": 12}, {"kind": "activation"}]
TOWER = [
    {"kind": "residual", "body": BODY},
    {"kind": "stochastic_depth", "body": BODY, "survival": {"kind": "constant", "survival_prob": 0.5}},
]


@pytest.fixture
def workspace(tmp_path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "workspace")
    yield opened
    opened.close()


def run_through(workspace: Workspace, experiment: Experiment, commands: Any = None, **submitted: Any):
    """Trains a document; returns the run as stored afterwards and its events."""
    run = workspace.submit(dump_experiment(experiment), queue=False, **submitted)
    with workspace.start_trainer(run.id) as held:
        events = list(train_run(held, commands))
    return workspace.run(run.id), events


def of(events: list[Event], kind: type) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_what_is_read_back_is_what_happened(make, workspace) -> None:
    run, events = run_through(workspace, make(*TOWER))
    reader = RunReader(workspace.run_folder(run.id))
    series = reader.series()
    assert tuple(series[:-1]) == events[0].series
    assert (series[-1].quantity, series[-1].family, series[-1].every) == ("step_seconds", "scalar", 1)
    rows = np.concatenate([event.values for event in of(events, StepsRecorded)])
    assert len(rows) == 12
    assert read_every_step(reader).tobytes() == rows.tobytes()
    seconds = np.concatenate([event.step_seconds for event in of(events, StepsRecorded)])
    assert reader.read([len(series) - 1]).mean[:, 0].tobytes() == seconds.tobytes()
    stored = [
        (each.step, each.epoch, each.split, each.metrics["loss"], each.metrics["accuracy"])
        for each in reader.evaluations()
    ]
    assert stored == [(each.step, each.epoch, each.split, each.loss, each.accuracy) for each in of(events, Evaluated)]
    for kept, happened in zip(reader.evaluations(), of(events, Evaluated), strict=True):
        assert (reader.confusions([kept.id])[kept.id] == happened.confusion).all()
    assert {key: reader.info()[key] for key in events[0].info} == json.loads(json.dumps(events[0].info))
    kinds = [(event.kind, event.step) for event in reader.events()]
    assert kinds == [("checkpoint", 12), ("finished", 12)]


def test_a_finished_run_has_its_status_and_summary(make, workspace) -> None:
    run, events = run_through(workspace, make(*TOWER))
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert run.status == "finished"
    assert run.summary is not None
    assert run.summary["test_accuracy"] == finished.test_accuracy
    assert run.summary["num_steps"] == 12
    summary = json.loads((workspace.run_folder(run.id) / "summary.json").read_text())
    assert summary == run.summary


def test_status_follows_pause_resume_and_stop(make, workspace, script) -> None:
    run = workspace.submit(dump_experiment(make(*TOWER)), queue=False)
    script.push("pause")
    seen = []
    with workspace.start_trainer(run.id) as held:
        for event in train_run(held, script):
            seen.append((type(event).__name__, workspace.run(run.id).status))
            if isinstance(event, RunPaused):
                script.push(*(["step"] if event.step == 0 else ["stop"]))
    statuses = [status for name, status in seen if name in ("RunStarted", "RunPaused", "RunResumed", "RunStopped")]
    assert statuses == ["running", "paused", "running", "paused", "stopped"]
    kinds = [event.kind for event in RunReader(workspace.run_folder(run.id)).events()]
    assert kinds == ["paused", "resumed", "paused", "checkpoint", "stopped"]


def test_commands_of_the_workspace_reach_the_run(make, workspace) -> None:
    run = workspace.submit(dump_experiment(make(*TOWER)), queue=False)
    workspace.command(run.id, "set_learning_rate", group="all", value=0.25)
    workspace.command(run.id, "stop")
    with workspace.start_trainer(run.id) as held:
        events = list(train_run(held))
    assert isinstance(events[-1], RunStopped)


def test_an_intervention_is_on_disk_before_the_step_it_changes(make, workspace, script) -> None:
    run = workspace.submit(dump_experiment(make(*TOWER)), queue=False)
    script.push("set_learning_rate", group="all", value=0.25)
    with workspace.start_trainer(run.id) as held:
        for event in train_run(held, script):
            if isinstance(event, Intervened):
                stored = RunReader(held.folder).interventions()
                assert [(each.step, each.kind, each.subject, each.value) for each in stored] == [
                    (0, "set_learning_rate", "all", 0.25)
                ]
                assert RunReader(held.folder).last_step() == 0
                break
        else:
            pytest.fail("nothing was changed")


def check_failed(run: Run, events: list[Event], words: str) -> None:
    assert isinstance(events[-1], RunFailed)
    assert run.status == "failed"
    assert words in run.reason
    assert events[-1].reason == run.reason


def test_a_device_that_is_not_there_fails_the_run(make, workspace) -> None:
    check_failed(*run_through(workspace, make(*TOWER), device="cuda:97"), "There is no cuda:97 on this machine")


def test_data_that_cannot_be_had_fails_the_run(make, workspace, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("HIGHRISE_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("HIGHRISE_DATA_MIRROR", "http://127.0.0.1:9/")
    monkeypatch.setenv("HIGHRISE_DATA_CACHE", str(tmp_path / "cache"))
    experiment = with_value(with_value(make(*TOWER), "data.num_train", None), "data.dataset", "mnist")
    check_failed(*run_through(workspace, experiment), "MNIST")


def test_a_document_with_problems_fails_the_run(make, workspace) -> None:
    experiment = make({"kind": "conv"})
    check_failed(*run_through(workspace, experiment), "i3: Conv needs an image")


def test_a_bug_marks_the_run_and_is_raised(make, workspace, monkeypatch) -> None:
    def broken(*unused: object, **also_unused: object) -> Iterator[Event]:
        raise KeyError("oops")
        yield

    monkeypatch.setattr(session, "train", broken)
    run = workspace.submit(dump_experiment(make(*TOWER)), queue=False)
    with workspace.start_trainer(run.id) as held, pytest.raises(KeyError):
        list(train_run(held))
    assert workspace.run(run.id).status == "failed"
    assert "KeyError: 'oops'" in workspace.run(run.id).reason


def test_rows_that_cannot_be_written_fail_the_run_and_stay_readable(make, workspace, monkeypatch) -> None:
    monkeypatch.setattr(loop, "FLUSH_SECONDS", 0.0)
    append = session.RunWriter.append_steps

    def full(writer: Any, first_step: int, values: np.ndarray, seconds: float) -> None:
        if first_step > 3:
            raise WorkspaceUnusable("run.db: the disk is full.")
        append(writer, first_step, values, seconds)

    monkeypatch.setattr(session.RunWriter, "append_steps", full)
    run, events = run_through(workspace, make(*TOWER))
    check_failed(run, events, "the disk is full")
    assert run.summary is not None
    assert run.summary["num_steps"] == 3
    assert RunReader(workspace.run_folder(run.id)).last_step() == 3


def test_room_for_the_status_is_kept_while_it_trains_and_given_back_before_it_is_written(
    make, workspace, monkeypatch
) -> None:
    monkeypatch.setattr(loop, "FLUSH_SECONDS", 0.0)
    run = workspace.submit(dump_experiment(make(*TOWER)), queue=False)
    kept = workspace.run_folder(run.id) / RESERVE_NAME
    seen: list[Any] = []

    def full(*unused: object) -> None:
        seen.append(kept.stat().st_size)
        raise WorkspaceUnusable("run.db: the disk is full.")

    def status(held: TrainerRun, status: str, *more: Any) -> None:
        seen.append((status, kept.exists()))

    monkeypatch.setattr(session.RunWriter, "append_steps", full)
    with workspace.start_trainer(run.id) as held:
        monkeypatch.setattr(TrainerRun, "set_status", status)
        list(train_run(held))
    assert seen == [("running", True), RESERVE_BYTES, ("failed", False)]


@pytest.mark.parametrize("first", ["Reserve", "RunWriter"])
def test_a_run_that_cannot_begin_to_write_fails_in_words(make, workspace, monkeypatch, first) -> None:
    def full(folder: Path) -> None:
        raise WorkspaceUnusable(f"{folder}: the disk is full.")

    monkeypatch.setattr(session, first, full)
    run, events = run_through(workspace, make(*TOWER))
    assert [type(event).__name__ for event in events] == ["RunFailed"]
    assert run.status == "failed"
    assert run.reason.endswith("the disk is full.")


def test_a_run_that_has_ended_keeps_no_room(make, workspace) -> None:
    run, _ = run_through(workspace, make(*TOWER))
    assert run.status == "finished"
    assert not (workspace.run_folder(run.id) / RESERVE_NAME).exists()


def test_a_checkpoint_that_cannot_be_written_fails_the_run(make, workspace, monkeypatch) -> None:
    def full(*unused: object, **more: object) -> Path:
        raise OSError("weights.safetensors could not be written. Is the disk full?")

    monkeypatch.setattr(loop, "save_checkpoint", full)
    run, events = run_through(workspace, make(*TOWER))
    check_failed(run, events, "Is the disk full?")
    assert not of(events, CheckpointSaved)
    assert events[-1].step == 12  # pyright: ignore[reportAttributeAccessIssue]


HUGE = """
import sys
from builder.spec import load_experiment
from builder.training import memory_limit
from builder.training.session import train_run
from builder.workspace.store import Workspace
workspace = Workspace.open(sys.argv[1])
run = workspace.submit(open(sys.argv[2]).read(), queue=False)
memory_limit.free_memory = lambda: 4 << 30
with workspace.start_trainer(run.id) as held:
    last = list(train_run(held))[-1]
print(type(last).__name__, workspace.run(run.id).status, workspace.run(run.id).reason)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="no other system has such a limit")
def test_a_network_that_does_not_fit_fails_the_run_in_words(make, tmp_path) -> None:
    document = tmp_path / "huge.json"
    document.write_text(dump_experiment(make(*[{"kind": "linear", "out_features": 65_536}] * 2)))
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", HUGE, tmp_path / "workspace", document],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2], env=environment,
    )  # fmt: skip
    assert done.stdout.startswith("RunFailed failed The network did not fit into memory. Use a smaller batch")
    assert "(16.0 GiB more were not to be had)" in done.stdout
