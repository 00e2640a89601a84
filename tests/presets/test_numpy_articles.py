"""The two numpy articles' nets against numpy in float64 with backpropagation by hand, as their authors did it.

The part above the tests is written from the articles' formulas and knows nothing of the house. Arrays are
`[batch, features]`, weights `[inputs, outputs]`.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest
import torch

from builder.data.dataset import load_dataset
from builder.modules import NetworkModule, compile_network
from builder.spec import Experiment
from builder.spec.presets.numpy_highway import Carry
from builder.spec.presets.registry import PRESETS, STUDIES
from builder.training.losses import build_loss
from builder.workspace.data_files import DataSettings

Array = np.ndarray
Weights = dict[str, Array]
Loss = Literal["squared_error", "cross_entropy"]

FUNCTIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "arctan": (np.arctan, lambda x: 1 / (1 + x**2)),
    "relu": (lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(float)),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    "none": (lambda x: x, np.ones_like),
}


def loss_and_its_gradient(outputs: Array, one_hot: Array, loss: Loss) -> tuple[float, Array]:
    """Averaged over the batch."""
    if loss == "squared_error":
        return 0.5 * ((outputs - one_hot) ** 2).sum() / len(outputs), (outputs - one_hot) / len(outputs)
    shifted = outputs - outputs.max(1, keepdims=True)
    probabilities = np.exp(shifted) / np.exp(shifted).sum(1, keepdims=True)
    return -np.log(probabilities[one_hot == 1]).mean(), (probabilities - one_hot) / len(outputs)


def norm(x: Array, scale: Array, shift: Array) -> tuple[Array, Array, Array]:
    """Batch norm in training: output, normalised input, 1 / deviation."""
    inverse = 1 / np.sqrt(x.var(0) + 1e-5)
    normalised = (x - x.mean(0)) * inverse
    return normalised * scale + shift, normalised, inverse


def norm_backward(gradient: Array, scale: Array, normalised: Array, inverse: Array) -> Array:
    g = gradient * scale
    return inverse * (g - g.mean(0) - normalised * (g * normalised).mean(0))


def numpy_residual_net(x: Array, one_hot: Array, w: Weights, function: str, loss: Loss) -> tuple[Array, float, Weights]:
    """Outputs, loss and all gradients of three blocks y = x + act(x Wa) Wb and hidden layers act(y WH).

    With batch norm if there are scales `sa`, `sb`, `sH` and shifts `ta`, `tb`, `tH` among the weights.
    """
    act, slope = FUNCTIONS[function]
    last = FUNCTIONS["sigmoid" if loss == "squared_error" else "none"]
    gradients: Weights = {}
    kept: dict[str, Any] = {}

    def affine(name: str, x: Array) -> Array:
        z = x @ w[f"W{name}"]
        if f"s{name}" in w:
            z, *kept[f"norm {name}"] = norm(z, w[f"s{name}"], w[f"t{name}"])
        kept[name] = x, z
        return z

    def affine_backward(name: str, gradient: Array) -> Array:
        if f"s{name}" in w:
            normalised, inverse = kept[f"norm {name}"]
            gradients[f"s{name}"] = (gradient * normalised).sum(0)
            gradients[f"t{name}"] = gradient.sum(0)
            gradient = norm_backward(gradient, w[f"s{name}"], normalised, inverse)
        gradients[f"W{name}"] = kept[name][0].T @ gradient
        return gradient @ w[f"W{name}"].T

    for k in (1, 2, 3):
        y = x + affine(f"{k}b", act(affine(f"{k}a", x)))
        x = (act if k < 3 else last[0])(affine(f"{k}H", y))
    value, gradient = loss_and_its_gradient(x, one_hot, loss)
    for k in (3, 2, 1):
        at_hidden = (slope if k < 3 else last[1])(kept[f"{k}H"][1])
        at_sum = affine_backward(f"{k}H", gradient * at_hidden)
        inside = affine_backward(f"{k}b", at_sum) * slope(kept[f"{k}a"][1])
        # The addition at the block's end: the gradient goes on by the body and by the shortcut, and is summed.
        gradient = at_sum + affine_backward(f"{k}a", inside)
    return x, value, gradients


def numpy_highway_net(x: Array, one_hot: Array, w: Weights, carry: str) -> tuple[Array, float, Weights]:
    """Outputs, loss and all gradients of four layers x = T H + (1 - T) A."""
    sigmoid, tanh = FUNCTIONS["sigmoid"][0], np.tanh
    kept: list[tuple[Array, ...]] = []
    for k in (1, 2, 3, 4):
        hidden = tanh(x @ w[f"WH{k}"] + w[f"bH{k}"])
        gate = sigmoid(x @ w[f"WT{k}"] + w[f"bT{k}"])
        carried = x @ w[f"WA{k}"] + w[f"bA{k}"] if f"WA{k}" in w else x
        carried = sigmoid(carried) if carry != "identity" else carried
        kept.append((x, hidden, gate, carried))
        x = gate * hidden + (1 - gate) * carried
    outputs = x
    value, gradient = loss_and_its_gradient(outputs, one_hot, "squared_error")
    gradients: Weights = {}
    for k in (4, 3, 2, 1):
        x, hidden, gate, carried = kept[k - 1]
        at_carry = gradient * (1 - gate)
        parts = {
            "H": gradient * gate * (1 - hidden**2),
            "T": gradient * (hidden - carried) * gate * (1 - gate),
        }
        gradient = np.zeros_like(x)
        if f"WA{k}" in w:
            parts["A"] = at_carry * (carried * (1 - carried) if carry != "identity" else 1)
        else:
            gradient = at_carry
        for name, part in parts.items():
            gradients[f"W{name}{k}"] = x.T @ part
            gradients[f"b{name}{k}"] = part.sum(0)
            gradient = gradient + part @ w[f"W{name}{k}"].T
    return outputs, value, gradients


@pytest.fixture(scope="module")
def images(real_data_folder) -> tuple[Array, Array]:
    """Forty of MNIST's own images between 0 and 1, and their classes."""
    settings = DataSettings(folder=real_data_folder, cache=real_data_folder)
    spec = PRESETS["numpy-residual-equal"].experiment().data.model_copy(update={"num_train": 40})
    data = load_dataset(spec, seed=0, device="cpu", settings=settings)
    return data.train.inputs.double().numpy(), data.train.targets.numpy()


