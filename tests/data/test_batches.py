"""Batches: each epoch sees every sample once, and any step can be asked for in any order."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from builder.data.batches import BatchOrder, gather_batch
from builder.data.dataset import Split


def order(num_samples=103, batch_size=10, drop_last=False, seed=0):
    return BatchOrder(num_samples, batch_size, drop_last=drop_last, seed=seed, device="cpu")


@given(st.integers(1, 60), st.integers(1, 70), st.booleans(), st.integers(0, 3))
def test_an_epoch_sees_every_sample_once_or_drops_less_than_a_batch(num_samples, batch_size, drop_last, epoch):
    if drop_last and batch_size > num_samples:
        with pytest.raises(ValueError, match="Lower the batch size"):
            order(num_samples, batch_size, drop_last)
        return
    batches = order(num_samples, batch_size, drop_last)
    first = epoch * batches.steps_per_epoch + 1
    seen = [batches.batch_indices(step) for step in range(first, first + batches.steps_per_epoch)]
    sizes = [len(indices) for indices in seen]
    together = torch.cat(seen).tolist()
    assert len(set(together)) == len(together)
    assert set(together) <= set(range(num_samples))
    assert sizes[:-1] == [batch_size] * (len(sizes) - 1)
    if drop_last:
        assert sizes[-1] == batch_size
        assert num_samples - len(together) < batch_size
    else:
        assert len(together) == num_samples


def test_a_step_does_not_depend_on_which_steps_were_asked_for_before():
    unbroken = order(seed=7)
    expected = {step: unbroken.batch_indices(step).clone() for step in range(1, 40)}
    jumping = order(seed=7)
    for step in (39, 1, 12, 11, 38, 22, 1):
        assert torch.equal(jumping.batch_indices(step), expected[step])


def test_epochs_and_seeds_have_permutations_of_their_own():
    batches = order(num_samples=100, batch_size=100)
    first, second = batches.batch_indices(1), batches.batch_indices(2)
    other_seed = order(num_samples=100, batch_size=100, seed=1).batch_indices(1)
    assert not torch.equal(first, second)
    assert not torch.equal(first, other_seed)
    assert first.tolist() != list(range(100))


def test_twins_with_other_batch_sizes_go_through_the_samples_in_the_same_sequence():
    small, large = order(60, 10, seed=3), order(60, 20, seed=3)
    assert torch.equal(torch.cat([small.batch_indices(1), small.batch_indices(2)]), large.batch_indices(1))


@pytest.mark.parametrize("step", [0, -1])
def test_there_is_no_step_before_the_first(step):
    with pytest.raises(ValueError, match="Steps count from 1"):
        order().batch_indices(step)


def test_a_batch_holds_its_samples_and_is_a_copy():
    split = Split(torch.arange(24.0).reshape(6, 1, 2, 2), torch.arange(6))
    inputs, targets = gather_batch(split, torch.tensor([4, 1]))
    assert targets.tolist() == [4, 1]
    assert inputs[:, 0, 0, 0].tolist() == [16.0, 4.0]
    inputs.zero_()
    assert split.inputs[4, 0, 0, 0] == 16.0
