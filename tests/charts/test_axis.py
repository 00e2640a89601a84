"""The rules of the axes; the same examples stand in components/frontend/src/live/axis.test.ts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.charts.axis import axis_end, full_colour, log_ticks, zero_floor


@pytest.mark.parametrize(
    ("last", "planned", "end"),
    [(1, 1200, 18.75), (19, 1200, 37.5), (600, 1200, 600), (601, 1200, 1200), (1300, 1200, 1300), (0, 0, 1)],
)
def test_the_axis_halves_the_plan_while_everything_fits(last, planned, end):
    assert axis_end(last, planned) == end


@pytest.mark.parametrize(
    ("values", "floor"), [([0.02, 0, 3], 1e-3), ([0.01], 1e-3), ([0, None], 0.1), ([3e-20], 1e-21)]
)
def test_zero_lies_a_decade_below_everything(values, floor):
    assert zero_floor(values) == pytest.approx(floor)


@pytest.mark.parametrize(
    ("rows", "share"),
    [
        ([[0.0067, None], [0.004]], 0.01),
        ([[0.12]], 0.2),
        ([[0.3, 0.5]], 0.5),
        ([[0.51]], 1),
        ([[0]], 1),
        ([[None]], 1),
    ],
)
def test_the_full_colour_is_the_round_share_above_all(rows, share):
    assert full_colour(rows) == share


def test_ticks_are_decades():
    values, labels = log_ticks(3e-5, 20)
    assert labels == ["1e-4", "1e-3", "1e-2", "1e-1", "1e0", "1e1"]
    assert values == pytest.approx([1e-4, 1e-3, 1e-2, 1e-1, 1, 10])


def test_many_decades_are_thinned_and_few_are_filled():
    assert log_ticks(1e-20, 1)[1] == ["1e-18", "1e-15", "1e-12", "1e-9", "1e-6", "1e-3", "1e0"]
    assert log_ticks(2e-3, 0.06)[1] == ["2e-3", "5e-3", "1e-2", "2e-2", "5e-2"]
    assert log_ticks(4e-4, 0.09, most=6)[1] == ["1e-3", "3e-3", "1e-2", "3e-2"]
    assert log_ticks(0.15, 0.6)[1] == ["2e-1", "4e-1", "6e-1"]
    assert log_ticks(0.0305, 0.0437, most=6)[1] == ["3.25e-2", "3.5e-2", "3.75e-2", "4e-2", "4.25e-2"]
    assert log_ticks(0.3, 28, most=2)[1] == ["1e0", "1e1"]
    assert log_ticks(0.05, 28, most=2)[1] == ["1e-1", "1e1"]
    assert log_ticks(0.005, 28, most=2)[1] == ["1e-2", "1e0"]
    assert log_ticks(0.4, 12, most=3)[1] == ["1", "3", "1e1"]
    assert log_ticks(0.22, 0.45)[1] == ["2.5e-1", "3e-1", "3.5e-1", "4e-1", "4.5e-1"]


@given(st.floats(-30, 30), st.floats(0.15, 40), st.sampled_from([6, 8, 12]))
def test_an_axis_has_three_ticks_at_least_and_no_crowd(exponent, decades, most):
    low, high = 10**exponent, 10 ** (exponent + decades)
    values, labels = log_ticks(low, high, most=most)
    assert 3 <= len(values) <= most + 1
    assert values == pytest.approx([float(label) for label in labels])
    assert values == sorted(set(values))
    assert low * 0.999 <= values[0] <= values[-1] <= high * 1.001


def test_where_all_are_zero_the_floor_alone_has_a_tick():
    assert log_ticks(0.08, 0.12, floor=0.1) == ([0.1], ["0"])


def test_the_floor_is_called_zero():
    values, labels = log_ticks(1e-4 / 1.5, 1, floor=1e-4)
    assert (labels[0], values[0]) == ("0", 1e-4)
    assert labels[1:] == ["1e-3", "1e-2", "1e-1", "1e0"]
