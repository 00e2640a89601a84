"""ResNets, plain and pre-activation twins and other shortcuts: counts, shapes, option A, and the paper's schedule."""

import numpy as np
import pytest
import torch

from builder.modules import compile_network
from builder.spec import analyse
from builder.spec.blocks.highway import HighwayBlock
from builder.spec.blocks.residual import ResidualBlock
from builder.spec.presets.registry import PRESETS, STUDIES
from builder.spec.schedule import learning_rate_factor

STUDY = STUDIES["residual-networks"]
DEPTHS = (20, 32, 44, 56, 110)
SHORTCUTS = ("scaled", "exclusive-gate", "shortcut-gate", "conv", "dropout")


def analysed(name: str):
    analysis = analyse(PRESETS[name].experiment())
    assert not analysis.problems
    return analysis


def bodies_by_hand(num_blocks: int) -> int:
    """Stem, bodies and head of 6n + 2 layers with n = `num_blocks`, with pencil and paper."""
    stem = 3 * 16 * 9 + 2 * 16
    first = 2 * num_blocks * (16 * 16 * 9 + 2 * 16)
    second = (16 * 32 * 9 + 2 * 32) + (2 * num_blocks - 1) * (32 * 32 * 9 + 2 * 32)
    third = (32 * 64 * 9 + 2 * 64) + (2 * num_blocks - 1) * (64 * 64 * 9 + 2 * 64)
    return stem + first + second + third + 64 * 10 + 10


