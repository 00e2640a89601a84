import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.rows import ABSENT, Keep, RunReader, RunWriter, Series, bins, is_absent
from builder.workspace.rows.layout import FILE_NAME

SERIES = [
    Series(id=0, quantity="loss", subject="train", family="scalar"),
    Series(id=1, quantity="grad_norm", subject="i1", family="profile"),
    Series(id=2, quantity="grad_norm", subject="i2", family="profile"),
    Series(id=3, quantity="scale", subject="i1", family="profile", every=5),
]


def make_values(num_steps: int, seed: int = 0) -> np.ndarray:
    """Random walks with holes, NaNs and infinities, float32 `[steps, 4]`."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(num_steps, len(SERIES))).astype(np.float32)
    values[random.random(values.shape) < 0.02] = np.nan
    values[random.random(values.shape) < 0.02] = np.inf
    values[random.random(values.shape) < 0.1] = ABSENT
    return values


def write(folder, values, sizes=(), keep=None, start=True):
    """Append `values` in flushes of `sizes`, the rest at once, and return the open writer."""
    folder.mkdir(exist_ok=True, parents=True)
    writer = RunWriter(folder, keep)
    if start:
        writer.start({"num_steps": len(values)}, SERIES)
    append(writer, values, sizes)
    return writer


def append(writer, values, sizes=()):
    done = 0
    for size in [*sizes, len(values)]:
        part = values[done : done + size]
        if len(part):
            writer.append_steps(writer.last_step + 1, part, 0.1)
        done += len(part)


def same(one, other):
    """Points equal bit for bit."""
    return (
        one.bin_size == other.bin_size
        and one.last_step == other.last_step
        and all(
            getattr(one, name).tobytes() == getattr(other, name).tobytes()
            for name in ("steps", "mean", "min", "max", "num_nonfinite")
        )
    )


def all_levels(folder):
    """Every level of every stride, as read back."""
    reader = RunReader(folder)
    read = [
        reader.read(ids, max_points=10**9, bin_size=size)
        for ids, sizes in (([0], [1, 16, 64, 256, 1024]), ([1, 2], [16, 64, 256, 1024]), ([3], [80, 320]))
        for size in sizes
    ]
    reader.close()
    return read


def test_absent_survives_the_file_and_is_no_other_nan(tmp_path):
    values = np.array([[1, ABSENT, np.nan, 0]], dtype=np.float32)
    write(tmp_path, values).close()
    points = RunReader(tmp_path).read([0, 1, 2])
    assert is_absent(points.mean).tolist() == [[False, True, False]]
    assert points.num_nonfinite.tolist() == [[0, 0, 1]]


def test_a_conversion_that_could_lose_the_payload_is_refused():
    with pytest.raises(TypeError, match="float64"):
        is_absent(np.zeros(3))


@settings(max_examples=40, deadline=None)
@given(
    num_steps=st.integers(1, 1500),
    where=st.floats(0, 0.999),
    max_points=st.integers(1, 300),
    sizes=st.lists(st.integers(1, 200), max_size=10),
)
def test_a_spike_of_one_step_is_drawn_whatever_the_zoom(tmp_path_factory, num_steps, where, max_points, sizes):
    folder = tmp_path_factory.mktemp("run")
    spike = int(where * num_steps)
    values = np.zeros((num_steps, 4), dtype=np.float32)
    values[spike, 0], values[spike, 1] = 1e9, -1e9
    write(folder, values, sizes).close()
    points = RunReader(folder).read([0, 1], max_points=max_points)
    assert len(points.steps) <= max_points
    assert points.last_step == num_steps
    drawn = np.searchsorted(points.steps, spike + 1, side="right") - 1
    assert points.max[drawn, 0] == np.float32(1e9)
    assert points.min[drawn, 1] == np.float32(-1e9)


@settings(max_examples=40, deadline=None)
@given(
    num_steps=st.integers(1, 1200), seed=st.integers(0, 99), max_points=st.integers(1, 400), column=st.integers(0, 3)
)
def test_points_equal_a_summary_of_the_values_by_hand(tmp_path_factory, num_steps, seed, max_points, column):
    folder = tmp_path_factory.mktemp("run")
    values = make_values(num_steps, seed)
    write(folder, values, [7, 100]).close()
    points = RunReader(folder).read([column], max_points=max_points)
    stride = SERIES[column].every
    steps = np.arange(stride, num_steps + 1, stride)
    for at, first in enumerate(points.steps):
        inside = values[steps[(steps >= first) & (steps < first + points.bin_size)] - 1, column]
        present = inside[~is_absent(inside)]
        finite = present[np.isfinite(present)]
        assert points.num_nonfinite[at, 0] == len(present) - len(finite)
        if len(finite):
            assert points.min[at, 0] == finite.min()
            assert points.max[at, 0] == finite.max()
            assert points.mean[at, 0] == pytest.approx(finite.astype(np.float64).mean(), rel=1e-5, abs=1e-6)
        else:
            assert not np.isfinite(points.mean[at, 0])
            assert is_absent(points.mean[at, :1])[0] == (len(present) == 0)


@settings(max_examples=30, deadline=None)
@given(num_steps=st.integers(1, 1200), sizes=st.lists(st.integers(1, 300), max_size=20), seed=st.integers(0, 99))
def test_any_flush_sizes_give_the_same_rows_as_one(tmp_path_factory, num_steps, sizes, seed):
    folder = tmp_path_factory.mktemp("run")
    values = make_values(num_steps, seed)
    write(folder / "one", values).close()
    write(folder / "many", values, sizes).close()
    assert all(map(same, all_levels(folder / "one"), all_levels(folder / "many")))


@settings(max_examples=30, deadline=None)
@given(num_steps=st.integers(1, 1200), cut=st.floats(0, 1), again=st.integers(0, 400), seed=st.integers(0, 99))
def test_truncating_and_writing_again_equals_never_having_stopped(tmp_path_factory, num_steps, cut, again, seed):
    folder = tmp_path_factory.mktemp("run")
    values = make_values(num_steps, seed)
    kept = int(cut * num_steps)
    write(folder / "one", values).close()
    first = write(folder / "two", values[:kept], [13, 50])
    append(first, make_values(again, seed + 1))
    first.close()
    second = RunWriter(folder / "two")
    second.truncate_after(kept)
    assert second.last_step == kept
    append(second, values[kept:], [3])
    second.close()
    assert all(map(same, all_levels(folder / "one"), all_levels(folder / "two")))


@settings(max_examples=25, deadline=None)
@given(num_steps=st.integers(2, 900), cut=st.floats(0, 1), level=st.sampled_from([1, 16, 64]))
def test_bins_never_move_as_more_rows_arrive(tmp_path_factory, num_steps, cut, level):
    folder = tmp_path_factory.mktemp("run")
    values = make_values(num_steps)
    now = max(1, int(cut * num_steps))
    writer = write(folder, values[:now])
    reader = RunReader(folder)
    early = reader.read([0], bin_size=level)
    append(writer, values[now:])
    late = reader.read([0], bin_size=level)
    complete = now // level
    assert early.steps.tolist() == late.steps[: len(early.steps)].tolist()
    assert early.mean[:complete].tobytes() == late.mean[:complete].tobytes()
    assert early.max[:complete].tobytes() == late.max[:complete].tobytes()


def test_truncating_cuts_evaluations_and_events_but_never_interventions(tmp_path):
    writer = write(tmp_path, make_values(100))
    for step in (10, 50, 90):
        writer.add_evaluation(step, step / 10, "validation", {"loss": 1.0}, np.eye(2, dtype=np.int64))
        writer.add_intervention(step, "set_learning_rate", "all", 0.1)
        writer.add_event(step, "checkpoint")
    writer.truncate_after(50)
    reader = RunReader(tmp_path)
    assert [each.step for each in reader.evaluations()] == [10, 50]
    assert [each.step for each in reader.events()] == [10, 50]
    assert [(each.step, each.value) for each in reader.interventions()] == [(10, 0.1), (50, 0.1), (90, 0.1)]
    assert [(each.id, each.num_classes) for each in reader.evaluations(after=1)] == [(2, 2)]
    assert {number: counts.tolist() for number, counts in reader.confusions([2, 3, 9]).items()} == {2: [[1, 0], [0, 1]]}
    assert reader.last_step() == 50
    assert reader.steps_per_second() == pytest.approx(1000)


def test_metrics_of_ten_thousand_evaluations_are_read_without_their_matrices(tmp_path):
    writer, num_classes, num_evaluations = write(tmp_path, make_values(10)), 10, 10_000
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        counts = np.arange(num_classes**2, dtype="<i8").tobytes()
        database.executemany(
            "INSERT INTO evaluation (step, epoch, split, metrics, num_classes, confusion) VALUES (?, 1.0, ?, ?, ?, ?)",
            [
                (step, "validation" if step % 2 else "test", f'{{"accuracy": {step}}}', num_classes, counts)
                for step in range(1, num_evaluations + 1)
            ],
        )
    writer.add_evaluation(num_evaluations + 1, 2.0, "test", {"accuracy": 1.0})
    reader, asked = RunReader(tmp_path), []
    reader._database._connection.set_trace_callback(asked.append)
    found = reader.evaluations()
    assert [each.num_classes for each in found] == [num_classes] * num_evaluations + [0]
    newest = reader.newest_evaluation("validation")
    assert newest is not None
    assert (newest.step, newest.metrics) == (num_evaluations - 1, {"accuracy": num_evaluations - 1})
    assert reader.newest_evaluation("training") is None
    assert asked
    assert not any("confusion" in each for each in asked)
    assert reader.confusions([5, num_evaluations + 1])[5].ravel().tolist() == list(range(num_classes**2))
    assert len(reader.confusions([5, num_evaluations + 1])) == 1


def test_full_profiles_stay_for_the_newest_steps_and_around_interventions(tmp_path):
    keep = Keep(newest_steps=500, around_intervention_steps=50)
    writer = write(tmp_path, make_values(1000), [10] * 99, keep)
    writer.add_intervention(1001, "set_learning_rate", "all", 0.1)
    append(writer, make_values(3000), [10] * 299)
    reader = RunReader(tmp_path)
    for first, last in ((951, 1051), (3501, 4000)):
        assert reader.read([1], first, last).bin_size == 1
    assert reader.read([1], 2001, 2100).bin_size == 16
    assert reader.read([0], 1, 4000, 4000).bin_size == 1
    with pytest.raises(ValueError, match="no longer kept"):
        reader.read([1], 2001, 2100, bin_size=1)


def test_a_full_file_stops_keeping_profiles_in_full_and_says_so(tmp_path):
    writer = write(tmp_path, make_values(3000), [100] * 29, Keep(max_bytes=60_000))
    info = RunReader(tmp_path).info()
    assert 0 < info["full_resolution_ended_at"] < 3000
    reader = RunReader(tmp_path)
    assert reader.read([1], 1, 3000, 3000).bin_size == 16
    assert reader.read([0], 1, 3000, 3000).bin_size == 1
    append(writer, make_values(1))
    assert reader.read([1, 2], max_points=10).last_step == 3001


def test_one_can_go_back_to_a_checkpoint_whose_neighbours_are_gone(tmp_path):
    values = make_values(3000)
    keep = Keep(newest_steps=100)
    write(tmp_path / "one", values, [10] * 299, keep).close()
    writer = write(tmp_path / "two", values[:1003], [10] * 100, keep)
    writer.add_event(1003, "checkpoint")
    append(writer, make_values(1500, seed=1), [10] * 149)
    with pytest.raises(ValueError, match="Go back to a step with a checkpoint"):
        writer.truncate_after(1500 - 5)
    writer.truncate_after(1003)
    append(writer, values[1003:], [10] * 199)
    assert all(map(same, all_levels(tmp_path / "one"), all_levels(tmp_path / "two")))


def test_rows_that_do_not_follow_or_fit_are_refused(tmp_path):
    writer = write(tmp_path, make_values(10))
    with pytest.raises(ValueError, match="step 11, not 10"):
        writer.append_steps(10, make_values(1), 0.1)
    with pytest.raises(ValueError, match="one column per series"):
        writer.append_steps(11, make_values(1)[:, :2], 0.1)
    with pytest.raises(ValueError, match="already started"):
        writer.start({}, SERIES)
    with pytest.raises(ValueError, match="share their stride"):
        RunReader(tmp_path).read([0, 3])


def test_a_missing_or_newer_file_is_refused_in_words(tmp_path):
    with pytest.raises(WorkspaceUnusable, match="recorded nothing yet"):
        RunReader(tmp_path)
    writer = write(tmp_path, make_values(1))
    writer._database.execute("PRAGMA user_version = 99")
    with pytest.raises(WorkspaceUnusable, match="newer version"):
        RunReader(tmp_path)


def test_a_live_tick_costs_the_same_late_as_early(tmp_path):
    writer = write(tmp_path, make_values(20_000), [5] * 3999)
    reader = RunReader(tmp_path)
    plans = []
    reader._database._connection.set_trace_callback(plans.append)
    reader.read([0, 1], first=writer.last_step - 20)
    selects = [each for each in plans if "FROM chunk" in each]
    assert selects
    connection = reader._database._connection
    for select in selects:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {select}")]
        assert all("SEARCH" in line or "SCALAR" in line for line in plan), plan


def test_only_bins_that_a_flush_completes_are_merged(tmp_path, monkeypatch):
    merged = []
    real = bins.merge
    monkeypatch.setattr(bins, "merge", lambda summaries: merged.append(len(summaries)) or real(summaries))
    writer = write(tmp_path, make_values(15))
    assert merged == []
    append(writer, make_values(1))
    assert merged == [1, 1]


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 99), num_bins=st.integers(1, 4), num_series=st.integers(1, 20))
def test_a_mean_adds_its_records_one_after_the_other_whatever_the_shape(seed, num_bins, num_series):
    values = np.random.default_rng(seed).lognormal(sigma=9, size=(num_bins * bins.FIRST_SIZE, num_series))
    values = values.astype(np.float32)
    parts = bins.summarise(values).reshape(num_bins, bins.FIRST_SIZE, 5, num_series)
    totals = np.zeros((num_bins, num_series))
    for part in range(bins.FIRST_SIZE):
        totals += parts[:, part, bins.MEAN]
    assert bins.merge(parts)[:, bins.MEAN].tobytes() == (totals / bins.FIRST_SIZE).astype(np.float32).tobytes()


def test_a_run_of_an_earlier_version_goes_on_with_the_series_it_has(tmp_path):
    values = make_values(40)
    write(tmp_path, values[:25]).close()
    newer = [
        SERIES[0],
        Series(id=1, quantity="new", subject="i1", family="profile"),
        *(replace(each, id=each.id + 1) for each in SERIES[1:]),
    ]
    writer = RunWriter(tmp_path)
    writer.go_on(20, {}, newer)
    writer.append_steps(21, np.insert(values[20:], 1, np.float32(9), axis=1), 0.1)
    writer.close()
    write(tmp_path / "whole", values).close()
    readers = [RunReader(folder) for folder in (tmp_path, tmp_path / "whole")]
    assert readers[0].series() == readers[1].series()
    for ids in ([0, 1, 2], [3]):
        one, other = (reader.read(ids) for reader in readers)
        assert one.mean.tobytes() == other.mean.tobytes()


def test_a_run_that_recorded_something_else_does_not_go_on(tmp_path):
    writer = write(tmp_path, make_values(10))
    with pytest.raises(WorkspaceUnusable, match="Start a new run"):
        writer.go_on(10, {}, SERIES[1:])
    writer.close()


def test_rows_before_a_flag_s_checkpoint_stay_whole_however_long_the_run_goes_on(tmp_path):
    series = [Series(id=0, quantity="grad_norm", subject="i2", family="profile")]
    # As if the file had reached its limit: then changes alone keep nothing in full.
    writer = RunWriter(tmp_path, Keep(newest_steps=64, around_intervention_steps=0, max_bytes=1))
    writer.start({}, series)
    for first in range(1, 3000, 50):
        writer.append_steps(first, np.ones((50, 1), dtype=np.float32), 0.1)
        # So many checkpoints come after it that it is not among the newest when its rows grow old.
        writer.add_event(first + 49, "checkpoint", {"flagged": True} if first == 501 else None)
    with pytest.raises(ValueError, match="no longer kept in full"):
        writer.truncate_after(1210)
    writer.truncate_after(550)
    assert writer.last_step == 550
    writer.close()
