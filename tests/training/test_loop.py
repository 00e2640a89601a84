"""The loop as a generator of events: order, determinism, commands, pace, what is kept, and divergence."""

import itertools
import math
import time
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from builder.modules import compile_network
from builder.spec import with_value
from builder.training import loop
from builder.training.events import (
    CheckpointSaved,
    Evaluated,
    Event,
    Intervened,
    RunDiverged,
    RunEnded,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    RunStopped,
    StepsRecorded,
)
from builder.training.loop import TrainingRun, train
from builder.workspace.rows import find_series

BODY = [{"kind": "norm"}, {"kind": "activation"}, {"kind": "linear", "out_features": 12}]
HALF = {"survival": {"kind": "constant", "survival_prob": 0.5}}
TOWER = [
    {"kind": "residual", "body": [*BODY, {"kind": "dropout", "p": 0.3}]},
    {"kind": "stochastic_depth", "body": BODY, **HALF},
    {"kind": "highway", "body": BODY},
]
CONV = [
    {"kind": "conv", "out_channels": 4},
    {"kind": "residual", "body": [{"kind": "norm"}, {"kind": "activation"}, {"kind": "conv", "out_channels": 4}]},
    {"kind": "global_pool"},
]


def rows(events: Iterable[Event]) -> np.ndarray:
    """All recorded steps, `[steps, series]`."""
    return np.concatenate([event.values for event in events if isinstance(event, StepsRecorded)])


def facts(events: Iterable[Event]) -> list[tuple[Any, ...]]:
    """Everything but rows, times and folders, comparable with ==."""
    found: list[tuple[Any, ...]] = []
    for event in events:
        match event:
            case Evaluated():
                confusion = event.confusion.tolist()
                found.append(("evaluated", event.step, event.epoch, event.split, event.loss, event.accuracy, confusion))
            case Intervened():
                found.append(("intervened", event.step, event.subject, event.value))
            case RunEnded():
                ended = (event.step, event.num_steps, event.val_accuracy, event.test_accuracy, event.reason)
                found.append((type(event).__name__, *ended))
    return found


def assert_same(one: list[Event], other: list[Event]) -> None:
    assert rows(one).tobytes() == rows(other).tobytes()
    assert facts(one) == facts(other)


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


def test_a_live_rate_is_announced_before_its_step_and_holds_from_there(make, digits, script) -> None:
    groups = [
        {"name": "bodies", "rule": {"lanes": ["body"]}, "learning_rate": 0.05},
        {"name": "rest", "learning_rate": 0.05},
    ]
    experiment = make(*TOWER, groups=groups)
    for _ in range(4):
        script.push("step")
    events: list[Event] = []
    for event in train(experiment, digits, commands=script):
        if isinstance(event, RunPaused) and event.step == 4:
            script.push("set_learning_rate", group="bodies", value=0.5)
            script.push("resume")
        events.append(event)
    series = events[0].series  # pyright: ignore[reportAttributeAccessIssue]
    recorded = rows(events)
    column = {name: find_series(series, "learning_rate", name)[0].id for name in ("bodies", "rest")}
    assert recorded[:, column["bodies"]].tolist() == pytest.approx([0.05] * 4 + [0.5] * 8)
    assert recorded[:, column["rest"]].tolist() == pytest.approx([0.05] * 12)
    place = next(index for index, event in enumerate(events) if isinstance(event, Intervened))
    assert events[place] == Intervened(step=4, kind="set_learning_rate", subject="bodies", value=0.5)
    assert len(rows(events[:place])) == 4
    untouched = rows(train(experiment, digits))
    assert recorded[:5, 0].tobytes() == untouched[:5, 0].tobytes()
    assert recorded[6:, 0].tobytes() != untouched[6:, 0].tobytes()


def test_single_steps_are_taken_one_by_one_and_recorded_at_once(make, digits, script) -> None:
    script.push("pause")
    seen: list[tuple[str, int]] = []
    for event in train(make(*TOWER, pace=0.001), digits, commands=script):
        if isinstance(event, RunPaused):
            script.push(*(["step"] if event.step < 3 else ["stop"]))
        if isinstance(event, RunPaused | RunResumed | RunStopped):
            seen.append((type(event).__name__, event.step))
        elif isinstance(event, StepsRecorded):
            seen.append(("recorded", event.first_step))
    expected = [("RunPaused", 0)]
    for step in (1, 2, 3):
        expected += [("RunResumed", step - 1), ("recorded", step), ("RunPaused", step)]
    assert seen == [*expected, ("RunStopped", 3)]


def test_stop_before_the_first_step_takes_none(make, digits, script) -> None:
    script.push("stop")
    events = list(train(make(*TOWER), digits, commands=script))
    assert [type(event) for event in events] == [RunStarted, RunStopped]


