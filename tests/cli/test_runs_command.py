import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from builder.workspace.checkpoints import FLAG_NAME, checkpoint_folder, checkpoint_path
from builder.workspace.rows import ABSENT, RunWriter, Series
from builder.workspace.runs import Run
from builder.workspace.store import Workspace


@pytest.fixture
def run(workspace: Path) -> Run:
    """A run with three steps, one evaluation and a changed learning rate."""
    store = Workspace.open(workspace)
    run = store.submit(json.dumps({"name": "tower"}), queue=False)
    with store.start_trainer(run.id) as held:
        writer = RunWriter(held.folder)
        writer.start(
            {"num_steps": 3, "batch_size": 4, "device": "cpu", "precision": "float32", "seed": 0},
            [
                Series(id=0, quantity="loss", subject="train", family="scalar"),
                Series(id=1, quantity="grad_norm", subject="i1", family="profile"),
            ],
        )
        held.set_status("running")
        writer.add_intervention(1, "set_learning_rate", "all parameters", 0.25)
        checkpoint = checkpoint_path(checkpoint_folder(held.folder), 1)
        checkpoint.mkdir(parents=True)
        (checkpoint / FLAG_NAME).touch()
        writer.append_steps(1, np.array([[0.1, 2.0], [1 / 3, ABSENT], [np.inf, np.nan]], dtype=np.float32), 0.1)
        writer.add_evaluation(3, 1.0, "validation", {"loss": 0.5, "accuracy": 0.75})
        writer.close()
        summary = {"val_accuracy": 0.75, "test_accuracy": 0.5, "num_steps": 3, "wall_seconds": 1.5}
        held.set_status("finished", "", summary)
    run = store.run(run.id)
    store.close()
    return run


def test_runs_are_listed_with_their_outcome(builder, workspace: Path, run: Run) -> None:
    shown = builder("runs", "list", "--workspace", workspace).stdout
    assert run.id in shown
    assert "finished" in shown
    assert "75.00%" in shown
    (row,) = json.loads(builder("runs", "list", "--workspace", workspace, "--json").stdout)
    assert row["summary"]["test_accuracy"] == 0.5


def test_a_run_is_shown_by_the_beginning_of_its_id(builder, workspace: Path, run: Run) -> None:
    shown = json.loads(builder("runs", "show", run.id[:4], "--workspace", workspace, "--json").stdout)
    assert shown["run"] == run.id
    assert shown["last_step"] == 3
    assert shown["evaluations"][0]["metrics"] == {"loss": 0.5, "accuracy": 0.75}
    assert shown["interventions"][0]["value"] == 0.25
    assert shown["interventions"][0]["back"] == {"run": run.id, "step": 1}
    assert shown["checkpoints"] == [1]
    told = builder("runs", "show", run.id, "--workspace", workspace).stdout
    assert "3 of 3 steps" in told
    assert f"set_learning_rate all parameters = 0.25  (before it: branch {run.id} --step 1)" in told
    assert "checkpoints at steps 1" in told


def test_the_export_holds_every_float_and_tells_absent_from_not_a_number(builder, workspace: Path, run: Run) -> None:
    done = builder("runs", "export", run.id, "--format", "csv", "--workspace", workspace)
    assert done.stderr == ""
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["step"] for row in rows] == ["1", "2", "3"]
    assert [np.float32(row["loss train"]) for row in rows] == [np.float32(0.1), np.float32(1 / 3), np.float32(np.inf)]
    assert [row["grad_norm block i1"] for row in rows] == ["2.0", "", "nan"]
    assert {(row["run"], row["name"]) for row in rows} == {("1", "tower")}
    assert [row["accuracy validation"] for row in rows] == ["", "", "0.75"]


def test_an_unknown_run_and_a_missing_workspace_are_told(builder, workspace: Path, run: Run, tmp_path: Path) -> None:
    done = builder("runs", "show", "zzz", "--workspace", workspace)
    assert done.returncode == 1
    assert "zzz" in done.stderr
    nowhere = tmp_path / "nowhere"
    done = builder("runs", "list", "--workspace", nowhere)
    assert done.returncode == 1
    assert str(nowhere) in done.stderr
    assert not nowhere.exists()


