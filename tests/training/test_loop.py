"""The loop as a generator of events: order, determinism, what is computed and what is kept."""

from typing import Any

import numpy as np
import pytest
import torch
from recorded import CONV, TOWER, assert_same, facts, rows
from torch.nn import functional

from builder.modules import compile_network
from builder.spec import with_value
from builder.training import loop
from builder.training.events import (
    Evaluated,
    RunFinished,
    RunStarted,
    StepsRecorded,
)
from builder.training.loop import TrainingRun, train


def test_events_come_in_their_order_and_rows_follow_on_each_other(make, digits) -> None:
    events = list(train(make(*TOWER), digits))
    assert isinstance(events[0], RunStarted)
    assert events[0].info["num_steps"] == 12
    assert events[0].info["steps_per_epoch"] == 5
    next_step = 1
    for event in events:
        if isinstance(event, StepsRecorded):
            assert event.first_step == next_step
            assert event.values.shape[1] == len(events[0].series)
            assert event.seconds > 0
            next_step += len(event.values)
        elif isinstance(event, Evaluated):
            assert event.step == next_step - 1
    assert next_step == 13
    assert [(e.step, e.split) for e in events if isinstance(e, Evaluated)] == [
        (5, "validation"), (10, "validation"), (12, "validation"), (12, "test")
    ]  # fmt: skip
    assert isinstance(events[-1], RunFinished)
    assert events[-1].step == events[-1].num_steps == 12


def test_same_seed_gives_the_same_events_bit_for_bit(make, digits) -> None:
    assert_same(list(train(make(*TOWER), digits)), list(train(make(*TOWER), digits)))


def test_another_seed_gives_other_rows(make, digits) -> None:
    one, other = (list(train(make(*TOWER, seed=seed), digits)) for seed in (0, 1))
    assert not np.array_equal(rows(one)[:, 0], rows(other)[:, 0])


def test_global_generator_does_not_change_a_run(make, digits) -> None:
    torch.manual_seed(1)
    one = list(train(make(*TOWER), digits))
    torch.manual_seed(2)
    assert_same(one, list(train(make(*TOWER), digits)))


def test_flush_timing_and_pace_do_not_change_the_result(make, digits, monkeypatch) -> None:
    usual = list(train(make(*TOWER), digits))
    paced = list(train(make(*TOWER, pace=400.0), digits))
    monkeypatch.setattr(loop, "FLUSH_SECONDS", 0.0)
    at_once = list(train(make(*TOWER), digits))
    assert sum(isinstance(event, StepsRecorded) for event in at_once) == 12
    assert_same(usual, at_once)
    assert_same(usual, paced)


def test_rows_do_not_depend_on_how_often_is_evaluated(make, digits) -> None:
    one, other = (list(train(make(*TOWER, evaluate_every={"steps": every}), digits)) for every in (1, 100))
    assert rows(one).tobytes() == rows(other).tobytes()
    assert sum(isinstance(event, Evaluated) for event in one) == 13
    assert sum(isinstance(event, Evaluated) for event in other) == 2


@pytest.mark.parametrize(("duration", "num_steps"), [({"epochs": 2}, 10), ({"steps": 3}, 3), ({"epochs": 0.5}, 2)])
def test_duration_in_epochs_and_steps(make, digits, duration, num_steps: int) -> None:
    events = list(train(make(*TOWER, duration=duration), digits))
    assert len(rows(events)) == num_steps
    last = events[-1]
    assert isinstance(last, RunFinished)
    assert last.step == num_steps


def bare_losses(experiment, data, num_steps: int) -> list[float]:
    """The losses of a bare loop over torch's own modules, without the layout, the recorder and the loop."""
    run = TrainingRun(experiment, data, torch.device("cpu"))
    network = compile_network(experiment)
    group = experiment.groups[0]
    optimizer = torch.optim.SGD(network.parameters(), lr=group.learning_rate, momentum=0.9)
    losses = []
    for step in range(1, num_steps + 1):
        indices = run.order.batch_indices(step)
        network.set_alive(run.masks.at(step))
        # A dropped body has a zero gradient, not none: its momentum goes on, as in the paper.
        optimizer.zero_grad(set_to_none=False)
        loss = functional.cross_entropy(network(data.train.inputs[indices]), data.train.targets[indices])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def test_losses_are_those_of_a_bare_loop(make, digits) -> None:
    experiment = make(*TOWER[1:])
    events = list(train(experiment, digits))
    assert rows(events)[:, 0].tolist() == pytest.approx(bare_losses(experiment, digits, 12), rel=1e-4)


def test_incomplete_last_batch_is_trained_on_unless_dropped(make, digits) -> None:
    kept = list(train(make(*TOWER, batch_size=24, drop_last=False, duration={"epochs": 2}), digits))
    dropped = list(train(make(*TOWER, batch_size=24, duration={"epochs": 2}), digits))
    assert (len(rows(kept)), len(rows(dropped))) == (10, 8)


def test_channels_last_gives_the_result_of_contiguous_memory(make, digits) -> None:
    experiment = make(*CONV, stem=False)
    events = list(train(experiment, digits))
    assert rows(events)[:, 0].tolist() == pytest.approx(bare_losses(experiment, digits, 12), rel=1e-3)