def test_pause_resume_and_evaluate_do_not_change_the_rows(make, digits, script) -> None:
    script.push("pause")
    events = []
    for event in train(make(*TOWER), digits, commands=script):
        if isinstance(event, RunPaused):
            script.push("evaluate")
        if isinstance(event, Evaluated) and event.step == 0:
            script.push("resume")
        events.append(event)
    assert rows(events).tobytes() == rows(train(make(*TOWER), digits)).tobytes()
    assert [type(event) for event in events[1:4]] == [RunPaused, Evaluated, RunResumed]


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("set_pace", {"steps_per_second": 0}),
        ("set_pace", {"steps_per_second": -3.0}),
        ("set_pace", {"steps_per_second": math.nan}),
        ("set_pace", {"steps_per_second": "fast"}),
        ("set_pace", {}),
        ("set_learning_rate", {"group": "all", "value": math.nan}),
        ("set_learning_rate", {"group": "all", "value": -1.0}),
        ("set_learning_rate", {"group": "all", "value": 1e9}),
        ("set_learning_rate", {"group": "all", "value": "0.1"}),
        ("set_learning_rate", {"group": "nobody", "value": 0.1}),
        ("set_learning_rate", {"value": 0.1}),
        ("explode", {}),
    ],
)
def test_a_command_that_the_schema_refuses_changes_nothing(make, digits, script, caplog, kind: str, payload) -> None:
    script.push(kind, **payload)
    assert_same(list(train(make(*TOWER), digits, commands=script)), list(train(make(*TOWER), digits)))
    assert len(caplog.records) == 1


def paced_seconds(make, digits, script, **training: Any) -> float:
    began = time.perf_counter()
    for _ in train(make(*TOWER, **training), digits, commands=script):
        pass
    return time.perf_counter() - began


def test_pace_is_kept(make, digits, script) -> None:
    assert 11 / 40 <= paced_seconds(make, digits, script, pace=40.0) < 3


def test_seconds_of_paced_steps_count_the_waiting(make, digits) -> None:
    events = list(train(make(*TOWER, pace=40.0), digits))
    assert sum(event.seconds for event in events if isinstance(event, StepsRecorded)) >= 0.2


def test_a_slower_pace_counts_from_the_last_step(make, digits, script) -> None:
    changed_at: float | None = None
    for event in train(make(*TOWER, duration={"steps": 80}, pace=400.0), digits, commands=script):
        if not isinstance(event, StepsRecorded):
            continue
        if changed_at is not None and not script.waiting:
            break
        if event.first_step > 40:
            script.push("set_pace", steps_per_second=4.0)
            changed_at = time.perf_counter()
    assert changed_at is not None
    # A quarter of a second, rather than a quarter for each of the forty steps so far.
    assert time.perf_counter() - changed_at < 6


def test_a_faster_pace_ends_the_wait(make, digits, script) -> None:
    began = time.perf_counter()
    for event in train(make(*TOWER, pace=0.01), digits, commands=script):
        if isinstance(event, StepsRecorded):
            script.push("set_pace", steps_per_second=None)
    assert time.perf_counter() - began < 20


@pytest.mark.parametrize("kind", ["stop", "pause", "set_learning_rate"])
def test_a_command_during_a_long_wait_is_obeyed_before_the_next_step(make, digits, script, kind: str) -> None:
    answers = {"stop": RunStopped, "pause": RunPaused, "set_learning_rate": Intervened}
    payload = {"group": "all", "value": 0.1} if kind == "set_learning_rate" else {}
    began = time.perf_counter()
    for event in train(make(*TOWER, pace=0.01), digits, commands=script):
        if isinstance(event, StepsRecorded):
            assert event.first_step == 1
            script.push(kind, **payload)
        if isinstance(event, answers[kind]):
            assert event.step == 1
            break
    else:
        pytest.fail("the command was not obeyed")
    assert time.perf_counter() - began < 20


def test_a_stop_ends_a_long_evaluation(make, digits, script, monkeypatch) -> None:
    asked = itertools.count()
    usual = script.poll_commands

    def poll() -> list[Any]:
        if next(asked) == 2:  # between the two batches of the evaluation after step 1
            script.push("stop")
        return usual()

    monkeypatch.setattr(script, "poll_commands", poll)
    monkeypatch.setattr("builder.training.commands.GatedCommands.poll", lambda self: self._source.poll_commands())
    events = list(train(make(*TOWER, evaluate_every={"steps": 1}), digits, commands=script))
    assert isinstance(events[-1], RunStopped)
    assert events[-1].step == 1
    assert not any(isinstance(event, Evaluated) for event in events)


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
