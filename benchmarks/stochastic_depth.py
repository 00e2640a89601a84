"""Step time of stochastic depth (linear decay to .5) against constant depth: a tower of 54 blocks, and the small presets."""

from benchmarks.engine import WARMUP_STEPS, seconds_per_step
from benchmarks.table import Row, summarise
from benchmarks.throughput import measured, random_data
from builder.data.dataset import Dataset
from builder.spec import Experiment, with_value
from builder.spec.presets.numbering import network
from builder.spec.recipes import activation, conv, linear, norm, post_activation_body

NUM_STEPS = 40
NUM_SMALL_STEPS = 20
ROUNDS = 5


def tower(kind: str, **fields: object) -> Experiment:
    """54 post-activation blocks of 8 channels on 28×28 images."""
    experiment = measured("mnist-conv", WARMUP_STEPS + NUM_STEPS)
    block = {"kind": kind, "activation": "relu", "body": post_activation_body(8), **fields}
    items = [
        conv(8, stride=2),
        norm(),
        activation(),
        {"kind": "repeat", "times": 54, "items": [block]},
        {"kind": "global_pool", "method": "average"},
        linear("classes"),
    ]
    return experiment.model_copy(update={"network": network(items)})


def compare(what: str, towers: dict[str, Experiment], data: Dataset, num_steps: int) -> list[Row]:
    """Towers "constant", "skip" and "paper", in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in towers}
    for seed in range(ROUNDS):
        # The seed draws which blocks are dropped; of one seed alone they might be few or many.
        for name, experiment in towers.items():
            seconds[name].append(seconds_per_step(with_value(experiment, "training.seed", seed), data))
    return [
        summarise(
            f"step time of stochastic depth against constant depth, {what}, dropped_update {name}",
            [a / b for a, b in zip(seconds[name], seconds["constant"], strict=True)],
            floor=floor,
            sense="at most",
            note=f"linear decay to .5; {ROUNDS} rounds of {num_steps} steps",
        )
        for name, floor in (("skip", 0.80), ("paper", 0.85))
    ]


def measure() -> list[Row]:
    deep = {
        "constant": tower("residual"),
        "skip": tower("stochastic_depth", dropped_update="skip"),
        "paper": tower("stochastic_depth", dropped_update="paper"),
    }
    small = {
        name: measured(preset, WARMUP_STEPS + NUM_SMALL_STEPS)
        for name, preset in (
            ("constant", "constant-depth-small"),
            ("skip", "stochastic-depth-small-skip"),
            ("paper", "stochastic-depth-small"),
        )
    }
    return [
        *compare("54 blocks", deep, random_data((1, 28, 28)), NUM_STEPS),
        *compare("small presets", small, random_data((3, 32, 32)), NUM_SMALL_STEPS),
    ]
