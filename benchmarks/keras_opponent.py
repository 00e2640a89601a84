"""Networks built and trained by Keras on torch, as its documentation shows it; it needs requirements-bench.txt.

The backend is chosen when Keras is imported, so nothing else may import it first.
"""

import os
import time
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import keras  # pyright: ignore[reportMissingImports]
from keras import layers  # pyright: ignore[reportMissingImports]
from torch import Tensor

from builder.data.dataset import Dataset
from builder.spec.training import AdamOptimizer, OptimizerSpec, SgdOptimizer


def dense_tower() -> Any:
    """784-64, ten residual blocks of two layers."""
    inputs = keras.Input((1, 28, 28))
    x = layers.Dense(64, activation="relu")(layers.Flatten()(inputs))
    for _ in range(10):
        y = layers.Dense(64, activation="relu")(x)
        y = layers.Dense(64, activation="relu")(y)
        x = layers.add([x, y])
    return keras.Model(inputs, layers.Dense(10)(x))


def mini_model() -> Any:
    """The article's own library, and its own network; channels last, as the library has them."""

    def unit(x: Any, filters: int, pool: bool = False) -> Any:
        shortcut = x
        if pool:
            shortcut, x = layers.Conv2D(filters, 1, strides=2)(x), layers.MaxPooling2D(2)(x)
        for _ in range(2):
            x = layers.Activation("relu")(layers.BatchNormalization()(x))
            x = layers.Conv2D(filters, 3, padding="same")(x)
        return layers.add([shortcut, x])

    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(32, 3, padding="same")(inputs)
    for filters in (32, 64, 128, 256):
        x = unit(x, filters, pool=filters > 32)
        x = unit(unit(x, filters), filters)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    x = layers.AveragePooling2D(4)(layers.Dropout(0.25)(x))
    return keras.Model(inputs, layers.Dense(10)(layers.Flatten()(x)))


def optimizer_of(spec: OptimizerSpec, learning_rate: float) -> Any:
    """Keras's own."""
    if isinstance(spec, AdamOptimizer):
        return keras.optimizers.Adam(learning_rate, epsilon=spec.eps)
    assert isinstance(spec, SgdOptimizer)
    return keras.optimizers.SGD(learning_rate, momentum=spec.momentum)


def as_it_expects(network: Any, inputs: Tensor) -> Tensor:
    """Images `[batch, channels, height, width]` in the order of axes that a network takes."""
    return inputs if tuple(inputs.shape[1:]) == network.input_shape[1:] else inputs.permute(0, 2, 3, 1).contiguous()


def seconds_per_step(
    network: Any, optimizer: Any, data: Dataset, batch_size: int, num_steps: int, warmup_steps: int
) -> float:
    """Seconds of a step of `fit` with tensors, without metrics, validation, callbacks and a progress bar."""
    network.compile(optimizer=optimizer, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    inputs = as_it_expects(network, data.train.inputs)
    steps_per_epoch = min(num_steps, len(inputs) // batch_size)
    num_epochs = num_steps // steps_per_epoch

    def fit(num_samples: int, epochs: int) -> None:
        network.fit(
            inputs[:num_samples], data.train.targets[:num_samples], batch_size=batch_size, epochs=epochs, verbose=0
        )

    fit(warmup_steps * batch_size, 1)
    began = time.perf_counter()
    fit(steps_per_epoch * batch_size, num_epochs)
    return (time.perf_counter() - began) / (steps_per_epoch * num_epochs)
