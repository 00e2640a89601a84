"""A run that explodes flattens no other on the linear axis of the loss, and nothing is left out without a word."""

import numpy as np
import pytest

from builder.charts import figures
from builder.charts.axis import above, linear_range
from builder.charts.limits import FACTOR, loss_limit


def losses(invented, values, seed=0):
    rows = invented(len(values), seed=seed)
    rows[:, 0] = values
    return rows


def loss_figure(runs, kinds):
    return figures(["loss"], [run.shown for run in runs], kinds)["loss"]


FALLING = np.linspace(2.4, 0.2, 200)
EXPLODING = np.concatenate([np.linspace(2.3, 2.0, 40), 2.0 * 4.0 ** np.arange(1, 16)])


def test_a_diverged_run_leaves_the_others_their_room(record, kinds, invented):
    healthy, diverged = record("r1"), record("r2")
    healthy.append(losses(invented, FALLING))
    diverged.append(losses(invented, EXPLODING))
    layout = loss_figure([healthy, diverged], kinds).layout
    low, high = layout.yaxis.range
    assert low < 0.2
    assert 2.4 < high < FACTOR * 2.4 * 1.1
    (words,) = [each.text for each in layout.annotations]
    assert words == f"▲ values up to {2.0 * 4.0**15:.2g} lie above"


def test_a_diverged_run_alone_is_held_back_by_its_own_start(record, kinds, invented):
    run = record()
    run.append(losses(invented, EXPLODING))
    layout = loss_figure([run], kinds).layout
    assert layout.yaxis.range[1] < FACTOR * 2.3 * 1.1
    assert len(layout.annotations) == 1


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_a_healthy_run_is_shown_whole_by_plotly_s_own_rule(record, kinds, invented, scale):
    run = record()
    run.append(losses(invented, scale * FALLING))
    layout = loss_figure([run], kinds).layout
    assert layout.yaxis.range is None
    assert not layout.annotations


def test_flags_and_the_word_stand_together(record, kinds, invented):
    run = record()
    run.append(losses(invented, EXPLODING))
    run.writer.add_intervention(20, "set_learning_rate", "Bodies", 0.5)
    assert len(loss_figure([run], kinds).layout.annotations) == 2


def test_of_several_starts_the_lower_median_counts():
    assert loss_limit([2.3]) == pytest.approx(6.9)
    assert loss_limit([2.3, 1e4]) == pytest.approx(6.9)
    assert loss_limit([0.9, 2.3, 1e4]) == pytest.approx(6.9)
    assert loss_limit([float("nan"), 2.3]) == pytest.approx(6.9)
    assert loss_limit([float("nan")]) is None
    assert loss_limit([]) is None


@pytest.mark.parametrize(
    ("values", "limit", "greatest"),
    [
        ([1, 3, 1e6, None], 6, 1e6),
        ([1, 3], 6, None),
        ([10, 20], 6, None),
        ([None], 6, None),
        ([1, 1e6], None, None),
    ],
)
def test_what_is_held_back_is_told(values, limit, greatest):
    assert above(values, limit) == greatest


def test_the_range_holds_what_is_within_the_limit():
    assert linear_range([1, 3, 1e6, None], 6) == pytest.approx([0.86, 3.18])