def moved(experiment: Experiment) -> NetworkModule:
    """The preset's network in float64; what begins as zeros or ones is moved, so that nothing hides."""
    compiled = compile_network(experiment).double()
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for _, value in compiled.parameters_by_address():
            value.add_(0.02 * torch.randn(value.shape, generator=generator, dtype=torch.float64))
    return compiled


def named(compiled: NetworkModule, names: list[str]) -> dict[str, torch.nn.Parameter]:
    """The parameters, in the order of the document, under the formulas' names."""
    return dict(zip(names, (value for _, value in compiled.parameters_by_address()), strict=True))


def check(experiment: Experiment, compiled: NetworkModule, names: list[str], oracle, images) -> None:
    """Outputs, loss and every gradient of the network are the oracle's."""
    inputs, targets = images
    parameters = named(compiled, names)
    outputs = compiled(torch.from_numpy(inputs))
    loss = build_loss(experiment.training.loss)(outputs, torch.from_numpy(targets))
    loss.backward()
    weights = {name: value.detach().numpy().T.copy() for name, value in parameters.items()}
    expected_outputs, expected_loss, gradients = oracle(inputs.reshape(len(inputs), -1), np.eye(10)[targets], weights)
    np.testing.assert_allclose(outputs.detach().numpy(), expected_outputs, rtol=1e-9, atol=1e-12)
    assert loss.item() == pytest.approx(expected_loss, rel=1e-9)
    assert set(gradients) == set(parameters)
    for name, value in parameters.items():
        assert value.grad is not None
        # A shift before the next batch norm has no gradient but for rounding: the norm takes it out again.
        np.testing.assert_allclose(value.grad.numpy().T, gradients[name], rtol=1e-9, atol=1e-13, err_msg=name)


