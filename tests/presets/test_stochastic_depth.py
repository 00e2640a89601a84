"""Stochastic depth against the paper: its rule, its transition, its scaling at test time, and the whole net in numpy."""

from functools import partial
from itertools import product

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
    pad_channels,
    relu,
    weighted_sum,
)

from builder.modules import compile_network
from builder.spec import Experiment, analyse
from builder.spec.blocks.stochastic_depth import StochasticDepthBlock
from builder.spec.data import split_sizes
from builder.spec.presets.registry import PRESETS, STUDIES
from builder.spec.schedule import learning_rate_factor
from builder.training.losses import build_loss
from builder.training.masks import DepthMasks

STUDY = STUDIES["stochastic-depth"]
PAIRS = [
    ("stochastic-depth-110", "constant-depth-110"),
    ("stochastic-depth-small", "constant-depth-small"),
    ("stochastic-depth-small-skip", "constant-depth-small"),
]
STOCHASTIC = [name for name, _ in PAIRS]
TORCH_EPS = 1e-5
BATCH = 2
close = partial(np.testing.assert_allclose, rtol=1e-9, atol=1e-9)


def experiment_of(name: str) -> Experiment:
    return PRESETS[name].experiment()


def probabilities(name: str) -> list[float]:
    found = [block.survival_prob for block in analyse(experiment_of(name)).plan.blocks]
    assert None not in found
    return [prob for prob in found if prob is not None]


@pytest.mark.parametrize(("name", "num_blocks"), list(zip(STOCHASTIC, [54, 15, 15], strict=True)))
def test_survival_falls_in_equal_steps_to_one_half(name: str, num_blocks: int) -> None:
    """p_l = 1 - (l / L)(1 - p_L), eq. 4; the first block can drop too."""
    assert probabilities(name) == pytest.approx([1 - l / num_blocks * 0.5 for l in range(1, num_blocks + 1)])  # noqa: E741
    assert probabilities(name)[0] < 1
    assert sum(probabilities(name)) == pytest.approx((3 * num_blocks - 1) / 4)


def test_54_blocks_are_40_and_a_quarter_on_average_and_in_the_masks_drawn() -> None:
    probs = probabilities("stochastic-depth-110")
    assert sum(probs) == pytest.approx(40.25)
    masks = DepthMasks(
        probs, 0, [block.address for block in analyse(experiment_of("stochastic-depth-110")).plan.blocks]
    )
    depths = [sum(masks.at(step)) for step in range(1, 2001)]
    # Five standard errors of a sum of independent Bernoulli draws.
    error = (sum(prob * (1 - prob) for prob in probs) / len(depths)) ** 0.5
    assert np.mean(depths) == pytest.approx(40.25, abs=5 * error)


@pytest.mark.parametrize(("name", "dropped_update"), list(zip(STOCHASTIC, ["paper", "paper", "skip"], strict=True)))
def test_every_block_is_stochastic_and_no_shortcut_has_a_weight(name: str, dropped_update: str) -> None:
    analysis = analyse(experiment_of(name))
    assert not analysis.problems
    for one in analysis.plan.blocks:
        assert isinstance(one.block, StochasticDepthBlock)
        assert (one.block.scaling, one.block.dropped_update) == ("test", dropped_update)
        changes = one.in_shape != one.out_shape
        assert [layer.model_dump(include={"kind", "method"}) for layer in one.block.shortcut] == (
            [{"kind": "pad_channels", "method": "average"}] if changes else []
        )
    assert {parameter.placed.lane for parameter in analysis.parameters} == {"layer", "body"}


@pytest.mark.parametrize(("name", "twin"), PAIRS)
def test_the_constant_twin_differs_in_nothing_else(name: str, twin: str) -> None:
    one, other = experiment_of(name), experiment_of(twin)
    assert (one.data, one.training, one.groups) == (other.data, other.training, other.groups)
    first, second = compile_network(one).state_dict(), compile_network(other).state_dict()
    assert first.keys() == second.keys()
    assert all(torch.equal(value, second[key]) for key, value in first.items())


@pytest.mark.parametrize("name", ["stochastic-depth-110", "constant-depth-110"])
def test_training_is_the_papers(name: str) -> None:
    experiment = experiment_of(name)
    assert split_sizes(experiment.data) == (45_000, 5_000, 10_000)
    training, steps_per_epoch = experiment.training, 352
    num_steps = training.duration.in_steps(steps_per_epoch)
    assert num_steps == 500 * steps_per_epoch == 500 * -(-45_000 // training.batch_size)
    (group,) = experiment.groups
    assert group.weight_decay == 1e-4
    assert training.optimizer.model_dump() == {"kind": "sgd", "momentum": 0.9, "nesterov": True}
    assert training.keep == "best_validation"
    found = [
        group.learning_rate * learning_rate_factor(training, epoch * steps_per_epoch, num_steps, steps_per_epoch)
        for epoch in (0, 249, 250, 374, 375, 499)
    ]
    assert found == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001, 0.001])
    augmentation = experiment.data.augmentation
    assert (augmentation.horizontal_flip, augmentation.crop_padding) == (True, 4)


