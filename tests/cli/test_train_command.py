import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from builder.workspace.life import is_alive
from builder.workspace.rows import RunReader, find_series
from builder.workspace.store import Workspace

pytestmark = pytest.mark.process
ROOT = Path(__file__).parents[2]


def events_of(done) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def only_run(folder: Path):
    workspace = Workspace.open(folder)
    (run,) = workspace.runs()
    workspace.close()
    return run


def test_train_prints_one_event_per_line_and_ends_with_the_result(builder, tiny: Path, workspace: Path) -> None:
    done = builder("train", tiny, "--workspace", workspace, "--json")
    assert done.returncode == 0, done.stderr
    events = events_of(done)
    assert events[0]["event"] == "run_started"
    assert sum(event["event"] == "run_started" for event in events) == 1
    last = events[-1]
    assert last["event"] == "run_finished"
    # 200 points, 15 % held back, batches of 32 of which the incomplete last one is dropped, 2 epochs.
    assert last["num_steps"] == 170 // 32 * 2
    assert 0 <= last["val_accuracy"] <= 1
    assert 0 <= last["test_accuracy"] <= 1
    assert last["wall_seconds"] > 0
    recorded = [event for event in events if event["event"] == "steps_recorded"]
    assert recorded[-1]["step"] == last["num_steps"]
    assert [event["step"] + 1 for event in recorded[:-1]] == [event["first_step"] for event in recorded[1:]]


def test_train_writes_the_run_that_the_screen_reads(builder, tiny: Path, workspace: Path) -> None:
    last = events_of(builder("train", tiny, "--workspace", workspace, "--json"))[-1]
    run = only_run(workspace)
    assert (run.id, run.status, run.name) == (last["run"], "finished", "tiny")
    assert run.summary is not None
    assert run.summary["test_accuracy"] == last["test_accuracy"]
    folder = workspace / "runs" / run.id
    assert not is_alive(folder)
    reader = RunReader(folder)
    assert reader.last_step() == last["num_steps"]
    assert {each.subject for each in find_series(reader.series(), "learning_rate")} == {"bodies", "rest"}
    assert [each.split for each in reader.evaluations()][-1] == "test"
    reader.close()


def test_train_shows_loss_and_accuracy_to_a_person(builder, tiny: Path, workspace: Path) -> None:
    done = builder("train", tiny, "--workspace", workspace)
    assert done.returncode == 0, done.stderr
    assert "loss" in done.stderr
    assert "accuracy" in done.stderr
    assert done.stdout.startswith("Finished: 10 steps in ")
    assert str(workspace) in done.stdout


def test_set_changes_any_field_by_its_path(builder, tiny: Path, workspace: Path) -> None:
    done = builder(
        *("train", tiny, "--workspace", workspace, "--json", "--device", "cpu"),
        *("--set", "training.duration.steps=3", "--set", "groups.0.learning_rate=0.5"),
        *("--set", 'training.optimizer={"kind":"adam"}', "--set", "name=renamed"),
    )
    assert done.returncode == 0, done.stderr
    assert events_of(done)[-1]["num_steps"] == 3
    run = only_run(workspace)
    document = json.loads((workspace / "runs" / run.id / "document.json").read_text())
    assert document["name"] == "renamed"
    assert document["groups"][0]["learning_rate"] == 0.5
    assert document["training"]["optimizer"]["kind"] == "adam"
    assert document["training"]["device"] == "cpu"


def test_the_same_document_gives_the_same_numbers(builder, tiny: Path, workspace: Path, tmp_path: Path) -> None:
    first = events_of(builder("train", tiny, "--workspace", workspace, "--json"))
    second = events_of(builder("train", tiny, "--workspace", tmp_path / "other", "--json"))
    evaluations = [
        [(event["loss"], event["accuracy"]) for event in events if event["event"] == "evaluated"]
        for events in (first, second)
    ]
    assert evaluations[0] == evaluations[1]


def test_a_bad_document_is_told_in_full_and_creates_nothing(builder, change, workspace: Path) -> None:
    def break_twice(document) -> None:
        document["network"]["items"][0]["out_features"] = -3
        document["network"]["items"][1]["items"][0]["body"][0]["colour"] = "red"
        document["training"]["batch_size"] = 0

    done = builder("train", change(break_twice), "--workspace", workspace, "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert any(line.startswith("i1: ") and "out_features" in line for line in lines)
    assert any(line.startswith("i4: ") and "colour" in line for line in lines)
    assert any("training.batch_size" in line for line in lines)
    assert not workspace.exists()


def test_shapes_that_cannot_be_create_nothing(builder, change, workspace: Path) -> None:
    def widen(document) -> None:
        document["network"]["items"][1]["items"][0]["body"][0]["out_features"] = 9

    done = builder("train", change(widen), "--workspace", workspace)
    assert done.returncode == 2
    assert done.stderr.startswith("i3: ")
    assert not workspace.exists()


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("training.batch_size=NaN", "training.batch_size"),
        ("training.batch_sice=3", "batch_sice"),
        ("groups.7.learning_rate=1", "7"),
        ("training.device=abacus", "training.device"),
        ("no-equals-sign", "PATH=VALUE"),
    ],
)
def test_a_bad_setting_is_refused_with_its_place(builder, tiny: Path, workspace: Path, setting: str, told: str) -> None:
    done = builder("train", tiny, "--workspace", workspace, "--set", setting)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not workspace.exists()