def residual_names(experiment: Experiment) -> list[str]:
    """The formulas' names of the parameters of a preset of the first article, in the document's order."""
    normed = "kind='norm'" in str(experiment.network)
    return [
        name
        for k in (1, 2, 3)
        for part in "abH"
        for name in (f"W{k}{part}", *([f"s{k}{part}", f"t{k}{part}"] if normed and f"{k}{part}" != "3H" else []))
    ]


@pytest.mark.parametrize("preset", STUDIES["numpy-residual"].presets, ids=lambda preset: preset.name)
def test_a_preset_of_the_first_article_is_the_formulas(preset, images) -> None:
    experiment = preset.experiment()
    functions = {item.function for item in experiment.network.items if item.kind == "activation"}
    (function,) = functions - {"sigmoid"}

    def oracle(x: Array, one_hot: Array, w: Weights) -> tuple[Array, float, Weights]:
        return numpy_residual_net(x, one_hot, w, function, experiment.training.loss.kind)

    check(experiment, moved(experiment), residual_names(experiment), oracle, images)


def highway_names(carry: Carry) -> list[str]:
    affine_carries = (1, 4) if carry == "identity" else (1, 2, 3, 4)
    return [
        f"{letter}{part}{k}"
        for k in (1, 2, 3, 4)
        for part in ("H", *(["A"] if k in affine_carries else []), "T")
        for letter in "Wb"
    ]


CARRIES: list[Carry] = ["ones", "gaussian", "identity"]


def test_a_carry_of_ones_has_rank_one_and_stretches_by_the_root_of_its_entries() -> None:
    compiled = compile_network(PRESETS["numpy-highway-ones"].experiment()).double()
    carries = [
        value for address, value in compiled.parameters_by_address() if "/shortcut/" in address and value.ndim == 2
    ]
    assert [tuple(value.shape) for value in carries] == [(64, 784), (64, 64), (64, 64), (10, 64)]
    for value in carries:
        matrix = value.detach().numpy()
        assert np.linalg.matrix_rank(matrix) == 1
        assert np.linalg.norm(matrix, 2) == pytest.approx(np.sqrt(matrix.size), rel=1e-12)


def test_a_carry_of_ones_gives_every_unit_the_same_sum_and_nearly_no_gradient(images) -> None:
    inputs, targets = images
    sums = inputs.reshape(len(inputs), -1).sum(1)
    carried = {}
    for carry in CARRIES[:2]:
        experiment = PRESETS[f"numpy-highway-{carry}"].experiment()
        compiled = compile_network(experiment).double()
        first = compiled.blocks[0].shortcut
        assert first is not None
        carried[carry] = first(torch.from_numpy(inputs).flatten(1)).detach().numpy()
        build_loss(experiment.training.loss)(compiled(torch.from_numpy(inputs)), torch.from_numpy(targets)).backward()
        gradient = next(first.parameters()).grad
        assert gradient is not None
        carried[f"{carry} gradient"] = gradient.norm().item()
    expected = np.broadcast_to(FUNCTIONS["sigmoid"][0](sums)[:, None], carried["ones"].shape)
    np.testing.assert_allclose(carried["ones"], expected, rtol=1e-12)
    assert carried["ones"].min() > 1 - 1e-6
    assert np.linalg.matrix_rank(carried["gaussian"]) > 30
    assert carried["ones gradient"] < 1e-6 * carried["gaussian gradient"]


@pytest.mark.parametrize("carry", CARRIES)
def test_a_preset_of_the_second_article_is_the_formulas(carry: Carry, images) -> None:
    experiment = PRESETS[f"numpy-highway-{carry}"].experiment()

    def oracle(x: Array, one_hot: Array, w: Weights) -> tuple[Array, float, Weights]:
        return numpy_highway_net(x, one_hot, w, carry)

    check(experiment, moved(experiment), highway_names(carry), oracle, images)
