"""Towers of many single blocks, as a person would have dragged them together."""

from builder.spec import Experiment, load_experiment, with_value
from builder.spec.presets.numbering import network
from builder.spec.presets.towers import HEAD, dense_stem, normed_block
from builder.spec.recipes import activation, linear

KINDS = ("residual", "plain", "highway", "stochastic_depth")
DEEP_WIDTH = 64


def tower(num_blocks: int) -> Experiment:
    """Blocks of 32 units of all four kinds in turn, none in a repeat: each is a card, six layers and ten parameters."""
    blocks = [normed_block(KINDS[index % len(KINDS)], 32) for index in range(num_blocks)]
    return load_experiment("digits-residual").model_copy(
        update={"name": f"{num_blocks} blocks", "network": network([*dense_stem(32), *blocks, HEAD])}
    )


def deep_tower(num_blocks: int) -> Experiment:
    """The dense tower of the benchmarks with another number of blocks, none in a repeat.

    Branches begin so small, and rates are so low, that the numbers of a thousand blocks stay finite; one thread whatever
    the depth.
    """
    last = linear(DEEP_WIDTH, init={"kind": "normal", "std": 0.001})
    block = {"kind": "residual", "body": [linear(DEEP_WIDTH), activation(), last, activation()]}
    experiment = load_experiment("mnist-dense")
    items = [*dense_stem(DEEP_WIDTH), *(block for _ in range(num_blocks)), HEAD]
    for path, value in (("training.num_threads", 1), ("groups.0.learning_rate", 1e-7)):
        experiment = with_value(experiment, path, value)
    return experiment.model_copy(update={"name": f"{num_blocks} blocks", "network": network(items)})
