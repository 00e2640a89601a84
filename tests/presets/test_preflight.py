"""The preflight of real towers: its numbers against numpy in float64, and its verdict on the fifty layers."""

import math

import numpy as np
import pytest

from builder.data.batches import BatchOrder
from builder.data.dataset import Dataset, load_dataset
from builder.modules import compile_network
from builder.spec import load_experiment
from builder.spec.preflight import judge
from builder.spec.presets.registry import STUDIES
from builder.training.preflight import preflight

Array = np.ndarray
FIFTY = next(each for each in STUDIES["first-steps"].comparisons if each.name == "fifty-layers").presets


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_dataset(load_experiment(FIFTY[0]).data, seed=0, device="cpu")


def root_mean_square(*parts: Array) -> float:
    return math.sqrt(sum((part**2).sum() for part in parts) / sum(part.size for part in parts))


def fifty_layers_in_numpy(
    kind: str, weights: list[Array], x: Array, targets: Array
) -> tuple[float, list[float], list[float]]:
    """Loss, gradient RMS and output RMS of each block: linear, then 50 of W relu(x) + b merged by `kind`, relu, linear.

    `weights` are in the order of the formulas, a highway block's gate after its body.
    """
    per_block = 4 if kind == "highway" else 2
    (stem, stem_shift), (head, head_shift) = weights[:2], weights[-2:]
    blocks = [weights[start : start + per_block] for start in range(2, len(weights) - 2, per_block)]
    h, inputs, signals = x @ stem.T + stem_shift, [], []
    for block in blocks:
        inputs.append(h)
        body = np.maximum(h, 0) @ block[0].T + block[1]
        if kind == "residual":
            h = h + body
        elif kind == "highway":
            gate = 1 / (1 + np.exp(-(h @ block[2].T + block[3])))
            h = gate * body + (1 - gate) * h
        else:
            h = body
        signals.append(root_mean_square(h))
    logits = np.maximum(h, 0) @ head.T + head_shift
    probs = np.exp(logits - logits.max(1, keepdims=True))
    probs /= probs.sum(1, keepdims=True)
    loss = -np.log(probs[np.arange(len(x)), targets]).mean()
    dh = (probs - np.eye(probs.shape[1])[targets]) / len(x) @ head * (h > 0)
    grads: list[float] = []
    for block, h in zip(reversed(blocks), reversed(inputs), strict=True):
        d_body, d_input, found = dh, np.zeros_like(h), []
        if kind == "residual":
            d_input = dh
        elif kind == "highway":
            gate = 1 / (1 + np.exp(-(h @ block[2].T + block[3])))
            body = np.maximum(h, 0) @ block[0].T + block[1]
            d_gate = dh * (body - h) * gate * (1 - gate)
            found = [d_gate.T @ h, d_gate.sum(0)]
            d_body, d_input = dh * gate, dh * (1 - gate) + d_gate @ block[2]
        grads.append(root_mean_square(d_body.T @ np.maximum(h, 0), d_body.sum(0), *found))
        dh = d_input + d_body @ block[0] * (h > 0)
    return loss, grads[::-1], signals


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("digits-plain-50", "plain"),
        ("digits-plain-50-he", "plain"),
        ("digits-residual-50", "residual"),
        ("digits-highway-50", "highway"),
    ],
)
def test_each_number_is_what_numpy_finds_in_float64(name: str, kind: str, digits: Dataset) -> None:
    experiment = load_experiment(name)
    flow = preflight(experiment, digits, device="cpu")
    training = experiment.training
    order = BatchOrder(
        len(digits.train), training.batch_size, drop_last=training.drop_last, seed=training.seed, device="cpu"
    )
    batch = order.batch_indices(1)
    x, targets = digits.train.inputs[batch].flatten(1).double().numpy(), digits.train.targets[batch].numpy()
    state = {key: value.double().numpy() for key, value in compile_network(experiment).state_dict().items()}
    loss, grads, signals = fifty_layers_in_numpy(kind, list(state.values()), x, targets)
    assert flow.loss == pytest.approx(loss, rel=1e-5)
    assert flow.input_rms == pytest.approx(root_mean_square(x), rel=1e-6)
    assert [block.depth for block in flow.blocks] == list(range(1, 51))
    assert [block.activation_rms for block in flow.blocks] == pytest.approx(signals, rel=1e-4)
    assert [block.grad_rms for block in flow.blocks] == pytest.approx(grads, rel=1e-3)


def test_of_the_fifty_layers_the_first_alone_is_called(digits: Dataset) -> None:
    verdicts = {name: judge(load_experiment(name), preflight(load_experiment(name), digits)) for name in FIFTY}
    first, *others = FIFTY
    assert verdicts[first].sentence.startswith("Block 1 gets 1e-19 of the last block's gradient.")
    assert verdicts[first].sentence.endswith("Use He init, a norm, or a skip.")
    assert set(verdicts[first].calls.values()) == {"vanishes"}
    assert {name: verdicts[name].sentence for name in others} == dict.fromkeys(others, "")
