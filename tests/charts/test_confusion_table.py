"""Every evaluation's matrix can be looked at, travels once, and says what run.db says."""

import json
import sqlite3
from typing import Any

import numpy as np
import pytest

from builder.charts import LiveView
from builder.charts.assembly import Assembly
from builder.charts.confusion_table import MAX_COUNTS, ConfusionTable
from builder.workspace.rows import Evaluation
from builder.workspace.rows.layout import FILE_NAME


def evaluate(recording, step, num_classes=10, split="validation", seed=0):
    """Counts of 200 samples that are the more often right the later it is."""
    random = np.random.default_rng([seed, step])
    true = random.integers(num_classes, size=200)
    taken_for = np.where(random.random(200) < step / (step + 50), true, random.integers(num_classes, size=200))
    confusion = np.zeros((num_classes, num_classes), dtype=np.int64)
    np.add.at(confusion, (true, taken_for), 1)
    metrics = {"loss": 1.0, "accuracy": float(np.mean(true == taken_for))}
    recording.writer.add_evaluation(step, step / 50, split, metrics, confusion)


def stored(recording):
    """`(id, step, split, counts)` of each evaluation, read without the workspace's reader."""
    with sqlite3.connect(recording.shown.folder / FILE_NAME) as database:
        rows = database.execute("SELECT id, step, split, num_classes, confusion FROM evaluation ORDER BY id").fetchall()
    return [
        (number, step, split, [int.from_bytes(blob[at : at + 8], "little") for at in range(0, 8 * classes**2, 8)])
        for number, step, split, classes, blob in rows
    ]


def assert_stored(table, recording):
    """Each row of the table is one evaluation of run.db: counts, step, epoch, split, and the accuracy of its diagonal."""
    by_id = {row[0]: row[1:] for row in stored(recording)}
    size = len(table["columns"]["counts"]) // len(table["x"])
    num_classes = round(size**0.5)
    for place, (number, label) in enumerate(zip(table["x"], table["labels"], strict=True)):
        step, split, counts = by_id[number]
        assert table["columns"]["counts"][place * size : (place + 1) * size] == counts
        right = sum(counts[:: num_classes + 1]) / sum(counts)
        assert label == f"step {step:,} · epoch {step / 50:g} · {split} accuracy {right:.2%}"


def table_of(assembly):
    return assembly.tables()["r1/confusion"]


def figure_trace(assembly, theme="light") -> Any:
    """The only trace of the chart."""
    return {each.uid: each for each in assembly.figure("confusion", theme).data}["r1-confusion"]


def fresh(recording, kinds):
    view, assembly = LiveView([recording.shown], kinds), Assembly()
    assert assembly.apply(view.data())
    view.close()
    return table_of(assembly)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_rows_put_together_are_the_evaluations_in_run_db(record, kinds, invented, seed):
    random = np.random.default_rng(seed)
    run, assembly = record(), Assembly()
    view = LiveView([run.shown], kinds)
    for step in range(10, 410, 10):
        run.append(invented(10))
        if random.random() < 0.7:
            evaluate(run, step)
        assert assembly.apply(json.loads(json.dumps(view.data(), allow_nan=False)))
    evaluate(run, 400)
    evaluate(run, 400, split="test")
    assert assembly.apply(view.data())
    assert table_of(assembly)["x"] == [row[0] for row in stored(run)]
    assert table_of(assembly) == fresh(run, kinds)
    assert_stored(table_of(assembly), run)
    view.close()


def test_the_figure_is_the_newest_matrix_with_every_count_on_hover(record, kinds, invented):
    run = record()
    run.append(invented(50))
    evaluate(run, 20)
    evaluate(run, 40)
    view, assembly = LiveView([run.shown], kinds), Assembly()
    assembly.apply(view.data())
    view.close()
    drawn = figure_trace(assembly)
    counts = np.array(stored(run)[-1][-1]).reshape(10, 10)
    np.testing.assert_array_equal(drawn.customdata, counts)
    np.testing.assert_allclose(drawn.z, counts / counts.sum(axis=1, keepdims=True))
    assert [[int(text or 0) for text in row] for row in drawn.text] == counts.tolist()
    assert list(drawn.x) == list(drawn.y) == [str(number) for number in range(10)]
    assert figure_trace(assembly, "dark").textfont.color == "#E7EBF2"
    accuracy = counts.trace() / counts.sum()
    assert assembly.figure("confusion").layout.title.text == (
        f"Confusion matrix · step 40 · epoch 0.8 · validation accuracy {accuracy:.2%}"
    )
    assert assembly.figure("loss").layout.title.text == "Loss"


def test_a_figure_without_an_evaluation_is_titled_by_its_name(record, kinds, invented):
    run = record()
    run.append(invented(5))
    view, assembly = LiveView([run.shown], kinds), Assembly()
    assembly.apply(view.data())
    view.close()
    assert assembly.figure("confusion").layout.title.text == "Confusion matrix"


def test_matrices_that_a_trainer_cuts_off_under_way_are_left_out(record, kinds, invented):
    run, assembly = record(), Assembly()
    run.append(invented(60))
    for step in (20, 40, 60):
        evaluate(run, step)
    view = LiveView([run.shown], kinds)
    view._open()
    reader = view._readers["r1"]
    held = reader.evaluations()
    run.writer.truncate_after(40)
    reader.evaluations = lambda after=0: [each for each in held if each.id > after]
    assembly.apply(view.data())
    view.close()
    assert table_of(assembly)["x"] == [1, 2]
    assert_stored(table_of(assembly), run)


