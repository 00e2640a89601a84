"""The smooth line against its definition, and going back in it."""

import numpy as np
import pytest

from builder.charts.smoothing import Smoother, half_life_of


def test_a_constant_is_its_own_average_from_the_first_bin_on():
    smooth = Smoother(1, 10).smooth(0, np.full((5, 1), 3.0), np.full(5, 7))
    np.testing.assert_allclose(smooth, 3.0)


def test_after_one_half_life_the_old_value_counts_half_of_what_it_did():
    # total = (1 - d) (d a + b) with d = 1/2 after 10 steps, weight = 3/4.
    smooth = Smoother(1, 10).smooth(0, np.array([[4.0], [1.0]]), np.array([10, 10]))
    assert smooth[1, 0] == pytest.approx((0.25 * 4 + 0.5 * 1) / 0.75)


def test_a_bin_without_value_changes_nothing():
    means, steps = np.array([[1.0], [np.nan], [np.inf], [2.0]]), np.ones(4)
    smooth = Smoother(1, 5).smooth(0, means, steps)
    without = Smoother(1, 5).smooth(0, means[[0, 3]], steps[:2])
    assert smooth[1, 0] == smooth[2, 0] == 1.0
    assert smooth[3, 0] == without[1, 0]


def test_before_the_first_value_there_is_no_line():
    assert np.isnan(Smoother(1, 5).smooth(0, np.array([[np.nan]]), np.ones(1))[0, 0])


def test_repeating_bins_gives_what_one_pass_gives():
    means, steps = np.random.default_rng(0).random((30, 2)), np.full(30, 4)
    whole = Smoother(2, 9).smooth(0, means, steps)
    smoother = Smoother(2, 9)
    smoother.smooth(0, np.concatenate([means[:9], means[9:10] / 2]), np.append(steps[:9], 2))  # the last one filling
    smoother.smooth(5, means[5:20], steps[5:20])
    np.testing.assert_array_equal(smoother.smooth(12, means[12:], steps[12:]), whole[12:])


def test_the_half_life_is_a_hundredth_of_the_plan():
    assert half_life_of(2000) == 20
    assert half_life_of(0) == 5
    assert half_life_of(76_000) == 100
