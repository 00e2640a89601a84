"""Writes builder/data/digits.npz from scikit-learn's digits; run once, with requirements-dev.txt installed."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).parent.parent / "builder" / "data" / "digits.npz"
NUM_TEST = 360


def main() -> None:
    """Draws the test part once and for all, each class in its proportion, and packs everything as bytes."""
    digits = load_digits()
    random = np.random.default_rng(0)
    order = np.concatenate([random.permutation(np.flatnonzero(digits.target == digit)) for digit in range(10)])
    # Every fifth sample of the list sorted by class: a fifth of each class, up to one sample.
    test_indices = np.sort(order[np.linspace(0, len(order), NUM_TEST, endpoint=False).astype(int)])
    np.savez_compressed(
        TARGET,
        images=digits.images.astype(np.uint8),  # [1797, 8, 8], 0 to 16
        targets=digits.target.astype(np.uint8),  # [1797]
        test_indices=test_indices.astype(np.uint16),  # [360]
    )


if __name__ == "__main__":
    main()
