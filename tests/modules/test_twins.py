"""Twins of a race begin alike: equal weights at common addresses, the same masks, the same batches."""

import pytest
import torch

from builder.modules import compile_network
from builder.spec import analyse, load_experiment, with_value
from builder.spec.blocks.base import Block
from builder.spec.blocks.registry import BLOCKS
from builder.spec.network import walk
from builder.spec.races.kinds import with_kind
from builder.spec.races.twins import repeats_of
from builder.training.masks import DepthMasks

DIGITS = load_experiment("digits-residual")
(REPEAT,) = repeats_of(DIGITS)


def twin_block(experiment):
    """Id of the one block inside of the repeat."""
    (block,) = [item.id for item in walk(experiment.network.items) if isinstance(item, Block)]
    return block


@pytest.fixture(scope="module")
def states():
    return {kind: compile_network(with_kind(DIGITS, kind)).state_dict() for kind in BLOCKS}


@pytest.mark.parametrize("kind", BLOCKS)
def test_common_addresses_begin_with_equal_weights(states, kind):
    own, twin = states["residual"], states[kind]
    assert set(own) <= set(twin)
    for address, value in own.items():
        assert torch.equal(twin[address], value), address
    extra = set(twin) - set(own)
    assert bool(extra) == (kind == "highway")
    assert all("/gate." in address for address in extra)


def test_another_depth_begins_with_the_same_copies(states):
    deeper = compile_network(with_value(DIGITS, f"network.items.{REPEAT}.times", 9))
    found = deeper.state_dict()
    for address, value in states["residual"].items():
        assert torch.equal(found[address], value), address


def test_a_copy_is_dropped_in_the_same_steps_in_towers_of_any_depth():
    def masks(depth):
        twin = with_value(with_kind(DIGITS, "stochastic_depth"), f"network.items.{REPEAT}.times", depth)
        block = f"network.items.{REPEAT}.items.{twin_block(twin)}"
        constant = with_value(twin, f"{block}.survival", {"kind": "constant", "survival_prob": 0.7})
        blocks = compile_network(constant).stochastic_blocks
        placed = analyse(constant).plan.blocks
        found = DepthMasks([each.survival_prob or 1.0 for each in blocks], 0, [each.address for each in placed])
        return [found.at(step) for step in range(1, 300)]

    assert masks(4) == [row[:4] for row in masks(7)]
