"""Many tabs: each is drawn less often, so that all are drawn on time."""

import pytest

from builder.pages.crowd import AWAY_SECONDS, DIALOG_SECONDS, SLOWEST, Crowd, live_seconds, seconds_beside


@pytest.mark.parametrize(
    ("size", "seconds"), [(0, 0.2), (1, 0.2), (6, 0.2), (7, 0.5), (30, 1.0), (31, 2.0), (300, 2.0)]
)
def test_alone_a_tab_is_drawn_often_and_of_thirty_each_once_a_second(size, seconds):
    assert live_seconds(size) == seconds


def test_one_who_comes_and_goes_at_the_edge_does_not_change_the_pace_each_time():
    pace, seen = 0.0, []
    for size in (6, 7, 6, 7, 6, 5, 4, 7, 31, 30, 25, 23, 12, 1):
        pace = live_seconds(size, pace)
        seen.append(pace)
    assert seen == [0.2, 0.5, 0.5, 0.5, 0.5, 0.2, 0.2, 0.5, 2.0, 2.0, 2.0, 1.0, 0.5, 0.2]


def test_a_tab_that_is_not_heard_of_any_more_is_gone():
    now = [0.0]
    crowd = Crowd(clock=lambda: now[0])
    for tab in (1, 2, 2, 3):
        crowd.hear(tab)
    assert crowd.size == 3
    now[0] = AWAY_SECONDS / 2
    crowd.hear(2)
    now[0] = AWAY_SECONDS + 1
    assert crowd.size == 1


def test_in_a_crowd_what_moves_less_than_the_curves_is_drawn_less_often():
    assert seconds_beside(0.2, 0.2) == (0.2, 0.2)
    assert seconds_beside(1.0, 1.0) == (2.0, 3.0)


def test_a_tab_with_an_open_dialog_in_a_crowd_is_still_counted():
    slowest_tick, _ = seconds_beside(max(SLOWEST, DIALOG_SECONDS), SLOWEST)
    assert slowest_tick < AWAY_SECONDS
