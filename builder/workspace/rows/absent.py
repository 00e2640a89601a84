"""The value of a quantity that does not exist at a step, told apart from every other NaN by its bits."""

from __future__ import annotations

import numpy as np

# A quiet NaN whose payload no arithmetic produces: hardware makes 0x7fc00000, 0xffc00000 or 0x7fffffff.
ABSENT_BITS = 0x7FC0AB5E
ABSENT: np.float32 = np.array([ABSENT_BITS], dtype=np.uint32).view(np.float32)[0]


def is_absent(values: np.ndarray) -> np.ndarray:
    """Where `values` are absent.

    Args:
        values: float32, any shape. A conversion to another type may lose the payload, hence no other is taken.

    Returns:
        Booleans of the same shape.
    """
    if values.dtype != np.float32:
        raise TypeError(f"Absent values are known by their float32 bits; these are {values.dtype}.")
    return np.ascontiguousarray(values).view(np.uint32).reshape(values.shape) == ABSENT_BITS