def test_the_mean_over_masks_of_one_block_is_what_evaluation_gives(moved) -> None:
    """E[b F(x) + S(x)] = p F(x) + S(x), with the statistics of the norms at rest; the ReLU comes after the sum."""
    compiled = moved(experiment_of("stochastic-depth-110")).eval()
    x = torch.randn(2, 16, 32, 32, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for block in (compiled.stochastic_blocks[0], compiled.stochastic_blocks[18]):
        expectation = torch.zeros(())
        for alive, prob in ((True, block.survival_prob), (False, 1 - block.survival_prob)):
            block.training, block.alive = True, alive
            expectation = expectation + prob * block.merge(x)
        block.training = False
        torch.testing.assert_close(block.merge(x), expectation, rtol=0, atol=1e-12)
        torch.testing.assert_close(block(x), expectation.relu(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("depth", [19, 37])
def test_a_dropped_transition_averages_windows_of_four_and_appends_zeros(moved, depth: int) -> None:
    block = moved(experiment_of("stochastic-depth-110")).stochastic_blocks[depth - 1]
    channels, size = (16, 32) if depth == 19 else (32, 16)
    x = np.random.default_rng(depth).standard_normal((2, channels, size, size))
    block.alive = False
    found = block(torch.from_numpy(x)).numpy()
    assert found.shape == (2, 2 * channels, size // 2, size // 2)
    for sample, channel, row, column in product(range(2), range(channels), range(0, size, 2), range(0, size, 2)):
        four = x[sample, channel, row : row + 2, column : column + 2]
        expected = max(four.sum() / 4, 0.0)
        assert found[sample, channel, row // 2, column // 2] == pytest.approx(expected, abs=1e-12)
    assert not found[:, channels:].any()


def residual_block(tape: Tape, channels: int, first: bool, scale: float | None, training: bool) -> Layer:
    """ReLU(scale F(x) + S(x)); a scale of None is a dropped body, which is not computed."""
    stride = 2 if first else 1
    layers: list[Layer] = [
        convolution(tape, channels, stride=stride),
        batch_norm(tape, TORCH_EPS, training),
        relu,
        convolution(tape, channels),
        batch_norm(tape, TORCH_EPS, training),
    ]
    shortcut = chain([average_pool(2), pad_channels(channels // 2)]) if first else identity
    if scale is not None:
        return chain([weighted_sum(chain(layers), shortcut, scale), relu])

    def skip(x: Array):
        for shape in (
            (channels, x.shape[1], 3, 3),
            (channels,),
            (channels,),
            (channels, channels, 3, 3),
            (channels,),
            (channels,),
        ):
            tape.take(*shape)
        return shortcut(x)

    return chain([skip, relu])


def stochastic_net(
    tape: Tape, num_per_stage: int, widths: tuple[int, ...], scales: list[float | None], training: bool
) -> Layer:
    """Stem, three stages, average pool over the whole 8×8 image, linear."""
    layers: list[Layer] = [convolution(tape, widths[0]), batch_norm(tape, TORCH_EPS, training), relu]
    places = [(channels, number) for channels in widths for number in range(num_per_stage)]
    for (channels, number), scale in zip(places, scales, strict=True):
        layers.append(residual_block(tape, channels, number == 0 and channels > widths[0], scale, training))
    return chain([*layers, average_pool(8), flatten, linear(tape, 10)])


NETS = [("stochastic-depth-110", 18, (16, 32, 64)), ("stochastic-depth-small", 5, (16, 32, 64))]


@pytest.mark.parametrize(("name", "num_per_stage", "widths"), NETS)
def test_logits_loss_and_every_gradient_are_the_papers_for_a_given_mask(
    name: str, num_per_stage: int, widths: tuple[int, ...], batch_of, moved
) -> None:
    experiment = experiment_of(name)
    inputs, targets = batch_of(experiment, BATCH)
    compiled = moved(experiment)
    mask = [number % 4 != 2 for number in range(3 * num_per_stage)]
    mask[0] = mask[num_per_stage] = False  # the first block and the first transition
    compiled.set_alive(mask)
    logits = compiled(inputs)
    loss = build_loss(experiment.training.loss)(logits, targets)
    loss.backward()

    tape = Tape(parameter.detach().numpy() for parameter in compiled.parameters())
    scales = [1.0 if alive else None for alive in mask]
    expected, back = stochastic_net(tape, num_per_stage, widths, scales, training=True)(inputs.numpy())
    expected_loss, by_logits = cross_entropy(expected, targets.numpy())
    back(by_logits)
    tape.finish()
    close(logits.detach().numpy(), expected)
    close(loss.item(), expected_loss)
    for (address, parameter), gradient in zip(compiled.parameters_by_address(), tape.gradients, strict=True):
        found = np.zeros_like(gradient) if parameter.grad is None else parameter.grad.numpy()
        close(found, gradient, err_msg=address)


@pytest.mark.parametrize(("name", "num_per_stage", "widths"), NETS)
def test_evaluation_uses_every_block_times_its_survival(
    name: str, num_per_stage: int, widths: tuple[int, ...], batch_of, moved
) -> None:
    """The whole net at test time: H = ReLU(p F(H) + S(H)), with the running statistics. Source: eq. 5."""
    experiment = experiment_of(name)
    inputs, _ = batch_of(experiment, BATCH)
    compiled = moved(experiment).eval()
    compiled.set_alive([False] * 3 * num_per_stage)
    statistics = [
        value.numpy() for key, value in compiled.state_dict().items() if key.endswith(("running_mean", "running_var"))
    ]
    tape = Tape((parameter.detach().numpy() for parameter in compiled.parameters()), statistics)
    count = 3 * num_per_stage
    scales: list[float | None] = [1 - number / count * 0.5 for number in range(1, count + 1)]
    expected, _ = stochastic_net(tape, num_per_stage, widths, scales, training=False)(inputs.numpy())
    tape.finish()
    with torch.no_grad():
        close(compiled(inputs).numpy(), expected)