def test_a_matrix_travels_once(record, kinds, invented):
    run = record()
    view = LiveView([run.shown], kinds)
    run.append(invented(10))
    evaluate(run, 10)
    assert view.data()["tables"]["r1/confusion"]["x"] == [1]
    sent = []
    for step in range(11, 31):
        run.append(invented(1))
        if step == 15:
            evaluate(run, step)
        sent.append(view.data()["tables"]["r1/confusion"]["x"])
    assert sent == [[]] * 4 + [[2]] + [[]] * 15
    view.close()


def test_a_missed_evaluation_is_a_gap(record, kinds, invented):
    run, assembly = record(num_steps=2000), Assembly()
    view = LiveView([run.shown], kinds)
    for step in (10, 20, 30):
        run.append(invented(1))
        evaluate(run, step)
        message = view.data()
        if step == 10:
            assert assembly.apply(message)
    message["tables"] = {"r1/confusion": message["tables"]["r1/confusion"]}
    assert not assembly.apply(message)
    view.close()


@pytest.mark.parametrize(("num_classes", "num_evaluations"), [(100, 1000), (10, 1100), (320, 50)])
def test_very_many_counts_are_thinned_to_what_fits(num_classes, num_evaluations):
    loaded = []

    def load(ids):
        loaded.append(len(ids))
        return {number: np.full((num_classes, num_classes), number) for number in ids}

    def evaluation(number, **metrics):
        return Evaluation(id=number, step=number, epoch=0, split="validation", metrics=metrics, num_classes=num_classes)

    table, rows, num_full, sizes = ConfusionTable(load), [], 0, []
    for number in range(1, num_evaluations + 1):
        table.extend(evaluation(number, accuracy=0.5))
        if table.starts_over():
            table.reset()
            num_full, rows = num_full + 1, []
        sent = table.newest()
        sizes.append(len(json.dumps(sent, separators=(",", ":"))))
        assert sent["first"] <= len(rows)
        width = num_classes**2
        matrices = [sent["columns"]["counts"][at : at + width] for at in range(0, width * len(sent["x"]), width)]
        rows = rows[: sent["first"]] + list(zip(sent["x"], matrices, strict=True))
        assert (rows[0][0], rows[-1][0]) == (1, number)
    numbers = [number for number, _ in rows]
    assert all(matrix == [number] * num_classes**2 for number, matrix in rows)
    assert len(rows) * num_classes**2 <= max(MAX_COUNTS, 2 * num_classes**2)
    assert len(rows) >= max(2, min(MAX_COUNTS // num_classes**2, 512) // 2)
    assert len(set(np.diff(numbers[:-1]))) <= 1
    assert num_full <= np.log2(num_evaluations) + 1
    # Four digits and a comma for each count here; and a message between two full ones holds one or two of them.
    assert max(sizes) <= 5.1 * max(MAX_COUNTS, 2 * num_classes**2) + 512 * 60
    assert np.median(sizes) <= 2 * 5.1 * num_classes**2 + 500
    # Who opens the run now sees the same.
    later = ConfusionTable(load)
    loaded.clear()
    for number in range(1, num_evaluations + 1):
        later.extend(evaluation(number))
    assert later.newest()["x"] == numbers
    assert loaded == [len(numbers)]


def test_thinned_rows_are_still_those_in_run_db(record, kinds, invented):
    run, assembly = record(), Assembly()
    view = LiveView([run.shown], kinds)
    for step in range(1, 26):
        run.append(invented(1))
        evaluate(run, step, num_classes=100)
        assert assembly.apply(view.data())
    assert table_of(assembly)["x"] == [1, 5, 9, 13, 17, 21, 25]
    assert table_of(assembly) == fresh(run, kinds)
    assert_stored(table_of(assembly), run)
    view.close()


def test_a_resumed_run_forgets_the_evaluations_after_its_checkpoint(record, kinds, invented):
    run, assembly = record(), Assembly()
    view = LiveView([run.shown], kinds)
    run.append(invented(60))
    for step in (20, 40, 60):
        evaluate(run, step)
    assert assembly.apply(view.data())
    run.writer.truncate_after(40)
    run.append(invented(5))
    evaluate(run, 45, seed=7)
    assert assembly.apply(view.data())
    assert table_of(assembly)["x"] == [1, 2, 4]
    assert_stored(table_of(assembly), run)
    view.close()


def test_only_the_first_run_sends_matrices_and_one_without_is_no_row(record, kinds, invented):
    runs = [record("r1"), record("r2")]
    for run in runs:
        run.append(invented(20))
        run.writer.add_evaluation(5, 0.1, "validation", {"loss": 1.0, "accuracy": 0.5})
        evaluate(run, 10)
    view = LiveView([run.shown for run in runs], kinds)
    message = view.data()
    assert [name for name in message["tables"] if name.endswith("confusion")] == ["r1/confusion"]
    assert message["tables"]["r1/confusion"]["x"] == [2]
    view.close()
