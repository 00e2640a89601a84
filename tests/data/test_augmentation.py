"""Augmentation against slow numpy and scipy, pixel by pixel."""

import math

import numpy as np
import pytest
import torch

from builder.data.augmentation import Augmenter, flip, pad_and_crop, rotate_and_shift
from builder.spec.data import AugmentationSpec

EVERYTHING = AugmentationSpec(horizontal_flip=True, crop_padding=2, rotation_degrees=20, shift_fraction=0.1)


def images(batch=6, channels=3, height=7, width=9, seed=0):
    return torch.randn(batch, channels, height, width, generator=torch.Generator().manual_seed(seed))


def test_a_flip_mirrors_left_and_right_where_it_is_drawn():
    inputs = images()
    flipped = torch.tensor([True, False, True, True, False, False])
    expected = inputs.numpy().copy()
    for sample in range(6):
        if flipped[sample]:
            for column in range(9):
                expected[sample, :, :, column] = inputs.numpy()[sample, :, :, 8 - column]
    np.testing.assert_array_equal(flip(inputs, flipped).numpy(), expected)


@pytest.mark.parametrize("padding", [1, 3])
def test_a_crop_is_a_window_of_the_padded_image(padding):
    inputs = images(batch=(2 * padding + 1) ** 2)
    top, left = torch.meshgrid(torch.arange(2 * padding + 1), torch.arange(2 * padding + 1), indexing="ij")
    result = pad_and_crop(inputs, padding, top.flatten(), left.flatten()).numpy()
    for sample in range(len(inputs)):
        down, right = int(top.flatten()[sample]), int(left.flatten()[sample])
        padded = np.pad(inputs[sample].numpy(), ((0, 0), (padding, padding), (padding, padding)))
        np.testing.assert_array_equal(result[sample], padded[:, down : down + 7, right : right + 9])


def test_the_middle_window_of_a_crop_is_the_image_itself():
    inputs = images()
    middle = torch.full((6,), 4)
    assert torch.equal(pad_and_crop(inputs, 4, middle, middle), inputs)


def test_a_quarter_turn_is_numpys_counter_clockwise_one():
    inputs = images(height=8, width=8)
    zero = torch.zeros(6)
    result = rotate_and_shift(inputs, torch.full((6,), math.pi / 2), zero, zero).numpy()
    np.testing.assert_allclose(result, np.rot90(inputs.numpy(), axes=(2, 3)), atol=1e-5)


def test_a_shift_by_whole_pixels_moves_down_and_right_and_repeats_the_border():
    inputs = images(height=8, width=10)
    result = rotate_and_shift(inputs, torch.zeros(6), torch.full((6,), 2 / 8), torch.full((6,), 3 / 10)).numpy()
    rows = np.clip(np.arange(8) - 2, 0, None)
    columns = np.clip(np.arange(10) - 3, 0, None)
    np.testing.assert_allclose(result, inputs.numpy()[:, :, rows][:, :, :, columns], atol=1e-5)


@pytest.mark.parametrize("size", [(7, 9), (12, 5), (8, 8)])
def test_rotation_and_shift_equal_scipys_resampling(size):
    ndimage = pytest.importorskip("scipy.ndimage")
    height, width = size
    inputs = images(height=height, width=width)
    random = np.random.default_rng(1)
    angles, down, right = random.uniform(-0.6, 0.6, 6), random.uniform(-0.2, 0.2, 6), random.uniform(-0.2, 0.2, 6)
    result = rotate_and_shift(inputs, *(torch.tensor(values) for values in (angles, down, right))).numpy()
    centre = np.array([(height - 1) / 2, (width - 1) / 2])
    for sample, angle in enumerate(angles):
        # In scipy's (row, column): the pixel at o comes from centre + R (o - centre - shift).
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        shift = np.array([down[sample] * height, right[sample] * width])
        offset = centre - turn @ (centre + shift)
        for channel in range(3):
            expected = ndimage.affine_transform(
                inputs[sample, channel].numpy(), turn, offset=offset, order=1, mode="nearest"
            )
            np.testing.assert_allclose(result[sample, channel], expected, atol=1e-4)


