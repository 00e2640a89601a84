"""A run that diverges: at which step, by which group, and what is not called finished."""

import itertools
from typing import Any

import pytest
import torch
from torch.nn import functional

from builder.modules import compile_network
from builder.spec import with_value
from builder.training import loop
from builder.training.events import (
    CheckpointSaved,
    RunDiverged,
    RunFinished,
    RunPaused,
)
from builder.training.loop import TrainingRun, train

HUGE = [
    {"name": "bodies", "rule": {"lanes": ["body"]}, "learning_rate": 1e-9},
    {"name": "rest", "learning_rate": 100.0},
]


def diverging(make, **training: Any):
    optimizer = {"kind": "sgd", "momentum": 0.9}
    return make({"kind": "residual", "body": [{"kind": "linear", "out_features": 12}]}, groups=HUGE, optimizer=optimizer,
                duration={"steps": 400}, loss={"kind": "squared_error"}, **training)  # fmt: skip


def bare_divergence(experiment, data) -> tuple[int, str]:
    """First step whose loss or gradient is no number, in a bare loop, and the group with the largest norm before."""
    run = TrainingRun(experiment, data, torch.device("cpu"))
    network = compile_network(experiment)
    parameters = dict(network.parameters_by_address())
    bodies = [value for address, value in parameters.items() if "/body/" in address]
    rest = [value for address, value in parameters.items() if "/body/" not in address]
    groups = [{"params": bodies, "lr": 1e-9}, {"params": rest, "lr": 100.0}]
    optimizer = torch.optim.SGD(groups, lr=1.0, momentum=0.9)
    largest = ""
    for step in range(1, 401):
        indices = run.order.batch_indices(step)
        outputs = network(data.train.inputs[indices])
        one_hot = functional.one_hot(data.train.targets[indices], 10)
        loss = 0.5 * (outputs - one_hot).square().sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        gradients = torch.cat([value.grad.flatten() for value in parameters.values() if value.grad is not None])
        if not (loss.isfinite() and gradients.isfinite().all()):
            return step, largest
        norms = {
            name: sum(value.grad.double().square().sum().item() for value in part if value.grad is not None)
            for name, part in (("bodies", bodies), ("rest", rest))
        }
        largest = max(norms, key=lambda name: norms[name])
        optimizer.step()
    raise AssertionError("it did not diverge")


@pytest.mark.parametrize("flush_seconds", [0.0, 100.0])
def test_divergence_names_the_exact_step_and_the_largest_group(
    make, digits, monkeypatch, tmp_path, flush_seconds
) -> None:
    monkeypatch.setattr(loop, "FLUSH_SECONDS", flush_seconds)
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 1e9)
    experiment = diverging(make)
    events = list(train(experiment, digits, checkpoint_folder=tmp_path / "checkpoints"))
    last = events[-1]
    assert isinstance(last, RunDiverged)
    expected, largest = bare_divergence(experiment, digits)
    assert expected > 2
    assert last.details == {"diverged_at": expected}
    assert f"step {expected}:" in last.reason
    assert f"largest gradient norm was that of group “{largest}” (" in last.reason
    assert "nan" not in last.reason
    # The rate to lower is that of the group whose updates were largest, whatever its gradient.
    assert "the learning rate of “rest” (100)" in last.reason
    assert not (tmp_path / "checkpoints").exists()
    assert not any(isinstance(event, CheckpointSaved) for event in events)


def test_divergence_is_seen_when_the_bad_rows_are_flushed_by_a_pause(make, digits, script, monkeypatch) -> None:
    experiment = diverging(make, evaluate_every={"steps": 400})
    expected, _ = bare_divergence(experiment, digits)
    monkeypatch.setattr(loop, "FLUSH_SECONDS", 100.0)
    taken = itertools.count()
    take_step = TrainingRun.take_step

    def take_and_ask(run: TrainingRun) -> None:
        take_step(run)
        if next(taken) == expected + 3:
            script.push("pause")

    monkeypatch.setattr(TrainingRun, "take_step", take_and_ask)
    monkeypatch.setattr("builder.training.commands.GatedCommands.poll", lambda self: self._source.poll_commands())
    events = list(train(experiment, digits, commands=script))
    last = events[-1]
    assert isinstance(last, RunDiverged)
    assert last.details == {"diverged_at": expected}
    assert not any(isinstance(event, RunPaused) for event in events)


def test_weights_that_the_last_update_broke_are_not_called_finished(make, digits, tmp_path) -> None:
    experiment = diverging(make)
    steps, _ = bare_divergence(experiment, digits)
    # The update before the bad step is the one that breaks the weights or makes them overflow one step later.
    for last_step in (steps - 1, steps):
        shortened = with_value(experiment, "training.duration.steps", last_step)
        events = list(train(shortened, digits, checkpoint_folder=tmp_path / str(last_step)))
        run = TrainingRun(shortened, digits, torch.device("cpu"))
        for _ in range(last_step):
            run.take_step()
        finite = bool(run.layout.values.isfinite().all())
        assert isinstance(events[-1], RunFinished) == finite
        assert (tmp_path / str(last_step)).exists() == finite
