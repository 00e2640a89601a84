"""Parameters and multiply-adds of known networks, counted by hand."""

import pytest

from builder.spec import Experiment, analyse
from builder.spec.data import DataSpec
from builder.spec.presets.cifar_towers import HEAD, cifar_stage
from builder.spec.presets.numbering import network
from builder.spec.recipes import activation, conv, linear, norm, pre_activation_body

CIFAR_TEN = DataSpec(dataset="cifar-10")
GLOBAL_POOL = {"kind": "global_pool", "method": "average"}


def resnet(num_blocks):
    """The 6n + 2 layers of He et al. 2015, section 4.2, n = `num_blocks`, with option A."""
    items = [conv(16, bias=False), norm(), activation()]
    for channels in (16, 32, 64):
        items += cifar_stage("residual", channels, num_blocks, strided=channels > 16)
    return analyse(Experiment(data=CIFAR_TEN, network=network([*items, GLOBAL_POOL, HEAD])))


def resnet_parameters(num_blocks):
    """Weights of 3×3 convolutions and two numbers per normed channel, summed with pencil and paper."""
    stem = 3 * 16 * 9 + 2 * 16
    first = 2 * num_blocks * (16 * 16 * 9 + 2 * 16)
    second = (16 * 32 * 9 + 2 * 32) + (2 * num_blocks - 1) * (32 * 32 * 9 + 2 * 32)
    third = (32 * 64 * 9 + 2 * 64) + (2 * num_blocks - 1) * (64 * 64 * 9 + 2 * 64)
    return stem + first + second + third + 64 * 10 + 10


