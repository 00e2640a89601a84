"""Messages: small, complete together, and a gap is noticed."""

import json

import numpy as np
import pytest
from held import assert_same_tables, fresh

from builder.charts import LiveView, ShownRun
from builder.charts.assembly import Assembly
from builder.workspace.rows import ABSENT, RunReader

KIB = 1024


def size_of(message):
    return len(json.dumps(message, allow_nan=False, separators=(",", ":")))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_messages_put_together_equal_a_full_one(record, kinds, invented, seed):
    random_ = np.random.default_rng(seed)
    run, assembly = record(num_steps=6000), Assembly()
    view = LiveView([run.shown], kinds)
    values = invented(6000, seed=seed)
    values[np.random.default_rng(seed).random(values.shape) < 0.002] = np.nan
    step = 0
    while step < len(values):
        count = int(random_.choice([1, 3, 17, 60, 200]))
        run.append(values[step : step + count])
        step += count
        if random_.random() < 0.2:
            run.writer.add_evaluation(step, 0.1, "validation", {"loss": random_.random(), "accuracy": 0.5})
        assert assembly.apply(json.loads(json.dumps(view.data(), allow_nan=False)))
        if random_.random() < 0.1:
            assert_same_tables(assembly.tables(), fresh(run, kinds).tables())
    assert assembly.apply(view.data())
    assert_same_tables(assembly.tables(), fresh(run, kinds).tables())
    view.close()


def test_how_rows_were_flushed_does_not_show(record, kinds, invented):
    values = invented(3000)
    one, other = record("r1", num_steps=3000), record("r1b", num_steps=3000)
    one.append(values)
    assembly = Assembly()
    same_id = ShownRun("r1", "first", other.shown.folder, other.shown.colour)
    view = LiveView([same_id], kinds)
    for start in range(0, 3000, 7):
        other.append(values[start : start + 7])
        assert assembly.apply(view.data())
    view.close()
    shown, expected = assembly.tables(), fresh(one, kinds).tables()
    # Times are those of flushes.
    del shown["r1/clock"], expected["r1/clock"]
    assert_same_tables(shown, expected)


@pytest.mark.parametrize("kind", ["residual", "highway", "stochastic_depth"])
def test_messages_stay_small_over_a_hundred_thousand_steps(record, kinds, kind):
    blocks = [{"address": f"i1[{copy}]", "item": "i1", "kind": kind, "depth": copy} for copy in range(1, 55)]
    run = record(num_steps=100_000, blocks=blocks, probed_every=10)
    num_series = len(run.series)
    view = LiveView([run.shown], kinds)
    random_ = np.random.default_rng(0)
    sizes, full = [], []
    while run.writer.last_step < 100_000:
        run.append(random_.random((250, num_series), dtype=np.float32))
        message = view.data()
        (full if message["full"] else sizes).append(size_of(message))
    # Rows of every step and those of every tenth double their bins at times of their own.
    assert len(full) <= 16
    assert max(full) < 256 * KIB
    # The first few hundred steps double again and again; from then on every message is small.
    assert max(sizes[10:]) <= (16 if kind == "residual" else 24) * KIB
    assert len(sizes) > 350
    view.close()


def test_the_cost_of_a_message_does_not_grow_with_the_run(record, kinds, invented, monkeypatch):
    run, read = record(num_steps=60_000), []
    original = RunReader.read

    def counting(self, *args, **kwargs):
        points = original(self, *args, **kwargs)
        read.append(points.mean.size)
        return points

    monkeypatch.setattr(RunReader, "read", counting)
    view = LiveView([run.shown], kinds)
    costs = []
    while run.writer.last_step < 60_000:
        run.append(invented(500))
        read.clear()
        if not view.data()["full"]:
            costs.append(sum(read))
    assert max(costs[-20:]) <= max(costs[:20]) <= 50_000
    view.close()