def test_bf16_trains_close_to_float32(make, digits) -> None:
    half, full = (list(train(make(*TOWER, precision=precision), digits)) for precision in ("bf16", "float32"))
    assert rows(half)[:, 0].tolist() == pytest.approx(rows(full)[:, 0].tolist(), rel=0.1)
    assert not np.array_equal(rows(half)[:, 0], rows(full)[:, 0])


@pytest.mark.parametrize("loss", [{"kind": "squared_error"}, {"kind": "cross_entropy", "label_smoothing": 0.2}])
def test_loss_is_the_documents(make, digits, loss: dict[str, Any]) -> None:
    experiment = make({"kind": "activation"}, loss=loss, duration={"steps": 1})
    events = list(train(experiment, digits))
    run = TrainingRun(experiment, digits, torch.device("cpu"))
    indices = run.order.batch_indices(1)
    logits = run.network(digits.train.inputs[indices]).detach().double().numpy()
    one_hot = np.eye(10)[digits.train.targets[indices].numpy()]
    if loss["kind"] == "squared_error":
        expected = 0.5 * ((logits - one_hot) ** 2).sum(1).mean()
    else:
        smoothed = 0.8 * one_hot + 0.2 / 10
        log_softmax = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        expected = -(smoothed * log_softmax).sum(1).mean()
    assert rows(events)[0, 0] == pytest.approx(expected, rel=1e-5)


def test_evaluation_is_recomputed_from_the_logits(make, digits) -> None:
    experiment = make(*TOWER)
    events = list(train(experiment, digits))
    run = TrainingRun(experiment, digits, torch.device("cpu"))
    for _ in range(12):
        run.take_step()
    run.network.eval()
    for split, part in (("validation", digits.validation), ("test", digits.test)):
        logits = run.network(part.inputs).detach().double().numpy()
        targets = part.targets.numpy()
        confusion = np.zeros((10, 10), dtype=int)
        np.add.at(confusion, (targets, logits.argmax(1)), 1)
        losses = np.log(np.exp(logits).sum(1)) - logits[np.arange(len(targets)), targets]
        event = [event for event in events if isinstance(event, Evaluated) and event.split == split][-1]
        assert (event.confusion == confusion).all()
        assert event.accuracy == pytest.approx(confusion.trace() / len(targets))
        assert event.loss == pytest.approx(losses.mean(), rel=1e-4)


def test_best_validation_weights_are_what_is_tested(make, digits) -> None:
    # A cyclic rate at the edge of divergence makes a last evaluation that is not the best one.
    experiment = make(*TOWER, keep="best_validation", evaluate_every={"steps": 1}, duration={"steps": 20},
                      groups=[{"name": "all", "learning_rate": 0.3}])  # fmt: skip
    events = list(train(experiment, digits))
    evaluations = [event for event in events if isinstance(event, Evaluated) and event.split == "validation"]
    best = max(evaluations, key=lambda event: event.accuracy)
    assert best.accuracy > evaluations[-1].accuracy
    run = TrainingRun(experiment, digits, torch.device("cpu"))
    first_best = next(event for event in evaluations if event.accuracy == best.accuracy)
    for _ in range(first_best.step):
        run.take_step()
    measured = run.measure("test")
    assert measured is not None
    last = events[-1]
    assert isinstance(last, RunFinished)
    assert last.val_accuracy == best.accuracy
    assert last.test_accuracy == measured.accuracy


def test_an_evaluation_by_hand_does_not_choose_the_kept_weights(make, digits, script) -> None:
    experiment = make(*TOWER, keep="best_validation", evaluate_every={"steps": 12})
    script.push("evaluate")
    by_hand = list(train(experiment, digits, commands=script))
    assert next(event for event in by_hand if isinstance(event, Evaluated)).step == 0
    assert facts(by_hand)[1:] == facts(train(experiment, digits))


def test_dropout_is_a_function_of_seed_and_step(make, digits) -> None:
    experiment = make(TOWER[0])
    straight, other = (TrainingRun(experiment, digits, torch.device("cpu")) for _ in range(2))
    for run in (straight, other):
        run.take_step()
        torch.rand(17 if run is other else 3)
        run.take_step()
    assert torch.equal(straight.layout.values, other.layout.values)
    third = TrainingRun(with_value(experiment, "training.seed", 5), digits, torch.device("cpu"))
    third.step = 1
    third.take_step()
    assert not torch.equal(third.layout.values, straight.layout.values)


def test_info_says_what_the_run_is(make, digits) -> None:
    started = next(iter(train(make(*TOWER), digits)))
    assert isinstance(started, RunStarted)
    info = started.info
    assert info["num_parameters"] == sum(group["num_parameters"] for group in info["groups"])
    assert [block["kind"] for block in info["blocks"]] == ["residual", "stochastic_depth", "highway"]
    assert [block["depth"] for block in info["blocks"]] == [1, 2, 3]
    assert [block["survival_prob"] for block in info["blocks"]] == [None, 0.5, None]
    assert (info["num_threads"], info["device"], info["num_validation"]) == (1, "cpu", len(digits.validation))


def test_deterministic_is_on_for_its_run_only(make, digits) -> None:
    for deterministic in (True, False):
        next(iter(train(make(*TOWER, deterministic=deterministic), digits)))
        assert torch.are_deterministic_algorithms_enabled() == deterministic
