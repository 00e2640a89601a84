"""Many tabs: each asks less often, so that all are answered on time."""

import pytest

from builder.pages.crowd import AWAY_SECONDS, DIALOG_SECONDS, SLOWEST_TICK, Crowd, tick_seconds


@pytest.mark.parametrize(
    ("size", "seconds"), [(0, 1.0), (1, 1.0), (15, 1.0), (16, 3.0), (30, 3.0), (31, 4.0), (300, 4.0)]
)
def test_the_top_bar_is_drawn_less_often_the_more_tabs_there_are(size, seconds):
    assert tick_seconds(size) == seconds


def test_one_who_comes_and_goes_at_the_edge_does_not_change_the_tick_each_time():
    tick, seen = 0.0, []
    for size in (15, 16, 15, 16, 15, 13, 12, 16, 31, 30, 25, 23, 12, 1):
        tick = tick_seconds(size, tick)
        seen.append(tick)
    assert seen == [1.0, 3.0, 3.0, 3.0, 3.0, 3.0, 1.0, 3.0, 4.0, 4.0, 4.0, 3.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("size", "seconds"), [(1, 0.2), (15, 0.2), (16, 0.4), (30, 0.4), (31, 0.8), (60, 0.8), (61, 2.0), (500, 2.0)]
)
def test_a_live_run_is_asked_about_often_even_by_a_class(size, seconds, clock):
    crowd = Crowd(clock)
    for tab in range(size):
        crowd.hear(tab)
    assert crowd.pace() == seconds


def test_a_tab_that_is_not_heard_of_any_more_is_gone(clock):
    crowd = Crowd(clock)
    for tab in (1, 2, 2, 3):
        crowd.hear(tab)
    assert crowd.size == 3
    clock.now = AWAY_SECONDS / 2
    crowd.hear(2)
    clock.now = AWAY_SECONDS + 1
    assert crowd.size == 1


def test_a_tab_with_an_open_dialog_in_a_crowd_is_still_counted():
    assert max(SLOWEST_TICK, DIALOG_SECONDS) < AWAY_SECONDS
