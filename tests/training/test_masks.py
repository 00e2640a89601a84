"""Masks are functions of (seed, address, step), and as frequent as they should be."""

import math

import numpy as np
import pytest

from builder.training.masks import DepthMasks

PROBS = [1.0, 0.9, 0.5, 0.01]
ADDRESSES = ["i1[0]/i2", "i1[1]/i2", "i1[2]/i2", "i3"]


def test_a_mask_does_not_depend_on_what_was_asked_before() -> None:
    forwards, anywhere = (DepthMasks(PROBS, 3, ADDRESSES) for _ in range(2))
    steps = [*range(1, 600)]
    expected = {step: forwards.at(step) for step in steps}
    for step in [599, 1, 257, 256, 300, 2]:
        assert anywhere.at(step) == expected[step]


def test_another_seed_gives_other_masks() -> None:
    assert [DepthMasks(PROBS, 3, ADDRESSES).at(step) for step in range(1, 50)] != [
        DepthMasks(PROBS, 4, ADDRESSES).at(step) for step in range(1, 50)
    ]


def test_frequencies_are_the_survival_probabilities_and_copies_are_independent() -> None:
    masks = DepthMasks(PROBS, 0, ADDRESSES)
    num_steps = 5000
    drawn = np.array([masks.at(step) for step in range(1, num_steps + 1)], dtype=float)
    for prob, frequency in zip(PROBS, drawn.mean(0), strict=True):
        assert abs(frequency - prob) <= 4 * math.sqrt(prob * (1 - prob) / num_steps)
    correlation = np.corrcoef(drawn[:, 1], drawn[:, 2])[0, 1]
    assert abs(correlation) < 4 / math.sqrt(num_steps)
    lag = np.corrcoef(drawn[:-1, 2], drawn[1:, 2])[0, 1]
    assert abs(lag) < 4 / math.sqrt(num_steps)


@pytest.mark.parametrize("kept", [[0, 1], [0, 2, 3], [3]])
def test_twins_share_the_masks_of_common_addresses(kept: list[int]) -> None:
    whole = DepthMasks(PROBS, 7, ADDRESSES)
    twin = DepthMasks([PROBS[index] for index in kept], 7, [ADDRESSES[index] for index in kept])
    for step in range(1, 400):
        assert twin.at(step) == [whole.at(step)[index] for index in kept]


def test_a_tower_without_stochastic_depth_has_empty_masks() -> None:
    assert DepthMasks([], 0, []).at(1) == []
