"""Forward and backward of every kind against numpy in float64, written from the formulas, without builder.modules' parts.

Arrays are `[batch, features]` or `[batch, channels, height, width]`.
"""

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

from builder.modules import NetworkModule, compile_network
from builder.spec import Experiment

State = dict[str, np.ndarray]

ERF = np.vectorize(math.erf)
ACTIVATIONS = {
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "arctan": np.arctan,
    "gelu": lambda x: x * 0.5 * (1 + ERF(x / math.sqrt(2))),
    "silu": lambda x: x / (1 + np.exp(-x)),
}


def convolve(x: np.ndarray, weight: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """y[n, o, i, j] = sum over c, a, b of w[o, c, a, b] x[n, c, stride i + a - padding, stride j + b - padding]."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    size = weight.shape[2]
    rows, columns = ((side - size) // stride + 1 for side in x.shape[2:])
    out = np.zeros((len(x), len(weight), rows, columns))
    for a, b in product(range(size), repeat=2):
        taken = x[:, :, a : a + stride * rows : stride, b : b + stride * columns : stride]
        out += np.einsum("oc,ncij->noij", weight[:, :, a, b], taken[:, :, :rows, :columns])
    return out


def windows(x: np.ndarray, size: int, stride: int) -> np.ndarray:
    """`[batch, channels, rows, columns, size * size]`."""
    view = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
    return view.reshape(*view.shape[:4], -1)


def affine(x: np.ndarray, state: State, address: str, stride: int = 1, padding: int = 0) -> np.ndarray:
    weight, bias = state[f"{address}.weight"], state.get(f"{address}.bias", 0.0)
    if x.ndim == 2:
        return x @ weight.T + bias
    y = convolve(x, weight, stride, padding)
    return y + np.reshape(bias, (1, -1, 1, 1)) if np.ndim(bias) else y


def normalise(x: np.ndarray, layer: dict[str, Any], state: State, address: str, training: bool) -> np.ndarray:
    per_channel = (1, -1, *[1] * (x.ndim - 2))
    if layer["method"] == "layer":
        axes = tuple(range(1, x.ndim))
        mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    elif training:
        axes = (0, *range(2, x.ndim))
        mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    else:
        mean, variance = (state[f"{address}.running_{key}"].reshape(per_channel) for key in ("mean", "var"))
    y = (x - mean) / np.sqrt(variance + layer["eps"])
    if layer["affine"]:
        y = y * state[f"{address}.weight"].reshape(per_channel) + state[f"{address}.bias"].reshape(per_channel)
    return y


def apply_layer(x: np.ndarray, layer: dict[str, Any], state: State, address: str, training: bool, target) -> np.ndarray:
    match layer["kind"]:
        case "linear":
            return affine(x, state, address)
        case "conv":
            padding = (layer["kernel_size"] - 1) // 2 if layer["padding"] == "same" else layer["padding"]
            return affine(x, state, address, layer["stride"], padding)
        case "norm":
            return normalise(x, layer, state, address, training)
        case "activation":
            return ACTIVATIONS[layer["function"]](x)
        case "pool":
            found = windows(x, layer["kernel_size"], layer["stride"] or layer["kernel_size"])
            return found.max(4) if layer["method"] == "max" else found.mean(4)
        case "global_pool":
            return x.max((2, 3)) if layer["method"] == "max" else x.mean((2, 3))
        case "flatten":
            return x.reshape(len(x), -1)
        case "match":
            return affine(x, state, address, 1 if x.ndim == 2 else x.shape[2] // target[2])
        case "pad_channels":
            if x.ndim == 4 and (stride := x.shape[2] // target[2]) > 1:
                x = windows(x, stride, stride).mean(4) if layer["method"] == "average" else x[:, :, ::stride, ::stride]
            zeros = [(0, 0), (0, target[1] - x.shape[1]), *[(0, 0)] * (x.ndim - 2)]
            return np.pad(x, zeros)
    raise NotImplementedError(layer["kind"])


def apply_lane(x: np.ndarray, layers: list, state: State, address: str, training: bool, target=None) -> np.ndarray:
    for layer in layers:
        x = apply_layer(x, layer, state, f"{address}/{layer['id']}", training, target)
    return x


def body_shape(x: np.ndarray, body: list[dict[str, Any]]) -> tuple[int, ...]:
    """Where a body without weights would lead: what the shortcut of a bypassed block aims at."""
    shape = list(x.shape)
    for layer in body:
        shape[1] = layer.get("out_features") or layer.get("out_channels") or shape[1]
        shape[2:] = [-(-size // layer.get("stride", 1)) for size in shape[2:]]
    return tuple(shape)


def apply_block(x: np.ndarray, block: dict[str, Any], state: State, address: str, training: bool, chance) -> np.ndarray:
    if block["bypassed"]:
        return apply_lane(x, block["shortcut"], state, f"{address}/shortcut", training, body_shape(x, block["body"]))
    body = apply_lane(x, block["body"], state, f"{address}/body", training)
    if block["kind"] == "plain":
        y = body
    else:
        carried = apply_lane(x, block["shortcut"], state, f"{address}/shortcut", training, body.shape)
        match block["kind"]:
            case "residual":
                y = block["alpha"] * body + block["beta"] * carried
            case "highway":
                stride = 1 if x.ndim == 2 else x.shape[2] // body.shape[2]
                padding = 0 if x.ndim == 2 else (block["gate_kernel_size"] - 1) // 2
                gate = ACTIVATIONS["sigmoid"](affine(x, state, f"{address}/gate", stride, padding))
                y = (gate * body if block["gates"] == "both" else body) + (1 - gate) * carried
            case "stochastic_depth":
                alive, survival = chance
                if block["scaling"] == "test":
                    y = alive * body + carried if training else survival * body + carried
                else:
                    y = alive / survival * body + carried if training else body + carried
            case other:
                raise NotImplementedError(other)
    return ACTIVATIONS[block["activation"]](y) if block["activation"] else y


def forward(experiment: Experiment, state: State, x: np.ndarray, training: bool, chance=None) -> np.ndarray:
    """Logits of a document without repeats; `chance` is (b, p) of its stochastic-depth block."""
    for item in experiment.model_dump()["network"]["items"]:
        if "body" in item:
            x = apply_block(x, item, state, item["id"], training, chance)
        else:
            x = apply_layer(x, item, state, item["id"], training, None)
    return x


def state_of(compiled: NetworkModule) -> State:
    return {key: value.detach().double().numpy().copy() for key, value in compiled.state_dict().items()}


def randomise(compiled: NetworkModule) -> None:
    """Every parameter and running statistic away from its initial value, so that none of them hides."""
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for key, value in compiled.state_dict().items():
            if value.is_floating_point():
                value.copy_(0.4 * torch.randn(value.shape, generator=generator, dtype=torch.float64))
            if key.endswith("running_var"):
                value.abs_().add_(0.5)


NORM = {"kind": "norm", "momentum": 0.3}
DENSE = [{"kind": "linear", "out_features": 6}, {"kind": "activation", "function": "tanh"}]
CONV = [{"kind": "conv", "out_channels": 4}, NORM, {"kind": "activation", "function": "silu"}]
STRIDED = [{"kind": "conv", "out_channels": 5, "stride": 2}, NORM]
MATCH = {"kind": "match", "bias": True}

BLOCKS: dict[str, dict[str, Any]] = {
    "plain": {"kind": "plain"},
    "residual": {"kind": "residual"},
    "residual scaled": {"kind": "residual", "alpha": 0.7, "beta": -1.3},
    "highway": {"kind": "highway", "gate_bias_init": -1.0},
    "highway shortcut": {"kind": "highway", "gates": "shortcut"},
    "highway narrow gate": {"kind": "highway", "gate_kernel_size": 1},
    "stochastic depth": {"kind": "stochastic_depth", "survival": {"kind": "constant", "survival_prob": 0.7}},
    "stochastic depth train": {
        "kind": "stochastic_depth",
        "scaling": "train",
        "survival": {"kind": "constant", "survival_prob": 0.7},
    },
    "bypassed": {"kind": "residual", "bypassed": True},
}
LANES: dict[str, dict[str, Any]] = {
    "dense": {"body": DENSE, "shortcut": []},
    "dense match": {"body": [{"kind": "linear", "out_features": 9}], "shortcut": [MATCH]},
    "dense pad": {"body": [{"kind": "linear", "out_features": 9}], "shortcut": [{"kind": "pad_channels"}]},
    "conv": {"body": CONV, "shortcut": []},
    "conv match": {"body": STRIDED, "shortcut": [MATCH, NORM]},
    "conv subsample": {"body": STRIDED, "shortcut": [{"kind": "pad_channels"}]},
    "conv average": {"body": STRIDED, "shortcut": [{"kind": "pad_channels", "method": "average"}]},
    "conv layer norm": {
        "body": [{"kind": "norm", "method": "layer"}, {"kind": "conv", "out_channels": 4, "kernel_size": 1}],
        "shortcut": [{"kind": "activation", "function": "arctan"}],
    },
}


def chances(block: dict[str, Any], training: bool) -> list[tuple[float, float] | None]:
    if block["kind"] != "stochastic_depth":
        return [None]
    return [(1.0, 0.7), (0.0, 0.7)] if training else [(1.0, 0.7)]


def cases() -> Iterator[Any]:
    for (block_name, block), (lanes_name, lanes) in product(BLOCKS.items(), LANES.items()):
        if block_name == "bypassed" and "match" in lanes_name:
            continue  # a shortcut with weights makes a bypassed block that changes the shape a problem
        if block_name == "highway narrow gate" and "dense" in lanes_name:
            continue  # a gate's kernel has a meaning for images only
        yield pytest.param(block, lanes, id=f"{block_name} {lanes_name}")


def build(make, block: dict[str, Any], lanes: dict[str, Any], activation: str | None) -> Experiment:
    item = {**block, **lanes, "activation": activation}
    if "linear" in str(lanes):
        return make({"kind": "flatten"}, {"kind": "linear", "out_features": 6}, item)
    return make({"kind": "conv", "out_channels": 4}, item, {"kind": "global_pool"})


@pytest.mark.parametrize(("block", "lanes"), list(cases()))
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_forward_is_the_formula(make, block, lanes, training: bool) -> None:
    experiment = build(make, block, lanes, "leaky_relu")
    compiled = compile_network(experiment).double().train(training)
    randomise(compiled)
    x = np.random.default_rng(1).standard_normal((7, 1, 8, 8))
    for chance in chances(block, training):
        state = state_of(compiled)
        if chance:
            compiled.set_alive([bool(chance[0])])
        logits = compiled(torch.from_numpy(x)).detach().numpy()
        np.testing.assert_allclose(logits, forward(experiment, state, x, training, chance), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize(("block", "lanes"), list(cases()))
def test_gradient_is_the_difference_quotient_of_the_formula(make, block, lanes) -> None:
    experiment = build(make, block, lanes, "tanh")
    compiled = compile_network(experiment).double()
    randomise(compiled)
    random = np.random.default_rng(2)
    x = random.standard_normal((5, 1, 8, 8))
    weights = random.standard_normal((5, 10))
    for chance in chances(block, True):
        state = state_of(compiled)
        if chance:
            compiled.set_alive([bool(chance[0])])
        compiled.zero_grad()
        (compiled(torch.from_numpy(x)) * torch.from_numpy(weights)).sum().backward()
        for address, parameter in compiled.parameters_by_address():
            place = tuple(random.integers(size) for size in parameter.shape)
            step = 1e-5
            values = []
            for sign in (1, -1):
                moved = {**state, address: state[address].copy()}
                moved[address][place] += sign * step
                values.append((forward(experiment, moved, x, True, chance) * weights).sum())
            expected = (values[0] - values[1]) / (2 * step)
            found = 0.0 if parameter.grad is None else parameter.grad[place].item()
            assert found == pytest.approx(expected, rel=1e-5, abs=1e-7), address


@pytest.mark.parametrize("function", ACTIVATIONS)
@pytest.mark.parametrize("after_linear", [True, False], ids=["in place", "apart"])
def test_activation_and_its_gradient(make, function: str, after_linear: bool) -> None:
    layer = {"kind": "activation", "function": function}
    before = [{"kind": "linear", "out_features": 6}] if after_linear else []
    experiment = make({"kind": "flatten"}, *before, layer)
    compiled = compile_network(experiment).double()
    x = torch.randn(3, 1, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    compiled(x).sum().backward()
    assert x.grad is not None
    state, step, place = state_of(compiled), 1e-6, (1, 0, 2, 3)
    values = []
    for sign in (1, -1):
        moved = x.detach().numpy().copy()
        moved[place] += sign * step
        values.append(forward(experiment, state, moved, True).sum())
    assert x.grad[place].item() == pytest.approx((values[0] - values[1]) / (2 * step), rel=1e-5, abs=1e-8)


POOLS = [
    {"kind": "pool", "method": "max"},
    {"kind": "pool", "method": "average", "kernel_size": 3, "stride": 2},
    {"kind": "pool", "method": "max", "kernel_size": 3, "stride": 1},
    {"kind": "conv", "out_channels": 3, "kernel_size": 5, "stride": 3, "padding": 1, "bias": False},
]


@pytest.mark.parametrize("layer", POOLS)
@pytest.mark.parametrize("method", ["max", "average"])
def test_pools_and_strided_convolutions(make, layer: dict[str, Any], method: str) -> None:
    experiment = make({"kind": "conv", "out_channels": 3}, layer, {"kind": "global_pool", "method": method})
    compiled = compile_network(experiment).double()
    x = np.random.default_rng(3).standard_normal((4, 1, 8, 8))
    expected = forward(experiment, state_of(compiled), x, True)
    np.testing.assert_allclose(compiled(torch.from_numpy(x)).detach().numpy(), expected, rtol=1e-9, atol=1e-10)


def test_running_statistics_follow_the_batches(make) -> None:
    experiment = make({"kind": "flatten"}, {"kind": "norm", "momentum": 0.3})
    compiled = compile_network(experiment).double()
    x = np.random.default_rng(4).standard_normal((9, 1, 8, 8))
    compiled(torch.from_numpy(x))
    flat = x.reshape(9, -1)
    state = state_of(compiled)
    np.testing.assert_allclose(state["i2.running_mean"], 0.3 * flat.mean(0), atol=1e-12)
    np.testing.assert_allclose(state["i2.running_var"], 0.7 + 0.3 * flat.var(0, ddof=1), atol=1e-12)


def test_dropout_keeps_the_expectation_and_does_nothing_in_evaluation(make) -> None:
    compiled = compile_network(make({"kind": "flatten"}, {"kind": "dropout", "p": 0.25}))
    dropout = compiled.get_submodule("i2")
    torch.manual_seed(0)
    y = dropout(torch.ones(200, 64))
    assert sorted(set(y.flatten().tolist())) == pytest.approx([0.0, 1 / 0.75])
    assert y.mean().item() == pytest.approx(1.0, abs=0.03)
    compiled.eval()
    assert dropout(torch.ones(2, 64)).eq(1).all()


def image_block(make, kind: str, **fields: Any) -> tuple[NetworkModule, torch.Tensor]:
    block = {"kind": kind, "body": CONV, "shortcut": [], **fields}
    compiled = compile_network(make({"kind": "conv", "out_channels": 4}, block, {"kind": "global_pool"})).double()
    return compiled, torch.randn(3, 4, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def test_gate_bias_of_minus_forty_is_the_identity(make) -> None:
    compiled, x = image_block(make, "highway")
    with torch.no_grad():
        compiled.blocks[0].get_parameter("gate.bias").fill_(-40.0)
    torch.testing.assert_close(compiled.blocks[0](x), x, rtol=0, atol=1e-14)


def test_gate_bias_of_forty_is_the_body(make) -> None:
    compiled, x = image_block(make, "highway")
    with torch.no_grad():
        compiled.blocks[0].get_parameter("gate.bias").fill_(40.0)
    torch.testing.assert_close(compiled.blocks[0](x), compiled.blocks[0].body(x), rtol=0, atol=1e-13)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("scaling", ["test", "train"])
def test_survival_one_is_residual(make, training: bool, scaling: str) -> None:
    survival = {"kind": "constant", "survival_prob": 1.0}
    stochastic, x = image_block(make, "stochastic_depth", survival=survival, scaling=scaling)
    residual, _ = image_block(make, "residual")
    assert torch.equal(stochastic.train(training).blocks[0](x), residual.train(training).blocks[0](x))


@pytest.mark.parametrize("kind", ["residual", "stochastic_depth"])
def test_a_zeroed_branch_is_the_identity(make, kind: str) -> None:
    body = [{"kind": "conv", "out_channels": 4, "init": {"kind": "zeros"}}]
    compiled, x = image_block(make, kind, body=body)
    assert torch.equal(compiled.blocks[0](x), x)


def test_a_plain_block_ignores_its_shortcut(make) -> None:
    one, x = image_block(make, "plain", shortcut=[])
    other, _ = image_block(make, "plain", shortcut=[{"kind": "match"}, {"kind": "activation"}])
    assert torch.equal(one.blocks[0](x), other.blocks[0](x))
    assert one.blocks[0].state_dict().keys() == other.blocks[0].state_dict().keys()