def test_a_missed_message_is_a_gap(record, kinds, invented):
    run, assembly = record(), Assembly()
    view = LiveView([run.shown], kinds)
    run.append(invented(20))
    assert assembly.apply(view.data())
    for _ in range(2):
        run.append(invented(5))
        message = view.data()
    assert not message["full"]
    before = assembly.tables()
    assert not assembly.apply(message)
    assert_same_tables(assembly.tables(), before)
    view.close()


def test_another_viewers_message_is_a_gap(record, kinds, invented):
    run, assembly = record(), Assembly()
    run.append(invented(20))
    one, other = LiveView([run.shown], kinds), LiveView([run.shown], kinds)
    assert assembly.apply(one.data())
    other.data()
    run.append(invented(1))
    assert not assembly.apply(other.data())
    one.close()
    other.close()


def test_without_news_the_same_message_comes_again(record, kinds, invented):
    run = record()
    run.append(invented(20))
    view = LiveView([run.shown], kinds)
    message = view.data()
    assert view.data() is message
    run.append(invented(1))
    assert view.data() is not message
    view.close()


def test_a_run_that_has_not_begun_is_empty_and_appears_by_itself(record, kinds, invented, tmp_path):
    view = LiveView([ShownRun("r1", "first", tmp_path / "r1", "#3B7DE0")], kinds)
    message = view.data()
    assert message["empty"]
    # It may wait in the queue, and then there is nothing to press.
    assert message["charts"][0]["empty"] == "The loss of every step will appear here."
    assert [chart["id"] for chart in message["charts"]][:4] == ["loss", "accuracy", "grad_norm", "depth_profile"]
    run = record()
    assert view.data()["empty"]
    run.append(invented(3))
    message = view.data()
    assert not message["empty"]
    assert message["tables"]["r1/every1"]["x"] == [1, 2, 3]
    view.close()


def test_while_no_run_is_chosen_the_charts_say_what_to_press(kinds):
    view = LiveView([], kinds)
    assert view.data()["charts"][0]["empty"] == "Press Train: the loss of every step will appear here."
    view.close()


def test_resuming_from_a_checkpoint_takes_back_what_was_drawn(record, kinds, invented):
    run, assembly = record(), Assembly()
    view = LiveView([run.shown], kinds)
    run.append(invented(60))
    run.writer.add_evaluation(50, 1, "validation", {"loss": 1.0, "accuracy": 0.5})
    assert assembly.apply(view.data())
    run.writer.truncate_after(40)
    run.append(invented(5, seed=9))
    assert assembly.apply(view.data())
    assert_same_tables(assembly.tables(), fresh(run, kinds).tables())
    assert assembly.tables()["r1/validation"]["x"] == []
    view.close()


def test_several_runs_travel_in_one_message(record, kinds, invented):
    runs = [record("r1"), record("r2")]
    runs[0].append(invented(30))
    view, assembly = LiveView([run.shown for run in runs], kinds), Assembly()
    assert assembly.apply(view.data())
    runs[1].append(invented(10))
    assert assembly.apply(view.data())
    assert len(assembly.tables()["r1/every1"]["x"]) == 30
    assert len(assembly.tables()["r2/every1"]["x"]) == 10
    view.close()


def test_many_evaluations_keep_their_extremes(record, kinds, invented):
    run = record()
    run.append(invented(10))
    for number in range(1200):
        loss = 99.0 if number == 700 else 1.0
        run.writer.add_evaluation(number, 0, "validation", {"loss": loss, "accuracy": 0.5})
    table = fresh(run, kinds).tables()["r1/validation"]
    assert len(table["x"]) <= 512
    assert max(table["columns"]["loss"]) == 99.0


def test_a_network_all_dropped_does_not_stop_the_feed(record, kinds, invented):
    run, values = record(), invented(40)
    values[:, 6:] = ABSENT
    run.append(values)
    assert fresh(run, kinds).figure("depth_profile").data
