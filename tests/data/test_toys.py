"""Toys lie where their formulas say."""

import numpy as np
import pytest

from builder.data.toys import TOYS, draw_toy


def draw(name, num_samples=501, noise=0.0, seed=3):
    points, targets = draw_toy(name, num_samples, noise, np.random.default_rng(seed))
    return points.astype(np.float64), targets


@pytest.mark.parametrize("name", TOYS)
def test_classes_are_equal_in_size_and_points_fill_the_square(name):
    points, targets = draw(name)
    assert points.shape == (501, 2)
    assert sorted(np.bincount(targets)) == [250, 251]
    assert np.abs(points).max() <= 1 + 1e-6
    assert np.abs(points).max(axis=0).min() > 0.45


def test_circles_have_radius_one_and_one_half():
    points, targets = draw("circles")
    np.testing.assert_allclose(np.hypot(*points.T), np.where(targets == 0, 1.0, 0.5), atol=1e-6)


def test_the_class_of_xor_is_whether_the_signs_differ():
    points, targets = draw("xor")
    np.testing.assert_array_equal(np.sign(points[:, 0]) != np.sign(points[:, 1]), targets == 1)


def test_a_spirals_angle_follows_from_its_radius():
    points, targets = draw("spirals")
    radius = np.hypot(*points.T)
    angle = 3 * np.pi * radius + np.pi * targets
    np.testing.assert_allclose(points, np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), atol=1e-5)


def test_one_arm_of_the_spirals_is_the_other_turned_by_half_a_turn():
    _, targets = draw("spirals")
    points, _ = draw("spirals")
    flipped = points * np.where(targets == 0, 1, -1)[:, None]
    radius = np.hypot(*flipped.T)
    on_first_arm = np.stack([radius * np.cos(3 * np.pi * radius), radius * np.sin(3 * np.pi * radius)], axis=1)
    np.testing.assert_allclose(flipped, on_first_arm, atol=1e-5)


def test_moons_are_half_circles_around_their_centres():
    points, targets = draw("moons")
    unscaled = points * 1.5 + [0.5, 0.25]
    upper = unscaled[targets == 0]
    lower = unscaled[targets == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1.0, atol=1e-5)
    np.testing.assert_allclose(np.hypot(*(lower - [1.0, 0.5]).T), 1.0, atol=1e-5)
    assert upper[:, 1].min() >= -1e-6
    assert lower[:, 1].max() <= 0.5 + 1e-6


@pytest.mark.parametrize("name", TOYS)
def test_noise_has_the_deviation_that_was_asked_for(name):
    clean, _ = draw(name, 20_000)
    noisy, _ = draw(name, 20_000, noise=0.2)
    added = noisy - clean
    assert added.std() == pytest.approx(0.2, rel=0.03)
    assert abs(added.mean()) < 0.005
