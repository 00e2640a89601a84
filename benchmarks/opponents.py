"""Our step, everything recorded, against Lightning and Keras on torch: same net, data, batch, optimizer and threads."""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

from torch import nn

from benchmarks.engine import seconds_per_step
from benchmarks.minimodel import bare_mini_model
from benchmarks.suite import CannotMeasure
from benchmarks.table import Row, summarise
from benchmarks.throughput import bare_dense, bare_optimizer, measured, random_data
from builder.spec import with_value

ROUNDS = 5


def compare(
    what: str,
    preset: str,
    make_bare: Callable[[], nn.Module],
    make_keras: Callable[[], Any],
    shape: tuple[int, ...],
    num_steps: int,
    warmup_steps: int,
    floors: tuple[float, float],
) -> list[Row]:
    """All three in turn, so that the machine's drift hits all alike; `floors` against Lightning and Keras."""
    from benchmarks import keras_opponent, lightning_opponent

    experiment = with_value(measured(preset, warmup_steps + num_steps), "data.augmentation", {})
    training, data = experiment.training, random_data(shape)
    make_optimizer = partial(bare_optimizer, experiment=experiment, fused=False)
    ours, of_lightning, of_keras = [], [], []
    for _ in range(ROUNDS):
        # The first one sets the number of threads for all.
        ours.append(seconds_per_step(experiment, data, warmup_steps))
        of_lightning.append(
            lightning_opponent.seconds_per_step(
                make_bare(), make_optimizer, data, training.batch_size, num_steps, warmup_steps
            )
        )
        optimizer = keras_opponent.optimizer_of(training.optimizer, experiment.groups[0].learning_rate)
        of_keras.append(
            keras_opponent.seconds_per_step(make_keras(), optimizer, data, training.batch_size, num_steps, warmup_steps)
        )
    note = f"everything recorded and written by us, nothing by them; {ROUNDS} rounds of {num_steps} steps"
    return [
        summarise(
            f"{what}: speed against {name}", [b / a for a, b in zip(ours, theirs, strict=True)], floor=floor, note=note
        )
        for name, theirs, floor in (("Lightning", of_lightning, floors[0]), ("Keras on torch", of_keras, floors[1]))
    ]


def measure() -> list[Row]:
    if missing := [name for name in ("lightning", "keras") if find_spec(name) is None]:
        raise CannotMeasure(f"no {' and no '.join(missing)} here. Install both: scripts/install requirements-bench.txt")
    from benchmarks.keras_opponent import dense_tower, mini_model

    return [
        *compare("dense tower", "mnist-dense", bare_dense, dense_tower, (1, 28, 28), 200, 10, (1.5, 4.0)),
        *compare("MiniModel", "minimodel", bare_mini_model, mini_model, (3, 32, 32), 5, 2, (1.1, 1.4)),
    ]