def test_everything_off_is_the_same_tensor():
    inputs = images()
    assert Augmenter(AugmentationSpec(), seed=0)(inputs, 1) is inputs


@pytest.mark.parametrize(
    "spec",
    [
        AugmentationSpec(horizontal_flip=True),
        AugmentationSpec(crop_padding=3),
        AugmentationSpec(rotation_degrees=15),
        AugmentationSpec(shift_fraction=0.2),
        EVERYTHING,
    ],
)
def test_the_changes_follow_from_seed_and_step_alone(spec):
    inputs = images(batch=32)
    before = inputs.clone()
    first = Augmenter(spec, seed=1)
    expected = first(inputs, 9).clone()
    first(inputs, 10)
    assert torch.equal(first(inputs, 9), expected)
    assert torch.equal(Augmenter(spec, seed=1)(inputs, 9), expected)
    assert not torch.equal(Augmenter(spec, seed=1)(inputs, 10), expected)
    assert not torch.equal(Augmenter(spec, seed=2)(inputs, 9), expected)
    assert torch.equal(inputs, before), "the training data were changed"
    assert expected.shape == inputs.shape
    assert expected.dtype == inputs.dtype


def test_the_global_generator_is_left_alone():
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    Augmenter(EVERYTHING, seed=1)(images(), 1)
    assert torch.equal(torch.rand(3), expected)


def test_half_of_the_images_are_flipped():
    inputs = images(batch=4000, channels=1, height=1, width=2)
    result = Augmenter(AugmentationSpec(horizontal_flip=True), seed=0)(inputs, 1)
    share = (result != inputs).any(dim=3).float().mean().item()
    assert abs(share - 0.5) < 5 * 0.5 / 4000**0.5


def test_every_window_of_a_crop_is_equally_likely():
    padding = 2
    marked = torch.zeros(5000, 1, 5, 5)
    marked[:, :, 2, 2] = 1
    result = Augmenter(AugmentationSpec(crop_padding=padding), seed=0)(marked, 1)
    counts = result.sum(dim=0)[0]
    assert counts.sum() == 5000
    assert (counts - 200).abs().max() < 5 * 200**0.5


def test_angles_and_shifts_reach_their_bounds_but_not_beyond():
    # An image that is its own row number (in pixels) shows a shift as a change of its centre's value.
    rows = torch.arange(21.0)[None, None, :, None].expand(3000, 1, 21, 21).contiguous()
    moved = 10 - Augmenter(AugmentationSpec(shift_fraction=0.2), seed=0)(rows, 1)[:, 0, 10, 10]
    assert moved.abs().max() <= 0.2 * 21 + 1e-4
    assert moved.max() > 0.19 * 21
    assert moved.min() < -0.19 * 21
    turned = Augmenter(AugmentationSpec(rotation_degrees=30), seed=0)(rows, 1)[:, 0, 10, 15] - 10
    assert turned.abs().max() <= 5 * math.sin(math.radians(30)) + 1e-4
    assert turned.abs().max() > 5 * math.sin(math.radians(29))


def test_switching_the_rotation_on_leaves_the_flips_as_they_were():
    inputs = torch.zeros(64, 1, 9, 9)
    inputs[:, :, :, :4] = 1
    only_flip = Augmenter(AugmentationSpec(horizontal_flip=True), seed=3)(inputs, 5)
    with_rotation = Augmenter(AugmentationSpec(horizontal_flip=True, rotation_degrees=10), seed=3)(inputs, 5)
    assert torch.equal(only_flip[:, 0, 4, 0] > 0.5, with_rotation[:, 0, 4, 0] > 0.5)