def test_every_bad_setting_is_told_at_once(builder, tiny: Path, workspace: Path) -> None:
    done = builder(
        "train", tiny, "--workspace", workspace, "--set", "training.seed=-1", "--set", "data.dataset=imagenet"
    )
    assert "training.seed" in done.stderr
    assert "data.dataset" in done.stderr


def test_a_device_that_is_not_there_creates_nothing(builder, tiny: Path, workspace: Path) -> None:
    done = builder("train", tiny, "--workspace", workspace, "--device", "cuda:99")
    assert done.returncode == 2
    assert "cuda:99" in done.stderr
    assert "cpu" in done.stderr
    assert not workspace.exists()


def test_a_divergence_ends_with_the_step_and_what_to_lower(builder, tiny: Path, workspace: Path) -> None:
    done = builder(
        *("train", tiny, "--workspace", workspace, "--json"),
        *("--set", "groups.0.learning_rate=100", "--set", "groups.1.learning_rate=100"),
        *("--set", "training.duration.steps=500"),
    )
    assert done.returncode == 1
    last = events_of(done)[-1]
    assert last["event"] == "run_diverged"
    assert str(last["diverged_at"]) in last["reason"]
    assert last["test_accuracy"] is None
    assert only_run(workspace).status == "diverged"


def test_data_that_cannot_be_had_ends_as_failed_with_the_remedy(
    builder, tiny: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing listens on this port of this machine.
    monkeypatch.setenv("HIGHRISE_DATA_MIRROR", "http://127.0.0.1:9")
    done = builder("train", "mnist-dense", "--workspace", workspace, "--json")
    assert done.returncode == 1
    (last,) = events_of(done)
    assert last["event"] == "run_failed"
    assert "digits" in last["reason"]
    assert "HIGHRISE_DATA_FOLDER" in last["reason"]
    assert not workspace.exists()
    assert "Traceback" not in done.stderr


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "builder", *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_as_stopped_with_what_it_learned(tiny: Path, workspace: Path, number: int) -> None:
    process = start(
        *("train", tiny, "--workspace", workspace, "--json"),
        *("--set", "training.duration.steps=1000000", "--set", "training.pace=200"),
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "steps_recorded":
            break
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    last = json.loads(out.splitlines()[-1])
    assert process.returncode == 130, err
    assert last["event"] == "run_stopped"
    assert last["num_steps"] > 0
    assert err == ""
    run = only_run(workspace)
    assert run.status == "stopped"
    assert not is_alive(workspace / "runs" / run.id)


def test_somebody_else_may_stop_a_foreground_run(builder, tiny: Path, workspace: Path) -> None:
    process = start(
        *("train", tiny, "--workspace", workspace, "--json"),
        *("--set", "training.duration.steps=1000000", "--set", "training.pace=200"),
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "steps_recorded":
            break
    store = Workspace.open(workspace)
    store.command(only_run(workspace).id, "stop")
    store.close()
    out, err = process.communicate(timeout=60)
    assert json.loads(out.splitlines()[-1])["event"] == "run_stopped", err


def test_a_bug_while_training_ends_the_lines_as_failed_and_is_not_hidden(
    tiny: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from builder.cli.main import main
    from builder.training.recorder import Recorder

    def divide(*_arguments: object) -> None:
        raise ZeroDivisionError("one too few")

    monkeypatch.setattr(Recorder, "record", divide)
    with pytest.raises(ZeroDivisionError):
        main(["train", str(tiny), "--workspace", str(workspace), "--json"])
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["event"] == "run_failed"
    assert "one too few" in last["reason"]
    assert only_run(workspace).status == "failed"


def test_a_reader_who_leaves_stops_the_run(tiny: Path, workspace: Path) -> None:
    process = start(
        *("train", tiny, "--workspace", workspace, "--json"),
        *("--set", "training.duration.steps=1000000", "--set", "training.pace=200"),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=60) == 130
    assert process.stderr.read() == ""
    process.stderr.close()
    assert only_run(workspace).status == "stopped"