def test_a_run_whose_trainer_is_gone_is_not_called_running(builder, workspace: Path) -> None:
    store = Workspace.open(workspace)
    run = store.submit(json.dumps({"name": "lost"}), queue=False)
    with store.start_trainer(run.id) as held:
        held.set_status("running")
    store.close()
    (row,) = json.loads(builder("runs", "list", "--workspace", workspace, "--json").stdout)
    assert row["status"] == "crashed"


def test_shutdown_of_a_workspace_in_which_nothing_runs_says_so(builder, workspace: Path, tmp_path: Path) -> None:
    Workspace.open(workspace).close()
    assert "Nothing runs" in builder("shutdown", "--workspace", workspace).stdout
    nowhere = tmp_path / "nowhere"
    assert builder("shutdown", "--workspace", nowhere).returncode == 0
    assert not nowhere.exists()


@pytest.mark.process
def test_doctor_lists_versions_devices_data_and_disk(builder, workspace: Path) -> None:
    done = builder("doctor", "--json", "--workspace", workspace)
    report = json.loads(done.stdout)
    assert report["missing"] == []
    assert done.returncode == 0
    assert report["packages"]["torch"].startswith("2.13.0")
    assert "cpu" in [device["name"] for device in report["devices"]]
    assert {row["name"]: row["source"] for row in report["data"]}["digits"] == "embedded"
    assert report["disk"]["workspace"]["folder"] == str(workspace)
    assert report["disk"]["workspace"]["free_bytes"] > 0
    assert not workspace.exists()


def test_doctor_names_a_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    from builder.cli import doctor

    monkeypatch.setattr(doctor, "_packages", lambda: {"torch": ("2.13.0", None), "numpy": ("2.4.6", "1.0.0")})
    missing = " ".join(doctor.examine(None)["missing"])
    assert "torch is not installed instead of 2.13.0" in missing
    assert "numpy is 1.0.0" in missing


def test_an_export_says_in_json_what_it_is(builder, workspace: Path, run: Run) -> None:
    done = builder("runs", "export", run.id, "--format", "csv", "--json", "--workspace", workspace)
    assert done.returncode == 0
    assert done.stdout.startswith("run,name,step,epoch,training_seconds,loss train,")
    assert json.loads(done.stderr) == {"run": run.id, "format": "csv", "note": None}


def test_runs_are_tagged_noted_and_renamed_and_found_by_their_tag(builder, workspace: Path, run: Run) -> None:
    where = ("--workspace", workspace)
    assert "Best, for class" in builder("runs", "tag", run.id[:6], "Best", "for class", *where).stdout
    builder("runs", "tag", run.id, "best", "--remove", *where)
    builder("runs", "note", run.id, "Rate too high.", *where)
    builder("runs", "rename", run.id, "first try", *where)
    (row,) = json.loads(builder("runs", "list", "--tag", "FOR class", "--json", *where).stdout)
    assert (row["name"], row["tags"], row["notes"]) == ("first try", ["for class"], "Rate too high.")
    assert json.loads(builder("runs", "list", "--tag", "best", "--json", *where).stdout) == []
    shown = builder("runs", "show", run.id, *where).stdout
    assert "first try" in shown
    assert "tags: for class" in shown
    assert "Rate too high." in shown
    refused = builder("runs", "tag", run.id, "x" * 40, *where)
    assert refused.returncode == 1
    assert "too long for a tag" in refused.stderr


def test_a_deleted_run_can_be_restored_until_it_is_purged(builder, workspace: Path, run: Run) -> None:
    where = ("--workspace", workspace)
    assert f"runs restore {run.id}" in builder("runs", "delete", run.id[:6], *where).stdout
    assert json.loads(builder("runs", "list", "--json", *where).stdout) == []
    (gone,) = json.loads(builder("runs", "list", "--deleted", "--json", *where).stdout)
    assert gone["run"] == run.id
    assert "restored, finished" in builder("runs", "restore", run.id[:6], *where).stdout
    assert len(json.loads(builder("runs", "list", "--json", *where).stdout)) == 1
    builder("runs", "delete", run.id, *where)
    assert "0 deleted runs" in builder("runs", "purge", "--older-than-days", 1, *where).stdout
    assert "1 deleted run is" in builder("runs", "purge", *where).stdout
    assert builder("runs", "restore", run.id, *where).returncode == 1
