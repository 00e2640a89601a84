"""What an evaluation found beside its metrics: arrays by name, of several kinds, of a bounded number of evaluations."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Arrays = Mapping[str, np.ndarray]

MAX_FINDINGS = 64
"""Of each kind at most one more than so many are kept: every 1st, 2nd, 4th, 8th, … from the first on, and the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One kind of finding of one evaluation; `step`, `epoch` and `metrics` are the evaluation's."""

    id: int
    kind: str
    evaluation: int
    step: int
    epoch: float
    split: str
    metrics: dict[str, float]


def stride_of(newest: int) -> int:
    """Which are kept once there is number `newest`, counted from 0: the multiples of this, a power of two.

    It depends on nothing else, so a run that went back to a checkpoint ends with those of an unbroken one.
    """
    stride = 1
    while newest // stride >= MAX_FINDINGS:
        stride *= 2
    return stride


def to_npz(arrays: Arrays) -> bytes:
    """Arrays by name, compressed; the same arrays give the same bytes."""
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def from_npz(blob: bytes) -> dict[str, np.ndarray]:
    """The arrays by name."""
    with np.load(io.BytesIO(blob), allow_pickle=False) as file:
        return dict(file)
