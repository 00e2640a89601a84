"""Splits: disjoint, stratified, drawn by the seed, and nested."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.data.splits import split_indices, stratified_order

targets_of_any_mixture = st.lists(st.integers(0, 4), min_size=20, max_size=300).map(lambda t: np.array(t, np.uint8))


@given(targets_of_any_mixture, st.floats(0.01, 0.5), st.none() | st.integers(1, 400), st.integers(0, 2**40))
def test_no_sample_is_in_two_parts_and_sizes_are_as_asked(targets, fraction, num_train, seed):
    parts = split_indices(targets, fraction, num_train, seed)
    num_validation = max(1, int(len(targets) * fraction + 0.5))
    num_left = len(targets) - num_validation
    together = np.concatenate([parts.train, parts.validation])
    assert len(np.unique(together)) == len(together)
    assert together.min() >= 0
    assert together.max() < len(targets)
    assert len(parts.validation) == num_validation
    assert len(parts.train) == (num_left if num_train is None else min(num_train, num_left))


@given(targets_of_any_mixture, st.integers(0, 2**40))
def test_every_beginning_has_the_classes_in_their_proportions(targets, seed):
    order = stratified_order(targets, seed)
    assert sorted(order) == list(range(len(targets)))
    for target in np.unique(targets):
        seen = np.cumsum(targets[order] == target)
        due = np.arange(1, len(targets) + 1) * (targets == target).mean()
        assert np.abs(seen - due).max() <= len(np.unique(targets))


def test_balanced_classes_stay_balanced_up_to_one_sample():
    targets = (np.arange(1000) % 10).astype(np.uint8)
    parts = split_indices(targets, 0.15, 123, seed=5)
    assert set(np.bincount(targets[parts.validation])) == {15}
    assert set(np.bincount(targets[parts.train])) <= {12, 13}


def test_the_seed_draws_the_parts():
    targets = (np.arange(1000) % 10).astype(np.uint8)
    first, again, other = (split_indices(targets, 0.2, 300, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.validation, again.validation)
    np.testing.assert_array_equal(first.train, again.train)
    assert len(np.intersect1d(first.validation, other.validation)) < 100
    assert len(np.intersect1d(first.train, other.train)) < 200


def test_fewer_training_samples_are_part_of_more_and_leave_the_validation_part_alone():
    targets = (np.arange(1000) % 7).astype(np.uint8)
    few, many = (split_indices(targets, 0.15, num_train, seed=4) for num_train in (50, 500))
    assert np.isin(few.train, many.train).all()
    np.testing.assert_array_equal(few.validation, many.validation)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_follows_no_pattern_of_the_file(seed):
    targets = np.zeros(2000, np.uint8)
    order = stratified_order(targets, seed)
    correlation = np.corrcoef(order, np.arange(2000))[0, 1]
    assert abs(correlation) < 5 / 2000**0.5
