"""The curve of cost against depth: what it says of linear and other costs, and the towers that it is measured on."""

import math

import pytest

from benchmarks.depth import NUM_STEPS, rows_of
from benchmarks.table import exponent
from benchmarks.towers import deep_tower
from builder.spec import analyse, load_experiment

DEPTHS = list(NUM_STEPS)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_exponent_is_the_power_of_the_size(power):
    assert math.isclose(exponent(DEPTHS, [0.3 * depth**power for depth in DEPTHS]), power)


def test_a_block_of_a_linear_tower_costs_the_same_at_each_depth():
    *per_block, ratio, power = rows_of("x", [[2e-6 * depth for depth in DEPTHS]], "")
    assert [row.median for row in per_block] == pytest.approx([2.0] * len(DEPTHS))
    assert [row.what for row in per_block][-1] == "x, 1,000 blocks: per block"
    assert (ratio.median, power.median) == pytest.approx((1.0, 1.0))
    assert ratio.holds is True


def test_a_cost_that_grows_with_the_square_of_the_depth_does_not_hold():
    *_, ratio, power = rows_of("x", [[1e-6 * depth**2 for depth in DEPTHS] for _ in range(3)], "")
    assert (ratio.median, power.median) == pytest.approx((10.0, 2.0))
    assert ratio.holds is False


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_deep_tower_has_so_many_blocks_and_no_problems(depth):
    analysis = analyse(deep_tower(depth))
    assert analysis.problems == []
    assert len(analysis.plan.blocks) == depth


def test_with_ten_blocks_it_has_the_shapes_of_the_dense_tower():
    deep, dense = analyse(deep_tower(10)), analyse(load_experiment("mnist-dense"))
    assert [each.placed.shape for each in deep.parameters] == [each.placed.shape for each in dense.parameters]
    assert deep.num_macs == dense.num_macs