@pytest.mark.parametrize(
    ("num_layers", "published"),
    [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7), (1202, 19.4)],
)
def test_residual_nets_have_the_papers_number_of_parameters(num_layers, published):
    """Source of the published numbers, in millions: He et al. 2015, table 6."""
    analysis = resnet((num_layers - 2) // 6)
    assert not analysis.problems
    assert analysis.num_parameters == resnet_parameters((num_layers - 2) // 6)
    assert analysis.num_parameters / 1e6 == pytest.approx(published, rel=0.03)
    assert len(analysis.plan.blocks) == (num_layers - 2) // 2


def test_resnet_20_to_the_last_weight():
    analysis = resnet(3)
    assert analysis.num_parameters == 269_722
    by_hand = 32 * 32 * 432 + 6 * 32 * 32 * 2304 + 2 * (16 * 16 * 4608 + 5 * 16 * 16 * 9216) + 64 * 10
    assert analysis.num_macs == by_hand == 40_551_040
    assert analysis.num_buffers == sum((2 * channels + 1) * number for channels, number in ((16, 7), (32, 6), (64, 6)))


def test_the_keras_articles_model_has_the_number_of_parameters_that_keras_counts():
    """MiniModel of “Understanding residual networks”: biases everywhere, a biased projection beside each max-pool."""

    def unit(channels, pool=False):
        body = pre_activation_body(channels, bias=True)
        if not pool:
            return {"kind": "residual", "body": body}
        return {
            "kind": "residual",
            "body": [{"kind": "pool", "method": "max"}, *body],
            "shortcut": [{"kind": "match", "bias": True}],
        }

    items = [conv(32), *[unit(32)] * 3]
    for channels in (64, 128, 256):
        items += [unit(channels, pool=True), unit(channels), unit(channels)]
    pool = {"kind": "pool", "method": "average", "kernel_size": 4}
    items += [norm(), activation(), {"kind": "dropout", "p": 0.25}, pool, {"kind": "flatten"}, linear("classes")]
    analysis = analyse(Experiment(data=CIFAR_TEN, network=network(items)))

    stem = 3 * 3 * 3 * 32 + 32
    first = 3 * (2 * (2 * 32) + 2 * (9 * 32 * 32 + 32))
    total = stem + first
    for narrow, wide in ((32, 64), (64, 128), (128, 256)):
        total += 2 * narrow + (9 * narrow * wide + wide) + 2 * wide + (9 * wide * wide + wide) + (narrow * wide + wide)
        total += 2 * (2 * (2 * wide) + 2 * (9 * wide * wide + wide))
    total += 2 * 256 + 256 * 10 + 10
    assert not analysis.problems
    assert analysis.num_parameters == total == 4_368_714


def test_a_highway_layer_of_50_units_has_about_5000_parameters():
    """Srivastava et al. 2015: 50 units with a gate as much as 71 plain units; both about 5,000 a layer."""
    block = {"kind": "highway", "body": [linear(50), activation("tanh")]}
    plain = {"kind": "plain", "body": [linear(71), activation("tanh")]}
    highway = analyse(Experiment(network=network([{"kind": "flatten"}, linear(50), block, HEAD])))
    assert highway.items["i3"].num_parameters == 2 * (50 * 50 + 50) == 5_100
    assert highway.items["i3"].num_macs == 2 * 50 * 50
    ordinary = analyse(Experiment(network=network([{"kind": "flatten"}, linear(71), plain, HEAD])))
    assert ordinary.items["i3"].num_parameters == 71 * 71 + 71 == 5_112


@pytest.mark.parametrize("gate_kernel_size", [1, 3])
def test_a_convolutional_gate_counts_its_kernel_at_each_place_of_the_output(gate_kernel_size):
    block = {
        "kind": "highway",
        "gate_kernel_size": gate_kernel_size,
        "body": [conv(8, stride=2, bias=False)],
        "shortcut": [{"kind": "match"}],
    }
    analysis = analyse(Experiment(network=network([conv(4), block, GLOBAL_POOL, HEAD])))
    gate = 4 * 8 * gate_kernel_size**2
    assert not analysis.problems
    assert analysis.items["i2"].num_parameters == 4 * 8 * 9 + 4 * 8 + gate + 8
    assert analysis.items["i2"].num_macs == 4 * 4 * (4 * 8 * 9 + 4 * 8 + gate)


def test_a_repeat_counts_its_copies_and_gives_the_first_and_the_last_shape():
    inner = {"kind": "repeat", "times": 2, "items": [linear(8), activation()]}
    outer = {"kind": "repeat", "times": 3, "items": [inner, {"kind": "residual", "body": [linear(8)]}]}
    analysis = analyse(Experiment(network=network([{"kind": "flatten"}, outer, HEAD])))
    rows = analysis.items
    assert [(rows[name].kind, rows[name].copies) for name in ("i2", "i3", "i4", "i6", "i7")] == [
        ("repeat", 1),
        ("repeat", 3),
        ("linear", 6),
        ("residual", 3),
        ("linear", 3),
    ]
    assert (rows["i4"].in_shape, rows["i4"].out_shape) == ((64,), (8,))
    assert (rows["i2"].in_shape, rows["i2"].out_shape) == ((64,), (8,))
    assert rows["i4"].num_parameters == 64 * 8 + 8 + 5 * (8 * 8 + 8)
    assert rows["i2"].num_parameters == rows["i4"].num_parameters + 3 * 72
    assert rows["i2"].num_macs == 64 * 8 + 8 * 64


def test_frozen_parameters_are_counted_apart():
    raw = Experiment(network=network([{"kind": "flatten"}, linear(8), HEAD])).model_dump(mode="json")
    raw["groups"] = [{"name": "first", "rule": {"items": ["i2"]}, "frozen": True}, {"name": "rest"}]
    analysis = analyse(Experiment.model_validate(raw))
    assert (analysis.num_parameters, analysis.num_frozen) == (64 * 8 + 8 + 8 * 10 + 10, 64 * 8 + 8)
    # A group that is frozen may thaw while it trains.
    assert analysis.memory.gradients == analysis.memory.parameters == 4 * analysis.num_parameters
