"""The opponents train the network that we train; skipped where requirements-bench.txt is not installed."""

import math
from functools import partial
from importlib.util import find_spec

import pytest
import torch
from torch import nn
from torch.nn import functional

from benchmarks import opponents
from benchmarks.minimodel import bare_mini_model
from benchmarks.suite import CannotMeasure
from benchmarks.throughput import bare_dense, bare_optimizer, measured, random_data
from builder.modules import compile_network

needs_keras = pytest.mark.skipif(find_spec("keras") is None, reason="requirements-bench.txt is not installed")
needs_lightning = pytest.mark.skipif(find_spec("lightning") is None, reason="requirements-bench.txt is not installed")

NETS = {
    "mnist-dense": (bare_dense, "dense_tower", (1, 28, 28)),
    "minimodel": (bare_mini_model, "mini_model", (3, 32, 32)),
}


def fill(network: nn.Module) -> None:
    """Gives each weight a value that depends on its output channel alone, which all libraries know."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            num_outputs = len(parameter)
            values = torch.arange(1, num_outputs + 1) / (num_outputs * parameter[0].numel())
            if parameter.dim() > 1:
                parameter.copy_(values.view(-1, *[1] * (parameter.dim() - 1)).expand_as(parameter))
            else:
                parameter.fill_(1.0 if name.endswith("weight") else 0.1)


def fill_keras(network) -> None:
    """The same for a network of Keras, whose kernels have their output channels last."""
    with torch.no_grad():
        for variable in network.trainable_variables:
            if len(variable.shape) > 1:
                num_outputs = variable.shape[-1]
                values = torch.arange(1, num_outputs + 1) / (num_outputs * math.prod(variable.shape[:-1]))
                variable.assign(values.expand(*variable.shape))
            else:
                variable.assign(torch.full(variable.shape, 1.0 if variable.name == "gamma" else 0.1))


def test_without_the_libraries_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(opponents, "find_spec", lambda name: None)
    with pytest.raises(
        CannotMeasure, match=r"no lightning and no keras here\..*scripts/install requirements-bench\.txt"
    ):
        opponents.measure()


@needs_keras
@pytest.mark.parametrize("preset", NETS)
def test_all_compute_the_same_loss_with_as_many_parameters(preset):
    from benchmarks import keras_opponent

    make_bare, keras_name, shape = NETS[preset]
    data = random_data(shape)
    inputs, targets = data.train.inputs[:16], data.train.targets[:16]
    ours, bare = compile_network(measured(preset, 1)), make_bare()
    of_keras = getattr(keras_opponent, keras_name)()
    num_parameters = [sum(each.numel() for each in net.parameters()) for net in (ours, bare)]
    num_parameters.append(sum(math.prod(each.shape) for each in of_keras.trainable_variables))
    assert len(set(num_parameters)) == 1
    losses = []
    for network in (ours, bare):
        fill(network)
        network.eval()
        losses.append(functional.cross_entropy(network(inputs), targets).item())
    fill_keras(of_keras)
    logits = of_keras(keras_opponent.as_it_expects(of_keras, inputs), training=False)
    losses.append(functional.cross_entropy(logits.cpu(), targets).item())
    assert losses == pytest.approx([losses[0]] * 3, rel=1e-4)
    assert abs(losses[0] - math.log(10)) > 1e-3


@needs_lightning
def test_lightning_takes_the_steps_that_a_bare_loop_takes():
    from benchmarks.lightning_opponent import seconds_per_step

    experiment, data = measured("mnist-dense", 4), random_data((1, 28, 28))
    network = bare_dense()
    before = [parameter.clone() for parameter in network.parameters()]
    make_optimizer = partial(bare_optimizer, experiment=experiment, fused=False)
    assert seconds_per_step(network, make_optimizer, data, 128, 3, 1) > 0
    assert any((old != new).any() for old, new in zip(before, network.parameters(), strict=True))


@needs_keras
def test_keras_takes_steps():
    from benchmarks.keras_opponent import dense_tower, optimizer_of, seconds_per_step

    experiment = measured("mnist-dense", 4)
    network = dense_tower()
    optimizer = optimizer_of(experiment.training.optimizer, 0.05)
    assert seconds_per_step(network, optimizer, random_data((1, 28, 28)), 128, 3, 1) > 0
    assert int(optimizer.iterations) == 4
