"""What an evaluation found beside its metrics: read back as written, bounded, cut with its evaluation."""

import sqlite3

import numpy as np
import pytest

from builder.workspace.rows import RunReader, RunWriter, Series
from builder.workspace.rows.copying import copy_rows
from builder.workspace.rows.findings import MAX_FINDINGS
from builder.workspace.rows.layout import FILE_NAME, SCHEMA

SERIES = [Series(id=0, quantity="loss", subject="train", family="scalar")]


def write(folder, num_steps=300):
    folder.mkdir(exist_ok=True)
    writer = RunWriter(folder)
    writer.start({}, SERIES)
    writer.append_steps(1, np.zeros((num_steps, 1), np.float32), 0.1)
    return writer


def evaluate(writer, steps, kinds=("a",)):
    for step in steps:
        arrays = {"step": np.array([step], np.int32)}
        writer.add_evaluation(step, step / 10, "validation", {"loss": 1.0}, findings=dict.fromkeys(kinds, arrays))


def kept(folder, kind="a"):
    return [each.step for each in RunReader(folder).findings() if each.kind == kind]


def test_arrays_are_read_back_with_their_evaluation(tmp_path):
    writer = write(tmp_path)
    random = np.random.default_rng(0)
    arrays = {
        "pixels": random.integers(256, size=(3, 8, 8, 1)).astype(np.uint8),
        "loss": random.normal(size=3).astype(np.float32),
        "nothing": np.empty((0, 4), np.int32),
        "number": np.array(0.25),
    }
    writer.add_evaluation(5, 0.5, "test", {"accuracy": 0.5})
    writer.add_evaluation(7, 0.7, "validation", {"accuracy": 0.5}, findings={"one": arrays, "other": {}})
    reader = RunReader(tmp_path)
    found = reader.findings()
    assert [(each.kind, each.step, each.epoch, each.split) for each in found] == [
        ("one", 7, 0.7, "validation"),
        ("other", 7, 0.7, "validation"),
    ]
    assert {each.evaluation for each in found} == {reader.evaluations()[1].id}
    kind, back = reader.finding(found[0].id) or ("", {})
    assert kind == "one"
    assert {name: (each.dtype, each.shape, each.tolist()) for name, each in back.items()} == {
        name: (each.dtype, each.shape, each.tolist()) for name, each in arrays.items()
    }
    assert reader.finding(99) is None


@pytest.mark.parametrize("num_evaluations", [1, MAX_FINDINGS, MAX_FINDINGS + 1, 2 * MAX_FINDINGS + 1, 300])
def test_of_many_evaluations_some_are_kept_from_the_first_to_the_newest(tmp_path, num_evaluations):
    writer = write(tmp_path)
    evaluate(writer, range(1, num_evaluations + 1))
    found = kept(tmp_path)
    assert len(found) <= MAX_FINDINGS + 1
    assert len(found) >= min(num_evaluations, MAX_FINDINGS // 2)
    assert (found[0], found[-1]) == (1, num_evaluations)
    distances = set(np.diff(found[:-1]).tolist())
    assert len(distances) <= 1


@pytest.mark.parametrize("back_to", [1, 61, 62, 63, 64, 66, 128, 131, 198])
def test_a_run_that_went_back_to_a_checkpoint_ends_with_those_of_an_unbroken_one(tmp_path, back_to):
    unbroken = write(tmp_path / "unbroken")
    evaluate(unbroken, range(1, 231))
    broken = write(tmp_path / "broken")
    evaluate(broken, range(1, 200))
    broken.truncate_after(back_to)
    assert max(kept(tmp_path / "broken")) <= back_to
    broken.close()
    again = RunWriter(tmp_path / "broken")
    evaluate(again, range(back_to + 1, 231))
    assert kept(tmp_path / "broken") == kept(tmp_path / "unbroken")


def test_a_branch_begins_with_the_findings_before_it(tmp_path):
    evaluate(write(tmp_path / "one"), (10, 20, 30), ("a", "b"))
    (tmp_path / "two").mkdir()
    copy_rows(tmp_path / "one", tmp_path / "two", 20)
    assert kept(tmp_path / "two") == [10, 20]
    assert kept(tmp_path / "two", "b") == [10, 20]


def test_a_run_of_an_earlier_version_opens_without_and_goes_on_with_findings(tmp_path):
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        database.executescript(f"{SCHEMA} PRAGMA user_version = 1;")
    reader = RunReader(tmp_path)
    assert reader.findings() == []
    assert reader.finding(1) is None
    writer = RunWriter(tmp_path)
    evaluate(writer, (1, 2))
    # The same reader, which was open before the table was there.
    assert [each.step for each in reader.findings()] == [1, 2]
