"""Layers in numpy float64 with their derivatives by hand, to write a published network again from its formulas.

A layer is a function from x to (y, back), where back takes the loss's gradient by y to its gradient by x and adds what it
owes to its parameters on the way. Arrays are `[batch, channels, height, width]` or `[batch, features]`.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Back = Callable[[Array], Array]
Layer = Callable[[Array], tuple[Array, Back]]


class Tape:
    """Parameters and running statistics, taken in the order in which the formulas need them.

    Attributes:
        gradients: Of the loss by each parameter, in the same order; right once every `back` has been called.
    """

    def __init__(self, parameters: Iterable[Array], statistics: Iterable[Array] = ()) -> None:
        self._parameters = iter(parameters)
        self._statistics = iter(statistics)
        self.gradients: list[Array] = []

    def take(self, *shape: int) -> tuple[Array, Array]:
        """The next parameter, which must have this shape, and its gradient to add to."""
        value = next(self._parameters)
        assert value.shape == shape, (value.shape, shape, len(self.gradients))
        self.gradients.append(np.zeros_like(value))
        return value, self.gradients[-1]

    def statistic(self) -> Array:
        return next(self._statistics).reshape(1, -1, 1, 1)

    def finish(self) -> None:
        """Everything has been used."""
        assert not list(self._parameters)
        assert not list(self._statistics)


def chain(layers: Sequence[Layer]) -> Layer:
    def apply(x: Array) -> tuple[Array, Back]:
        backs: list[Back] = []
        for layer in layers:
            x, back = layer(x)
            backs.append(back)

        def backward(dy: Array) -> Array:
            for back in reversed(backs):
                dy = back(dy)
            return dy

        return x, backward

    return apply


def convolution(tape: Tape, out_channels: int, size: int = 3, stride: int = 1, bias: bool = False) -> Layer:
    """y[n, o, i, j] = b[o] + sum over c, a, b of w[o, c, a, b] x[n, c, stride i + a - pad, stride j + b - pad]."""

    def apply(x: Array) -> tuple[Array, Back]:
        weight, weight_gradient = tape.take(out_channels, x.shape[1], size, size)
        shift, shift_gradient = tape.take(out_channels) if bias else (np.zeros(out_channels), np.zeros(out_channels))
        pad = (size - 1) // 2
        padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
        y = np.tensordot(windows, weight, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
        rows, columns = y.shape[2:]

        def back(dy: Array) -> Array:
            weight_gradient[...] += np.tensordot(dy, windows, axes=([0, 2, 3], [0, 2, 3]))
            shift_gradient[...] += dy.sum((0, 2, 3))
            dx = np.zeros_like(padded)
            for a, b in product(range(size), repeat=2):
                rest = np.tensordot(dy, weight[:, :, a, b], axes=([1], [0])).transpose(0, 3, 1, 2)
                dx[:, :, a : a + stride * rows : stride, b : b + stride * columns : stride][:, :, :rows, :columns] += (
                    rest
                )
            return dx[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]

        return y + shift.reshape(1, -1, 1, 1), back

    return apply


def batch_norm(tape: Tape, eps: float, training: bool = True) -> Layer:
    """g (x - mean) / sqrt(variance + eps) + b; in training by the batch, dividing by the number of entries."""

    def apply(x: Array) -> tuple[Array, Back]:
        channels = x.shape[1]
        scale, scale_gradient = tape.take(channels)
        shift, shift_gradient = tape.take(channels)
        over = (0, 2, 3)
        mean = x.mean(over, keepdims=True) if training else tape.statistic()
        variance = ((x - mean) ** 2).mean(over, keepdims=True) if training else tape.statistic()
        deviation = np.sqrt(variance + eps)
        unit = (x - mean) / deviation

        def back(dy: Array) -> Array:
            assert training
            scale_gradient[...] += (dy * unit).sum(over)
            shift_gradient[...] += dy.sum(over)
            dunit = dy * scale.reshape(1, -1, 1, 1)
            along = dunit.mean(over, keepdims=True) + unit * (dunit * unit).mean(over, keepdims=True)
            return (dunit - along) / deviation

        return scale.reshape(1, -1, 1, 1) * unit + shift.reshape(1, -1, 1, 1), back

    return apply


def relu(x: Array) -> tuple[Array, Back]:
    return np.maximum(x, 0.0), lambda dy: dy * (x > 0)


def linear(tape: Tape, out_features: int) -> Layer:
    def apply(x: Array) -> tuple[Array, Back]:
        weight, weight_gradient = tape.take(out_features, x.shape[1])
        shift, shift_gradient = tape.take(out_features)

        def back(dy: Array) -> Array:
            weight_gradient[...] += dy.T @ x
            shift_gradient[...] += dy.sum(0)
            return dy @ weight

        return x @ weight.T + shift, back

    return apply


def flatten(x: Array) -> tuple[Array, Back]:
    return x.reshape(len(x), -1), lambda dy: dy.reshape(x.shape)


def blocks_of(x: Array, size: int) -> Array:
    """`[batch, channels, height / size, width / size, size²]`: what each window of a pool sees."""
    batch, channels, height, width = x.shape
    split = x.reshape(batch, channels, height // size, size, width // size, size)
    return split.transpose(0, 1, 2, 4, 3, 5).reshape(batch, channels, height // size, width // size, size * size)


def image_of(blocks: Array, size: int) -> Array:
    """The inverse of `blocks_of`."""
    batch, channels, rows, columns, _ = blocks.shape
    split = blocks.reshape(batch, channels, rows, columns, size, size).transpose(0, 1, 2, 4, 3, 5)
    return split.reshape(batch, channels, rows * size, columns * size)


def max_pool(size: int) -> Layer:
    def apply(x: Array) -> tuple[Array, Back]:
        blocks = blocks_of(x, size)
        chosen = np.eye(size * size)[blocks.argmax(4)]
        return blocks.max(4), lambda dy: image_of(dy[..., None] * chosen, size)

    return apply


def average_pool(size: int) -> Layer:
    def apply(x: Array) -> tuple[Array, Back]:
        share = np.full(size * size, 1.0 / size**2)
        return blocks_of(x, size).mean(4), lambda dy: image_of(dy[..., None] * share, size)

    return apply


def pad_channels(num_zeros: int) -> Layer:
    def apply(x: Array) -> tuple[Array, Back]:
        zeros = np.zeros((len(x), num_zeros, *x.shape[2:]))
        return np.concatenate([x, zeros], axis=1), lambda dy: dy[:, : x.shape[1]]

    return apply


def times(mask: Array) -> Layer:
    """Dropout with its mask given, divided by the share of entries that are kept."""
    return lambda x: (x * mask, lambda dy: dy * mask)


def identity(x: Array) -> tuple[Array, Back]:
    return x, lambda dy: dy


def weighted_sum(body: Layer, shortcut: Layer, body_scale: float = 1.0) -> Layer:
    """scale F(x) + S(x); F's parameters come before S's."""

    def apply(x: Array) -> tuple[Array, Back]:
        transformed, body_back = body(x)
        carried, shortcut_back = shortcut(x)
        return body_scale * transformed + carried, lambda dy: body_scale * body_back(dy) + shortcut_back(dy)

    return apply


def cross_entropy(logits: Array, targets: npt.NDArray[np.int64]) -> tuple[float, Array]:
    """The mean of -log softmax(logits)[target], and its gradient by the logits."""
    shifted = logits - logits.max(1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    one_hot = np.eye(logits.shape[1])[targets]
    return -(log_probs * one_hot).sum() / len(logits), (np.exp(log_probs) - one_hot) / len(logits)
