"""Which samples train and which validate: an order in which every beginning has the classes in their proportions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from builder.spec.chance import derive_seed
from builder.spec.data import num_validation_samples

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SplitIndices:
    """Which of the published training samples go where; no sample is in both."""

    train: Indices
    validation: Indices


def split_indices(
    targets: npt.NDArray[np.uint8], validation_fraction: float, num_train: int | None, seed: int
) -> SplitIndices:
    """Draws the validation part, then the training part, from the seed.

    A larger part of the same seed contains the smaller one, and `num_train` leaves the validation part as it is,
    so that runs on more and fewer samples can be compared.

    Args:
        targets: `[num_samples]`, class indices.
        validation_fraction: Part of all samples that validates.
        num_train: At most this many samples train; None takes the rest.
        seed: The run's seed.
    """
    order = stratified_order(targets, derive_seed(seed, "split"))
    num_validation = num_validation_samples(len(targets), validation_fraction)
    num_left = len(targets) - num_validation
    # The training part is taken from the far end, so that neither part's size moves the other's beginning.
    train = order[::-1][: min(num_train or num_left, num_left)]
    return SplitIndices(train=np.sort(train), validation=np.sort(order[:num_validation]))


def stratified_order(targets: npt.NDArray[np.uint8], seed: int) -> Indices:
    """A random order in which each class is spread evenly over the whole length."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(targets))
    position = np.empty(len(targets))
    classes = random.permutation(np.unique(targets))
    for rank, target in enumerate(classes):
        members = order[targets[order] == target]
        # Different offsets let classes of equal size take turns, so that a beginning is balanced to one sample.
        position[members] = (np.arange(len(members)) + (rank + 0.5) / len(classes)) / len(members)
    return np.argsort(position, kind="stable")
