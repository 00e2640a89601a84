"""Initial values: their statistics, their seed and address, and what twins share."""

import math

import numpy as np
import pytest
import torch

from builder.modules import compile_network
from builder.spec import Experiment
from builder.spec.blocks.registry import BLOCKS, swap_kind
from builder.spec.network import NetworkSpec, Repeat

LINEAR_FANS = (64, 512)
CONV_FANS = (32 * 9, 48 * 9)

VARIANCES = {
    "he": (dict(kind="he"), lambda fan_in, fan_out: 2 / fan_in),
    "he fan_out": (dict(kind="he", fan_mode="fan_out"), lambda fan_in, fan_out: 2 / fan_out),
    "he uniform": (dict(kind="he", distribution="uniform"), lambda fan_in, fan_out: 2 / fan_in),
    "xavier": (dict(kind="xavier"), lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
    "xavier normal": (dict(kind="xavier", distribution="normal"), lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
    "pytorch": (dict(kind="pytorch"), lambda fan_in, fan_out: 1 / (3 * fan_in)),
    "normal": (dict(kind="normal", std=0.3), lambda fan_in, fan_out: 0.09),
}
UNIFORM = {"he uniform", "xavier", "pytorch"}


def weights(experiment: Experiment) -> dict[str, torch.Tensor]:
    return {address: value.detach() for address, value in compile_network(experiment).parameters_by_address()}


@pytest.mark.parametrize("name", VARIANCES)
@pytest.mark.parametrize("layer", ["linear", "conv"])
def test_variance_is_that_of_the_formula(make, name: str, layer: str) -> None:
    init, variance = VARIANCES[name]
    if layer == "linear":
        experiment = make({"kind": "flatten"}, {"kind": "linear", "out_features": 512}, init=init)
        weight, fans = weights(experiment)["i2.weight"], LINEAR_FANS
    else:
        experiment = make(
            {"kind": "conv", "out_channels": 32}, {"kind": "conv", "out_channels": 48}, {"kind": "flatten"}, init=init
        )
        weight, fans = weights(experiment)["i2.weight"], CONV_FANS
    expected = variance(*fans)
    values = weight.double().flatten().numpy()
    kurtosis = 1.8 if name in UNIFORM else 3.0
    # Five standard errors of the mean and of the variance, by the fourth moment.
    assert abs(values.mean()) < 5 * math.sqrt(expected / len(values))
    assert abs(values.var() / expected - 1) < 5 * math.sqrt((kurtosis - 1) / len(values))
    assert abs(np.mean(values**4) / expected**2 - kurtosis) < 0.2
    if name in UNIFORM:
        assert np.abs(values).max() <= math.sqrt(3 * expected) * (1 + 1e-6)


def test_biases_begin_at_zero_except_under_pytorchs_rule(make) -> None:
    stem = [{"kind": "flatten"}, {"kind": "linear", "out_features": 512}]
    assert not weights(make(*stem))["i2.bias"].any()
    bias = weights(make(*stem, init={"kind": "pytorch"}))["i2.bias"].double()
    assert bias.abs().max() <= 1 / 8
    assert bias.var().item() == pytest.approx(1 / (3 * 64), rel=0.3)


def test_identity_is_the_identity(make) -> None:
    identity = {"kind": "identity"}
    dense = compile_network(make({"kind": "flatten"}, {"kind": "linear", "out_features": 64, "init": identity}))
    x = torch.randn(4, 64)
    assert torch.equal(dense.get_submodule("i2")(x), x)
    for kernel in (1, 3, 5):
        conv = {"kind": "conv", "out_channels": 3, "kernel_size": kernel, "init": identity}
        compiled = compile_network(make({"kind": "conv", "out_channels": 3}, conv, {"kind": "flatten"}))
        image = torch.randn(2, 3, 8, 8)
        assert torch.equal(compiled.get_submodule("i2")(image), image)


def test_ones_has_rank_one_and_zeros_rank_zero(make) -> None:
    stem = [{"kind": "flatten"}, {"kind": "linear", "out_features": 32}]
    ones = weights(make(*stem, init={"kind": "ones"}))["i2.weight"]
    assert ones.eq(1).all()
    assert torch.linalg.matrix_rank(ones) == 1
    assert not weights(make(*stem, init={"kind": "zeros"}))["i2.weight"].any()


def test_a_layers_own_init_wins_over_the_networks(make) -> None:
    stem = [{"kind": "flatten"}, {"kind": "linear", "out_features": 8, "init": {"kind": "ones"}}]
    found = weights(make(*stem, init={"kind": "zeros"}))
    assert found["i2.weight"].eq(1).all()
    assert not found["i3.weight"].any()


def test_gate_begins_with_its_own_bias_and_init(make) -> None:
    block = {
        "kind": "highway", "body": [{"kind": "linear", "out_features": 64}],
        "gate_bias_init": -3.5, "gate_init": {"kind": "ones"},
    }  # fmt: skip
    found = weights(make({"kind": "flatten"}, block, init={"kind": "zeros"}))
    assert found["i2/gate.weight"].eq(1).all()
    assert found["i2/gate.bias"].eq(-3.5).all()
    assert not found["i2/body/i3.weight"].any()


def tower(make, kind: str = "residual", times: int = 2, seed: int = 0) -> Experiment:
    block = {
        "kind": kind,
        "body": [{"kind": "linear", "out_features": 16}, {"kind": "norm"}],
        "shortcut": [{"kind": "match"}],
    }
    stem = [{"kind": "flatten"}, {"kind": "linear", "out_features": 16}]
    return make(*stem, {"kind": "repeat", "times": times, "items": [block]}, seed=seed)


def check_common_are_equal(one: Experiment, other: Experiment) -> int:
    first, second = weights(one), weights(other)
    common = first.keys() & second.keys()
    assert all(torch.equal(first[address], second[address]) for address in common)
    return len(common)


def test_same_seed_gives_the_same_weights_and_another_seed_others(make) -> None:
    assert check_common_are_equal(tower(make), tower(make)) == len(weights(tower(make)))
    one, other = weights(tower(make)), weights(tower(make, seed=1))
    drawn = [address for address in one if address.endswith("weight") and one[address].dim() == 2]
    assert len(drawn) == 6
    assert not any(torch.equal(one[address], other[address]) for address in drawn)


def test_copies_do_not_share_their_values(make) -> None:
    found = weights(tower(make))
    assert not torch.equal(found["i3[0]/i4/body/i5.weight"], found["i3[1]/i4/body/i5.weight"])


def test_weights_do_not_depend_on_torchs_own_generator(make) -> None:
    torch.manual_seed(1)
    one = weights(tower(make))
    torch.manual_seed(2)
    before = torch.get_rng_state()
    other = weights(tower(make))
    assert all(torch.equal(one[address], other[address]) for address in one)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_twin_of_another_kind_begins_with_the_weights_of_common_addresses(make, kind: str) -> None:
    assert check_common_are_equal(tower(make), tower(make, kind=kind)) >= 2 + 2 * 4 + 2


def test_a_deeper_twin_begins_with_the_weights_of_common_addresses(make) -> None:
    assert check_common_are_equal(tower(make), tower(make, times=5)) == len(weights(tower(make)))


@pytest.mark.parametrize("kind", BLOCKS)
def test_swapping_a_kind_there_and_back_gives_the_same_network(make, kind: str) -> None:
    original = tower(make, kind="highway")
    repeat = original.network.items[2]
    assert isinstance(repeat, Repeat)

    def with_block(block: object) -> Experiment:
        items = (
            *original.network.items[:2],
            repeat.model_copy(update={"items": (block,)}),
            *original.network.items[3:],
        )
        spec = NetworkSpec(items=items, next_id=original.network.next_id)
        return original.model_copy(update={"network": spec})

    there = swap_kind(repeat.items[0], kind)  # pyright: ignore[reportArgumentType]
    back = with_block(swap_kind(there, "highway"))
    assert back == original
    one, other = weights(original), weights(back)
    assert list(one) == list(other)
    assert all(torch.equal(one[address], other[address]) for address in one)
