"""The embedded digits are the published ones, and real files' images belong to their targets."""

import numpy as np
import pytest

from builder.data.raw import load_raw
from builder.spec.data import DataSpec
from builder.spec.datasets import DATASETS
from builder.workspace.data_files import DataSettings


def load(name, tmp_path, seed=0, folder=None):
    return load_raw(DataSpec(dataset=name), seed, DataSettings(cache=tmp_path, folder=folder))


def test_digits_are_scikit_learns_every_one_of_them_once(tmp_path):
    published = pytest.importorskip("sklearn.datasets").load_digits()
    raw = load("digits", tmp_path)
    ours = np.concatenate([raw.train_inputs, raw.test_inputs])[:, 0].reshape(-1, 64)
    targets = np.concatenate([raw.train_targets, raw.test_targets])

    def rows(inputs, targets):
        return sorted(map(tuple, np.column_stack([inputs, targets]).astype(int)))

    assert rows(ours, targets) == rows(published.data, published.target)


def test_the_test_part_of_digits_is_a_fifth_of_each_class_whatever_the_seed(tmp_path):
    first, other = (load("digits", tmp_path, seed) for seed in (1, 2))
    np.testing.assert_array_equal(first.test_inputs, other.test_inputs)
    assert len(first.test_targets) == 360
    assert set(np.bincount(first.test_targets)) <= {34, 35, 36, 37, 38}


def test_toys_training_points_follow_the_seed_and_test_points_do_not(tmp_path):
    first, other = (load("moons", tmp_path, seed) for seed in (1, 2))
    assert not np.array_equal(first.train_inputs, other.train_inputs)
    np.testing.assert_array_equal(first.test_inputs, other.test_inputs)


def test_no_test_point_of_a_toy_is_a_training_point_even_for_seed_0(tmp_path):
    raw = load("moons", tmp_path, seed=0)
    assert not np.isin(raw.test_inputs[:, 0], raw.train_inputs[:, 0]).any()


@pytest.mark.parametrize(
    ("name", "least_accuracy"), [("digits", 0.85), ("mnist", 0.7), ("fashion-mnist", 0.65), ("cifar-10", 0.25)]
)
def test_the_nearest_class_mean_tells_test_images_apart(name, least_accuracy, tmp_path, request):
    folder = None if DATASETS[name].embedded else request.getfixturevalue("real_data_folder")
    raw = load(name, tmp_path, folder=folder)
    assert raw.train_inputs.dtype == np.uint8
    assert raw.test_inputs.shape[1:] == DATASETS[name].shape
    assert raw.train_inputs.max() == DATASETS[name].largest_value
    train = raw.train_inputs[:5000].reshape(-1, np.prod(raw.train_inputs.shape[1:])).astype(np.float32)
    test = raw.test_inputs[:2000].reshape(-1, train.shape[1]).astype(np.float32)
    means = np.stack([train[raw.train_targets[:5000] == target].mean(axis=0) for target in range(10)])
    predicted = (means @ test.T - 0.5 * (means**2).sum(axis=1)[:, None]).argmax(axis=0)
    assert (predicted == raw.test_targets[:2000]).mean() > least_accuracy
