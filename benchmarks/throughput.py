"""Samples per second with everything recorded, against a bare hand-written eager loop of the same net and data."""

import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.engine import WARMUP_STEPS, seconds_per_step
from benchmarks.table import Row, summarise
from builder.data.dataset import Dataset, Split
from builder.modules import compile_network
from builder.spec import Experiment, load_experiment, with_value
from builder.spec.training import AdamOptimizer, SgdOptimizer

NUM_SAMPLES = 12_800
ROUNDS = 5


class DenseBlock(nn.Module):
    """x + relu(W2 relu(W1 x))."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Linear(width, width)
        self.second = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return x + functional.relu(self.second(functional.relu(self.first(x))))


class PreActivationUnit(nn.Module):
    """norm, ReLU, conv, twice, and the input or its projection."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.match = nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False) if stride > 1 else None

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.match is None else self.match(x)
        y = self.conv1(functional.relu(self.norm1(x)))
        return shortcut + self.conv2(functional.relu(self.norm2(y)))


def bare_dense() -> nn.Module:
    blocks = [DenseBlock(64) for _ in range(10)]
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), *blocks, nn.Linear(64, 10))


def bare_conv() -> nn.Module:
    units = [PreActivationUnit(16, 16, 1) for _ in range(3)]
    units += [PreActivationUnit(16, 32, 2), *(PreActivationUnit(32, 32, 1) for _ in range(2))]
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        *units,
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, 10),
    )


def bare_optimizer(network: nn.Module, experiment: Experiment, fused: bool) -> torch.optim.Optimizer:
    """torch's own, for the parameters as they are."""
    group, spec = experiment.groups[0], experiment.training.optimizer
    if isinstance(spec, AdamOptimizer):
        return torch.optim.Adam(network.parameters(), lr=group.learning_rate, eps=spec.eps, fused=fused or None)
    assert isinstance(spec, SgdOptimizer)
    return torch.optim.SGD(
        network.parameters(),
        lr=group.learning_rate,
        momentum=spec.momentum,
        nesterov=spec.nesterov,
        weight_decay=group.weight_decay,
        fused=fused or None,
    )


def unchanged(inputs: Tensor) -> Tensor:
    """No augmentation."""
    return inputs


def bare_seconds_per_step(
    network: nn.Module,
    data: Dataset,
    num_steps: int,
    experiment: Experiment,
    fused: bool,
    augment: Callable[[Tensor], Tensor] = unchanged,
    warmup_steps: int = WARMUP_STEPS,
) -> float:
    """A loop as an opponent would write it: tensors on the device, an index per epoch, no logging, no `.item()`."""
    optimizer = bare_optimizer(network, experiment, fused)
    inputs, targets, batch_size = data.train.inputs, data.train.targets, experiment.training.batch_size
    began, done = 0.0, -warmup_steps
    network.train()
    while True:
        permutation = torch.randperm(len(targets))
        for start in range(0, len(targets) - batch_size + 1, batch_size):
            if done == 0:
                began = time.perf_counter()
            index = permutation[start : start + batch_size]
            optimizer.zero_grad()
            functional.cross_entropy(network(augment(inputs[index])), targets[index]).backward()
            optimizer.step()
            done += 1
            if done == num_steps:
                return (time.perf_counter() - began) / num_steps


def random_data(shape: tuple[int, ...], num_classes: int = 10) -> Dataset:
    """Samples of a shape; speed does not depend on their values."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(NUM_SAMPLES, *shape, generator=generator)
    targets = torch.randint(0, num_classes, (NUM_SAMPLES,), generator=generator)
    train, small = Split(inputs, targets), Split(inputs[:256], targets[:256])
    names = tuple(str(index) for index in range(num_classes))
    return Dataset(train=train, validation=small, test=small, shape=shape, class_names=names, note=None)


def measured(experiment: Experiment | str, num_steps: int) -> Experiment:
    """An experiment, or a preset by its name, for `num_steps` steps without evaluation in between."""
    if isinstance(experiment, str):
        experiment = load_experiment(experiment)
    for path, value in (
        ("training.duration.steps", num_steps),
        ("training.evaluate_every.steps", 10**9),
        ("training.schedule", {"kind": "constant"}),
    ):
        experiment = with_value(experiment, path, value)
    return experiment


def compare(
    what: str,
    preset: str,
    bare: nn.Module,
    num_steps: int,
    floor: float,
    shape: tuple[int, ...] = (1, 28, 28),
    augment: Callable[[Tensor], Tensor] = unchanged,
    warmup_steps: int = WARMUP_STEPS,
) -> list[Row]:
    """Ours and both bare loops in turn, so that the machine's drift hits all alike."""
    experiment = measured(preset, warmup_steps + num_steps)
    data = random_data(shape)
    num_parameters = sum(parameter.numel() for parameter in compile_network(experiment).parameters())
    assert num_parameters == sum(parameter.numel() for parameter in bare.parameters())
    ours, plain, fused = [], [], []
    for _ in range(ROUNDS):
        ours.append(seconds_per_step(experiment, data, warmup_steps))
        plain.append(bare_seconds_per_step(bare, data, num_steps, experiment, False, augment, warmup_steps))
        fused.append(bare_seconds_per_step(bare, data, num_steps, experiment, True, augment, warmup_steps))
    speed = [experiment.training.batch_size / seconds for seconds in ours]
    return [
        summarise(f"{what}: samples per second", speed, unit="/s", note=f"{torch.get_num_threads()} threads"),
        summarise(
            f"{what}: speed against the bare loop",
            [b / a for a, b in zip(ours, plain, strict=True)],
            floor=floor,
            note=f"everything recorded and written; {ROUNDS} pairs of {num_steps} steps",
        ),
        summarise(
            f"{what}: against the bare loop with torch's fused optimizer",
            [b / a for a, b in zip(ours, fused, strict=True)],
            note="the same, for an opponent who knows that option",
        ),
    ]


def measure() -> list[Row]:
    return [
        *compare("dense tower", "mnist-dense", bare_dense(), 600, 1.0),
        *compare("convolutional tower", "mnist-conv", bare_conv(), 30, 1.1),
    ]
