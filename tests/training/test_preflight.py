"""The preflight sees the first step of the run, with every body alive, and changes nothing for whoever trains after it."""

import math

import pytest
import torch

from builder.spec import analyse
from builder.training.events import StepsRecorded
from builder.training.loop import TrainingRun, train
from builder.training.preflight import preflight

CPU = torch.device("cpu")
BODY = [{"kind": "linear", "out_features": 12}, {"kind": "activation", "function": "tanh"}]
DROPOUT = [*BODY, {"kind": "dropout"}]
HALF = {"survival": {"kind": "constant", "survival_prob": 0.01}}


def first_row(experiment, digits) -> dict[tuple[str, str], float]:
    run = TrainingRun(experiment, digits, CPU)
    run.take_step()
    row = run.recorder.flush()[0]
    return {(series.quantity, series.subject): float(row[series.id]) for series in run.recorder.series}


def test_loss_and_gradients_are_those_of_the_runs_first_step(make, digits) -> None:
    experiment = make({"kind": "residual", "body": DROPOUT}, {"kind": "highway", "body": BODY})
    flow, row = preflight(experiment, digits), first_row(experiment, digits)
    assert flow.loss == pytest.approx(row["loss", "train"], rel=1e-6)
    sizes = {placed.block: 0 for placed, _ in analyse(experiment).parameters}
    for placed, _ in analyse(experiment).parameters:
        sizes[placed.block] += math.prod(placed.shape)
    for block in flow.blocks:
        norm = row["grad_norm", block.address]
        assert block.grad_rms == pytest.approx(norm / math.sqrt(sizes[block.address]), rel=1e-6)


def test_the_steps_that_are_timed_leave_the_numbers_alone(make, digits) -> None:
    experiment = make({"kind": "residual", "body": BODY})
    first, second = preflight(experiment, digits), preflight(experiment, digits)
    assert (first.loss, first.blocks) == (second.loss, second.blocks)
    assert first.pace.step_seconds > 0
    assert first.pace.steps_per_epoch == 5


def test_a_body_that_the_first_step_drops_is_alive(make, digits) -> None:
    experiment = make(*[{"kind": "stochastic_depth", "body": BODY, **HALF}] * 3)
    assert not any(TrainingRun(experiment, digits, CPU).masks.at(1))
    assert all(block.grad_rms for block in preflight(experiment, digits).blocks)


def test_a_frozen_block_has_a_signal_and_no_gradient(make, digits) -> None:
    groups = [{"name": "bodies", "rule": {"lanes": ["body"]}, "frozen": True}, {"name": "rest"}]
    (block,) = preflight(make({"kind": "residual", "body": BODY}, groups=groups), digits).blocks
    assert block.grad_rms is None
    assert block.activation_rms > 0


def test_an_output_is_measured_before_the_next_layer_overwrites_it(make, digits) -> None:
    relu = {"kind": "activation", "function": "relu"}
    linear = {"kind": "plain", "body": [{"kind": "linear", "out_features": 12}]}
    before = preflight(make(linear), digits).blocks[0].activation_rms
    assert preflight(make(linear, relu), digits).blocks[0].activation_rms == before


def test_a_run_after_a_preflight_is_the_same_run(make, digits) -> None:
    experiment = make({"kind": "residual", "body": DROPOUT})

    def rows() -> list[bytes]:
        return [event.values.tobytes() for event in train(experiment, digits) if isinstance(event, StepsRecorded)]

    before = b"".join(rows())
    preflight(experiment, digits)
    assert b"".join(rows()) == before
