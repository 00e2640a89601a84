"""Towers of many single blocks, as a person would have dragged them together."""

from builder.spec import Experiment, load_experiment
from builder.spec.presets.numbering import network
from builder.spec.presets.towers import HEAD, dense_stem, normed_block

KINDS = ("residual", "plain", "highway", "stochastic_depth")


def tower(num_blocks: int) -> Experiment:
    """Blocks of 32 units of all four kinds in turn, none in a repeat: each is a card, six layers and ten parameters."""
    blocks = [normed_block(KINDS[index % len(KINDS)], 32) for index in range(num_blocks)]
    return load_experiment("digits-residual").model_copy(
        update={"name": f"{num_blocks} blocks", "network": network([*dense_stem(32), *blocks, HEAD])}
    )
