"""What evaluations find, against the same computed again in numpy float64 from weights and data alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from recorded import rows

from builder.data.dataset import Dataset, load_dataset
from builder.data.pictures import to_pictures
from builder.data.raw import load_raw
from builder.data.splits import split_indices
from builder.spec import Experiment, validate_experiment
from builder.spec.data import DataSpec
from builder.spec.presets.numbering import network
from builder.training.events import Evaluated
from builder.training.findings.boundary import NUM_CELLS
from builder.training.findings.finder import Judged
from builder.training.findings.mistakes import NUM_WORST, worst_of
from builder.training.loop import TrainingRun, train
from builder.workspace.data_files import DataSettings

HIGHWAY = {
    "kind": "highway",
    "body": [{"kind": "linear", "out_features": 12}, {"kind": "activation", "function": "tanh"}],
    "activation": None,
    "gate_bias_init": -1,
}
SQUARED = {"kind": "squared_error"}
CPU = torch.device("cpu")


def after(experiment: Experiment, data: Dataset, num_steps: int = 5) -> tuple[dict[str, Any], list[np.ndarray]]:
    """What is found after some steps, and the weights then, in the order of the network."""
    run = TrainingRun(experiment, data, CPU)
    for _ in range(num_steps):
        run.take_step()
        if run.recorder.is_full:
            run.recorder.flush()
    measured = run.measure("validation")
    assert measured is not None
    weights = [each.double().numpy().copy() for each in run.network.state_dict().values()]
    return dict(measured.findings), weights


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def through_highways(weights: list[np.ndarray], x: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Logits, and the gates of each block, of linear, highway blocks of one tanh layer, linear."""
    rest = iter(weights)
    x = x @ next(rest).T + next(rest)
    gates = []
    for _ in range((len(weights) - 4) // 4):
        body = np.tanh(x @ next(rest).T + next(rest))
        gates.append(1 / (1 + np.exp(-(x @ next(rest).T + next(rest)))))
        x = gates[-1] * body + (1 - gates[-1]) * x
    return x @ next(rest).T + next(rest), gates


def validation_of(data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    inputs = data.validation.inputs.double().numpy()
    return inputs.reshape(len(inputs), -1), data.validation.targets.numpy()


@pytest.fixture(scope="module")
def moons() -> Dataset:
    return load_dataset(DataSpec(dataset="moons", num_samples=200, noise=0.1), seed=0, device="cpu")


@pytest.fixture
def on_moons() -> Experiment:
    tower = network([{"kind": "linear", "out_features": 12}, HIGHWAY, {"kind": "linear", "out_features": "classes"}])
    return validate_experiment(
        {
            "data": {"dataset": "moons", "num_samples": 200, "noise": 0.1},
            "network": tower.model_dump(mode="json"),
            "groups": [{"name": "all", "learning_rate": 0.05}],
            "training": {"batch_size": 20, "duration": {"steps": 12}, "num_threads": 1, "device": "cpu"},
        }
    )


@pytest.mark.parametrize("loss", [{"kind": "cross_entropy", "label_smoothing": 0.1}, SQUARED])
def test_the_worst_mistakes_are_the_wrong_samples_of_highest_loss(make, digits, loss) -> None:
    slow = [{"name": "all", "learning_rate": 0.005}]
    found, weights = after(make(HIGHWAY, loss=loss, groups=slow), digits)
    mistakes = found["mistakes"]
    inputs, targets = validation_of(digits)
    logits, _ = through_highways(weights, inputs)
    if loss == SQUARED:
        scores, losses = logits, 0.5 * ((logits - np.eye(10)[targets]) ** 2).sum(1)
    else:
        scores = softmax(logits)
        losses = -((0.9 * np.eye(10)[targets] + 0.01) * np.log(scores)).sum(1)
    predicted = logits.argmax(1)
    wrong = np.flatnonzero(predicted != targets)
    worst = wrong[np.argsort(-losses[wrong], kind="stable")]
    of_classes = [worst[targets[worst] == target][: NUM_WORST // 10] for target in range(10)]
    expected = [each for each in worst if each in worst[:NUM_WORST] or each in np.concatenate(of_classes)]
    assert len(expected) > NUM_WORST
    samples = mistakes["sample"]
    assert samples.tolist() == expected
    assert mistakes["true"].tolist() == targets[samples].tolist()
    assert mistakes["predicted"].tolist() == predicted[samples].tolist()
    places = np.arange(len(targets))
    for name, values in (
        ("loss", losses),
        ("score", scores[places, predicted]),
        ("true_score", scores[places, targets]),
    ):
        np.testing.assert_allclose(mistakes[name], values[samples], rtol=1e-4, atol=1e-6)
    assert (int(mistakes["num_wrong"]), int(mistakes["num_samples"])) == (len(wrong), len(targets))
    assert int(mistakes["num_worst"]) == NUM_WORST
    assert bool(mistakes["is_probability"]) == (loss != SQUARED)


def test_pictures_of_mistakes_are_the_published_pixels(make, digits) -> None:
    found, _ = after(make(HIGHWAY), digits)
    raw = load_raw(DataSpec(), 0, DataSettings.from_environment())
    parts = split_indices(raw.train_targets, 0.15, 100, 0)
    assert len(parts.validation) == len(digits.validation)
    published = raw.train_inputs[parts.validation][found["mistakes"]["sample"]][:, 0, :, :, np.newaxis]
    assert found["mistakes"]["pictures"].tolist() == np.round(published * 255.0 / 16).astype(int).tolist()


def judged(losses: list[float], targets: list[int], predicted: list[int]) -> Judged:
    loss = torch.tensor(losses)
    return Judged(torch.tensor(targets), torch.tensor(predicted), loss, loss, loss)


def test_a_class_with_small_losses_has_its_worst_mistakes_too() -> None:
    some = judged([9, 8, 7, 6, 5, 1, 2, 3, 0.5], [0, 0, 0, 0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 0, 0, 0, 1])
    assert worst_of(some, 2, num_worst=4).tolist() == [0, 1, 2, 3, 7, 6]
    assert worst_of(some, 2, num_worst=1).tolist() == [0]


def test_a_loss_that_is_no_number_is_the_worst_and_without_mistakes_there_are_none() -> None:
    assert worst_of(judged([1, np.nan, 2, np.inf], [0, 0, 0, 0], [1, 1, 1, 1]), 2).tolist() == [1, 3, 2, 0]
    assert worst_of(judged([1, 2], [0, 1], [0, 1]), 2).tolist() == []


def test_a_perfect_network_finds_no_mistakes_and_says_of_how_many(on_moons, moons) -> None:
    found, _ = after(on_moons, moons, num_steps=600)
    assert int(found["mistakes"]["num_wrong"]) == 0
    assert found["mistakes"]["sample"].shape == (0,)
    assert found["mistakes"]["points"].shape == (0, 2)


@pytest.mark.parametrize("normalization", ["standardize", "none"])
def test_the_boundary_is_what_the_network_says_of_each_place(on_moons, normalization) -> None:
    spec = DataSpec(dataset="moons", num_samples=200, noise=0.1, normalization=normalization)
    moons = load_dataset(spec, seed=0, device="cpu")
    found, weights = after(on_moons, moons, num_steps=30)
    boundary = found["boundary"]
    raw = load_raw(spec, 0, DataSettings.from_environment())
    parts = split_indices(raw.train_targets, spec.validation_fraction, None, 0)
    train, validation = (raw.train_inputs[each].astype(float) for each in (parts.train, parts.validation))
    both = np.concatenate([train, validation])
    low, high = both.min(0), both.max(0)
    low, high = low - 0.08 * (high - low), high + 0.08 * (high - low)
    np.testing.assert_allclose(boundary["extent"], [low[0], high[0], low[1], high[1]], rtol=1e-5)
    np.testing.assert_allclose(boundary["train_points"], train, atol=1e-5)
    np.testing.assert_allclose(boundary["validation_points"], validation, atol=1e-5)
    assert boundary["train_targets"].tolist() == raw.train_targets[parts.train].tolist()
    mean, deviation = (train.mean(0), train.std(0)) if normalization == "standardize" else (0.0, 1.0)
    middles = (np.arange(NUM_CELLS) + 0.5) / NUM_CELLS
    for row in (0, 7, NUM_CELLS - 1):
        places = np.stack(
            [low[0] + middles * (high[0] - low[0]), np.full(NUM_CELLS, low[1] + middles[row] * (high[1] - low[1]))], 1
        )
        scores = softmax(through_highways(weights, (places - mean) / deviation)[0])
        clear = np.abs(scores[:, 0] - 0.5) > 1e-3
        assert boundary["predicted"][row][clear].tolist() == scores.argmax(1)[clear].tolist()
        np.testing.assert_allclose(boundary["score"][row], scores.max(1) * 255, atol=0.6)
    assert {0, 1} == set(boundary["predicted"].ravel().tolist())


def test_gates_by_class_and_of_samples_are_means_over_units(make, digits) -> None:
    found, weights = after(make({"kind": "repeat", "times": 3, "items": [HIGHWAY]}), digits)
    inputs, targets = validation_of(digits)
    logits, gates = through_highways(weights, inputs)
    means = np.array([each.mean(1) for each in gates])
    gated = found["class_gates"]
    assert gated["depth"].tolist() == [1, 2, 3]
    by_class = np.array([[row[targets == target].mean() for target in range(10)] for row in means])
    np.testing.assert_allclose(gated["by_class"], by_class, rtol=1e-4)
    np.testing.assert_allclose(gated["mean"], means.mean(1), rtol=1e-4)
    assert gated["num_samples"].tolist() == np.bincount(targets, minlength=10).tolist()
    first = [int(np.flatnonzero(targets == target)[0]) for target in range(10)]
    assert gated["sample"].tolist() == first
    np.testing.assert_allclose(gated["of_sample"], means[:, first], rtol=1e-4)
    assert gated["predicted"].tolist() == logits.argmax(1)[first].tolist()
    assert gated["pictures"].shape == (10, 8, 8, 1)


def test_gates_of_images_are_means_over_channels_and_pixels(make, digits) -> None:
    body = [{"kind": "conv", "out_channels": 3}, {"kind": "activation"}]
    items = [{"kind": "conv", "out_channels": 3}, {"kind": "highway", "body": body}, {"kind": "global_pool"}]
    run = TrainingRun(make(*items, stem=False), digits, CPU)
    measured = run.measure("validation")
    assert measured is not None
    seen = []
    (block,) = run.network.blocks
    hook = block.register_forward_hook(lambda module, inputs, y: seen.append(module.transform_gate(*inputs)))
    with torch.no_grad():
        run.network.eval()(digits.validation.inputs)
    hook.remove()
    gates = seen[0].double().numpy().reshape(len(digits.validation), -1).mean(1)
    targets = digits.validation.targets.numpy()
    np.testing.assert_allclose(measured.findings["class_gates"]["mean"], [gates.mean()], rtol=1e-5)
    np.testing.assert_allclose(
        measured.findings["class_gates"]["by_class"][0, 4], gates[targets == 4].mean(), rtol=1e-5
    )


def test_filters_of_a_convolution_and_of_a_linear_layer_are_its_weights(make, digits) -> None:
    conv = [{"kind": "conv", "out_channels": 5, "kernel_size": 3}, {"kind": "global_pool"}]
    for experiment, shape in ((make(*conv, stem=False), (3, 3)), (make(HIGHWAY), (8, 8))):
        found, weights = after(experiment, digits)
        filters, weight = found["filters"], weights[0]
        scale = np.abs(weight).max()
        assert float(filters["scale"]) == pytest.approx(scale)
        expected = weight.reshape(-1, *shape, 1) / scale * 127 + 128
        np.testing.assert_allclose(filters["filters"], expected, atol=0.51)
        assert str(filters["address"]).endswith(".weight")
        assert int(filters["num_filters"]) == len(weight)


def test_of_a_wide_layer_the_first_64_units_are_kept(make, digits) -> None:
    wide = [{"kind": "flatten"}, {"kind": "linear", "out_features": 70}]
    found, weights = after(make(*wide, stem=False), digits)
    assert found["filters"]["filters"].shape == (64, 8, 8, 1)
    assert int(found["filters"]["num_filters"]) == 70
    assert float(found["filters"]["scale"]) == pytest.approx(np.abs(weights[0][:64]).max())


def test_what_cannot_be_found_is_not_looked_for(make, digits, on_moons, moons) -> None:
    def kinds(experiment: Experiment, data: Dataset) -> list[str]:
        return TrainingRun(experiment, data, CPU).info()["findings"]

    pooled = [{"kind": "global_pool"}, {"kind": "linear", "out_features": 4}]
    assert kinds(make(*pooled, stem=False), digits) == ["mistakes"]
    assert kinds(make(), digits) == ["mistakes", "filters"]
    assert kinds(make(HIGHWAY), digits) == ["mistakes", "filters", "class_gates"]
    assert kinds(on_moons, moons) == ["mistakes", "boundary", "class_gates"]


def test_the_test_part_is_measured_without_them(make, digits) -> None:
    evaluated = [event for event in train(make(HIGHWAY), digits) if isinstance(event, Evaluated)]
    assert {event.split: bool(event.findings) for event in evaluated} == {"validation": True, "test": False}


def test_a_run_is_the_same_with_and_without_finders(make, digits, monkeypatch) -> None:
    experiment = make(HIGHWAY, {"kind": "dropout", "p": 0.2}, evaluate_every={"steps": 2})
    with_them = list(train(experiment, digits))
    monkeypatch.setattr("builder.training.run.finders_of", lambda *_: [])
    without = list(train(experiment, digits))
    assert rows(with_them).tobytes() == rows(without).tobytes()
    assert [e.loss for e in with_them if isinstance(e, Evaluated)] == [
        e.loss for e in without if isinstance(e, Evaluated)
    ]


def test_an_evaluation_that_is_stopped_finds_nothing_and_lets_go_of_its_hooks(make, digits) -> None:
    run = TrainingRun(make(HIGHWAY), digits, CPU)
    asked = iter([True, False])
    assert run.measure("validation", lambda: next(asked)) is None
    assert not any(module._forward_hooks for module in run.network.modules())
    assert run.measure("validation") is not None
    assert not any(module._forward_hooks for module in run.network.modules())


def test_a_class_without_samples_has_no_mean_and_no_sample(make, digits) -> None:
    kept = digits.validation.targets != 3
    part = replace(digits.validation, inputs=digits.validation.inputs[kept], targets=digits.validation.targets[kept])
    found, _ = after(make(HIGHWAY), replace(digits, validation=part))
    assert np.isnan(found["class_gates"]["by_class"][:, 3]).all()
    assert np.isfinite(np.delete(found["class_gates"]["by_class"], 3, axis=1)).all()
    assert 3 not in found["class_gates"]["true"].tolist()


def test_large_images_are_averaged_down_and_others_than_grey_or_rgb_over_channels() -> None:
    values = torch.arange(128 * 96, dtype=torch.float32).reshape(1, 1, 128, 96)
    shrunk = to_pictures(values, 128 * 96)
    assert shrunk.shape == (1, 64, 48, 1)
    expected = values.numpy().reshape(64, 2, 48, 2).mean((1, 3)) * 255 / (128 * 96)
    np.testing.assert_allclose(shrunk[0, :, :, 0], expected, atol=0.51)
    assert to_pictures(torch.ones(2, 5, 4, 4), 1).tolist() == np.full((2, 4, 4, 1), 255).tolist()
    assert to_pictures(torch.tensor([[[[-1.0, 3.0]]]]), None).ravel().tolist() == [0, 255]
