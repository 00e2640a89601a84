"""Rows of runs as CSV, against the numbers in the files, read by SQLite and numpy alone."""

import csv
import io
import json
import sqlite3

import numpy as np
import pytest

from builder.workspace.rows import (
    ABSENT,
    Keep,
    RunReader,
    RunSheet,
    RunWriter,
    Series,
    Sheet,
    missing_text,
    recorded_column,
)
from builder.workspace.rows.sheet import safe_text

NUM_STEPS = 5_000
SERIES = (
    Series(id=0, quantity="loss", subject="train", family="scalar"),
    Series(id=1, quantity="learning_rate", subject='=1+"1", a', family="scalar"),
    Series(id=2, quantity="update_ratio", subject="all", family="scalar", every=10),
    Series(id=3, quantity="grad_norm", subject="i2", family="profile"),
)


def record(folder, num_steps, seed, keep=None):
    """A run of uneven flushes, with values that are not finite and some that do not exist."""
    folder.mkdir()
    random = np.random.default_rng(seed)
    values = np.exp(random.normal(0, 5, (num_steps, len(SERIES)))).astype(np.float32)
    values[7, 0], values[8, 0], values[3, 3] = np.inf, np.nan, ABSENT
    writer = RunWriter(folder, keep)
    writer.start({"num_steps": num_steps, "steps_per_epoch": 40}, SERIES)
    while writer.last_step < num_steps:
        first = writer.last_step
        writer.append_steps(
            first + 1, values[first : first + int(random.integers(1, 90))], float(random.uniform(0, 0.2))
        )
    writer.add_evaluation(0, 0.0, "validation", {"loss": 2.5, "accuracy": 0.1})
    half = num_steps // 2
    writer.add_evaluation(half, half / 40, "validation", {"loss": 0.5, "accuracy": 0.75})
    writer.add_evaluation(half, half / 40, "test", {"loss": 0.25, "accuracy": 0.875})
    writer.close()


def in_the_file(folder):
    """Everything as SQLite has it: values by series, seconds by step, evaluations."""
    database = sqlite3.connect(folder / "run.db")
    series = database.execute("SELECT id, family, every FROM series ORDER BY id").fetchall()
    tracks = list(dict.fromkeys((family, every) for _, family, every in series))
    found = {}
    for number, (family, every) in enumerate(tracks):
        columns = [each for each, *kind in series if tuple(kind) == (family, every)]
        for first, blob in database.execute("SELECT first_record, data FROM chunk WHERE track = ?", (number,)):
            for row, record in enumerate(np.frombuffer(blob, dtype="<f4").reshape(-1, len(columns))):
                for place, column in enumerate(columns):
                    found[column, (first + row + 1) * every] = record[place]
    times, total = {0: 0.0}, 0.0
    for last, count, seconds in database.execute("SELECT last_step, num_steps, seconds FROM flush ORDER BY last_step"):
        for step in range(1, count + 1):
            times[last - count + step] = total + seconds * step / count
        total += seconds
    evaluations = database.execute("SELECT step, split, metrics FROM evaluation ORDER BY id").fetchall()
    database.close()
    return found, times, [(step, split, json.loads(metrics)) for step, split, metrics in evaluations]


def rows_of(*folders, metrics=None, names=("one", "two")):
    readers = [RunReader(folder) for folder in folders]
    sheet = Sheet(
        [
            RunSheet(
                number=3 + place,
                name=name,
                reader=reader,
                columns=tuple(map(recorded_column, reader.series())),
                metrics=metrics,
            )
            for place, (reader, name) in enumerate(zip(readers, names, strict=False))
        ]
    )
    text = "".join(sheet.pieces())
    for reader in readers:
        reader.close()
    return list(csv.DictReader(io.StringIO(text))), sheet


