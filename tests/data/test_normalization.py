"""Normalisation against statistics computed in one piece."""

import numpy as np
import pytest

from builder.data import normalization
from builder.data.idx import parse_idx
from builder.data.normalization import fit_normalization


def images(num_samples=37, shape=(3, 4, 5), seed=0):
    return np.random.default_rng(seed).integers(0, 256, (num_samples, *shape), dtype=np.uint8)


def apply(affine, inputs):
    return (inputs - affine.shift) / affine.divisor


@pytest.fixture(autouse=True)
def several_chunks(monkeypatch):
    monkeypatch.setattr(normalization, "_CHUNK", 10)


def test_standardize_gives_each_channel_mean_0_and_deviation_1():
    inputs = images()
    result = apply(fit_normalization(inputs, "standardize", 255), inputs)
    np.testing.assert_allclose(result.mean(axis=(0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(result.std(axis=(0, 2, 3)), 1, rtol=1e-12)


def test_standardize_treats_coordinates_as_channels():
    points = np.random.default_rng(1).normal([3.0, -1.0], [2.0, 0.1], (500, 2)).astype(np.float32)
    result = apply(fit_normalization(points, "standardize", None), points)
    np.testing.assert_allclose(result.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(result.std(axis=0), 1, rtol=1e-6)


def test_scale_maps_pixels_by_their_largest_possible_value():
    inputs = images() // 2
    np.testing.assert_allclose(apply(fit_normalization(inputs, "scale", 255), inputs), inputs / 255)


def test_scale_maps_coordinates_by_their_range():
    points = np.random.default_rng(1).normal(size=(500, 2)).astype(np.float32)
    result = apply(fit_normalization(points, "scale", None), points)
    np.testing.assert_allclose(result.min(axis=0), 0)
    np.testing.assert_allclose(result.max(axis=0), 1)


def test_none_leaves_the_values_as_they_are():
    inputs = images()
    np.testing.assert_array_equal(apply(fit_normalization(inputs, "none", 255), inputs), inputs)


@pytest.mark.parametrize("kind", ["per_pixel", "per_pixel_as_written"])
def test_per_pixel_subtracts_one_mean_and_divides_by_each_pixels_deviation(kind):
    inputs = images()
    expected = (inputs - inputs.mean()) / inputs.std(axis=0)
    np.testing.assert_allclose(apply(fit_normalization(inputs, kind, 255), inputs), expected, rtol=1e-9)


@pytest.mark.parametrize("value", [0, 1, 77, 255])
def test_a_pixel_that_never_changes_is_divided_by_one(value):
    inputs = images(num_samples=10_007, shape=(1, 2, 2))
    inputs[:, 0, 0, 0] = value
    affine = fit_normalization(inputs, "per_pixel", 255)
    assert affine.divisor[0, 0, 0] == 1
    assert (affine.divisor.ravel()[1:] > 1).all()


def test_a_pixel_that_changes_once_is_not_taken_for_constant():
    inputs = np.full((60_000, 1, 1, 2), 255, np.uint8)
    inputs[17, 0, 0, 1] = 254
    affine = fit_normalization(inputs, "per_pixel", 255)
    assert affine.divisor[0, 0, 0] == 1
    assert affine.divisor[0, 0, 1] == pytest.approx(inputs[:, 0, 0, 1].std(), rel=1e-3)


def test_the_known_statistics_of_mnist_come_out(real_data_folder):
    inputs = parse_idx((real_data_folder / "mnist" / "train-images-idx3-ubyte.gz").read_bytes(), 3)[:, None]
    affine = fit_normalization(inputs, "standardize", 255)
    assert affine.shift.item() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert affine.divisor.item() / 255 == pytest.approx(0.3081, abs=5e-5)
