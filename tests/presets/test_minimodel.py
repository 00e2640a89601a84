"""MiniModel against the article: Keras's parameter count by hand, its shapes, and its script written again in numpy."""

from functools import partial

import numpy as np
import pytest
import torch
from numpy_nets import (
    Array,
    Layer,
    Tape,
    average_pool,
    batch_norm,
    chain,
    convolution,
    cross_entropy,
    flatten,
    identity,
    linear,
    max_pool,
    relu,
    times,
    weighted_sum,
)
from torch.nn import functional

from builder.modules import compile_network
from builder.spec import analyse
from builder.spec.layers.norm import NormLayer
from builder.spec.presets.registry import PRESETS
from builder.training.losses import build_loss

KERAS_EPS = 1e-3
BATCH = 3
PRESET_NAMES = ("minimodel", "minimodel-as-written", "minimodel-plain")


def keras_unit(in_channels: int, filters: int) -> int:
    """Trainable parameters of Unit: two norms (gamma, beta), two 3×3 convolutions with biases."""
    return 2 * in_channels + (in_channels * filters * 9 + filters) + 2 * filters + (filters * filters * 9 + filters)


PROJECTIONS = (32 * 64 + 64) + (64 * 128 + 128) + (128 * 256 + 256)


def test_parameters_are_those_that_keras_prints_as_trainable() -> None:
    units = 3 * keras_unit(32, 32)
    for before, filters in ((32, 64), (64, 128), (128, 256)):
        units += keras_unit(before, filters) + 2 * keras_unit(filters, filters)
    by_hand = (3 * 32 * 9 + 32) + units + PROJECTIONS + 2 * 256 + (256 * 10 + 10)
    assert by_hand == 4_368_714
    assert analyse(PRESETS["minimodel"].experiment()).num_parameters == by_hand
    assert analyse(PRESETS["minimodel-as-written"].experiment()).num_parameters == by_hand


def test_the_plain_twin_lacks_the_three_projections_and_nothing_else() -> None:
    assert PROJECTIONS == 43_456
    assert analyse(PRESETS["minimodel-plain"].experiment()).num_parameters == 4_368_714 - PROJECTIONS


@pytest.mark.parametrize("name", PRESET_NAMES)
def test_shapes_layer_by_layer(name: str) -> None:
    analysis = analyse(PRESETS[name].experiment())
    assert not analysis.problems
    expected, before = [], (32, 32, 32)
    for filters, size in ((32, 32), (64, 16), (128, 8), (256, 4)):
        for _ in range(3):
            expected.append((before, (filters, size, size)))
            before = (filters, size, size)
    assert [(block.in_shape, block.out_shape) for block in analysis.plan.blocks] == expected
    after = [(step.layer.kind, step.out_shape) for step in analysis.plan.steps[-6:] if hasattr(step, "layer")]
    assert after == [
        ("norm", (256, 4, 4)),
        ("activation", (256, 4, 4)),
        ("dropout", (256, 4, 4)),
        ("pool", (256, 1, 1)),
        ("flatten", (256,)),
        ("linear", (10,)),
    ]


def test_keras_defaults_that_differ_from_torchs_are_written_down() -> None:
    experiment = PRESETS["minimodel"].experiment()
    norms = [layer.layer for layer in analyse(experiment).plan.layers() if isinstance(layer.layer, NormLayer)]
    assert len(norms) == 25
    assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-3, 0.01)}
    optimizer = experiment.training.optimizer.model_dump()
    assert optimizer == {"kind": "adam", "beta1": 0.9, "beta2": 0.999, "eps": 1e-7}
    assert experiment.groups[0].learning_rate == 0.001
    weights = dict(compile_network(experiment).parameters_by_address())
    weight = weights["i1.weight"].detach()
    limit = (6 / (3 * 9 + 32 * 9)) ** 0.5  # Glorot uniform; Keras counts the kernel's positions on both sides
    assert 0.98 * limit < weight.abs().max().item() <= limit
    assert not weights["i1.bias"].any()


def unit(tape: Tape, filters: int, pool: bool, adds: bool) -> Layer:
    """The article's Unit; without the addition its first form, before `res` enters."""
    layers = [max_pool(2)] if pool else []
    for _ in range(2):
        layers += [batch_norm(tape, KERAS_EPS), relu, convolution(tape, filters, bias=True)]
    if not adds:
        return chain(layers)
    return weighted_sum(chain(layers), convolution(tape, filters, size=1, stride=2, bias=True) if pool else identity)


def mini_model(tape: Tape, mask: Array, adds: bool) -> Layer:
    layers = [convolution(tape, 32, bias=True), *[unit(tape, 32, False, adds) for _ in range(3)]]
    for filters in (64, 128, 256):
        layers += [unit(tape, filters, True, adds), *[unit(tape, filters, False, adds) for _ in range(2)]]
    layers += [batch_norm(tape, KERAS_EPS), relu, times(mask), average_pool(4), flatten, linear(tape, 10)]
    return chain(layers)


@pytest.mark.parametrize("name", PRESET_NAMES)
def test_logits_loss_and_every_gradient_are_the_articles(name: str, batch_of, moved) -> None:
    experiment = PRESETS[name].experiment()
    inputs, targets = batch_of(experiment, BATCH)
    compiled = moved(experiment)
    torch.manual_seed(11)
    # Keras's dropout: a mask over [batch, 256, 4, 4] with a quarter of zeros, divided by what is left.
    mask = functional.dropout(torch.ones(BATCH, 256, 4, 4, dtype=torch.float64), 0.25)
    torch.manual_seed(11)
    logits = compiled(inputs)
    loss = build_loss(experiment.training.loss)(logits, targets)
    loss.backward()

    tape = Tape(parameter.detach().numpy() for parameter in compiled.parameters())
    expected, back = mini_model(tape, mask.numpy(), adds=name != "minimodel-plain")(inputs.numpy())
    expected_loss, by_logits = cross_entropy(expected, targets.numpy())
    back(by_logits)
    tape.finish()
    close = partial(np.testing.assert_allclose, rtol=1e-9, atol=1e-9)
    close(logits.detach().numpy(), expected)
    close(loss.item(), expected_loss)
    for (address, parameter), gradient in zip(compiled.parameters_by_address(), tape.gradients, strict=True):
        assert parameter.grad is not None
        close(parameter.grad.numpy(), gradient, err_msg=address)


def test_the_two_normalisations_give_the_same_training_images(batch_of) -> None:
    first, _ = batch_of(PRESETS["minimodel"].experiment(), BATCH)
    second, _ = batch_of(PRESETS["minimodel-as-written"].experiment(), BATCH)
    assert torch.equal(first, second)