def test_every_value_of_two_runs_is_that_of_their_files_to_the_bit(tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    record(folders[0], NUM_STEPS, 0)
    record(folders[1], 300, 1)
    rows, sheet = rows_of(*folders)
    assert missing_text(sheet) is None
    titles = ["loss train", 'learning_rate =1+"1", a', "update_ratio all", "grad_norm block i2"]
    for number, folder, num_steps in ((3, folders[0], NUM_STEPS), (4, folders[1], 300)):
        values, times, evaluations = in_the_file(folder)
        own = [row for row in rows if row["run"] == str(number)]
        assert [int(row["step"]) for row in own][: num_steps + 1] == list(range(num_steps + 1))
        for row in own[: num_steps + 1]:
            step = int(row["step"])
            for column, title in enumerate(titles):
                value = values.get((column, step))
                is_absent = value is None or value.view(np.uint32) == ABSENT.view(np.uint32)
                if is_absent:
                    assert row[title] == ""
                else:
                    np.testing.assert_array_equal(np.float32(row[title]), value)
            assert float(row["training_seconds"]) == pytest.approx(times[step], abs=1e-6)
            assert float(row["epoch"]) == pytest.approx(step / 40, rel=1e-5)
        for step, split, found in evaluations:
            (row,) = [each for each in own if each["step"] == str(step)]
            assert {name: float(row[f"{name} {split}"]) for name in found} == found


def test_metrics_of_evaluations_are_chosen(tmp_path):
    record(tmp_path / "one", 300, 0)
    rows, _ = rows_of(tmp_path / "one", metrics=("loss",))
    assert [name for name in rows[0] if name.endswith(("validation", "test"))] == ["loss validation", "loss test"]
    assert [name for name in rows_of(tmp_path / "one", metrics=())[0][0] if name.endswith("validation")] == []


def test_profiles_that_are_no_longer_kept_leave_empty_cells_and_a_note(tmp_path):
    keep = Keep(newest_steps=500, around_intervention_steps=1)
    record(tmp_path / "one", NUM_STEPS, 0, keep)
    rows, sheet = rows_of(tmp_path / "one")
    text = missing_text(sheet)
    assert text is not None
    first = sheet.missing_before
    assert f"before step {first:,}" in text
    assert all(row["grad_norm block i2"] == "" for row in rows if int(row["step"]) < first)
    values, _, _ = in_the_file(tmp_path / "one")
    kept = [row for row in rows if int(row["step"]) >= first]
    assert 500 - 64 <= len(kept) < 1000
    assert all(np.float32(row["grad_norm block i2"]) == values[3, int(row["step"])] for row in kept)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("tower", "tower"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("a=b", "a=b"),
        ('a "quoted", b\r\nc', 'a "quoted", b \nc'),
    ],
)
def test_a_persons_text_is_no_formula_and_comes_back_whole(tmp_path, text, cell):
    assert safe_text(text) == cell
    record(tmp_path / "one", 20, 0)
    rows, _ = rows_of(tmp_path / "one", names=(text,))
    assert {row["name"] for row in rows} == {cell}
    assert len(rows) == 21


def test_a_long_run_is_written_in_pieces_of_bounded_size(tmp_path):
    record(tmp_path / "one", NUM_STEPS, 0)
    reader = RunReader(tmp_path / "one")
    sheet = Sheet([RunSheet(number=1, name="a", reader=reader, columns=tuple(map(recorded_column, reader.series())))])
    pieces = list(sheet.pieces())
    assert len(pieces) == 2 + -(-NUM_STEPS // 2048)
    assert max(piece.count("\n") for piece in pieces) == 2048
    reader.close()


@pytest.mark.parametrize("every", [1, 7, 64, 1_000])
def test_the_clock_is_the_sum_of_the_flushes(tmp_path, every):
    record(tmp_path / "one", NUM_STEPS, 2)
    reader = RunReader(tmp_path / "one")
    steps, seconds = reader.clock(every)
    _, times, _ = in_the_file(tmp_path / "one")
    np.testing.assert_allclose(np.cumsum(seconds), [times[step] for step in steps.tolist()], rtol=1e-12)
    assert steps[-1] == NUM_STEPS
    assert len(set(((steps - 1) // every).tolist())) == len(steps)
    later, part = reader.clock(every, after=int(steps[len(steps) // 2]))
    assert later[-1] == NUM_STEPS
    assert part.sum() == pytest.approx(seconds[len(steps) // 2 + 1 :].sum())
    reader.close()
