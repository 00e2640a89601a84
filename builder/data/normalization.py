"""Normalisation: what is subtracted and what is divided by, from the training part's own statistics."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from builder.spec.data import Normalization

Array = npt.NDArray[np.float64]

_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Affine:
    """`(x - shift) / divisor`, both of a shape that broadcasts to one sample's."""

    shift: Array
    divisor: Array


UNCHANGED = Affine(np.zeros(1), np.ones(1))


def fit_normalization(inputs: npt.NDArray, normalization: Normalization, largest_value: int | None) -> Affine:
    """The map that normalises `inputs`, `[num_samples, *shape]`.

    Args:
        inputs: Raw values, bytes for images; the statistics are of these and no others.
        normalization: As in the document.
        largest_value: Of a raw pixel; None where inputs are not pixels, which `scale` maps to 0..1 by their own range.
    """
    num_dims = inputs.ndim - 1
    if normalization == "none":
        return Affine(np.zeros((1,) * num_dims), np.ones((1,) * num_dims))
    if normalization == "scale":
        if largest_value is not None:
            return Affine(np.zeros((1,) * num_dims), np.full((1,) * num_dims, float(largest_value)))
        low, high = inputs.min(axis=0).astype(np.float64), inputs.max(axis=0).astype(np.float64)
        return Affine(low, _nonzero(high - low))
    sums, square_sums = _sums(inputs)
    num_samples = len(inputs)
    if normalization == "standardize":
        spatial = tuple(range(1, num_dims))
        num_values = num_samples * int(np.prod(inputs.shape[2:]))
        mean = sums.sum(axis=spatial, keepdims=True) / num_values
        variance = square_sums.sum(axis=spatial, keepdims=True) / num_values - mean**2
        return Affine(mean, _deviation(variance))
    mean = sums / num_samples
    variance = square_sums / num_samples - mean**2
    scalar_mean = np.full((1,) * num_dims, mean.mean())
    return Affine(scalar_mean, _deviation(variance))


def _sums(inputs: npt.NDArray) -> tuple[Array, Array]:
    """Sum and sum of squares over the samples, chunk by chunk: a float64 copy of a large data set would not fit.

    For bytes every sum is a whole number below 2^53, hence exact: a constant pixel's variance is exactly 0.
    """
    sums = np.zeros(inputs.shape[1:])
    square_sums = np.zeros(inputs.shape[1:])
    for start in range(0, len(inputs), _CHUNK):
        chunk = inputs[start : start + _CHUNK].astype(np.float64)
        sums += chunk.sum(axis=0)
        square_sums += np.square(chunk, out=chunk).sum(axis=0)
    return sums, square_sums


def _deviation(variance: Array) -> Array:
    """Its root; 1 where all values are equal, so that they become 0 rather than undefined."""
    return _nonzero(np.sqrt(np.maximum(variance, 0.0)))


def _nonzero(divisor: Array) -> Array:
    return np.where(divisor == 0, 1.0, divisor)
