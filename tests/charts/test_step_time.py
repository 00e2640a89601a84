"""Step time by live blocks: means, spread and slope against numpy's own, in float64."""

import math

import numpy as np
import pytest
from test_instruments import trace

from builder.charts import LiveView, figures
from builder.charts.step_time import NEWEST_STEPS, step_times

BLOCKS = [
    {"address": f"i6[{copy}]", "item": "i6", "kind": "stochastic_depth", "depth": 1 + copy, "num_parameters": 4,
     "num_trained": 4, "survival_prob": 0.5}
    for copy in range(8)
]  # fmt: skip
SLOPE, INTERCEPT = 0.12e-3, 1.5e-3


def timed(num_steps, seed=0):
    """Which blocks live, `[steps, blocks]`, and seconds that cost `SLOPE` a live block, with noise and a slow start."""
    random = np.random.default_rng(seed)
    alive = random.random((num_steps, len(BLOCKS))) < 0.5
    seconds = INTERCEPT + SLOPE * alive.sum(1) + random.normal(size=num_steps) * 2e-5
    seconds[0] = 0.3
    return alive, seconds


@pytest.fixture
def run(record):
    return record(blocks=BLOCKS, timed=True)


def rows(run, alive, seconds):
    values = np.ones((len(seconds), len(run.series)), dtype=np.float32)
    for place, block in enumerate(BLOCKS):
        values[:, run.column("alive", block["address"])] = alive[:, place]
    values[:, run.column("step_seconds", "train", "scalar")] = seconds
    return values


@pytest.mark.parametrize("num_steps", [40, 3000, NEWEST_STEPS + 3000])
def test_dots_bars_and_line_are_those_of_numpy(run, kinds, num_steps):
    alive, seconds = timed(num_steps)
    values = rows(run, alive, seconds)
    for start in range(0, num_steps, 500):
        run.append(values[start : start + 500])
    figure = figures(["step_time"], [run.shown], kinds)["step_time"]
    number, milliseconds = alive.sum(1)[-NEWEST_STEPS:], 1000 * values[-NEWEST_STEPS:, -1].astype(np.float64)
    kept = milliseconds <= 3 * np.median(milliseconds)
    assert kept.sum() == len(kept) - (num_steps <= NEWEST_STEPS)
    number, milliseconds = number[kept], milliseconds[kept]
    dots = trace(figure, "-step_time")
    assert list(dots.x) == sorted(set(number.tolist()))
    for x, y, spread, count in zip(dots.x, dots.y, dots.error_y.array, dots.customdata, strict=True):
        of_count = milliseconds[number == x]
        assert y == pytest.approx(of_count.mean(), rel=1e-4)
        assert spread == pytest.approx(of_count.std(ddof=1) if len(of_count) > 1 else 0, rel=1e-3, abs=1e-5)
        assert count == len(of_count)
    line = trace(figure, "-step_time_line")
    slope, intercept = np.polyfit(number, milliseconds, 1)
    np.testing.assert_allclose(line.y, intercept + slope * np.array(line.x), rtol=1e-4)
    residual = milliseconds - intercept - slope * number
    error = math.sqrt(residual @ residual / (len(number) - 2) / ((number - number.mean()) ** 2).sum())
    assert f"each live block costs {slope:.2g} ms<br>± {1.959964 * error:.1g} ms (95 %" in line.hovertemplate
    assert slope == pytest.approx(1000 * SLOPE, abs=4 * error)


def test_the_same_is_shown_live_and_afterwards(run, kinds):
    alive, seconds = timed(1200)
    values, view = rows(run, alive, seconds), LiveView([run.shown], kinds)
    for start in range(0, 1200, 37):
        run.append(values[start : start + 37])
        message = view.data()
    view.close()
    afterwards = LiveView([run.shown], kinds)
    whole = afterwards.data()
    afterwards.close()
    assert message["notes"]["step_time"] == whole["notes"]["step_time"]
    assert message["fills"]["r1-step_time"] == whole["fills"]["r1-step_time"]


def test_a_run_that_goes_back_to_a_checkpoint_forgets_what_it_cut_off(run, kinds):
    alive, seconds = timed(300)
    values, view = rows(run, alive, seconds), LiveView([run.shown], kinds)
    run.append(values)
    view.data()
    run.writer.truncate_after(100)
    message = view.data()
    view.close()
    assert sum(message["fills"]["r1-step_time"]["customdata"]) == 99


def test_without_two_numbers_of_blocks_there_is_no_slope():
    same = step_times(np.full(60, 3), np.tile([1.0, 1.1, 0.9], 20))
    assert same.fit is None
    assert step_times(np.arange(29), np.ones(29)).fit is None
    assert step_times(np.arange(30), np.ones(30)).fit is not None
    assert (same.num_alive.tolist(), same.mean[0]) == ([3], pytest.approx(1.0))
    none = step_times(np.array([3, 2]), np.array([np.nan, np.nan]))
    assert not len(none.num_alive)


def empty(run, kinds):
    view = LiveView([run.shown], kinds)
    (found,) = [chart["empty"] for chart in view.data()["charts"] if chart["id"] == "step_time"]
    view.close()
    return found


def test_where_nothing_is_drawn_it_says_why(record, run, kinds):
    assert empty(run, kinds).startswith("How long a step takes")
    assert "earlier version" in empty(record("r2", blocks=BLOCKS), kinds)
    plain = [{"address": "i2", "item": "i2", "kind": "plain", "depth": 1}]
    assert empty(record("r3", blocks=plain, timed=True), kinds).startswith("This tower has no stochastic-depth blocks")
    queued = record("r4", blocks=BLOCKS, timed=True)
    queued.writer.set_info({"device": "cuda:0"})
    assert "cuda:0, where steps are queued" in empty(queued, kinds)
