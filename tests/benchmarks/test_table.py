"""The table of figures: what it says of a figure is what the numbers say."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.table import Row, format_rows, percentile, summarise

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)


@given(NUMBERS, st.floats(0.01, 1.0))
def test_a_percentile_is_the_smallest_value_that_enough_values_do_not_exceed(values, share):
    found = percentile(values, share)
    assert found in values
    needed = math.ceil(share * len(values) - 1e-9)
    assert sum(value <= found for value in values) >= needed
    assert sum(value < found for value in values) < needed


def test_percentiles_of_a_hundred_numbers_are_the_numbers():
    values = list(range(100, 0, -1))
    assert [percentile(values, share) for share in (0.01, 0.5, 0.95, 1.0)] == [1, 50, 95, 100]


@given(NUMBERS)
def test_a_summary_lies_between_its_extremes(values):
    row = summarise("x", values)
    assert row.low == min(values)
    assert row.high == max(values)
    assert row.low <= row.median <= row.high


@pytest.mark.parametrize(
    ("median", "sense", "holds"),
    [
        (2.0, "at least", True),
        (1.9, "at least", False),
        (2.0, "at most", True),
        (2.1, "at most", False),
        (math.nan, "at least", False),
        (math.nan, "at most", False),
    ],
)
def test_a_figure_holds_where_it_reaches_its_floor(median, sense, holds):
    assert Row("x", median, 0.0, 3.0, floor=2.0, sense=sense).holds is holds


def test_a_figure_without_a_floor_neither_holds_nor_fails():
    row = summarise("x", [1.0])
    assert row.holds is None
    assert row.to_json()["holds"] is None
    assert format_rows([row]).splitlines()[-1] == "| x | 1 | 1 - 1 |  |  |  |"


def test_the_table_shows_each_figure_with_its_floor_and_whether_it_holds():
    rows = [
        summarise("speed", [1.0, 1.2, 1.4], floor=1.1, note="paired"),
        summarise("wait", [500.0], unit="ms", floor=400, sense="at most"),
    ]
    assert format_rows(rows).splitlines()[2:] == [
        "| speed | 1.2 | 1 - 1.4 | at least 1.1 | yes | paired |",
        "| wait | 500 ms | 500 - 500 | at most 400 ms | **no** |  |",
    ]