@pytest.mark.parametrize(("num_layers", "published"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)])
def test_parameters_are_the_papers(num_layers: int, published: float) -> None:
    """Source of the published numbers, in millions: He et al. 2015, table 6."""
    by_hand = bodies_by_hand((num_layers - 2) // 6)
    assert analysed(f"cifar-resnet-{num_layers}").num_parameters == by_hand
    assert analysed(f"cifar-plain-{num_layers}").num_parameters == by_hand
    assert by_hand / 1e6 == pytest.approx(published, rel=0.03)


def test_resnet_20_has_269_722_parameters() -> None:
    assert analysed("cifar-resnet-20").num_parameters == analysed("cifar-resnet-20-short").num_parameters == 269_722


@pytest.mark.parametrize("num_layers", DEPTHS)
def test_pre_activation_moves_norms_and_adds_the_narrower_ones_before_a_transition(num_layers: int) -> None:
    """A transition's first norm stands before the convolution that widens: 16 and 32 channels less, twice each."""
    by_hand = bodies_by_hand((num_layers - 2) // 6)
    norms_of_post = 2 * 16 + 2 * (32 + 64)  # the stem's, and the first norm of each transition
    # The stem's norm stays; the first block gives its first norm to the stem, and the last sum gets one of 64.
    norms_of_pre = 2 * 16 + 2 * (16 + 32) + 2 * 64 - 2 * 16
    assert analysed(f"cifar-preact-{num_layers}").num_parameters == by_hand - norms_of_post + norms_of_pre


@pytest.mark.parametrize(
    "name", [f"cifar-{family}-{depth}" for family in ("resnet", "plain", "preact") for depth in DEPTHS]
)
def test_shapes_layer_by_layer(name: str) -> None:
    analysis = analysed(name)
    num_blocks = (int(name.rsplit("-", 1)[1]) - 2) // 6
    first, *others = ((16, 32, 32), (32, 16, 16), (64, 8, 8))
    before = [first] * (num_blocks + 1)
    expected = [(shape, shape) for shape in before[1:]]
    for shape in others:
        expected += [(before[-1], shape), *[(shape, shape)] * (num_blocks - 1)]
        before = [shape]
    assert [(block.in_shape, block.out_shape) for block in analysis.plan.blocks] == expected
    convolutions = [layer for layer in analysis.plan.layers() if layer.layer.kind == "conv"]
    assert len(convolutions) + 1 == 6 * num_blocks + 2
    for layer in convolutions:
        assert layer.out_shape in {(16, 32, 32), (32, 16, 16), (64, 8, 8)}


@pytest.mark.parametrize("name", ["cifar-resnet-20", "cifar-preact-20"])
def test_option_a_takes_every_second_pixel_and_appends_zeros(name: str) -> None:
    compiled = compile_network(PRESETS[name].experiment()).double()
    x = np.random.default_rng(0).standard_normal((2, 16, 32, 32))
    (transition,) = [block for block in compiled.blocks if block.depth == 4]
    expected = np.zeros((2, 32, 16, 16))
    for row in range(16):
        for column in range(16):
            expected[:, :16, row, column] = x[:, :, 2 * row, 2 * column]
    np.testing.assert_array_equal(transition.carry(torch.from_numpy(x)).numpy(), expected)


def test_the_families_share_their_convolutions_initial_weights() -> None:
    nets = [compile_network(PRESETS[name].experiment()).state_dict() for name in ("cifar-resnet-20", "cifar-plain-20")]
    assert nets[0].keys() == nets[1].keys()
    assert all(torch.equal(value, nets[1][key]) for key, value in nets[0].items())


def rates(name: str, *steps: int) -> list[float]:
    experiment = PRESETS[name].experiment()
    base = experiment.groups[0].learning_rate
    return [base * learning_rate_factor(experiment.training, step, 64_000, 382) for step in steps]


@pytest.mark.parametrize("name", [preset.name for preset in STUDY.presets if preset.name != "cifar-resnet-20-short"])
def test_the_rate_falls_at_32_and_48_of_64_thousand_steps(name: str) -> None:
    training = PRESETS[name].experiment().training
    assert training.duration.steps == 64_000
    assert training.batch_size == 128
    assert rates(name, 31_999, 32_000, 47_999, 48_000, 63_999) == pytest.approx([0.1, 0.01, 0.01, 0.001, 0.001])
    begins_low = "110" in name
    assert rates(name, 0, 399, 400) == pytest.approx([0.01, 0.01, 0.1] if begins_low else [0.1] * 3)


@pytest.mark.parametrize("name", [f"cifar-110-{shortcut}" for shortcut in SHORTCUTS])
def test_another_shortcut_leaves_the_bodies_as_they_are(name: str) -> None:
    analysis, reference = analysed(name), analysed("cifar-resnet-110")
    counted = {"body": 0, "layer": 0, "shortcut": 0, "gate": 0}
    for parameter in analysis.parameters:
        counted[parameter.placed.lane] += int(np.prod(parameter.placed.shape))
    assert counted["body"] + counted["layer"] == reference.num_parameters
    one_by_one = 18 * 16 * 16 + 16 * 32 + 17 * 32 * 32 + 32 * 64 + 17 * 64 * 64
    gate_biases = 18 * (16 + 32 + 64)
    extra = {"cifar-110-conv": ("shortcut", one_by_one)}
    extra |= {f"cifar-110-{gate}": ("gate", one_by_one + gate_biases) for gate in ("exclusive-gate", "shortcut-gate")}
    lane, number = extra.get(name, ("shortcut", 0))
    assert counted[lane] == number


def test_the_shortcuts_are_those_of_the_paper() -> None:
    blocks = {name: analysed(f"cifar-110-{name}").plan.blocks for name in SHORTCUTS}
    assert {len(found) for found in blocks.values()} == {54}
    for one in blocks["scaled"]:
        assert isinstance(one.block, ResidualBlock)
        assert (one.block.alpha, one.block.beta) == (0.5, 0.5)
    for name, gates in (("exclusive-gate", "both"), ("shortcut-gate", "shortcut")):
        for one in blocks[name]:
            assert isinstance(one.block, HighwayBlock)
            assert (one.block.gates, one.block.gate_kernel_size, one.block.gate_bias_init) == (gates, 1, -6.0)
    assert [[layer.kind for layer in one.block.shortcut] for one in blocks["conv"]] == [["match"]] * 54
    for one in blocks["dropout"]:
        assert one.block.shortcut[-1].model_dump(include={"kind", "p"}) == {"kind": "dropout", "p": 0.5}
